"""The process that listens, against a fake YouTube: one of it at a time, killed at the worst moment,
and nothing lost or double."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from streams.common import clock
from streams.questions import queries
from streams.questions.models import Question
from streams.receptions import actions as receptions
from streams.receptions.models import Entry, Reception
from streams.sources.connectors.youtube import quota
from streams.sources.fakes import script
from streams.sources.fakes.knobs import Knobs
from streams.sources.fakes.stage import Stage, staged
from streams.sources.fakes.youtube import YouTubeFake
from streams.sources.models import Comment, Source
from streams.sources.rules import Health
from tests.cast import Cast
from tests.conftest import environment_of_test_database
from tests.sources.runners import eventually, let_leases_expire, running
from tests.sources.stage import make_source

pytestmark = pytest.mark.django_db(transaction=True)


def fake(count: int, **knobs: object) -> YouTubeFake:
    texts = [f"Вопрос {n}: қашан жөнделеді?" for n in range(count)]
    return YouTubeFake(script.of(texts), Knobs(**knobs))  # type: ignore[arg-type]


def connect(cast: Cast, youtube: YouTubeFake, **fields: object) -> Source:
    return make_source(
        cast, "youtube", settings=youtube.settings(), secrets=youtube.secrets(), **fields
    )


@contextmanager
def stage_of(youtube: YouTubeFake) -> Iterator[Stage]:
    with staged([youtube]) as stage:
        stage.run(youtube.go_live())
        yield stage


def counted() -> Counter[str]:
    return Counter(Comment.objects.values_list("external_id", flat=True))


def assert_all_once(youtube: YouTubeFake, reception: Reception) -> None:
    expected = {youtube.external_id(h.step.comment) for h in youtube.happened}
    assert set(counted()) == expected
    assert set(counted().values()) <= {1}
    questions = Question.objects.filter(reception=reception)
    linked = Comment.objects.filter(fate="queued").values("question")
    assert questions.count() == linked.distinct().count() == linked.count()
    assert Entry.objects.filter(kind="receive").count() == questions.count()
    assert queries.equation(reception.pk).adds_up


def test_runner_listens_and_stops_when_told(
    cast: Cast, reception: Reception, tmp_path: Path
) -> None:
    youtube = fake(120)
    with stage_of(youtube) as stage:
        source = connect(cast, youtube)
        with running(tmp_path) as runner:
            eventually(lambda: _health(source) == Health.LIVE, runner)
            for _ in range(6):
                stage.run(youtube.release(20))
            eventually(lambda: Comment.objects.count() == 120, runner)
            assert_all_once(youtube, reception)
            source.refresh_from_db()
            assert (source.health, source.lease_owner) == (Health.LIVE, "one")
            assert source.quota_spent > 0
            assert runner.stop() == 0
        source.refresh_from_db()
        assert (source.lease_owner, source.lease_until) == ("", None)
        log = runner.log.read_text()
        for secret in youtube.secrets().values():
            assert secret not in log


def test_kill_between_rows_and_cursor(cast: Cast, reception: Reception, tmp_path: Path) -> None:
    """§12 no. 4. The database holds the runner exactly there: its rows are written, its cursor waits."""
    youtube = fake(90)
    with stage_of(youtube) as stage, _cursor_gate() as gate:
        source = connect(cast, youtube)
        stage.run(youtube.release(30))
        with running(tmp_path) as runner:
            eventually(lambda: Comment.objects.count() == 30, runner)
        source.refresh_from_db()
        before = source.cursor
        let_leases_expire()
        for turn in range(3):
            gate.shut()
            with running(tmp_path, f"killed{turn}") as runner:
                stage.run(youtube.release(10))
                eventually(gate.is_waited_at, runner)
                runner.kill()
            gate.open()
            source.refresh_from_db()
            assert source.cursor == before
            assert Comment.objects.count() == 30
            let_leases_expire()
        with running(tmp_path, "last") as runner:
            stage.run(youtube.release())
            eventually(lambda: Comment.objects.count() == 90, runner)
            assert_all_once(youtube, reception)
            source.refresh_from_db()
            assert source.cursor != before


def test_kills_at_any_moment(cast: Cast, reception: Reception, tmp_path: Path) -> None:
    """And wherever else it may be: each time another runner goes on."""
    youtube = fake(200, rate=25.0)
    with stage_of(youtube) as stage:
        source = connect(cast, youtube)
        for turn in range(4):
            # On a slow machine all of it may be here before the last kill.
            seen = min(Comment.objects.count(), 199)
            with running(tmp_path, f"killed{turn}") as runner:
                if turn == 0:
                    # To who comes without a cursor YouTube tells only the newest.
                    eventually(lambda: _health(source) == Health.LIVE, runner)
                    stage.start(youtube.play())
                eventually(partial(_more_than, seen), runner)
            let_leases_expire()
        with running(tmp_path, "last") as runner:
            eventually(lambda: youtube.is_over and Comment.objects.count() == 200, runner)
        assert_all_once(youtube, reception)


def test_two_runners_one_lease(cast: Cast, reception: Reception, tmp_path: Path) -> None:
    """§12 no. 8: one listens; when it stops or dies the other goes on, and nothing comes twice."""
    youtube = fake(60)
    with stage_of(youtube) as stage:
        source = connect(cast, youtube)

        def owner() -> str:
            return Source.objects.values_list("lease_owner", flat=True).get(pk=source.pk)

        with running(tmp_path, "one") as one:
            eventually(lambda: owner() == "one", one)
            with running(tmp_path, "two") as two, running(tmp_path, "three") as three:
                stage.run(youtube.release(20))
                eventually(lambda: Comment.objects.count() == 20, one, two)
                eventually(lambda: "runner.started" in two.log.read_text(), two)
                eventually(lambda: "runner.started" in three.log.read_text(), three)
                assert owner() == "one"
                assert one.stop() == 0
                eventually(lambda: owner() in {"two", "three"}, two, three)
                heir, other = (two, three) if owner() == "two" else (three, two)
                stage.run(youtube.release(20))
                eventually(lambda: Comment.objects.count() == 40, heir)
                assert owner() == heir.owner
                heir.kill()
                let_leases_expire()
                eventually(lambda: owner() == other.owner, other)
                stage.run(youtube.release(20))
                eventually(lambda: Comment.objects.count() == 60, other)
        streams = [a for a in youtube.record.asked if a.path.endswith("/stream")]
        assert len(streams) <= 4
        assert_all_once(youtube, reception)
        source.refresh_from_db()
        assert source.duplicates == 0


def test_spent_quota_stops_the_whole_project(
    cast: Cast, reception: Reception, tmp_path: Path
) -> None:
    youtube = fake(10)
    with stage_of(youtube) as stage:
        first = connect(cast, youtube, name="first")
        second = connect(cast, youtube, name="second", is_enabled=False)
        with running(tmp_path) as runner:
            stage.run(youtube.release(5))
            eventually(lambda: Comment.objects.count() == 5, runner)
            youtube.fail("quota", 100)
            stage.run(_cut(youtube))
            eventually(lambda: _health(first) == Health.QUOTA, runner)
            eventually(lambda: _health(second) == Health.QUOTA, runner)
            Source.objects.filter(pk=second.pk).update(is_enabled=True)
            first.refresh_from_db()
            second.refresh_from_db()
            assert second.health == Health.QUOTA
            assert first.retry_at == second.retry_at == quota.renewed_at(clock.now())
            asked = len(youtube.record.asked)
            eventually(lambda: not Source.objects.exclude(lease_owner="").exists(), runner)
            assert len(youtube.record.asked) == asked
        history = list(first.health_changes.values_list("health", flat=True))
        assert history[-1] == Health.QUOTA
        assert Health.LIVE in history


def test_platform_in_the_house_is_not_called(
    cast: Cast, reception: Reception, tmp_path: Path
) -> None:
    youtube = fake(1)
    with stage_of(youtube):
        source = connect(cast, youtube)
        with running(tmp_path, SOURCES_PRIVATE_NETWORKS="10.0.0.0/8") as runner:
            eventually(lambda: _health(source) == Health.ERROR, runner)
        source.refresh_from_db()
        assert source.health_code == "private_address"
        assert youtube.record.asked == []


def test_runner_lets_go_when_the_reception_ends(
    cast: Cast, reception: Reception, tmp_path: Path
) -> None:
    youtube = fake(1)
    with stage_of(youtube):
        source = connect(cast, youtube)
        with running(tmp_path) as runner:
            eventually(lambda: _health(source) == Health.LIVE, runner)
            receptions.end(reception.pk, by=cast.by, now=clock.now())
            eventually(lambda: not Source.objects.exclude(lease_owner="").exists(), runner)


def _more_than(count: int) -> bool:
    return Comment.objects.count() > count


def _health(source: Source) -> str:
    return Source.objects.values_list("health", flat=True).get(pk=source.pk)


async def _cut(youtube: YouTubeFake) -> None:
    youtube.cut()


class _Gate:
    """Where a new cursor is written, a lock that the test may hold."""

    KEY = 4711

    def __init__(self, holder: psycopg.Connection[tuple[object, ...]]) -> None:
        self._holder = holder

    def shut(self) -> None:
        self._holder.execute("SELECT pg_advisory_lock(%s)", [self.KEY])

    def open(self) -> None:
        self._holder.execute("SELECT pg_advisory_unlock(%s)", [self.KEY])

    def is_waited_at(self) -> bool:
        waiting = self._holder.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        ).fetchone()
        return waiting is not None and waiting[0] != 0


@contextmanager
def _cursor_gate() -> Iterator[_Gate]:
    address = environment_of_test_database()["DATABASE_URL"]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "PERFORM pg_advisory_xact_lock_shared(%s); RETURN NEW; END $$",
            [_Gate.KEY],
        )
        cursor.execute(
            "CREATE TRIGGER gate BEFORE UPDATE ON streams_source FOR EACH ROW "
            "WHEN (OLD.cursor IS DISTINCT FROM NEW.cursor) EXECUTE FUNCTION wait_at_gate()"
        )
    try:
        with psycopg.connect(address, autocommit=True) as holder:
            yield _Gate(holder)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION wait_at_gate() CASCADE")
