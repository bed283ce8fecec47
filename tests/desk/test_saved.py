"""Answers from saved replies and prepared answers at the desk, and the pages on which replies are kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from streams.common import clock
from streams.people.rules import EDITORS, Role
from streams.questions import drafts, placeholders
from streams.questions.models import Draft, Question, SavedReply
from streams.questions.rules import Move, Outcome
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask, make_move, make_saved_reply
from tests.desk.conftest import ELSEWHERE, Desk, sit_down
from tests.law import assert_screen_law

pytestmark = pytest.mark.django_db

NEW = "/saved-replies/new/"


def prepare(desk: Desk, question: Question, text: str = "Начнём в мае.", **more: Any) -> Any:
    data = {"text": text, "language": "ru", **more}
    return desk.post(f"questions/{question.number}/draft/", data)


def give(desk: Desk, question: Question, **headers: Any) -> Any:
    question.refresh_from_db()
    data = {"give": Draft.objects.get(question=question).stamp, "expect": question.version}
    return desk.post(f"questions/{question.number}/draft/", data, **headers)


# --- Answers from replies -------------------------------------------------------------------------


def test_a_reply_becomes_the_answer_and_is_counted(
    desk: Desk, reception: Reception, cast: Cast
) -> None:
    reply = make_saved_reply(
        cast, text_kk="№ {number}: 102", text_ru="№ {number}, звоните {phone}."
    )
    question = ask(reception)
    filled = f"№ {question.public_no}, звоните 102."
    card = desk.card(question)
    assert f'data-reply="{filled}"' in card
    # As the form sends it without scripts: the choice alone.
    answered = desk.move(question, Move.ANSWER_TEXT, text="", saved=reply.pk, language="ru")
    assert answered.status_code == 200
    assert question.answers.get().text == filled
    reply.refresh_from_db()
    assert reply.used == 1


def test_the_writers_own_words_win(desk: Desk, reception: Reception, cast: Cast) -> None:
    reply, question = make_saved_reply(cast), ask(reception)
    desk.move(question, Move.ANSWER_TEXT, text="Уже починили.", saved=reply.pk, language="ru")
    assert question.answers.get().text == "Уже починили."


@pytest.mark.parametrize("why", ["abroad", "retired", "no such", "other language"])
def test_a_reply_that_is_not_theirs_answers_nothing(
    desk: Desk, reception: Reception, cast: Cast, why: str
) -> None:
    reply = make_saved_reply(cast, cast.abroad if why == "abroad" else None, text_ru="Да.")
    SavedReply.objects.filter(pk=reply.pk).update(
        is_retired=why == "retired", text_ru="" if why == "other language" else "Да."
    )
    question = ask(reception)
    pk = reply.pk + 99 if why == "no such" else reply.pk
    assert desk.move(question, Move.ANSWER_TEXT, saved=pk, language="ru").status_code == 422
    question.refresh_from_db()
    assert question.is_open


def test_the_form_finds_replies_by_their_words(
    desk: Desk, reception: Reception, cast: Cast
) -> None:
    make_saved_reply(cast, title="Шум ночью", text_kk="", text_ru="Звоните 102.")
    make_saved_reply(cast)
    question = ask(reception, "Қашан жөндейді?")
    page = desk.get(f"questions/{question.number}/saved/", {"saved_q": "ремонт"}).content.decode()
    assert "Ремонт дороги" in page
    assert "Шум ночью" not in page
    other = desk.get(f"questions/{question.number}/saved/", {"saved_q": "шум"}).content.decode()
    assert "no text in this language: Kazakh" in other
    assert "data-reply" not in other
    nothing = desk.get(f"questions/{question.number}/saved/", {"saved_q": "вертолёт"})
    assert "No saved reply has these words" in nothing.content.decode()


@pytest.mark.parametrize("path", ["questions/1/", "questions/1/saved/?saved_q=ремонт"])
def test_the_cost_does_not_grow_with_the_replies(
    desk: Desk, reception: Reception, cast: Cast, django_assert_num_queries: Any, path: str
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask(reception)
    costs = []
    for _ in range(2):
        make_saved_reply(cast)
        desk.get(path, quick=True)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(path, quick=True).status_code == 200
        costs.append(len(queries))
        make_saved_reply(cast)
    assert costs[0] == costs[1]


# --- Prepared answers -----------------------------------------------------------------------------


def test_a_prepared_answer_is_shown_to_staff_alone_and_given_with_one_press(
    desk: Desk, colleague: Desk, reception: Reception, cast: Cast
) -> None:
    question = make_move(ask(reception), Move.QUEUE, cast.by)
    assert prepare(desk, question, for_chief="on").status_code == 200
    card = colleague.card(question)
    assert "Prepared answer" in card
    assert "Айгерім Сейіт" in card
    assert "Prepared for №" in colleague.get().content.decode()
    for address in (f"/ru/receptions/{reception.no}/", f"/ru/questions/{question.public_no}/"):
        assert "Начнём в мае" not in Client().get(address).content.decode()
    assert "Начнём" not in str(Entry.objects.filter(reception=reception).values_list("data"))
    make_move(question, Move.PUT_ON_AIR, cast.by)
    assert "Give it in writing" in colleague.get().content.decode()
    studio = colleague.client.get(f"/studio/{reception.no}/").content.decode()
    assert "Начнём в мае" in studio
    assert give(colleague, question, headers=ELSEWHERE).status_code == 200
    answer = question.answers.get()
    assert (answer.text, answer.by) == ("Начнём в мае.", cast.second_moderator)
    # Taken back, it is prepared again.
    question.refresh_from_db()
    desk_undo = {"expect": question.version}
    assert colleague.post(f"questions/{question.number}/undo/", desk_undo).status_code == 200
    assert "Prepared answer" in desk.card(question)


def test_the_studio_shows_only_what_is_for_the_chief(
    desk: Desk, reception: Reception, cast: Cast
) -> None:
    question = make_move(make_move(ask(reception), Move.QUEUE, cast.by), Move.PUT_ON_AIR, cast.by)
    prepare(desk, question)
    assert "Начнём в мае" not in desk.client.get(f"/studio/{reception.no}/").content.decode()


def test_what_was_rewritten_is_read_before_it_is_given(
    desk: Desk, colleague: Desk, reception: Reception
) -> None:
    question = ask(reception)
    prepare(desk, question)
    seen = {"give": Draft.objects.get().stamp, "expect": question.version}
    prepare(colleague, question, "Начнём в июне.")
    refused = desk.post(f"questions/{question.number}/draft/", seen)
    assert refused.status_code == 409
    assert "Болат Ким has changed the prepared answer" in refused.content.decode()
    prepare(colleague, question, "")
    assert not Draft.objects.exists()
    assert desk.post(f"questions/{question.number}/draft/", seen).status_code == 409
    assert desk.post(f"questions/{question.number}/draft/", {"give": ""}).status_code == 422
    question.refresh_from_db()
    assert question.is_open


def test_nothing_is_prepared_for_a_closed_question(
    desk: Desk, reception: Reception, cast: Cast
) -> None:
    question = make_move(ask(reception), Move.FORWARD, cast.by)
    assert prepare(desk, question).status_code == 409
    too_long = prepare(desk, ask(reception), "я" * 5001)
    assert too_long.status_code == 422
    assert "я" * 5001 in too_long.content.decode()


@pytest.mark.parametrize("what", ["prepare", "change", "take away", "give"])
def test_the_law_of_the_screen_holds_for_prepared_answers(
    desk: Desk, reception: Reception, cast: Cast, what: str
) -> None:
    make_move(ask(reception), Move.QUEUE, cast.by)
    question = ask(reception)
    keep = {"for_chief": False, "by": cast.by, "now": clock.now()}
    if what != "prepare":
        drafts.keep(question.pk, "Раньше", "ru", **keep)  # type: ignore[arg-type]

    def act() -> None:
        text = "" if what == "take away" else "Теперь"
        if what == "give":
            give(desk, question)
        else:
            prepare(desk, question, text)

    assert_screen_law(desk.client, desk.address(), "desk", reception, act, language="en")


# --- The pages of the replies ---------------------------------------------------------------------


@pytest.fixture
def editor(cast: Cast, reception: Reception) -> Client:
    return sit_down(cast.editor, reception).client


def written(cast: Cast, **fields: str) -> dict[str, str]:
    given = {"unit": str(cast.district.pk), "title": "Шум", "text_kk": "", "text_ru": "102"}
    return given | fields


def test_an_editor_writes_looks_changes_and_retires(editor: Client, cast: Cast) -> None:
    page = editor.get(NEW).content.decode()
    assert all(f"{{{name}}}" in page for name in placeholders.KNOWN)
    # The only unit there is to choose.
    assert f'<option value="{cast.district.pk}" selected>' in page
    look = written(cast, text_ru="Звоните {phone}, {unit}", look="1")
    shown = editor.post(NEW, look).content.decode()
    assert "Звоните 102, Отдел полиции Таулинского района" in shown
    assert not SavedReply.objects.exists()
    assert editor.post(NEW, written(cast)).status_code == 303
    reply = SavedReply.objects.get()
    assert reply.changed_by == cast.editor
    address = f"/saved-replies/{reply.pk}/"
    assert editor.post(address, written(cast, text_kk="102-ге")).status_code == 303
    assert editor.post(f"{address}switch/", {"retired": "1"}).status_code == 303
    reply.refresh_from_db()
    assert (reply.text_kk, reply.is_retired) == ("102-ге", True)
    assert "Retired" in editor.get("/saved-replies/").content.decode()
    editor.post(f"{address}switch/", {"retired": "0"})
    assert "Retired" not in editor.get("/saved-replies/").content.decode()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"text_ru": "Вам {имя}"}, "There is no placeholder {имя}. You can write: {number},"),
        ({"text_kk": "Да {"}, "There is no placeholder {."),
        ({"text_ru": ""}, "Write the text in Kazakh, in Russian or in both."),
        ({"title": " "}, "Please write something here."),
        ({"text_ru": "я" * 4501}, "Too long"),
        ({"unit": "0"}, "Select a valid choice"),
    ],
)
def test_a_wrong_reply_is_refused_in_plain_words(
    editor: Client, cast: Cast, fields: dict[str, str], why: str
) -> None:
    response = editor.post(NEW, written(cast, **fields))
    assert response.status_code == 422
    assert why in response.content.decode()
    assert not SavedReply.objects.exists()


@pytest.mark.parametrize("role", Role)
def test_only_editors_of_the_unit_keep_replies(
    cast: Cast, reception: Reception, role: Role
) -> None:
    client = sit_down(cast.with_role(role), reception).client
    mine, theirs = make_saved_reply(cast), make_saved_reply(cast, cast.neighbour)
    above = make_saved_reply(cast, cast.region, title="Сверху")
    is_editor = role in EDITORS
    assert client.get("/saved-replies/").status_code == (200 if is_editor else 404)
    assert client.get(f"/saved-replies/{mine.pk}/").status_code == (200 if is_editor else 404)
    for other in (theirs, above):
        assert client.get(f"/saved-replies/{other.pk}/").status_code == 404
        assert client.post(f"/saved-replies/{other.pk}/switch/").status_code == 404
    if is_editor:
        page = client.get("/saved-replies/").content.decode()
        assert "Сверху" in page
        outside = written(cast, unit=str(cast.region.pk))
        assert client.post(NEW, outside).status_code == 422


def test_an_answer_is_kept_as_a_reply(cast: Cast, reception: Reception, editor: Client) -> None:
    question = make_move(ask(reception), Move.ANSWER_TEXT, cast.by, text="Звоните 102.")
    assert question.outcome == Outcome.ANSWERED_TEXT
    link = f"{NEW}?of={question.public_no}"
    assert link in sit_down(cast.administrator, reception).card(question)
    assert link not in sit_down(cast.moderator, reception).card(question)
    assert "Звоните 102." in editor.get(link).content.decode()
    for wrong in ("x", "2026-1", f"{reception.no}-99", f"{reception.no}-x"):
        assert editor.get(f"{NEW}?of={wrong}").status_code == 404
