"""Staff first: what can wait lets them go by, and comes on by itself."""

import threading
import time

from streams.common.precedence import Precedence


def test_nobody_waits_while_nobody_goes_first() -> None:
    began = time.monotonic()
    Precedence().give_way(60)
    assert time.monotonic() - began < 30


def test_who_gives_way_goes_on_when_the_last_one_is_through() -> None:
    precedence = Precedence()
    gone_on = threading.Event()

    def batch() -> None:
        precedence.give_way(60)
        gone_on.set()

    with precedence.first(), precedence.first():
        waiting = threading.Thread(target=batch)
        waiting.start()
        assert not gone_on.is_set()
    assert gone_on.wait(30)
    waiting.join()


def test_it_waits_no_longer_than_it_was_told() -> None:
    precedence = Precedence()
    with precedence.first():
        precedence.give_way(0.01)
