"""What a moderator does beside the moves: texts, tags, claims, the words said, the contact."""

from __future__ import annotations

import json

import pytest

from streams.common import clock
from streams.questions import marks
from streams.questions.models import Claim
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask, make_move
from tests.desk.conftest import ELSEWHERE, Desk

pytestmark = pytest.mark.django_db


def test_a_new_version_of_the_public_text(desk: Desk, reception: Reception) -> None:
    question = ask(reception, "Когда починят дорогу у дома Иванова, тел. 8 701 000 00 00?")
    response = desk.post(
        "questions/1/text/", {"text": "Когда починят дорогу?", "expect": question.version}
    )
    assert response.status_code == 200
    question.refresh_from_db()
    assert (question.public_text, question.text_version) == ("Когда починят дорогу?", 2)
    card = desk.card(question)
    assert "8 701 000 00 00" in card
    assert "version 2" in card
    assert desk.post("questions/1/text/", {"text": "x", "expect": 1}).status_code == 409
    wrong = desk.post("questions/1/text/", {"text": "", "expect": 2})
    assert wrong.status_code == 422
    assert 'id="text-text_error"' in wrong.content.decode()


def test_a_text_that_a_colleague_holds_waits(
    desk: Desk, colleague: Desk, reception: Reception
) -> None:
    question = ask(reception)
    assert colleague.post("questions/1/claim/", headers=ELSEWHERE).status_code == 204
    refused = desk.post("questions/1/text/", {"text": "Другое?", "expect": 1})
    assert refused.status_code == 409
    assert "Болат Ким works on this question now." in refused.content.decode()
    assert "Другое?" in refused.content.decode()
    question.refresh_from_db()
    assert question.text_version == 1
    assert desk.post("questions/1/claim/", headers=ELSEWHERE).status_code == 409
    assert desk.post("questions/1/claim/", {"take_over": "1"}).status_code == 200
    assert Entry.objects.filter(kind="take_over").count() == 1
    saved = desk.post("questions/1/text/", {"text": "Другое?", "expect": 1})
    assert saved.status_code == 200
    assert not Claim.objects.filter(until__gt=clock.now()).exists()


def test_a_claim_is_given_back(desk: Desk, colleague: Desk, reception: Reception) -> None:
    ask(reception)
    desk.post("questions/1/claim/")
    colleague.post("questions/1/release/")
    live = Claim.objects.filter(until__gt=clock.now())
    assert live.count() == 1
    assert desk.post("questions/1/release/", headers=None).status_code == 303
    assert live.filter(until__gt=clock.now()).count() == 0


def test_a_colleagues_question_is_not_decided_but_for_the_air(
    desk: Desk, colleague: Desk, reception: Reception, cast: Cast
) -> None:
    question = make_move(ask(reception), Move.APPROVE, cast.by)
    colleague.post("questions/1/claim/", headers=ELSEWHERE)
    words = "Ремонт в мае."
    refused = desk.move(question, Move.ANSWER_TEXT, text=words, language="ru")
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Болат Ким works on this question now." in page
    assert words in page
    assert 'name="take_over"' in page
    assert desk.move(question, Move.PUT_ON_AIR).status_code == 200


def test_who_lost_a_question_learns_to_whom(
    desk: Desk, colleague: Desk, reception: Reception
) -> None:
    ask(reception)
    assert colleague.post("questions/1/claim/", headers=ELSEWHERE).status_code == 204
    assert desk.post("questions/1/claim/", {"take_over": "1"}).status_code == 200
    lost = colleague.post("questions/1/claim/", {"renew": "1"}, headers=ELSEWHERE)
    assert lost.status_code == 423
    assert "Айгерім Сейіт took No. 1 over from you." in lost.content.decode()
    card = colleague.get("questions/1/").content.decode()
    assert "Work taken over from a colleague" in card
    assert "from Болат Ким" in card


def test_the_next_question_is_dealt_and_opened(
    desk: Desk, colleague: Desk, reception: Reception
) -> None:
    ask(reception, "Первый?")
    ask(reception, "Второй?")
    first = desk.post("deal/")
    assert json.loads(first["HX-Trigger"]) == {"desk:dealt": {"number": 1}}
    assert 'id="card-1"' in first.content.decode()
    plain = colleague.post("deal/", headers=None)
    assert (plain.status_code, plain["Location"]) == (303, colleague.address("questions/2/"))
    nothing = desk.post("deal/")
    assert nothing["HX-Reswap"] == "none"
    assert "No question waits for you" in nothing.content.decode()
    assert desk.post("deal/", headers=None).status_code == 303
    assert "No question waits for you" in desk.get().content.decode()


def test_tags_are_those_of_the_unit_and_above(desk: Desk, reception: Reception, cast: Cast) -> None:
    question = ask(reception)
    response = desk.post("questions/1/tags/", {"tags": ["roads", "noise", "nonsense"]})
    assert response.status_code == 200
    assert set(question.tags.values_list("slug", flat=True)) == {"roads", "noise"}
    # A colleague's tag stays, and what the form had and has no longer goes.
    marks.set_tags(question.pk, ["roads", "noise", "parking"], by=cast.by_second, now=clock.now())
    seen = {"seen": "noise roads"}
    assert desk.post("questions/1/tags/", seen, headers=None).status_code == 303
    assert [tag.slug for tag in question.tags.all()] == ["parking"]


def test_the_district_is_set_on_the_card(desk: Desk, reception: Reception, cast: Cast) -> None:
    question = ask(reception)
    card = desk.post("questions/1/district/", {"district": "KOL"}).content.decode()
    assert '<option value="KOL" selected' in " ".join(card.split())
    question.refresh_from_db()
    assert question.district == cast.neighbour
    assert desk.post("questions/1/district/", {"district": "ALS"}).status_code == 409
    assert desk.post("questions/1/district/", {"district": ""}, headers=None).status_code == 303
    handed = Entry.objects.filter(reception=reception, kind="district").order_by("seq")
    assert [entry.data for entry in handed] == [
        {"district": "KOL", "had": ""},
        {"district": "", "had": "KOL"},
    ]


def test_the_words_said_are_written_down_until_the_seal(
    desk: Desk, reception: Reception, cast: Cast
) -> None:
    make_move(ask(reception), Move.ANSWER_LIVE, cast.by, text="")
    assert desk.post("questions/1/said/", {"text": ""}).status_code == 422
    assert desk.post("questions/1/said/", {"text": "Начнём в мае."}).status_code == 200
    assert "Начнём в мае." in desk.get("questions/1/").content.decode()
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    assert desk.post("state/", {"step": "seal"}, headers=ELSEWHERE).status_code == 200
    assert desk.post("questions/1/said/", {"text": "В июне."}).status_code == 409
    assert desk.post("questions/1/tags/", {"tags": ["roads"]}).status_code == 409
    sealed = desk.get("questions/1/").content.decode()
    assert "Начнём в мае." in sealed
    assert 'id="open-reopen"' not in sealed
    assert desk.post("questions/1/undo/", {"expect": 2}).status_code == 409


def test_the_contact_is_shown_on_a_press_only(desk: Desk, reception: Reception) -> None:
    question = ask(reception, contact="+7 701 111 22 33")
    ask(reception)
    assert "701 111" not in desk.card(question)
    assert "Show the contact" in desk.card(question)
    assert desk.get("questions/1/contact/").status_code == 405
    assert "+7 701 111 22 33" in desk.post("questions/1/contact/").content.decode()
    assert "+7 701 111 22 33" in desk.post("questions/1/contact/", headers=None).content.decode()
    assert "none was left" in desk.post("questions/2/contact/").content.decode()


def test_history_names_who_did_what(
    desk: Desk, colleague: Desk, reception: Reception, cast: Cast
) -> None:
    question = ask(reception)
    make_move(question, Move.APPROVE, cast.by)
    marks.set_tags(question.pk, ["roads"], by=cast.by_second, now=clock.now())
    colleague.move(question, Move.PROPOSE_DECLINE, reason="insult", text="Это оскорбление.")
    card = desk.card(question)
    for words in (
        "Received", "the asker", "Approved", "Айгерім Сейіт", "Tags changed: Roads",
        "Declining proposed: Insults", "Болат Ким",
    ):  # fmt: skip
        assert words in card, words
