"""Every platform's messages become comments and questions: once each, whatever comes in what order."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse

from streams.common import clock
from streams.questions import queries
from streams.questions.models import Question
from streams.questions.replay import Replay
from streams.receptions.models import Entry, Reception
from streams.receptions.verify import check_file
from streams.sources import health, intake
from streams.sources.inbound import Author, Op, Origin
from streams.sources.intake import Progress, Result
from streams.sources.models import Comment, Gap, Source
from streams.sources.rules import Fate
from tests.cast import Cast, ask, make_reception
from tests.receptions.ledgers import file_of
from tests.sources.stage import make_source, results, said

pytestmark = pytest.mark.django_db


def test_message_becomes_question(source: Source, reception: Reception) -> None:
    item = said("Қашан жол жөнделеді?", author=Author("7", "Айгерім", "aigerim"))
    assert results(source, item) == [Result.CREATED]
    comment = Comment.objects.get()
    question = Question.objects.get()
    assert comment.question == question
    assert (comment.fate, comment.reception) == (Fate.QUEUED, reception)
    assert (question.original_text, question.language) == ("Қашан жол жөнделеді?", "kk")
    assert question.asker_name == "Айгерім"
    assert Entry.objects.get(kind="receive").data["source"] == "webhook"


def test_repeat_changes_nothing(source: Source, reception: Reception) -> None:
    item = said()
    assert results(source, item, item) == [Result.CREATED, Result.DUPLICATE]
    assert results(source, item) == [Result.DUPLICATE]
    assert Question.objects.count() == Comment.objects.count() == 1
    source.refresh_from_db()
    assert (source.received, source.duplicates) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_same_delivery_five_times_in_parallel(source: Source, reception: Reception) -> None:
    """§12 no. 3: one row each, one entry each in the journal."""
    items = [said(f"Вопрос {n}?") for n in range(20)]
    counted: list[Result] = []

    def deliver(order: int) -> None:
        turned = items[order * 4 :] + items[: order * 4]
        counted.extend(results(source, *turned))
        close_old_connections()

    threads = [threading.Thread(target=deliver, args=(n,)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted.count(Result.CREATED) == 20
    assert counted.count(Result.DUPLICATE) == 80
    assert Comment.objects.count() == Question.objects.count() == 20
    assert Entry.objects.filter(kind="receive").count() == 20


def _many(work: Callable[[], object], failures: list[BaseException]) -> None:
    try:
        for _ in range(25):
            work()
    except BaseException as error:  # noqa: BLE001 -- handed to the test
        failures.append(error)
    finally:
        close_old_connections()


@pytest.mark.django_db(transaction=True)
def test_sources_and_the_room_do_not_wait_in_a_ring(cast: Cast, reception: Reception) -> None:
    """Several sources, the room and a moderator write into one reception at once."""
    sources = [make_source(cast) for _ in range(2)]
    failures: list[BaseException] = []

    def two(source: Source) -> None:
        results(source, said(), said())

    def from_room() -> None:
        ask(reception)

    def decide() -> None:
        results(sources[0], said(external_id="once"))
        results(sources[0], said(external_id="once", op=Op.EDIT, text=f"Иначе {clock.now()}?"))

    work = [partial(two, source) for source in sources]
    threads = [
        threading.Thread(target=_many, args=(one, failures))
        for one in (*work, from_room, from_room, decide)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Question.objects.count() == 2 * 50 + 2 * 25 + 1
    assert queries.equation(reception.pk).adds_up


def test_webhook_and_reconcile_poll_of_one_comment(source: Source, reception: Reception) -> None:
    """§12 no. 5: by two roads and with different details, one row."""
    by_webhook = said("Где ЦОН?", external_id="179", posted_at=None)
    by_poll = said("Где ЦОН?", external_id="179", posted_at=clock.now(), origin=Origin.BACKFILL)
    assert results(source, by_webhook) + results(source, by_poll) == [
        Result.CREATED,
        Result.DUPLICATE,
    ]


def test_twin_within_seconds_is_linked_and_counts_once(
    source: Source, reception: Reception
) -> None:
    author = Author(handle="same")
    one, two = (said("Где вода?", author=author) for _ in range(2))
    much_later = said("Где вода?", author=author, posted_at=clock.now() + timedelta(seconds=60))
    assert results(source, one, two, much_later) == [Result.CREATED] * 3
    assert Question.objects.count() == 2
    twin = Comment.objects.get(fate=Fate.DUPLICATE)
    assert twin.duplicate_of is not None
    assert twin.question == twin.duplicate_of.question
    # Taken back in one tab, still asked in the other.
    results(source, said("", external_id=one.external_id, op=Op.DELETE))
    assert Question.objects.filter(outcome="withdrawn").count() == 0
    results(source, said("", external_id=two.external_id, op=Op.DELETE))
    assert Question.objects.filter(outcome="withdrawn").count() == 1


def test_staff_empty_and_old_messages_are_kept_but_ask_nothing(
    source: Source, reception: Reception
) -> None:
    results(
        source,
        said("Добрый вечер!", author=Author("9", "Отдел", is_staff=True)),
        said("\u200b\u200d \u0000"),
        said(
            "Прошлогодний?",
            origin=Origin.BACKFILL,
            posted_at=reception.intake_from - timedelta(days=1),
        ),
        said("Между делом?", origin=Origin.BACKFILL, posted_at=clock.now()),
    )
    fates = list(Comment.objects.order_by("pk").values_list("fate", flat=True))
    assert fates == [Fate.STAFF, Fate.NO_WORDS, Fate.BACKFILL, Fate.QUEUED]
    assert Question.objects.count() == 1
    assert Comment.objects.get(fate=Fate.QUEUED).origin == Origin.BACKFILL


def test_without_a_reception_nothing_is_lost(cast: Cast, source: Source) -> None:
    assert results(source, said()) == [Result.CREATED]
    assert Comment.objects.get().fate == Fate.NO_RECEPTION


def test_times_beyond_belief_are_clamped(source: Source, reception: Reception) -> None:
    now = clock.now()
    results(
        source,
        said("Из будущего?", posted_at=now + timedelta(days=400)),
        said("Из прошлого?", posted_at=now - timedelta(days=20000)),
    )
    future, past = Comment.objects.order_by("pk")
    assert future.posted_at is not None
    assert past.posted_at is not None
    assert reception.live_since is not None
    assert future.posted_at <= clock.now() + timedelta(minutes=2)
    assert past.posted_at == reception.live_since - timedelta(hours=1)
    assert future.fate == past.fate == Fate.QUEUED


def test_bad_bytes_and_giant_words(source: Source, reception: Reception) -> None:
    results(
        source,
        said(
            "ә" * 9000,
            external_id="9" * 400,
            author=Author("\ud800x\0", "\u202eимя" + "я" * 500),
            reply_ref={"a": "\0", "b": ["\udc00", 2**70]},
            thread="\0",
        ),
        said("е\u0301" * 1999 + "?", external_id=str(2**63)),
        said("Вопрос <b>без</b> автора?", author=Author()),
    )
    assert Question.objects.count() == 3
    long = Comment.objects.order_by("pk")[0]
    assert len(long.text) == 4000
    assert long.question is not None
    assert len(long.question.original_text) == 2000
    assert long.reply_ref == {"a": "", "b": ["", 2**70]}
    assert Comment.objects.filter(external_id=str(2**63)).exists()


def test_cursor_is_saved_with_the_rows_or_not_at_all(source: Source, reception: Reception) -> None:
    """§12 no. 4, the half that needs no process to die: a runner without lease writes neither."""
    Source.objects.filter(pk=source.pk).update(lease_owner="one", cursor={"offset": 1})
    with pytest.raises(intake.LeaseLost):
        results(source, said(), progress=Progress(cursor={"offset": 2}, owner="two"))
    source.refresh_from_db()
    assert (source.cursor, Comment.objects.count()) == ({"offset": 1}, 0)
    results(source, said(), progress=Progress(cursor={"offset": 2}, owner="one"))
    source.refresh_from_db()
    assert (source.cursor, Comment.objects.count()) == ({"offset": 2}, 1)


def test_gap_stands_in_the_journal(source: Source, reception: Reception) -> None:
    since = clock.now() - timedelta(seconds=90)
    results(source, progress=Progress(gap_from=since))
    results(source, progress=Progress(gap_from=since))
    first, second = Gap.objects.order_by("since")
    assert first.until <= second.since
    entry = Entry.objects.filter(kind="gap").first()
    assert entry is not None
    assert entry.data["source"] == "webhook"
    report = check_file(io.BytesIO(file_of(Reception.objects.get())), Replay())
    assert report.findings == []


def test_equation_counts_every_question_once(source: Source, reception: Reception) -> None:
    results(source, *(said(f"Вопрос {n}?") for n in range(450)))
    sums = queries.equation(reception.pk)
    assert (sums.captured, sums.adds_up) == (450, True)


def test_broadcast_comes_before_the_standing_reception(cast: Cast, reception: Reception) -> None:
    from streams.receptions.rules import Kind

    standing = make_reception(cast, kind=Kind.STANDING)
    any_source = make_source(cast)
    only_standing = make_source(cast, feeds="standing")
    results(any_source, said("Эфир?"))
    results(only_standing, said("Блог?"))
    where = dict(Question.objects.values_list("original_text", "reception_id"))
    assert where == {"Эфир?": reception.pk, "Блог?": standing.pk}


def test_health_is_written_once_per_change(source: Source, reception: Reception) -> None:
    from streams.sources.rules import Health

    now = clock.now()
    assert health.report(source.pk, Health.LIVE, now=now)
    assert not health.report(source.pk, Health.LIVE, now=now)
    assert health.report(source.pk, Health.QUOTA, code="spent", now=now, retry_at=now)
    assert source.health_changes.count() == 2


def test_gaps_stand_on_the_public_page(
    cast: Cast, source: Source, reception: Reception, client: Client
) -> None:
    results(source, progress=Progress(gap_from=clock.now() - timedelta(seconds=90)))
    address = reverse("reception", args=[reception.no])
    assert 'id="gaps-title"' in client.get(address).content.decode()
