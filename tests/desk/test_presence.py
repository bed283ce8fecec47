"""Who is at the desk: many tabs are one person, a dead process's people go by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from streams.common import clock
from streams.desk import presence
from streams.desk.frames import DeskScreen
from streams.desk.models import Presence
from streams.overlay.frames import OverlayScreen
from streams.questions import claims, queries
from streams.questions.rules import Move
from streams.receptions.models import Reception
from streams.room.frames import RoomScreen
from streams.studio.frames import StudioScreen
from tests.cast import Cast, ask, make_move

pytestmark = pytest.mark.django_db
T = clock.now()


def told(reception: Reception, now: datetime) -> list[dict[str, object]]:
    return presence.told(reception.pk, queries.live_claims(reception.pk, now), now)


def names(reception: Reception, now: datetime) -> list[object]:
    return [person["name"] for person in told(reception, now)]


def test_many_tabs_are_one_person(reception: Reception, cast: Cast) -> None:
    one = presence.sit_down(reception.pk, cast.moderator.pk, T)
    other = presence.sit_down(reception.pk, cast.moderator.pk, T)
    presence.sit_down(reception.pk, cast.second_moderator.pk, T)
    assert names(reception, T) == ["Айгерім Сейіт", "Болат Ким"]
    presence.get_up(one, T)
    assert names(reception, T + presence.GRACE) == ["Айгерім Сейіт", "Болат Ким"]
    presence.get_up(other, T)
    assert "Айгерім Сейіт" in names(reception, T), "who loads the page anew doesn't flicker"
    assert names(reception, T + presence.GRACE) == ["Болат Ким"]


def test_a_dead_process_takes_its_people_along(reception: Reception, cast: Cast) -> None:
    sitting = presence.sit_down(reception.pk, cast.moderator.pk, T)
    presence.stay(sitting, T + timedelta(seconds=30))
    late = T + timedelta(seconds=30) + presence.ALIVE
    assert names(reception, late - timedelta(seconds=1)) == ["Айгерім Сейіт"]
    assert names(reception, late) == []
    presence.sit_down(reception.pk, cast.second_moderator.pk, late + timedelta(seconds=1))
    assert Presence.objects.count() == 1, "what went by the clock is swept away"
    # It was only held up: the next sign of life brings it back.
    presence.stay(sitting, late + timedelta(seconds=2))
    assert len(names(reception, late + timedelta(seconds=2))) == 2


def test_who_touches_nothing_is_idle(reception: Reception, cast: Cast) -> None:
    sitting = presence.sit_down(reception.pk, cast.moderator.pk, T)
    later = T + presence.idle_after()
    presence.stay(sitting, later)
    assert told(reception, later)[0]["idle"] == clock.stamp(T)
    presence.act(sitting, later)
    assert told(reception, later)[0]["idle"] is None


def test_the_load_of_each_is_counted(reception: Reception, cast: Cast) -> None:
    presence.sit_down(reception.pk, cast.moderator.pk, clock.now())
    presence.sit_down(reception.pk, cast.second_moderator.pk, clock.now())
    one, two = ask(reception), ask(reception)
    make_move(one, Move.APPROVE, cast.by)
    make_move(one, Move.ANSWER_TEXT, cast.by)
    claims.claim(two.pk, by=cast.by_second, now=clock.now())
    now = clock.now()
    assert [(p["holds"], p["decided"]) for p in told(reception, now)] == [
        ([], [2, 2]),
        ([2], [0, 0]),
    ]
    presence.sit_down(reception.pk, cast.moderator.pk, now + timedelta(minutes=20))
    assert told(reception, now + timedelta(minutes=20))[0]["decided"] == [0, 2]


def test_only_the_desk_tells_and_at_the_same_cost_for_all(reception: Reception, cast: Cast) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            DeskScreen().side(reception.pk)
        return len(queries)

    presence.sit_down(reception.pk, cast.moderator.pk, clock.now())
    alone = cost()
    presence.sit_down(reception.pk, cast.second_moderator.pk, clock.now())
    presence.sit_down(reception.pk, cast.chief.pk, clock.now())
    assert cost() == alone
    for screen in (RoomScreen(), StudioScreen(), OverlayScreen()):
        assert "Айгерім" not in str(screen.side(reception.pk))
    assert "Айгерім" in str(DeskScreen().side(reception.pk))
