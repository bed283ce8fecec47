"""The Wednesday board: a week of receptions with their sums, and what of it is mine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from streams.chiefs.rules import Week
from streams.control import queries as control
from streams.control.models import ControlRecord
from streams.people import access
from streams.people.models import Unit, User
from streams.people.rules import CONTROL, HOSTS
from streams.questions.models import Question
from streams.questions.rules import ANSWERED, WAITING, Outcome
from streams.receptions.models import Reception, Schedule
from streams.receptions.queries import receptions
from streams.receptions.rules import Kind, State

# How far a local day may lie from the same day in UTC.
_ZONES = timedelta(days=1)
_ORDER = {State.LIVE: 0, State.PAUSED: 0}
SHOWN = 8


@dataclass(frozen=True)
class Sums:
    received: int = 0
    answered: int = 0
    on_control: int = 0
    waiting: int = 0

    @property
    def otherwise(self) -> int:
        """Declined, forwarded, merged, withdrawn or carried over: with these the sum is whole."""
        return self.received - self.answered - self.on_control - self.waiting


@dataclass(frozen=True)
class Slot:
    """One card of the board: a reception, or a line of the plan from which none is made yet."""

    unit: Unit
    starts_at: datetime
    state: str
    host_name: str
    host_post: str
    reception: Reception | None = None
    sums: Sums = field(default_factory=Sums)


def board(week: Week, now: datetime) -> list[Slot]:
    """This week's receptions of all units and what the plan still holds; on air first, then by time."""
    held = _held(week)
    sums = sums_of(reception.pk for reception in held)
    slots = [
        Slot(
            reception.unit,
            reception.starts_at,
            reception.state,
            reception.host_name,
            reception.host_post,
            reception,
            sums[reception.pk],
        )
        for reception in held
    ]
    slots += _planned(week, now, but={reception.unit_id for reception in held})
    return sorted(slots, key=lambda s: (_ORDER.get(State(s.state), 1), s.starts_at, s.unit.path))


def totals(slots: Iterable[Slot]) -> Sums:
    """The week in four numbers."""
    every = [slot.sums for slot in slots]
    return Sums(
        sum(s.received for s in every),
        sum(s.answered for s in every),
        sum(s.on_control for s in every),
        sum(s.waiting for s in every),
    )


def sums_of(reception_ids: Iterable[int]) -> dict[int, Sums]:
    """By the same buckets as every other counter. One query."""
    rows = (
        Question.objects.filter(reception_id__in=list(reception_ids))
        .exclude(bucket=Outcome.NOT_A_QUESTION)
        .values_list("reception_id", "bucket")
        .annotate(n=Count("pk"))
        .order_by()
    )
    buckets: dict[int, dict[str, int]] = defaultdict(dict)
    for reception_id, bucket, n in rows:
        buckets[reception_id][bucket] = n
    sums = defaultdict(Sums)
    for reception_id, counted in buckets.items():
        sums[reception_id] = Sums(
            received=sum(counted.values()),
            answered=sum(counted.get(outcome, 0) for outcome in ANSWERED),
            on_control=counted.get(Outcome.ON_CONTROL, 0),
            waiting=counted.get(WAITING, 0),
        )
    return sums


@dataclass(frozen=True)
class Mine:
    """What waits for this person: their receptions, promises, open questions. None: not their role."""

    receptions: list[Slot] | None
    unfinished: list[tuple[Reception, int]] | None
    overdue: list[ControlRecord] | None
    due: list[ControlRecord] | None
    overdue_count: int = 0
    due_count: int = 0
    # The standing receptions' registers that aren't sealed yet.
    registers: list[tuple[Reception, int]] = field(default_factory=list)
    # Receptions with proposals to decline or set aside that a second person has not confirmed yet.
    to_confirm: list[tuple[Reception, int]] = field(default_factory=list)


def mine(user: User, slots: list[Slot], week: Week, days: dict[str, date]) -> Mine | None:
    """`days`: today by time zone. A constant number of queries; None for people without such a role."""
    hosted = set(access.units_of(user, HOSTS).values_list("pk", flat=True))
    control_units = access.units_of(user, CONTROL).exists()
    if not hosted and not control_units:
        return None
    records = access.visible(control.records(), user, CONTROL)
    late, soon = (
        records.filter(control.overdue(days)),
        records.filter(control.due(days, week.sunday)),
    )
    counted = records.aggregate(
        late=Count("pk", filter=control.overdue(days)),
        soon=Count("pk", filter=control.due(days, week.sunday)),
    )
    return Mine(
        receptions=[s for s in slots if s.reception and s.unit.pk in hosted] if hosted else None,
        unfinished=_unfinished(hosted) if hosted else None,
        overdue=list(late[:SHOWN]) if control_units else None,
        due=list(soon[:SHOWN]) if control_units else None,
        overdue_count=counted["late"],
        due_count=counted["soon"],
        registers=_registers(hosted),
        to_confirm=_to_confirm(hosted),
    )


def schedules(user: User) -> QuerySet[Schedule]:
    """The lines of the weekly plan that `user` may change."""
    lines = Schedule.objects.select_related("unit", "host").order_by(
        "unit__path", "weekday", "time"
    )
    return access.visible(lines, user, HOSTS)


def to_come(user: User) -> QuerySet[Reception]:
    """Planned receptions of the units where `user` is a host, with the questions already asked."""
    waiting = Count("questions", filter=Q(questions__outcome__isnull=True))
    coming = receptions().filter(state=State.SCHEDULED).exclude(kind=Kind.STANDING)
    return access.visible(coming, user, HOSTS).annotate(waiting=waiting).order_by("starts_at")


def _held(week: Week) -> list[Reception]:
    first = datetime.combine(week.monday, time(), tzinfo=UTC) - _ZONES
    last = datetime.combine(week.sunday, time(), tzinfo=UTC) + 2 * _ZONES
    around = (
        receptions().filter(starts_at__gte=first, starts_at__lte=last).exclude(kind=Kind.STANDING)
    )
    return [r for r in around if r.starts_at.astimezone(r.zone).date() in week]


def _planned(week: Week, now: datetime, *, but: set[int]) -> list[Slot]:
    """Lines of the plan whose reception is still to be made. A week that has passed has none."""
    slots = []
    for line in (
        Schedule.objects.filter(is_active=True).exclude(unit_id__in=but).select_related("unit")
    ):
        day = week.monday + timedelta(days=line.weekday)
        starts_at = datetime.combine(day, line.time, tzinfo=ZoneInfo(line.unit.timezone))
        if starts_at >= now:
            slots.append(
                Slot(line.unit, starts_at, State.SCHEDULED, line.host_name, line.host_post)
            )
    return slots


def _unfinished(unit_ids: set[int]) -> list[tuple[Reception, int]]:
    """Receptions that ended with questions still waiting, the oldest first."""
    ended = list(
        receptions()
        .filter(unit_id__in=unit_ids, state=State.ENDED)
        .exclude(kind=Kind.STANDING)
        .order_by("ended_at")
    )
    sums = sums_of(reception.pk for reception in ended)
    return [(r, sums[r.pk].waiting) for r in ended if sums[r.pk].waiting]


def _registers(unit_ids: set[int]) -> list[tuple[Reception, int]]:
    """Open months and those gone by that still wait for answers, the oldest first."""
    registers = list(
        receptions()
        .filter(unit_id__in=unit_ids, kind=Kind.STANDING, state__in=[State.LIVE, State.ENDED])
        .order_by("starts_at", "unit__path")
    )
    sums = sums_of(register.pk for register in registers)
    return [(register, sums[register.pk].waiting) for register in registers]


def _to_confirm(unit_ids: set[int]) -> list[tuple[Reception, int]]:
    """The oldest first. One query."""
    found = (
        receptions()
        .filter(unit_id__in=unit_ids, questions__proposal__isnull=False)
        .annotate(proposals=Count("questions"))
        .order_by("starts_at")
    )
    return [(reception, reception.proposals) for reception in found]
