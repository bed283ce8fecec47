from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.live import backlog
from streams.live.backlog import LIMIT_BYTES, PATIENCE_S, Backlog


def test_within_the_limit_nobody_is_hurried() -> None:
    account = Backlog()
    account.sent(1, LIMIT_BYTES, now=0)
    assert not account.is_stuck(now=10_000)


def test_above_the_limit_there_is_time_to_catch_up() -> None:
    account = Backlog()
    account.sent(1, LIMIT_BYTES, now=0)
    account.sent(2, 1, now=5)
    assert not account.is_stuck(now=5 + PATIENCE_S)
    assert account.is_stuck(now=5 + PATIENCE_S + 0.1)


def test_an_acknowledgement_in_time_starts_anew() -> None:
    account = Backlog()
    account.sent(1, LIMIT_BYTES, now=0)
    account.sent(2, 1, now=0)
    account.acknowledged(1)
    assert not account.is_stuck(now=1000)
    account.sent(3, LIMIT_BYTES, now=1000)
    assert not account.is_stuck(now=1001)
    assert account.is_stuck(now=1001 + PATIENCE_S)


def test_without_any_end_nobody_waits() -> None:
    account = Backlog()
    account.sent(1, backlog.LAST_BYTES + 1, now=0)
    assert account.is_stuck(now=0)


@pytest.mark.parametrize("seq", [0, 2**53])
def test_an_acknowledgement_of_something_else_is_harmless(seq: int) -> None:
    account = Backlog()
    account.acknowledged(seq)
    assert account.bytes == 0


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 99)), max_size=30), st.integers(0, 99))
def test_what_is_owed_is_what_was_sent_after_the_place(
    steps: list[tuple[int, int]], upto: int
) -> None:
    account, seq, sent = Backlog(), 0, []
    for step, size in steps:
        seq += step
        sent.append((seq, size))
        account.sent(seq, size, now=0)
    account.acknowledged(upto)
    assert account.bytes == sum(size for place, size in sent if place > upto)
