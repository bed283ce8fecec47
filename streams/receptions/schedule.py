"""The weekly plan: makes the next receptions of every active Schedule, however often it runs."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from streams.people.actors import SYSTEM
from streams.receptions import actions
from streams.receptions.models import Reception, Schedule
from streams.receptions.rules import Kind, State


def next_start(schedule: Schedule, now: datetime) -> datetime:
    """The next start of the plan at or after `now`, at the unit's local time.

    Counted in local days, so that ten o'clock stays ten o'clock when the zone's offset changes.
    """
    zone = ZoneInfo(schedule.unit.timezone)
    day = now.astimezone(zone).date()
    day += timedelta(days=(schedule.weekday - day.weekday()) % 7)
    start = datetime.combine(day, schedule.time, tzinfo=zone)
    if start < now:
        start = datetime.combine(day + timedelta(days=7), schedule.time, tzinfo=zone)
    return start


def make_next(now: datetime) -> list[Reception]:
    """Idempotent: a reception that stands is left alone, a cancelled one isn't made again."""
    schedules = Schedule.objects.filter(is_active=True).select_related("unit", "host")
    made = [make(schedule, now=now) for schedule in schedules.order_by("pk")]
    return [reception for reception in made if reception is not None]


def make(schedule: Schedule, *, now: datetime) -> Reception | None:
    """The plan's next reception, or None where there is nothing to make."""
    starts_at = next_start(schedule, now)
    at_that_time = Reception.objects.filter(
        unit=schedule.unit, kind=Kind.WEDNESDAY, starts_at=starts_at
    )
    if at_that_time.exists() or _week_is_full(schedule, starts_at, now):
        return None
    try:
        with transaction.atomic():
            return _make(schedule, starts_at, now=now)
    except IntegrityError:
        # Another worker ran the same plan in this moment: its reception stands.
        return None


def planned(schedule: Schedule, now: datetime) -> Reception | None:
    """The reception that the plan, as it is, has made for its next start and that still may change."""
    return Reception.objects.filter(
        unit=schedule.unit,
        kind=Kind.WEDNESDAY,
        starts_at=next_start(schedule, now),
        state=State.SCHEDULED,
    ).first()


def _week_is_full(schedule: Schedule, starts_at: datetime, now: datetime) -> bool:
    """The plan has no more receptions to come in a week than it has lines.

    When the hour of a plan changes while people have already asked for the old one, that reception
    stays and the new hour holds from the week after.
    """
    zone = ZoneInfo(schedule.unit.timezone)
    local = starts_at.astimezone(zone)
    monday = datetime.combine(local.date() - timedelta(days=local.weekday()), time(), tzinfo=zone)
    to_come = Reception.objects.filter(
        unit=schedule.unit,
        kind=Kind.WEDNESDAY,
        state=State.SCHEDULED,
        starts_at__gte=max(now, monday),
        starts_at__lt=datetime.combine(monday.date() + timedelta(days=7), time(), tzinfo=zone),
        # Made by the plan; what people plan beside it doesn't count.
        entries__seq=1,
        entries__actor=SYSTEM.role,
    )
    lines = Schedule.objects.filter(unit=schedule.unit, is_active=True)
    return to_come.count() >= lines.count()


def _make(schedule: Schedule, starts_at: datetime, *, now: datetime) -> Reception:
    return actions.schedule(
        schedule.unit,
        Kind.WEDNESDAY,
        starts_at=starts_at,
        intake_from=starts_at - timedelta(days=schedule.intake_days),
        host=schedule.host,
        host_name=schedule.host_name,
        host_post=schedule.host_post,
        by=SYSTEM,
        now=now,
    )
