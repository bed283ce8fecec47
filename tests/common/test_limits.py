"""A bucket gives what it has, says when it will have more, and forgets old keys."""

from streams.common.limits import Buckets


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_beyond_the_burst_one_waits_the_seconds_it_says() -> None:
    clock = Clock()
    buckets = Buckets(6, burst=2, clock=clock)
    assert [buckets.wait_s("a") for _ in range(3)] == [0, 0, 11]
    clock.now += 11
    assert buckets.wait_s("a") == 0


def test_a_look_takes_nothing() -> None:
    clock = Clock()
    buckets = Buckets(6, burst=1, clock=clock)
    assert [buckets.wait_s("a", take=False) for _ in range(3)] == [0, 0, 0]
    assert buckets.wait_s("a") == 0
    assert [buckets.wait_s("a", take=False) for _ in range(2)] == [11, 11]
    clock.now += 11
    assert buckets.wait_s("a") == 0


def test_nobody_else_is_slowed() -> None:
    buckets = Buckets(6, burst=1, clock=Clock())
    for _ in range(1000):
        buckets.wait_s("flood")
    assert buckets.wait_s("honest") == 0


def test_memory_is_bounded() -> None:
    buckets = Buckets(60, max_keys=10, clock=Clock())
    for key in range(1000):
        buckets.wait_s(key)
    assert len(buckets._levels) == 10
