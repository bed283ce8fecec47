"""The arithmetic of the pace, as a table."""

from __future__ import annotations

import pytest

from streams.questions.pace import MINUTES, Forecast, Minute, Outlook, forecast, pace

EMPTY, GROWING, UNKNOWN = (Forecast(o) for o in (Outlook.EMPTY, Outlook.GROWING, Outlook.UNKNOWN))


def in_minutes(minutes: int) -> Forecast:
    return Forecast(Outlook.EMPTIES, minutes)


@pytest.mark.parametrize(
    ("waiting", "arrived", "decided", "minutes", "expected"),
    [
        (0, 50, 0, 10, EMPTY),
        (0, 0, 0, 0, EMPTY),
        (1, 0, 0, 10, UNKNOWN),
        (5, 1, 0, 10, GROWING),
        (5, 30, 29, 10, GROWING),
        (5, 30, 30, 10, UNKNOWN),
        (5, 0, 2, 10, UNKNOWN),  # two decisions are no pace
        (5, 0, 3, 1.9, UNKNOWN),  # nor are two minutes not yet over
        (5, 0, 3, 2, in_minutes(4)),
        (40, 20, 60, 10, in_minutes(10)),
        (41, 20, 60, 10, in_minutes(11)),
        (1, 0, 600, 10, in_minutes(1)),
        (60, 0, 3, 10, in_minutes(200)),
        (600, 27, 37, 10, in_minutes(600)),
        (601, 27, 37, 10, UNKNOWN),  # no end in sight
    ],
)
def test_when_the_last_one_is_decided(
    waiting: int, arrived: int, decided: int, minutes: float, expected: Forecast
) -> None:
    given = {"waiting": waiting, "arrived": arrived, "decided": decided, "minutes": minutes}
    assert forecast(**given) == expected  # type: ignore[arg-type]


def test_what_waited_is_told_backwards_from_now() -> None:
    counted = {
        100: Minute(3, 1),
        99: Minute(0, 4),
        98: Minute(1, -2),
        41: Minute(7, 0),
        40: Minute(9),
    }
    told = pace(counted, 5, minute=100, second=30)
    assert len(told.arrived) == len(told.decided) == len(told.waiting) == MINUTES
    assert told.arrived[-3:] == [1, 0, 3]
    assert told.decided[-3:] == [0, 4, 1]
    # 5 wait now; a minute ago 5 - 3 + 1, before that 3 + 4, before that 7 - 1 - 2.
    assert told.waiting[-4:] == [4, 7, 3, 5]
    assert told.arrived[0] == 7, "what is older than the hour is left out"
    assert sum(told.arrived) == 11
    assert min(told.waiting) >= 0


def test_the_forecast_looks_back_to_the_first_minute_of_late_with_anything_in_it() -> None:
    counted = {89: Minute(500, 0), 98: Minute(0, 10), 99: Minute(0, 10), 100: Minute(0, 5)}
    told = pace(counted, 20, minute=100, second=30)
    # 25 decided in two and a half minutes.
    assert told.forecast == in_minutes(2)
    assert pace({}, 20, minute=100, second=30).forecast == UNKNOWN
    assert pace({100: Minute(1, 0)}, 1, minute=100, second=1).forecast == GROWING
