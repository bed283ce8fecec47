"""Comments of a time when nothing took questions: kept, looked through, taken in by a person."""

from __future__ import annotations

import pytest

from streams.archive.audit import audit
from streams.common import clock
from streams.questions import queries
from streams.questions.models import Question
from streams.receptions import actions as receptions
from streams.receptions.models import Entry, Reception
from streams.sources import intake, kept
from streams.sources.inbound import Author, Op, Origin
from streams.sources.models import Comment, Source
from streams.sources.rules import Fate
from tests.cast import Cast, make_reception
from tests.desk.conftest import Desk
from tests.sources.stage import later, make_source, said

pytestmark = pytest.mark.django_db
WORDS = "Қашан жол жөнделеді?"


@pytest.fixture
def source(cast: Cast) -> Source:
    """Four comments came while nothing took questions; one of them twice, one was deleted since."""
    source = make_source(cast, "telegram")
    twin = Author(ext_id="twin", name="Асель")
    items = [
        said(WORDS, external_id="one"),
        said("Где участковый?", external_id="two", author=twin),
        said("Где участковый?", external_id="three", author=twin),
        said("Светофор!", external_id="gone"),
        said(op=Op.DELETE, external_id="gone"),
    ]
    intake.take(source.pk, items, now=clock.now())
    return source


def test_they_are_shown_and_counted_nowhere(desk: Desk, source: Source) -> None:
    page = desk.get("kept/").content.decode()
    assert WORDS in page
    assert page.count('name="pick"') == 2
    assert not Question.objects.exists()


def test_the_chosen_ones_become_questions_of_this_reception(
    desk: Desk, source: Source, cast: Cast
) -> None:
    """The equation counts them, the journal names who took them, the twin hangs on the first one's question."""
    two = Comment.objects.get(external_id="two")
    assert desk.post("kept/", {"pick": [two.pk]}, headers=None).status_code == 303
    question = Question.objects.get()
    entry = Entry.objects.get(kind="receive")
    assert (entry.data["source"], entry.by) == ("telegram", cast.moderator)
    assert audit(desk.reception.no).holds
    sums = queries.equation(desk.reception.pk)
    assert (sums.captured, sums.received, sums.adds_up) == (1, 1, True)
    states = dict(Comment.objects.values_list("external_id", "fate"))
    assert states["two"] == Fate.QUEUED
    assert states["one"] == Fate.NO_RECEPTION
    assert Comment.objects.get(external_id="three").question == question
    # Pressed twice, or by two at once: it is no longer kept.
    assert desk.post("kept/", {"pick": [two.pk]}, headers=None).status_code == 303
    assert Question.objects.count() == 1


def test_history_is_taken_in_by_hand_only(desk: Desk, cast: Cast) -> None:
    source = make_source(cast)
    before = later(desk.reception.intake_from, -60)
    item = said(WORDS, origin=Origin.BACKFILL, posted_at=before)
    intake.take(source.pk, [item], now=clock.now())
    comment = source.comments.get()
    assert comment.fate == Fate.BACKFILL
    assert "written before the intake" in desk.get("kept/").content.decode()
    assert kept.take_in(desk.reception.pk, [comment.pk], by=cast.by, now=clock.now()) == [1]


def test_one_source_at_a_time_and_only_ones_own(desk: Desk, source: Source, cast: Cast) -> None:
    other = make_source(cast, "vk", name="VK", unit=cast.neighbour)
    intake.take(other.pk, [said("Чужой вопрос?")], now=clock.now())
    foreign = Comment.objects.get(source=other)
    assert "Чужой" not in desk.get("kept/").content.decode()
    assert WORDS in desk.get("kept/", {"source": str(source.uuid)}).content.decode()
    assert WORDS not in desk.get("kept/", {"source": str(other.uuid)}).content.decode()
    assert desk.get("kept/", {"source": "x"}).status_code == 404
    desk.post("kept/", {"pick": [foreign.pk]}, headers=None)
    assert desk.post("kept/", {"pick": ["x"]}, headers=None).status_code == 422
    assert not Question.objects.exists()


def test_a_closed_reception_takes_none(desk: Desk, source: Source, cast: Cast) -> None:
    receptions.end(desk.reception.pk, by=cast.by, now=clock.now())
    one = Comment.objects.get(external_id="one")
    assert desk.post("kept/", {"pick": [one.pk]}, headers=None).status_code == 409
    assert not Question.objects.exists()


@pytest.fixture
def reception(cast: Cast, source: Source) -> Reception:
    """Begun after the comments came."""
    return make_reception(cast)
