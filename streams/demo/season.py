"""The demo's receptions: two sealed ones, one on air, the next ones by the weekly plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from streams.demo import blog, people
from streams.demo.people import HOME, PLACES, REGION
from streams.demo.play import Crew, Play
from streams.demo.script import Asked
from streams.demo.texts import last_week, region, today
from streams.people.actors import Actor
from streams.people.models import Unit, User
from streams.people.rules import Role
from streams.questions import actions as questions
from streams.questions import queries
from streams.questions.models import Question
from streams.questions.rules import OPEN, Move
from streams.receptions import actions, schedule
from streams.receptions.models import Reception
from streams.receptions.rules import ON_AIR, Kind

# A broadcast that began longer ago than this is over: nobody talks half a day.
STALE = timedelta(hours=12)
_WEDNESDAY, _FRIDAY = 2, 4
_LENGTH = timedelta(minutes=95)


@transaction.atomic
def prepare(password: str, now: datetime) -> Reception:
    """Bring the demo up to `now`: everything that isn't there yet, and a reception on air."""
    people.make(password)
    first = not Reception.objects.filter(unit__code=HOME).exists()
    if first:
        _past_of_region(now)
    blog.prepare(now)
    live = on_air()
    if live is not None and live.live_since is not None and now - live.live_since < STALE:
        schedule.make_next(now)
        return live
    past = _plan_last_week(now) if first else None
    fresh = _plan_today(now, first=first)
    if past is not None:
        _sealed(past, last_week.QUESTIONS, now, carry_to=fresh)
    if live is not None:
        _retire(live, carry_to=fresh, now=now)
    _today(fresh, now)
    schedule.make_next(now)
    return Reception.objects.get(pk=fresh.pk)


def on_air() -> Reception | None:
    """The demo's reception that runs."""
    return (
        Reception.objects.filter(unit__code=HOME, state__in=ON_AIR).order_by("-starts_at").first()
    )


def _past_of_region(now: datetime) -> None:
    """The chief of the region on air, some weeks ago."""
    start = _weekday_before(now - timedelta(days=23), _FRIDAY, 11)
    reception = _plan(
        REGION,
        Kind.ON_AIR,
        start,
        start - timedelta(days=10),
        title="Вопросы начальнику департамента: безопасность на дорогах и в школах",
    )
    _sealed(reception, region.QUESTIONS, now, carry_to=None)


def _plan_last_week(now: datetime) -> Reception:
    start = _weekday_before(now - timedelta(days=7), _WEDNESDAY, 10)
    return _plan(HOME, Kind.WEDNESDAY, start, start - timedelta(days=7))


def _plan_today(now: datetime, *, first: bool) -> Reception:
    start = (now - timedelta(minutes=24)).replace(second=0, microsecond=0)
    # Before the questions of the last one are carried over into it.
    return _plan(HOME, Kind.WEDNESDAY, start, now - timedelta(days=15 if first else 0, hours=2))


def _sealed(
    reception: Reception,
    script: Sequence[Asked],
    now: datetime,
    *,
    carry_to: Reception | None,
) -> None:
    crew, start = _crew(reception), reception.starts_at
    play = Play(reception, crew, start=start, now=now)
    pk, end = reception.pk, start + _LENGTH
    play.cue(start, lambda at: actions.go_live(pk, by=crew.moderator, now=at))
    play.ask(script, first=timedelta(minutes=-210), every=timedelta(minutes=6))
    play.cue(end, lambda at: actions.end(pk, by=crew.moderator, now=at))
    if carry_to is not None:
        later = end + timedelta(minutes=10)
        play.cue(later, lambda at: _carry_over(reception, carry_to, crew.moderator, at))
    play.cue(end + timedelta(hours=4), lambda at: _seal(reception, crew.moderator, at))
    play.perform()


def _today(reception: Reception, now: datetime) -> None:
    start = reception.starts_at
    crew = _crew(reception)
    play = Play(reception, crew, start=start, now=now)
    play.cue(start, lambda at: actions.go_live(reception.pk, by=crew.moderator, now=at))
    play.ask(today.QUESTIONS, first=timedelta(minutes=-36), every=timedelta(seconds=100))
    play.perform()


def _retire(reception: Reception, *, carry_to: Reception, now: datetime) -> None:
    """A broadcast left on air by an earlier run: ended, its open questions carried over, sealed."""
    by = _crew(reception).moderator
    actions.end(reception.pk, by=by, now=now)
    _carry_over(reception, carry_to, by, now)
    _seal(reception, by, now)


def _carry_over(reception: Reception, target: Reception, by: Actor, now: datetime) -> None:
    waiting = Question.objects.filter(reception=reception, status__in=[s.value for s in OPEN])
    for question in waiting.order_by("number"):
        questions.move(
            question.pk,
            Move.CARRY_OVER,
            by=by,
            expect=question.version,
            now=now,
            reception=target.no,
        )


def _seal(reception: Reception, by: Actor, now: datetime) -> None:
    actions.seal(reception.pk, by=by, now=now, count=queries.for_seal)


def _plan(
    code: str, kind: Kind, starts_at: datetime, planned_at: datetime, *, title: str = ""
) -> Reception:
    place = next(place for place in PLACES if place.code == code)
    return actions.schedule(
        Unit.objects.get(code=code),
        kind,
        starts_at=starts_at,
        intake_from=starts_at - timedelta(days=7),
        host=User.objects.filter(username=place.account).first(),
        host_name=place.host,
        host_post=place.post,
        title=title,
        by=_actor("moderator", Role.MODERATOR),
        now=planned_at,
    )


def _crew(reception: Reception) -> Crew:
    assert reception.host is not None
    return Crew(
        moderator=_actor("moderator", Role.MODERATOR),
        second=_actor("moderator2", Role.MODERATOR),
        host=Actor(Role.CHIEF, reception.host),
        controller=_actor("controller", Role.CONTROLLER),
    )


def _actor(username: str, role: Role) -> Actor:
    return Actor(role, User.objects.get(username=username))


def _weekday_before(moment: datetime, weekday: int, hour: int) -> datetime:
    """The last such day's local hour at or before `moment`."""
    zone = ZoneInfo("Asia/Almaty")
    local = moment.astimezone(zone)
    day = local.date() - timedelta(days=(local.weekday() - weekday) % 7)
    start = datetime(day.year, day.month, day.day, hour, tzinfo=zone)
    return start if start <= moment else start - timedelta(days=7)
