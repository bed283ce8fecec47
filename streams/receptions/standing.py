"""The standing reception: a register for each month, opened, closed and sealed by the calendar alone.

Every function bears being run twice and by several at once: the clock's job, a page that is opened
just after midnight and a question that was on its way all turn the month the same way.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from streams.common import special_days
from streams.people.actors import SYSTEM
from streams.people.models import Unit
from streams.receptions import actions, journal, queries
from streams.receptions.models import Entry, Reception, Standing
from streams.receptions.rules import IllegalStep, Kind, State

# A closed month is sealed when nothing waits and nobody has touched it for so long: until then
# whoever closed the last question may still take that back.
QUIET = timedelta(hours=1)


def turn(now: datetime) -> list[Reception]:
    """Every active standing reception has its register of this month; the registers opened now."""
    seed_calendar(now)
    opened = []
    for plan in Standing.objects.filter(is_active=True).select_related("unit", "host"):
        before = _of_month(plan.unit, now)
        register = current(plan.unit, now=now)
        if before is None and register is not None:
            opened.append(register)
    for gone in Reception.objects.filter(kind=Kind.STANDING, state=State.LIVE):
        close_if_over(gone.pk, now=now)
    return opened


def current(unit: Unit, *, now: datetime) -> Reception | None:
    """The unit's register of this month, opened where it wasn't; None where the unit has none."""
    register = _of_month(unit, now)
    if register is None:
        plan = Standing.objects.filter(unit=unit, is_active=True).select_related("unit").first()
        register = _open(plan, now) if plan else None
    if register is None or not queries.takes_questions(register, now):
        return None
    return register


@transaction.atomic
def close_if_over(register_id: int, *, now: datetime) -> bool:
    """Close a register whose month is over or whose unit has no standing reception any more."""
    register = journal.lock(register_id)
    if register.state != State.LIVE:
        return False
    is_over = now >= queries.month_end(register)
    if not is_over and Standing.objects.filter(unit=register.unit, is_active=True).exists():
        return False
    actions.end(register_id, by=SYSTEM, now=now)
    return True


def seal_finished(now: datetime, *, count: actions.Waiting) -> list[Reception]:
    """Seal the closed registers in which nothing waits. `count` as in `actions.seal`."""
    sealed = []
    ended = Reception.objects.filter(kind=Kind.STANDING, state=State.ENDED)
    for register in ended.order_by("starts_at", "pk"):
        last = (
            Entry.objects.filter(reception=register).order_by("-seq").values_list("at", flat=True)
        )
        if count(register)[0] or last[0] > now - QUIET:
            continue
        try:
            sealed.append(actions.seal(register.pk, by=SYSTEM, now=now, count=count))
        except (actions.StillWaiting, IllegalStep):
            # In this moment somebody reopened a question, or another worker sealed it.
            continue
    return sealed


def seed_calendar(now: datetime) -> None:
    """This year and the next have their holidays: a date promised in December lies in January."""
    for year in (now.year, now.year + 1):
        special_days.seed(year)


def _first_of_month(unit: Unit, now: datetime) -> datetime:
    zone = ZoneInfo(unit.timezone)
    local: date = now.astimezone(zone).date()
    return datetime(local.year, local.month, 1, tzinfo=zone)


def _of_month(unit: Unit, now: datetime) -> Reception | None:
    registers = queries.receptions().filter(
        unit=unit, kind=Kind.STANDING, starts_at=_first_of_month(unit, now)
    )
    return registers.exclude(state=State.CANCELLED).first()


def _open(plan: Standing, now: datetime) -> Reception | None:
    seed_calendar(now)
    start = _first_of_month(plan.unit, now)
    for old in Reception.objects.filter(
        unit=plan.unit, kind=Kind.STANDING, state=State.LIVE, starts_at__lt=start
    ):
        close_if_over(old.pk, now=now)
    try:
        with transaction.atomic():
            register = actions.schedule(
                plan.unit,
                Kind.STANDING,
                starts_at=start,
                intake_from=start,
                host=plan.host,
                host_name=plan.host_name,
                host_post=plan.host_post,
                service_days=plan.unit.service_days,
                by=SYSTEM,
                now=now,
            )
            return actions.go_live(register.pk, by=SYSTEM, now=now)
    except IntegrityError:
        # Another process turned the month in this moment: its register stands.
        return _of_month(plan.unit, now)
