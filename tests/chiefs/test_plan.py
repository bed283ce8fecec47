"""Planning: by those who hold receptions, for their own units, without losing a question."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from streams.common import clock
from streams.people.models import User
from streams.people.rules import HOSTS, Role
from streams.receptions import actions, schedule
from streams.receptions.models import Reception, Schedule
from streams.receptions.rules import State
from tests.cast import Cast, ask, make_reception

PLAN = "/wednesday/plan/"


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def single(cast: Cast, **changes: object) -> dict[str, object]:
    day = clock.local_date(clock.now(), "Asia/Almaty") + timedelta(days=3)
    return {
        "unit": cast.district.pk,
        "kind": "on_air",
        "title": "О дорогах",
        "day": day.isoformat(),
        "at": "15:30",
        "host": cast.chief.pk,
        **changes,
    }


def weekly(cast: Cast, **changes: object) -> dict[str, object]:
    return {
        "unit": cast.district.pk,
        "weekday": 2,
        "at": "10:00",
        "host": cast.chief.pk,
        **changes,
    }


@pytest.fixture
def line(cast: Cast) -> Schedule:
    made = Schedule.objects.create(
        unit=cast.district, weekday=2, time=time(10), host=cast.chief, host_name=str(cast.chief)
    )
    schedule.make_next(clock.now())
    return made


@pytest.mark.parametrize("role", list(Role))
def test_planning_is_for_hosts(cast: Cast, line: Schedule, role: Role) -> None:
    client = signed_in(cast.with_role(role))
    expected = 200 if role in HOSTS else 404
    for url in ("", "reception/", "weekly/", f"weekly/{line.pk}/"):
        assert client.get(PLAN + url).status_code == expected


def test_visitor_is_led_to_the_sign_in(client: Client, db: None) -> None:
    assert client.get(PLAN)["Location"] == "/sign-in/?next=/wednesday/plan/"


def test_a_stranger_changes_nothing_of_ours(cast: Cast, line: Schedule) -> None:
    reception = Reception.objects.get()
    client = signed_in(cast.stranger)
    assert client.get(PLAN).context["lines"].count() == 0
    assert client.get(f"{PLAN}weekly/{line.pk}/").status_code == 404
    assert client.post(f"{PLAN}weekly/{line.pk}/", weekly(cast, at="12:00")).status_code == 404
    assert client.post(f"{PLAN}weekly/{line.pk}/switch/").status_code == 404
    assert client.post(f"{PLAN}cancel/{reception.no}/").status_code == 404
    # A unit that is not theirs is no choice of the form.
    assert client.post(f"{PLAN}reception/", single(cast)).status_code == 422
    assert client.post(f"{PLAN}weekly/", weekly(cast, at="12:00")).status_code == 422
    line.refresh_from_db()
    assert (line.time, line.is_active) == (time(10), True)
    assert Reception.objects.count() == 1


def test_a_single_reception_stands_at_the_units_hour(cast: Cast) -> None:
    data = single(cast)
    assert signed_in(cast.moderator).post(f"{PLAN}reception/", data).status_code == 303
    reception = Reception.objects.get()
    assert reception.starts_at.astimezone(UTC).time() == time(10, 30)
    assert (reception.title, reception.host, reception.host_name) == (
        "О дорогах",
        cast.chief,
        "Серік Омаров",
    )
    assert reception.entries.get().by == cast.moderator
    again = signed_in(cast.moderator).post(f"{PLAN}reception/", data)
    assert again.status_code == 409
    assert "at this time already" in again.content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"day": "2020-01-01"},
        {"day": "9999-12-31"},
        {"day": "0001-01-01"},
        {"day": "x"},
        {"at": "25:00"},
        {"kind": "standing"},
        {"host": "", "host_name": ""},
        # The only chief is chosen beforehand: the name that was typed must not get lost.
        {"host_name": "Марат Асқаров"},
        {"host": "", "host_name": "\u200b\u200b"},
        {"title": "я" * 201},
        {"unit": "x"},
    ],
)
def test_a_plan_that_lacks_something_is_422(cast: Cast, changes: dict[str, object]) -> None:
    response = signed_in(cast.chief).post(f"{PLAN}reception/", single(cast, **changes))
    assert response.status_code == 422
    assert not Reception.objects.exists()


def test_a_chief_without_an_account_is_named(cast: Cast) -> None:
    data = single(cast, host="", host_name="Марат Асқаров", host_post="Начальник отдела")
    assert signed_in(cast.chief).post(f"{PLAN}reception/", data).status_code == 303
    reception = Reception.objects.get()
    assert (reception.host, reception.host_name) == (None, "Марат Асқаров")


def test_a_chief_answers_only_where_they_serve(cast: Cast) -> None:
    client = signed_in(cast.region_chief)
    data = single(cast, unit=cast.neighbour.pk)
    assert client.post(f"{PLAN}reception/", data).status_code == 422
    data["host"] = cast.region_chief.pk
    assert client.post(f"{PLAN}reception/", data).status_code == 303


def test_a_new_weekly_line_makes_its_next_reception_at_once(cast: Cast) -> None:
    client = signed_in(cast.chief)
    assert client.post(f"{PLAN}weekly/", weekly(cast)).status_code == 303
    assert Reception.objects.get().starts_at.astimezone(ZoneInfo("Asia/Almaty")).weekday() == 2
    assert client.post(f"{PLAN}weekly/", weekly(cast)).status_code == 409
    assert Schedule.objects.count() == 1


def test_a_changed_line_takes_its_reception_along_while_nobody_has_asked(
    cast: Cast, line: Schedule
) -> None:
    client = signed_in(cast.moderator)
    assert client.post(f"{PLAN}weekly/{line.pk}/", weekly(cast, at="15:00")).status_code == 303
    old, new = Reception.objects.order_by("pk")
    assert (old.state, new.state) == (State.CANCELLED, State.SCHEDULED)
    assert new.starts_at.astimezone(ZoneInfo("Asia/Almaty")).hour == 15
    assert schedule.make_next(clock.now()) == []


def test_questions_hold_their_reception_at_its_hour(cast: Cast, line: Schedule) -> None:
    reception = Reception.objects.get()
    ask(reception)
    client = signed_in(cast.moderator)
    data = weekly(cast, at="15:00", host="", host_name="Марат Асқаров")
    response = client.post(f"{PLAN}weekly/{line.pk}/", data, follow=True)
    assert f"Reception {reception.no} stays at its hour" in response.content.decode()
    stays = Reception.objects.get()
    assert (stays.state, stays.starts_at) == (State.SCHEDULED, reception.starts_at)
    assert stays.host_name == "Марат Асқаров"
    assert schedule.make_next(clock.now()) == []
    [following] = schedule.make_next(reception.starts_at + timedelta(hours=12))
    assert following.starts_at - reception.starts_at == timedelta(days=7, hours=5)


def test_pausing_and_going_on(cast: Cast, line: Schedule) -> None:
    client = signed_in(cast.chief)
    assert client.post(f"{PLAN}weekly/{line.pk}/switch/", {"active": "0"}).status_code == 303
    later = clock.now() + timedelta(days=7)
    assert schedule.make_next(later) == []
    assert client.post(f"{PLAN}weekly/{line.pk}/switch/", {"active": "1"}).status_code == 303
    assert len(schedule.make_next(later)) == 1


def test_cancelling_what_nobody_has_asked_for(cast: Cast, line: Schedule) -> None:
    reception = Reception.objects.get()
    client = signed_in(cast.chief)
    assert client.post(f"{PLAN}cancel/{reception.no}/").status_code == 303
    reception.refresh_from_db()
    assert reception.state == State.CANCELLED
    assert reception.entries.get(kind="cancel").by == cast.chief
    assert schedule.make_next(clock.now()) == []


def test_a_reception_with_questions_is_not_cancelled(cast: Cast, line: Schedule) -> None:
    reception = Reception.objects.get()
    ask(reception)
    response = signed_in(cast.chief).post(f"{PLAN}cancel/{reception.no}/", follow=True)
    assert "1 question waits" in response.content.decode()
    reception.refresh_from_db()
    assert reception.state == State.SCHEDULED


def test_what_has_begun_is_not_cancelled(cast: Cast, reception: Reception) -> None:
    response = signed_in(cast.chief).post(f"{PLAN}cancel/{reception.no}/", follow=True)
    assert "Only a reception that has not begun" in response.content.decode()
    reception.refresh_from_db()
    assert reception.state == State.LIVE


def test_what_never_began_is_pointed_out(cast: Cast) -> None:
    make_reception(cast, live=False, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert "has not begun" in signed_in(cast.chief).get(PLAN).content.decode()


def test_the_number_of_queries_does_not_grow(cast: Cast) -> None:
    client = signed_in(cast.chief)
    counts = []
    for hour in (10, 11, 12):
        Schedule.objects.create(
            unit=cast.district, weekday=2, time=time(hour), host_name="X", host=cast.chief
        )
        ask(make_reception(cast, live=False))
        with CaptureQueriesContext(connection) as queries:
            client.get(PLAN)
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 12


def test_scheduled_elsewhere_stays_with_its_unit(cast: Cast) -> None:
    other = make_reception(cast, unit=cast.neighbour, live=False)
    actions.cancel(other.pk, by=cast.by, now=clock.now())
    assert signed_in(cast.chief).get(PLAN).context["coming"].count() == 0
