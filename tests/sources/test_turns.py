"""When more platforms call at once than the database has connections."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import pytest
from django.db import OperationalError, close_old_connections, connection
from django.test import Client
from django.urls import reverse
from psycopg_pool import PoolTimeout

from streams.common import clock
from streams.receptions.models import Reception
from streams.sources import views
from streams.sources.connectors.webhook.signature import sign
from streams.sources.models import Comment, Source
from streams.sources.turns import Crowded, Turns
from tests.patience import PATIENCE_S
from tests.sources.stage import SECRET

BURST = 48


def post(source: Source, number: int) -> int:
    body = json.dumps({"items": [{"id": f"b{number}", "text": f"Вопрос номер {number}?"}]}).encode()
    headers = sign(SECRET, f"d{number}", clock.now(), body)
    try:
        return (
            Client()
            .post(
                reverse("in", args=[source.uuid]),
                body,
                content_type="application/json",
                headers=headers,
            )
            .status_code
        )
    finally:
        close_old_connections()
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_burst_three_times_as_large_as_the_pool_is_taken_whole(
    source: Source, reception: Reception
) -> None:
    """Every request in a thread of its own, as under ASGI."""
    assert reception.pk
    with ThreadPoolExecutor(BURST) as pool:
        answers = list(pool.map(lambda number: post(source, number), range(BURST)))
    assert set(answers) <= {HTTPStatus.OK, HTTPStatus.ACCEPTED}, answers
    assert Comment.objects.filter(source=source, question__isnull=False).count() == BURST


@pytest.mark.parametrize("error", [OperationalError("gone"), PoolTimeout("dry"), Crowded()])
def test_without_a_database_the_platform_is_told_to_come_again(
    source: Source, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_args: object) -> None:
        raise error

    monkeypatch.setattr(views, "_received", fail)
    answer = Client().post(reverse("in", args=[source.uuid]), b"{}", content_type="text/plain")
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert (answer["Retry-After"], answer.content) == (str(views.RETRY_AFTER_S), b"")


def test_no_more_than_so_many_come_in_at_once(db: None) -> None:
    narrow = Turns(1, patience_s=0.01)
    inside, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with narrow.taken():
            inside.set()
            leave.wait(PATIENCE_S)

    holder = threading.Thread(target=stay)
    holder.start()
    inside.wait(PATIENCE_S)
    with pytest.raises(Crowded), narrow.taken():
        pass
    leave.set()
    holder.join(PATIENCE_S)
    with narrow.taken():
        pass
