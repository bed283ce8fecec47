"""Batches: few large writes, nobody waits for ever, and one bad item is its own bad luck."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from django.db import DataError, OperationalError

from streams.room.batches import Batches, Busy, Unavailable, Unwritable

pytestmark = pytest.mark.django_db(transaction=True)


class Work:
    """Doubles numbers; stumbles over `poison`, refuses all while `away`."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.poison = -1
        self.away = False

    def __call__(self, key: str, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        if self.away:
            raise OperationalError
        if self.poison in items:
            raise DataError
        return [2 * item for item in items]


@pytest.fixture
def work() -> Work:
    return Work()


async def put_all(
    batches: Batches[str, int, int], items: Sequence[int], key: str = "a"
) -> list[int | BaseException]:
    return await asyncio.gather(*(batches.put(key, item) for item in items), return_exceptions=True)


async def test_what_comes_together_is_written_together(work: Work) -> None:
    batches = Batches(work, most=4)
    assert await put_all(batches, range(10)) == [2 * n for n in range(10)]
    assert work.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert batches.is_idle


async def test_receptions_do_not_wait_for_each_other(work: Work) -> None:
    batches = Batches(work)
    one, other = await asyncio.gather(put_all(batches, [1], "a"), put_all(batches, [2], "b"))
    assert (one, other) == ([2], [4])
    assert sorted(work.batches) == [[1], [2]]


async def test_one_bad_item_does_not_take_the_others_along(work: Work) -> None:
    work.poison = 2
    results = await put_all(Batches(work), [1, 2, 3])
    assert [results[0], results[2]] == [2, 6]
    assert isinstance(results[1], Unwritable)


async def test_without_the_database_all_hear_of_it_and_later_it_goes_on(work: Work) -> None:
    batches = Batches(work)
    work.away = True
    results = await put_all(batches, [1, 2])
    assert [type(result) for result in results] == [Unavailable, Unavailable]
    work.away = False
    assert await put_all(batches, [1]) == [2]


async def test_a_full_queue_says_so_at_once(work: Work) -> None:
    batches = Batches(work, waiting=2)
    results = await put_all(batches, [1, 2, 3])
    assert results[:2] == [2, 4]
    assert isinstance(results[2], Busy)


async def test_who_no_longer_waits_hinders_nobody(work: Work) -> None:
    batches = Batches(work)
    impatient = asyncio.create_task(batches.put("a", 1))
    patient = asyncio.create_task(batches.put("a", 2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == 4
