"""The weekly plan: the next reception is made once, at the right local hour, and not against people's will."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import django_rq
import pytest
from django.db import connection
from django_rq.cron import DjangoCronScheduler
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from streams.common import clock
from streams.people.models import Unit
from streams.receptions import actions, schedule
from streams.receptions.models import Entry, Reception, Schedule
from streams.receptions.rules import Kind, State
from tests.cast import Cast, ask

ALMATY = ZoneInfo("Asia/Almaty")
# A Monday.
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=ALMATY)


def line(unit: Unit, at: time = time(10, 0), weekday: int = 2, **fields: object) -> Schedule:
    return Schedule.objects.create(
        unit=unit, weekday=weekday, time=at, host_name="Серік Омаров", **fields
    )


def starts() -> list[datetime]:
    every = Reception.objects.exclude(state=State.CANCELLED).order_by("starts_at")
    return [reception.starts_at for reception in every]


def test_makes_the_next_wednesday_at_the_units_hour(cast: Cast) -> None:
    plan = line(cast.district, host=cast.chief, host_post="Начальник")
    [reception] = schedule.make_next(NOW)
    assert reception.starts_at == datetime(2026, 11, 18, 10, 0, tzinfo=ALMATY)
    assert reception.intake_from == reception.starts_at - timedelta(days=7)
    assert (reception.kind, reception.state) == (Kind.WEDNESDAY, State.SCHEDULED)
    assert (reception.host, reception.host_name, reception.host_post) == (
        cast.chief,
        plan.host_name,
        "Начальник",
    )
    assert Entry.objects.get(reception=reception).actor == "system"


def test_ten_o_clock_stays_ten_o_clock_when_the_zone_moves(cast: Cast) -> None:
    """Almaty went from UTC+6 to UTC+5 on 1 March 2024."""
    plan = line(cast.district, weekday=4)
    before = schedule.next_start(plan, datetime(2024, 2, 22, 0, 0, tzinfo=UTC))
    after = schedule.next_start(plan, datetime(2024, 2, 29, 0, 0, tzinfo=UTC))
    assert before.astimezone(UTC) == datetime(2024, 2, 23, 4, 0, tzinfo=UTC)
    assert after.astimezone(UTC) == datetime(2024, 3, 1, 5, 0, tzinfo=UTC)
    assert before.hour == after.hour == 10


def test_each_unit_lives_by_its_own_clock(cast: Cast) -> None:
    Unit.objects.filter(pk=cast.neighbour.pk).update(timezone="Europe/Berlin")
    line(cast.district)
    line(cast.neighbour)
    schedule.make_next(NOW)
    assert starts() == [
        datetime(2026, 11, 18, 10, 0, tzinfo=ALMATY),
        datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Europe/Berlin")),
    ]


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 18, 9, 59, 59, tzinfo=ALMATY), 18),
        (datetime(2026, 11, 18, 10, 0, tzinfo=ALMATY), 18),
        (datetime(2026, 11, 18, 10, 0, 1, tzinfo=ALMATY), 25),
        # Already Wednesday there, still Tuesday in UTC.
        (datetime(2026, 11, 17, 20, 0, tzinfo=UTC), 18),
    ],
)
def test_the_next_start_at_the_borders(cast: Cast, now: datetime, day: int) -> None:
    assert schedule.next_start(line(cast.district), now).astimezone(ALMATY).day == day


def test_running_again_makes_nothing(cast: Cast) -> None:
    line(cast.district)
    assert len(schedule.make_next(NOW)) == 1
    assert schedule.make_next(NOW) == []
    assert schedule.make_next(NOW + timedelta(hours=20)) == []
    assert len(starts()) == 1


def test_a_cancelled_reception_is_not_made_again(cast: Cast) -> None:
    line(cast.district)
    [reception] = schedule.make_next(NOW)
    actions.cancel(reception.pk, by=cast.by, now=NOW)
    assert schedule.make_next(NOW) == []
    [following] = schedule.make_next(NOW + timedelta(days=7))
    assert following.starts_at == datetime(2026, 11, 25, 10, 0, tzinfo=ALMATY)


@pytest.mark.parametrize("end", [True, False], ids=["held", "never begun"])
def test_the_next_one_is_made_when_the_hour_has_passed(cast: Cast, end: bool) -> None:
    line(cast.district)
    [reception] = schedule.make_next(NOW)
    if end:
        actions.go_live(reception.pk, by=cast.by, now=reception.starts_at)
        assert schedule.make_next(reception.starts_at) == []
        actions.end(reception.pk, by=cast.by, now=reception.starts_at + timedelta(hours=4))
    [following] = schedule.make_next(reception.starts_at + timedelta(hours=5))
    assert following.starts_at - reception.starts_at == timedelta(days=7)


def test_a_paused_line_makes_nothing(cast: Cast) -> None:
    line(cast.district, is_active=False)
    assert schedule.make_next(NOW) == []


def test_two_lines_of_a_unit_make_two_receptions(cast: Cast) -> None:
    line(cast.district, time(10, 0))
    line(cast.district, time(15, 0))
    assert len(schedule.make_next(NOW)) == 2


def test_a_changed_hour_makes_no_second_reception_in_a_week_that_has_one(cast: Cast) -> None:
    plan = line(cast.district)
    [reception] = schedule.make_next(NOW)
    ask(reception)
    Schedule.objects.filter(pk=plan.pk).update(time=time(15, 0))
    assert schedule.make_next(NOW) == []
    [following] = schedule.make_next(NOW + timedelta(days=7))
    assert following.starts_at == datetime(2026, 11, 25, 15, 0, tzinfo=ALMATY)


def test_what_people_plan_beside_it_does_not_stand_in_its_way(cast: Cast) -> None:
    line(cast.district)
    actions.schedule(
        cast.district,
        Kind.WEDNESDAY,
        starts_at=NOW + timedelta(days=1),
        intake_from=NOW,
        host_name="Серік Омаров",
        by=cast.by,
        now=NOW,
    )
    assert len(schedule.make_next(NOW)) == 1


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_make_one_reception(cast: Cast) -> None:
    line(cast.district)
    together = threading.Barrier(4)
    errors: list[BaseException] = []

    def run() -> None:
        try:
            together.wait()
            schedule.make_next(NOW)
        except BaseException as error:  # noqa: BLE001 -- a thread's error would be lost
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(starts()) == 1


@pytest.mark.django_db(transaction=True)
def test_the_cron_and_the_worker_make_the_receptions(cast: Cast) -> None:
    """As the two processes do it: the one puts the job into the real queue, the other reads JSON."""
    line(cast.district)
    scheduler = DjangoCronScheduler()
    scheduler.load_config_from_file("liveqa.cron")
    job = next(j for j in scheduler.get_jobs() if j.func_name.endswith("make_next_receptions"))
    queue = django_rq.get_queue("default")
    queue.empty()  # type: ignore[no-untyped-call]
    assert job.should_run()
    job.enqueue(queue.connection)
    worker = SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer)
    assert worker.work(burst=True)
    assert len(starts()) == 1
    assert starts()[0] > clock.now()
