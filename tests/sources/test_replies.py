"""Receipts and outcomes, from the journal to the platform and back: once each, or not at all."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from streams.common import clock
from streams.people.actors import SYSTEM
from streams.questions import actions as questions
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Reception
from streams.sources import intake, outbox, outcomes, sending
from streams.sources.fakes import script
from streams.sources.fakes.base import Fake
from streams.sources.fakes.facebook import LIVE, FacebookFake
from streams.sources.fakes.instagram import InstagramFake
from streams.sources.fakes.stage import Stage, staged
from streams.sources.fakes.telegram import GROUP, POST, TelegramFake
from streams.sources.inbound import Author
from streams.sources.models import Comment, Reply, Source
from streams.sources.rules import Fate, ReplyStatus
from tests.cast import Cast
from tests.sources.calls import LOOPBACK
from tests.sources.stage import make_source, said

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 6
CHAT = "6000000001"


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SOURCES_PRIVATE_NETWORKS", LOOPBACK)


@pytest.fixture
def telegram() -> Iterator[TelegramFake]:
    fake = TelegramFake(options={"where": "private"})
    with staged([fake]):
        yield fake


def connect(cast: Cast, fake: Fake, **more: str) -> Source:
    return make_source(cast, fake.platform, settings=fake.settings() | more, secrets=fake.secrets())


def ask(
    source: Source, number: int = 1, *, chat: str = "", text: str = "Когда починят дорогу?"
) -> Question:
    """As Telegram brings it: a private chat each, unless they are said to write in one."""
    chat = chat or str(int(CHAT) + number)
    ref = {"chat_id": chat, "message_id": POST + number}
    item = said(text, external_id=f"{chat}:{number}", reply_ref=ref, author=Author(ext_id=chat))
    intake.take(source.pk, [item], now=clock.now())
    return Question.objects.get(comments__external_id=item.external_id, comments__source=source)


def decide(question: Question, move: Move, cast: Cast, **given: Any) -> Question:
    """A while ago, so that it counts as decided."""
    question.refresh_from_db()
    then = clock.now() - 2 * outcomes.SETTLES_IN
    return questions.move(question.pk, move, by=cast.by, expect=question.version, now=then, **given)


def aged(source: Source) -> None:
    """As if it had been connected yesterday."""
    Source.objects.filter(pk=source.pk).update(created_at=clock.now() - timedelta(days=1))


def drain_in_parallel(source: Source) -> None:
    def work(_number: int) -> None:
        try:
            sending.drain(source.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))


def states(**only: Any) -> list[tuple[str, str]]:
    return list(Reply.objects.filter(**only).order_by("pk").values_list("state", "code"))


def test_receipt_and_outcome_once_each_under_parallel_workers(
    cast: Cast, reception: Reception, telegram: TelegramFake
) -> None:
    source = connect(cast, telegram)
    aged(source)
    asked = [ask(source, number) for number in range(1, 9)]
    drain_in_parallel(source)
    assert len(telegram.record.replies) == len(asked)
    for question in asked:
        decide(question, Move.ANSWER_TEXT, cast, text="Починим в мае.", language="ru")
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(_write_and_close, range(WORKERS)))
    assert Reply.objects.filter(kind="outcome").count() == len(asked)
    drain_in_parallel(source)
    assert {state for state, _code in states()} == {"sent"}
    told = [reply.ref for reply in telegram.record.replies]
    assert sorted(told) == sorted(2 * [f"{int(CHAT) + n}:{POST + n}" for n in range(1, 9)])
    assert all(reply.external_id for reply in Reply.objects.all())
    first = next(reply.text for reply in telegram.record.replies)
    assert settings.SITE_URL in first
    assert asked[0].public_no in " ".join(reply.text for reply in telegram.record.replies)


def _write_and_close(_number: int) -> None:
    try:
        outcomes.write(clock.now())
    finally:
        connection.close()


def test_a_reply_whose_worker_died_is_unknown_and_never_sent_again_by_itself(
    cast: Cast, reception: Reception, telegram: TelegramFake
) -> None:
    source = connect(cast, telegram)
    ask(source)
    reply, _again = sending.claim(source.pk, clock.now())
    assert reply is not None  # and here its worker is killed
    later = clock.now() + outbox.DEAD_AFTER + timedelta(seconds=1)
    assert sending.drain(source.pk).sent == 0
    assert outbox.sweep(clock.now()) == 0
    assert outbox.sweep(later) == 1
    assert states() == [("unknown", "worker_died")]
    assert sending.drain(source.pk).sent == 0
    assert not telegram.record.replies
    # A person looked and it is not there.
    assert outbox.send_again(reply, cast.moderator, clock.now())
    assert sending.drain(source.pk).sent == 1
    assert len(telegram.record.replies) == 1


def test_a_person_who_finds_it_there_ends_it(
    cast: Cast, reception: Reception, telegram: TelegramFake
) -> None:
    source = connect(cast, telegram)
    ask(source)
    telegram.fail("server")
    sending.drain(source.pk)
    reply = Reply.objects.get()
    assert reply.state == ReplyStatus.UNKNOWN
    assert outbox.is_there(reply, cast.moderator, clock.now())
    reply.refresh_from_db()
    assert (reply.state, reply.looked_by) == ("sent", cast.moderator)
    assert not outbox.send_again(reply, cast.moderator, clock.now())


def test_throttled_is_tried_again_at_the_time_the_platform_says(
    cast: Cast, reception: Reception, telegram: TelegramFake
) -> None:
    telegram.knobs = replace(telegram.knobs, retry_after_s=30)
    source = connect(cast, telegram)
    ask(source, 1)
    ask(source, 2)
    telegram.fail("throttled")
    now = clock.now()
    drained = sending.drain(source.pk, now=lambda: now)
    assert drained.again_at is not None
    assert 28 <= (drained.again_at - now).total_seconds() <= 32
    assert not telegram.record.replies
    assert sending.drain(source.pk, now=lambda: now + timedelta(seconds=20)).sent == 0
    assert sending.drain(source.pk, now=lambda: now + timedelta(seconds=33)).sent == 2


def test_one_group_gets_twenty_a_minute_and_one_a_second(cast: Cast, reception: Reception) -> None:
    telegram = TelegramFake(options={"where": "group"})
    with staged([telegram]):
        source = connect(cast, telegram, receipts="all")
        for number in range(1, 24):
            ask(source, number, chat=str(GROUP), text=f"Вопрос {number}?")
        clockwork = Clockwork(clock.now())
        drained = sending.drain(source.pk, now=clockwork.now, sleep=clockwork.sleep)
    assert drained.sent == 20
    assert drained.again_at is not None
    assert drained.again_at - clockwork.began >= timedelta(seconds=60)
    starts = sorted(reply.started_at for reply in Reply.objects.all() if reply.started_at)
    gaps = [b - a for a, b in itertools.pairwise(starts)]
    assert min(gaps) >= timedelta(seconds=1)


class Clockwork:
    def __init__(self, began: datetime) -> None:
        self.began = self.at = began

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def test_nothing_is_said_in_public_unless_somebody_switched_it_on(
    cast: Cast, reception: Reception, telegram: TelegramFake
) -> None:
    source = connect(cast, telegram)
    ask(source, chat=str(GROUP))
    assert not Reply.objects.exists()


def test_who_writes_stop_hears_no_more(
    cast: Cast, reception: Reception, telegram: TelegramFake
) -> None:
    source = connect(cast, telegram)
    aged(source)
    question = ask(source, 1)
    ref = {"chat_id": str(int(CHAT) + 1), "message_id": 99}
    for word in ("СТОП", "stop!", " Тоқта "):
        stop = said(word, author=Author(ext_id=str(int(CHAT) + 1)), reply_ref=ref)
        intake.take(source.pk, [stop], now=clock.now())
        comment = Comment.objects.get(external_id=stop.external_id)
        assert (comment.fate, comment.question) == (Fate.OPT_OUT, None)
    assert sending.drain(source.pk).sent == 0
    decide(question, Move.ANSWER_TEXT, cast, text="Починим.", language="ru")
    outcomes.write(clock.now())
    assert sending.drain(source.pk).sent == 0
    assert states() == [("refused", "opted_out"), ("refused", "opted_out")]
    # Somebody else still hears.
    ask(source, 2)
    assert sending.drain(source.pk).sent == 1


# --- What is told ---------------------------------------------------------------------------------


def test_a_merged_question_gets_the_answer_of_the_one_it_was_merged_into(
    cast: Cast, reception: Reception, telegram: TelegramFake
) -> None:
    source = connect(cast, telegram, receipts="off")
    aged(source)
    target, same = ask(source, 1), ask(source, 2, text="Дорогу когда?")
    decide(same, Move.MERGE, cast, target=target.number)
    assert outcomes.write(clock.now()) == 0
    decide(target, Move.ANSWER_LIVE, cast, time_code_s=3723, text="В мае.")
    assert outcomes.write(clock.now()) == 2
    assert outcomes.write(clock.now()) == 0
    assert all("1:02:03" in reply.text for reply in Reply.objects.all())
    assert {reply.question for reply in Reply.objects.all()} == {target, same}


def test_what_is_undone_in_time_is_nobodys_news(
    cast: Cast, reception: Reception, telegram: TelegramFake
) -> None:
    source = connect(cast, telegram, receipts="off")
    aged(source)
    question = ask(source)
    closed = questions.move(
        question.pk,
        Move.ANSWER_TEXT,
        by=cast.by,
        expect=1,
        now=clock.now(),
        text="a",
        language="ru",
    )
    assert outcomes.write(clock.now()) == 0
    questions.undo(closed.pk, by=cast.by, expect=closed.version, now=clock.now())
    assert outcomes.write(clock.now() + 2 * outcomes.SETTLES_IN) == 0
    # And what is taken back between its writing and its sending.
    decide(question, Move.ANSWER_TEXT, cast, text="Починим.", language="ru")
    assert outcomes.write(clock.now()) == 1
    question.refresh_from_db()
    questions.undo(question.pk, by=cast.by, expect=question.version, now=clock.now())
    assert sending.drain(source.pk).sent == 0
    assert not Reply.objects.exists()


def test_decisions_of_before_a_source_was_connected_are_not_told(
    cast: Cast, reception: Reception, telegram: TelegramFake
) -> None:
    source = connect(cast, telegram, receipts="off")
    decide(ask(source), Move.ANSWER_TEXT, cast, text="Починим.", language="ru")
    assert outcomes.write(clock.now()) == 0


# --- Instagram and Facebook ---------------------------------------------------------------------------


def test_instagram_replies_left_after_the_live_expire_and_nothing_is_tried(
    cast: Cast, reception: Reception
) -> None:
    instagram = InstagramFake(script.of(["Первый?", "Второй?"]))
    with staged([instagram]) as stage:
        stage.run(instagram.go_live())
        stage.run(instagram.release(2))
        source = connect(cast, instagram)
        aged(source)
        first, second = (_on_instagram(source, instagram, place) for place in (0, 1))
        assert first is not None
        assert second is not None
        reply, _again = sending.claim(source.pk, clock.now())
        assert reply is not None
        assert sending.send(reply) == 1
        receptions.end(reception.pk, by=SYSTEM, now=clock.now())
        asked_before = len(instagram.record.replies)
        assert sending.drain(source.pk) == sending.Drained(0, None)
        assert states() == [("sent", ""), ("expired", "live_over")]
        assert sending.drain(source.pk, now=_in_an_hour).sent == 0
        assert len(instagram.record.replies) == asked_before == 1
        # Its one message was the receipt: no outcome is written.
        decide(first, Move.ANSWER_TEXT, cast, text="Починим.", language="ru")
        assert outcomes.write(clock.now()) == 0


def _in_an_hour() -> datetime:
    return clock.now() + timedelta(hours=1)


def _on_instagram(source: Source, fake: InstagramFake, place: int) -> Question | None:
    comment = fake.happened[place].step.comment
    name = fake.external_id(comment)
    item = said(f"Вопрос {place}?", external_id=name, reply_ref={"comment_id": name})
    intake.take(source.pk, [item], now=clock.now())
    return Comment.objects.get(external_id=name).question


def test_a_reply_answered_with_an_error_after_it_was_created_is_not_sent_again(
    cast: Cast, reception: Reception
) -> None:
    facebook = FacebookFake(script.of(["Вопрос?"]))
    with staged([facebook]) as stage:
        name = _live(facebook, stage)
        source = connect(cast, facebook, receipts="all")
        item = said("Вопрос?", external_id=name, reply_ref={"comment_id": f"{LIVE}_{name}"})
        intake.take(source.pk, [item], now=clock.now())
        facebook.created_all_the_same = 1
        sending.drain(source.pk)
        sending.drain(source.pk, now=_in_an_hour)
        assert len(facebook.record.replies) == 1
        assert states() == [("sent", "")]


def _live(fake: Fake, stage: Stage) -> str:
    stage.run(fake.go_live())
    stage.run(fake.release(1))
    return fake.external_id(fake.happened[0].step.comment)
