"""What becomes of a comment that its author, its platform or a ban changed afterwards."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from streams.common import clock
from streams.desk.frames import DeskScreen
from streams.questions import actions, marks
from streams.questions.actions import Stale
from streams.questions.models import Question
from streams.questions.replay import Replay
from streams.questions.rules import Move
from streams.receptions.models import Entry, Reception
from streams.receptions.verify import check_file
from streams.sources.inbound import Author, Op
from streams.sources.intake import Result
from streams.sources.models import Comment, Source
from streams.sources.rules import Fate
from tests.cast import Cast, make_move, make_reception
from tests.receptions.ledgers import file_of
from tests.sources.stage import results, said

pytestmark = pytest.mark.django_db


def test_edits_and_deletions_in_every_order(source: Source, reception: Reception) -> None:
    """§12 no. 6."""
    start = clock.now()
    new = said("Первые слова?", external_id="1")
    edit = said("Вторые слова?", external_id="1", op=Op.EDIT, reported_at=start, author=new.author)
    older = said(
        "Забытые слова?",
        external_id="1",
        op=Op.EDIT,
        reported_at=start - timedelta(seconds=5),
        author=new.author,
    )
    assert results(source, edit, new, older) == [
        Result.CREATED,
        Result.DUPLICATE,
        Result.DUPLICATE,
    ]
    assert Comment.objects.get().text == Question.objects.get().original_text == "Вторые слова?"

    gone = said("", external_id="2", op=Op.DELETE)
    late = said("Поздно?", external_id="2")
    assert results(source, gone, late, gone) == [
        Result.CHANGED,
        Result.DUPLICATE,
        Result.DUPLICATE,
    ]
    assert Comment.objects.get(external_id="2").fate == Fate.WITHDRAWN
    assert Question.objects.count() == 1


def test_edit_keeps_the_old_words_and_only_flags_the_question(
    cast: Cast, source: Source, reception: Reception
) -> None:
    results(source, said("Когда откроют мост?", external_id="1"))
    question = Question.objects.get()
    make_move(question, Move.QUEUE, cast.by)
    seq = Reception.objects.get().last_seq
    edit = said("Когда закроют мост?", external_id="1", op=Op.EDIT)
    assert results(source, edit) == [Result.CHANGED]
    comment = Comment.objects.get()
    assert (comment.text, comment.changed_since) == ("Когда закроют мост?", True)
    assert [old.text for old in comment.edits.all()] == ["Когда откроют мост?"]
    question.refresh_from_db()
    assert question.original_text == question.public_text == "Когда откроют мост?"
    entry = Entry.objects.get(seq=seq + 1)
    assert (entry.kind, entry.question_number) == ("changed_at_source", question.number)
    assert "мост" not in str(entry.data)


def test_deletion_withdraws_while_open_and_leaves_the_answered(
    cast: Cast, source: Source, reception: Reception
) -> None:
    results(source, said("Один?", external_id="1"), said("Два?", external_id="2"))
    answered = Question.objects.get(original_text="Два?")
    make_move(answered, Move.ANSWER_TEXT, cast.by)
    for name in ("1", "2"):
        results(source, said("", external_id=name, op=Op.DELETE))
    outcomes = dict(Question.objects.values_list("original_text", "outcome"))
    assert outcomes == {"Один?": "withdrawn", "Два?": "answered_text"}
    assert Comment.objects.filter(deleted_at__isnull=False).count() == 2


def test_deletion_after_the_reception_reaches_its_question(
    cast: Cast, source: Source, reception: Reception
) -> None:
    from streams.receptions import actions as receptions

    results(source, said("Старый?", external_id="old"))
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    other = make_reception(cast)
    gone = said("", external_id="old", op=Op.DELETE)
    assert results(source, said("Новый?"), gone) == [Result.CREATED, Result.CHANGED]
    old = Question.objects.get(reception=reception)
    assert old.outcome == "withdrawn"
    assert Question.objects.filter(reception=other).count() == 1


def test_ban_flags_what_waits_and_hides_nothing(source: Source, reception: Reception) -> None:
    author = Author("13", "Спамер")
    results(source, said("Купите?", author=author))
    ban = said("", external_id="", op=Op.AUTHOR_BAN, author=Author("13"))
    assert results(source, ban) == [Result.CHANGED]
    assert Question.objects.get().outcome is None
    results(source, said("Ещё раз купите?", author=author))
    assert Comment.objects.get(fate=Fate.BANNED).question is None
    assert Entry.objects.filter(kind="changed_at_source").count() == 1


def test_desk_shows_what_the_asker_changed_until_somebody_edits(
    cast: Cast, source: Source, reception: Reception, client: Client
) -> None:
    results(source, said("Когда откроют мост?", external_id="1"))
    question = Question.objects.get()
    make_move(question, Move.QUEUE, cast.by)
    question.refresh_from_db()
    results(source, said("Когда закроют мост?", external_id="1", op=Op.EDIT))
    # Who decides on the words they saw before is told to look again.
    with pytest.raises(Stale):
        actions.move(
            question.pk, Move.PUT_ON_AIR, by=cast.by, expect=question.version, now=clock.now()
        )
    client.force_login(cast.moderator, backend="django.contrib.auth.backends.ModelBackend")
    card = reverse("desk_card", args=[reception.no, question.number])
    desk = reverse("desk", args=[reception.no])
    assert "Когда закроют мост?" in client.get(card).content.decode()
    assert DeskScreen().read(reception.pk, None).cards[1].data.is_changed  # type: ignore[attr-defined]
    question.refresh_from_db()
    marks.edit_text(
        question.pk, "Когда мост?", by=cast.by, expect=question.version, now=clock.now()
    )
    assert "Когда закроют мост?" not in client.get(card).content.decode()
    assert client.get(desk).status_code == 200
    report = check_file(io.BytesIO(file_of(Reception.objects.get())), Replay())
    assert report.findings == []
