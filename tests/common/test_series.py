"""Running numbers have no gaps and no doubles."""

import threading

import pytest
from django.db import connections, transaction

from streams.common.series import next_number


@pytest.mark.django_db
def test_each_series_runs_by_itself() -> None:
    assert [next_number("a"), next_number("a"), next_number("b")] == [1, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_a_number_of_a_failed_transaction_is_dealt_again() -> None:
    with transaction.atomic():
        next_number("a")
        transaction.set_rollback(True)
    with transaction.atomic():
        assert next_number("a") == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_get_eight_numbers() -> None:
    dealt: list[int] = []

    def deal() -> None:
        with transaction.atomic():
            dealt.append(next_number("a"))
        connections.close_all()

    threads = [threading.Thread(target=deal) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(dealt) == list(range(1, 9))
