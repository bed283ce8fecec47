"""Batches: few large writes, nobody waits for ever, and one bad item is its own bad luck."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from django.db import DataError, OperationalError

from streams.room.batches import (
    LONGEST_RETRY_S,
    Batches,
    Busy,
    Unavailable,
    Unwritable,
    _Queue,
)
from tests.live.stage import eventually
from tests.patience import PATIENCE_S

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
    await eventually(lambda: batches.is_idle)


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


async def test_what_waits_during_one_write_goes_in_the_next() -> None:
    loop = asyncio.get_running_loop()
    begun, going_on = asyncio.Event(), asyncio.Event()
    seen: list[list[int]] = []

    def slow(_key: str, items: Sequence[int]) -> Sequence[int]:
        seen.append(list(items))
        if len(seen) == 1:
            loop.call_soon_threadsafe(begun.set)
            asyncio.run_coroutine_threadsafe(going_on.wait(), loop).result(PATIENCE_S)
        return items

    batches: Batches[str, int, int] = Batches(slow)
    first = asyncio.create_task(batches.put("a", 1))
    await begun.wait()
    others = [asyncio.create_task(batches.put("a", n)) for n in (2, 3, 4)]
    await asyncio.sleep(0)
    going_on.set()
    assert await asyncio.gather(first, *others) == [1, 2, 3, 4]
    assert seen == [[1], [2, 3, 4]]


async def test_when_to_come_back_is_what_the_writing_takes(work: Work) -> None:
    """Four wait and four a second are written: in a second and a half, with the others who come back."""
    queue: _Queue[int, int] = _Queue()
    assert queue.retry_s() == 1
    queue.learn(4, 1.0)
    assert queue.retry_s() == 1
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    queue.pairs.extend([(1, future)] * 8)
    assert queue.retry_s() == 3
    queue.pairs.extend([(1, future)] * 8000)
    assert queue.retry_s() == LONGEST_RETRY_S


async def test_a_slow_database_makes_the_queue_shorter(work: Work) -> None:
    """Nobody is kept waiting for what will not be written within their patience."""
    batches = Batches(work, most=2)
    waiting = [asyncio.create_task(batches.put("a", n)) for n in range(3)]
    await asyncio.sleep(0)
    batches._queues["a"].learn(1, 1.0)
    results = await put_all(batches, [3, 4])
    assert results[0] == 6
    assert isinstance(results[1], Busy)
    assert await asyncio.gather(*waiting) == [0, 2, 4]


async def test_who_no_longer_waits_hinders_nobody(work: Work) -> None:
    batches = Batches(work)
    impatient = asyncio.create_task(batches.put("a", 1))
    patient = asyncio.create_task(batches.put("a", 2))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == 4


async def test_half_of_the_last_batch_is_enough_for_the_next() -> None:
    queue: _Queue[int, int] = _Queue()
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    queue.learn(4, 1.0)
    queue.add(1, future)
    assert not queue.gets_company(0.001)
    waiting = asyncio.create_task(asyncio.to_thread(queue.gets_company, PATIENCE_S))
    await asyncio.sleep(0)
    queue.add(2, future)
    assert await waiting
