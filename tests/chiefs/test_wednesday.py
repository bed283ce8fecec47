"""The board of the week: what everybody sees, and what waits for me."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from streams.chiefs import rules
from streams.common import clock
from streams.people.models import Unit, User
from streams.people.rules import CONTROL, HOSTS, Role
from streams.questions import queries as questions
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Reception, Schedule
from streams.receptions.rules import Kind
from tests.cast import Cast, ask, make_move, make_reception
from tests.control.test_actions import take

ALMATY = ZoneInfo("Asia/Almaty")
# A Wednesday.
NOW = datetime(2026, 11, 18, 11, 0, tzinfo=ALMATY)


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def held(cast: Cast, starts_at: datetime, unit: Unit | None = None) -> Reception:
    return receptions.schedule(
        unit or cast.district,
        Kind.WEDNESDAY,
        starts_at=starts_at,
        intake_from=starts_at - timedelta(days=7),
        host_name="Серік Омаров",
        by=cast.by,
        now=starts_at - timedelta(days=7),
    )


def shown(client: Client, week: str = "") -> list[str]:
    slots = client.get(f"/en/wednesday/?week={week}").context["slots"]
    return [slot.reception.no if slot.reception else slot.unit.code for slot in slots]


@pytest.mark.parametrize(
    ("name", "monday"),
    [
        ("2026-W47", date(2026, 11, 16)),
        ("2026-W01", date(2025, 12, 29)),
        ("2026-W53", date(2026, 12, 28)),
    ],
)
def test_weeks_are_read_and_written(name: str, monday: date) -> None:
    week = rules.read_week(name)
    assert (week.monday, week.name) == (monday, name)
    assert week.after.before == week
    assert rules.week_of(week.sunday) == week


@pytest.mark.parametrize("name", ["2026-W00", "2025-W53", "2026-W54", "9999-W01", "x", "2026W47"])
def test_a_week_that_no_calendar_has_is_404(client: Client, db: None, name: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        rules.read_week(name)
    assert client.get(f"/en/wednesday/?week={name}").status_code == 404


def test_an_empty_week_says_so(client: Client, db: None) -> None:
    assert "No receptions in this week" in client.get("/en/wednesday/").content.decode()


@time_machine.travel(NOW, tick=False)
def test_shows_the_receptions_of_all_units_by_the_local_day(client: Client, cast: Cast) -> None:
    # Sunday 23:30 in Almaty is this week, half an hour later is the next.
    last = held(cast, datetime(2026, 11, 22, 23, 30, tzinfo=ALMATY))
    following = held(cast, datetime(2026, 11, 23, 0, 0, tzinfo=ALMATY))
    first = held(cast, datetime(2026, 11, 16, 0, 0, tzinfo=ALMATY), cast.abroad)
    receptions.schedule(
        cast.region,
        Kind.STANDING,
        starts_at=NOW,
        intake_from=NOW,
        host_name="Блог",
        by=cast.by,
        now=NOW,
    )
    assert shown(client) == [first.no, last.no]
    assert shown(client, "2026-W48") == [following.no]


@time_machine.travel(NOW, tick=False)
def test_what_is_on_air_comes_first_and_the_plan_fills_the_week(client: Client, cast: Cast) -> None:
    early = held(cast, NOW - timedelta(days=1), cast.neighbour)
    live = make_reception(cast, now=NOW)
    for weekday in (1, 4):
        Schedule.objects.create(
            unit=cast.region, weekday=weekday, time=time(10), host_name="Дана Ахметова"
        )
    Schedule.objects.create(
        unit=cast.abroad, weekday=4, time=time(10), host_name="X", is_active=False
    )
    # Tuesday has passed without a reception of the region; nothing is invented for it.
    assert shown(client) == [live.no, early.no, "SRY"]


@time_machine.travel(NOW, tick=True)
def test_the_cards_count_as_the_equation_does(client: Client, cast: Cast) -> None:
    reception = make_reception(cast, now=NOW)
    for move in (Move.ANSWER_LIVE, Move.ANSWER_TEXT, Move.DECLINE, Move.SET_ASIDE, None):
        question = ask(reception)
        if move is Move.DECLINE:
            make_move(question, Move.PROPOSE_DECLINE, cast.by)
            make_move(question, move, cast.by_second)
        elif move:
            make_move(question, move, cast.by)
    take(ask(reception), cast.by)
    [slot] = client.get("/en/wednesday/").context["slots"]
    equation = questions.equation(reception.pk)
    assert slot.sums.received == equation.received == 5
    assert (slot.sums.answered, slot.sums.on_control, slot.sums.waiting) == (2, 1, 1)
    assert slot.sums.otherwise == 1
    html = client.get("/en/wednesday/").content.decode()
    assert html.count("other outcome") == 2
    assert f"/en/receptions/{reception.no}/" in html
    assert "What waits for me" not in html


@pytest.mark.parametrize("role", list(Role))
def test_mine_shows_to_each_role_its_part(cast: Cast, reception: Reception, role: Role) -> None:
    mine = signed_in(cast.with_role(role)).get("/en/wednesday/").context["mine"]
    assert (mine.receptions is not None) == (role in HOSTS)
    assert (mine.due is not None) == (role in CONTROL)


def test_who_serves_nowhere_sees_the_public_board_only(cast: Cast, reception: Reception) -> None:
    user = User.objects.create_user("nobody")
    assert "mine" not in signed_in(user).get("/en/wednesday/").context


def test_mine_holds_promises_and_what_is_left_open(cast: Cast, reception: Reception) -> None:
    today = clock.local_date(clock.now(), "Asia/Almaty")
    late = take(ask(reception), cast.by, due_on=today - timedelta(days=1))
    soon = take(ask(reception), cast.by, due_on=today)
    take(ask(reception), cast.by, due_on=today + timedelta(days=8))
    theirs = make_reception(cast, unit=cast.neighbour)
    take(ask(theirs), cast.by, due_on=today - timedelta(days=1))
    ask(reception)
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    context = signed_in(cast.chief).get("/en/wednesday/").context
    assert [record for record, _due in context["overdue"]] == [late]
    assert [record for record, _due in context["due"]] == [soon]
    assert context["mine"].unfinished == [(reception, 1)]
    region = signed_in(cast.region_chief).get("/en/wednesday/").context
    assert region["mine"].overdue_count == 2


def test_mine_is_never_kept_by_a_cache(cast: Cast, client: Client) -> None:
    assert signed_in(cast.chief).get("/en/wednesday/")["Cache-Control"] == "no-store"


def test_the_stranger_sees_nothing_of_ours_as_theirs(cast: Cast, reception: Reception) -> None:
    context = signed_in(cast.stranger).get("/en/wednesday/").context
    assert [slot.reception for slot in context["slots"]] == [reception]
    assert context["mine"].receptions == []


@pytest.mark.parametrize("who", ["visitor", "chief"])
def test_the_number_of_queries_does_not_grow(
    cast: Cast, reception: Reception, client: Client, who: str
) -> None:
    if who == "chief":
        client.force_login(cast.chief)
    counts = []
    for more in (1, 2):
        for _n in range(more):
            other = make_reception(cast)
            take(ask(other), cast.by, due_on=date(2026, 1, 1))
            ask(other)
            receptions.end(other.pk, by=cast.by, now=clock.now())
        with CaptureQueriesContext(connection) as queries:
            client.get("/en/wednesday/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 21
