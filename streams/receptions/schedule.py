"""The weekly plan: makes the next receptions of every active Schedule, however often it runs."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from streams.people.actors import SYSTEM
from streams.receptions import actions
from streams.receptions.models import Reception, Schedule
from streams.receptions.rules import Kind


def next_start(schedule: Schedule, now: datetime) -> datetime:
    """The next start of the plan at or after `now`, at the unit's local time."""
    zone = ZoneInfo(schedule.unit.timezone)
    day = now.astimezone(zone).date()
    day += timedelta(days=(schedule.weekday - day.weekday()) % 7)
    start = datetime.combine(day, schedule.time, tzinfo=zone)
    if start < now:
        start = datetime.combine(day + timedelta(days=7), schedule.time, tzinfo=zone)
    return start


def make_next(now: datetime) -> list[Reception]:
    """Idempotent: a reception that stands is left alone, a cancelled one isn't made again."""
    made = []
    for schedule in Schedule.objects.filter(is_active=True).select_related("unit", "host"):
        starts_at = next_start(schedule, now)
        standing = Reception.objects.filter(
            unit=schedule.unit, kind=Kind.WEDNESDAY, starts_at=starts_at
        )
        if standing.exists():
            continue
        try:
            with transaction.atomic():
                made.append(_make(schedule, starts_at, now))
        except IntegrityError:
            # Another worker ran the same plan in this moment: its reception stands.
            continue
    return made


def _make(schedule: Schedule, starts_at: datetime, now: datetime) -> Reception:
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
