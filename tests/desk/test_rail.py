"""The rail: one step on, back again, word to the chief, time codes that fit the recording."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from streams.common import clock
from streams.desk.frames import DeskScreen
from streams.questions import marks
from streams.questions.models import Question
from streams.questions.rules import Move, Outcome, Status
from streams.receptions import actions as receptions
from streams.receptions import notes, timecode
from streams.receptions.models import Entry, Note, Reception
from streams.studio.frames import StudioScreen
from tests.cast import Cast, ask, make_move
from tests.law import assert_screen_law


@pytest.fixture
def desk(cast: Cast) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.moderator)
    return client


def rail(reception: Reception, name: str) -> str:
    return f"/desk/{reception.no}/rail/{name}/"


def queued(reception: Reception, cast: Cast) -> Question:
    return make_move(ask(reception), Move.QUEUE, cast.by)


def state(question: Question) -> tuple[str, str | None]:
    question.refresh_from_db()
    return question.status, question.outcome


def go_on(desk: Client, reception: Reception, following: int, **more: Any) -> Any:
    return desk.post(
        rail(reception, "next"), {"following": following, **more}, headers={"HX-Request": "true"}
    )


def test_the_first_press_puts_the_head_of_the_queue_on_air(
    desk: Client, cast: Cast, reception: Reception
) -> None:
    question = queued(reception, cast)
    assert go_on(desk, reception, question.number).status_code == 200
    assert state(question) == (Status.ON_AIR, None)


def test_one_press_answers_what_is_on_air_and_brings_the_next(
    desk: Client, cast: Cast, reception: Reception
) -> None:
    first, second = queued(reception, cast), queued(reception, cast)
    first = make_move(first, Move.PUT_ON_AIR, cast.by)
    response = go_on(
        desk, reception, second.number, expect=first.version, text="В мае.", time_code_s="0:12:34"
    )
    assert response.status_code == 200
    assert state(first) == (Status.CLOSED, Outcome.ANSWERED_LIVE)
    assert state(second) == (Status.ON_AIR, None)
    answer = first.answers.get()
    assert (answer.text, answer.time_code_s) == ("В мае.", 754)


def test_the_step_is_taken_back_whole(desk: Client, cast: Cast, reception: Reception) -> None:
    first, second = queued(reception, cast), queued(reception, cast)
    first = make_move(first, Move.PUT_ON_AIR, cast.by)
    response = go_on(desk, reception, second.number, expect=first.version)
    undo = response.context["undo_fields"]
    assert desk.post(rail(reception, "back"), undo).status_code == 303
    assert state(first) == (Status.ON_AIR, None)
    assert state(second) == (Status.QUEUED, None)
    assert desk.post(rail(reception, "back"), undo, follow=True).status_code == 200
    assert state(first) == (Status.ON_AIR, None)


def test_what_came_to_the_head_meanwhile_is_not_put_on_air_unseen(
    desk: Client, cast: Cast, reception: Reception
) -> None:
    first, second = queued(reception, cast), queued(reception, cast)
    current = make_move(queued(reception, cast), Move.PUT_ON_AIR, cast.by)
    response = go_on(desk, reception, second.number, expect=current.version)
    assert response.status_code == 409
    assert state(current) == (Status.ON_AIR, None)
    assert state(first) == state(second) == (Status.QUEUED, None)


def test_who_saw_nothing_on_air_does_not_answer_what_a_colleague_put_there(
    desk: Client, cast: Cast, reception: Reception
) -> None:
    current = make_move(queued(reception, cast), Move.PUT_ON_AIR, cast.by)
    following = queued(reception, cast)
    assert go_on(desk, reception, following.number).status_code == 409
    assert state(current) == (Status.ON_AIR, None)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"following": "x"},
        {"following": "0"},
        {"following": 2**40},
        {"following": 1, "expect": "-"},
    ],
)
def test_nonsense_changes_nothing(
    desk: Client, cast: Cast, reception: Reception, given: dict[str, Any]
) -> None:
    queued(reception, cast)
    before = Entry.objects.count()
    response = desk.post(rail(reception, "next"), given, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    "given",
    [
        {"step": "1:sideways"},
        {"step": "0:up"},
        {"step": "9" * 30 + ":up"},
        {"number": "1", "before": "x"},
        {"before": "1"},
        {},
    ],
)
def test_a_place_that_can_not_be_read_changes_nothing(
    desk: Client, cast: Cast, reception: Reception, given: dict[str, Any]
) -> None:
    queued(reception, cast)
    before = Entry.objects.count()
    response = desk.post(rail(reception, "place"), given, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert Entry.objects.count() == before


def test_the_suggested_order_says_why_and_is_taken_with_one_press(
    desk: Client, cast: Cast, reception: Reception
) -> None:
    for _ in range(3):
        queued(reception, cast)
    Question.objects.filter(reception=reception, number=3).update(votes=12)
    page = desk.get(rail(reception, "suggested"))
    assert page.context["numbers"].startswith("3,")
    assert "12 votes" in page.content.decode()
    response = desk.post(
        rail(reception, "arrange"),
        {"numbers": page.context["numbers"]},
        headers={"HX-Request": "true"},
    )
    assert response.context["undo_fields"] == {"numbers": "1,2,3"}
    order = Question.objects.filter(reception=reception).order_by("place")
    assert [q.number for q in order] == [3, 1, 2]


def test_word_to_the_chief_is_seen_in_the_studio_until_ok_and_the_desk_is_told(
    desk: Client, cast: Cast, reception: Reception
) -> None:
    desk.post(rail(reception, "note"), {"note": "Осталось пять минут"})
    told: Any = StudioScreen().side(reception.pk)["note"]
    assert told["text"] == "Осталось пять минут"
    assert told["read_at"] is None
    chief = Client()
    chief.force_login(cast.chief)
    assert "Осталось пять минут" in chief.get(f"/studio/{reception.no}/").content.decode()
    chief.post(f"/studio/{reception.no}/note/", {"note": told["id"]})
    told = DeskScreen().side(reception.pk)["note"]
    assert told["read_at"] is not None
    assert Note.objects.get().read_by == cast.chief


def test_a_newer_word_replaces_the_unread_one_and_an_old_ok_is_not_for_it(
    cast: Cast, reception: Reception
) -> None:
    now = clock.now()
    first = notes.send(reception.pk, "Раз", by=cast.moderator, now=now)
    second = notes.send(reception.pk, "Два", by=cast.moderator, now=now)
    notes.read(reception.pk, first.pk, by=cast.chief, now=now)
    last = notes.last(reception.pk)
    assert last == second
    assert last.read_at is None
    notes.withdraw(reception.pk, now=now)
    assert notes.last(reception.pk) is None


def test_an_empty_word_takes_nothing_back(desk: Client, cast: Cast, reception: Reception) -> None:
    notes.send(reception.pk, "Раз", by=cast.moderator, now=clock.now())
    assert desk.post(rail(reception, "note"), {"note": "  "}).status_code == 422
    assert notes.last(reception.pk) is not None
    desk.post(rail(reception, "note"), {"take_back": "1"})
    assert notes.last(reception.pk) is None


@pytest.mark.parametrize(
    ("after_s", "shift_s", "code"),
    [(754, 0, 754), (754, 12, 766), (754, -20, 734), (5, -20, 0)],
)
def test_time_codes_follow_the_recording(after_s: int, shift_s: int, code: int) -> None:
    began = clock.now()
    assert timecode.seconds(began + timedelta(seconds=after_s), began, shift_s) == code
    assert timecode.seconds(began, None, shift_s) == 0


def test_the_delay_is_set_on_the_desk_and_stands_in_the_journal(
    desk: Client, cast: Cast, reception: Reception
) -> None:
    desk.post(rail(reception, "delay"), {"shift_s": "-20"})
    reception.refresh_from_db()
    assert reception.time_shift_s == -20
    assert Entry.objects.get(reception=reception, kind="time_shift").data == {"shift_s": -20}
    for wrong in ("601", "-601", "x", ""):
        assert desk.post(rail(reception, "delay"), {"shift_s": wrong}).status_code == 422


@pytest.mark.parametrize(
    ("where", "given", "why"),
    [
        ("rail/note/", {"note": "я" * 201}, "201"),
        ("rail/delay/", {"shift_s": "601"}, "600"),
        ("questions/1/cue/", {"cue": "я" * 1001}, "1001"),
    ],
)
def test_without_scripts_what_is_wrong_comes_with_the_whole_page_and_the_words(
    desk: Client, cast: Cast, reception: Reception, where: str, given: dict[str, str], why: str
) -> None:
    queued(reception, cast)
    response = desk.post(f"/desk/{reception.no}/{where}", given)
    page = response.content.decode()
    assert response.status_code == 422
    assert "</html>" in page
    (typed,) = given.values()
    assert typed in page
    assert why in page.replace(typed, "")
    quick = desk.post(f"/desk/{reception.no}/{where}", given, headers={"HX-Request": "true"})
    assert quick.status_code == 422
    assert "</html>" not in quick.content.decode()


def test_the_note_for_the_chief_stands_beside_the_question_on_air_and_nowhere_public(
    desk: Client, cast: Cast, reception: Reception, client: Client
) -> None:
    question = queued(reception, cast)
    address = f"/desk/{reception.no}/questions/{question.number}/cue/"
    desk.post(address, {"cue": "Статья 12: срок 15 дней"})
    make_move(question, Move.PUT_ON_AIR, cast.by)
    chief = Client()
    chief.force_login(cast.chief)
    assert "Статья 12" in chief.get(f"/studio/{reception.no}/").content.decode()
    assert "Статья 12" in desk.get(f"/desk/{reception.no}/").content.decode()
    assert "Статья 12" not in client.get(f"/ru/receptions/{reception.no}/").content.decode()
    entry = Entry.objects.get(reception=reception, kind="cue")
    assert entry.data == {}


def test_the_rail_keeps_the_law_of_the_screen(
    desk: Client, cast: Cast, reception: Reception
) -> None:
    address = f"/desk/{reception.no}/"
    questions = [queued(reception, cast) for _ in range(4)]

    def holds(action: object, screen: str = "desk", where: str = address) -> None:
        assert callable(action)
        assert_screen_law(desk, where, screen, reception, action, language="en")

    holds(lambda: desk.post(rail(reception, "place"), {"step": "4:first"}))
    holds(lambda: desk.post(rail(reception, "place"), {"number": 1, "before": 3}))
    holds(lambda: desk.post(rail(reception, "arrange"), {"numbers": "4,3,2,1"}))
    holds(lambda: go_on(desk, reception, 4))
    version = Question.objects.get(pk=questions[3].pk).version
    holds(lambda: go_on(desk, reception, 3, expect=version))
    holds(lambda: marks.set_cue(questions[1].pk, "Факты", by=cast.by, now=clock.now()))
    holds(lambda: marks.set_cue(questions[1].pk, "", by=cast.by, now=clock.now()))
    holds(lambda: receptions.shift_time(reception.pk, 15, by=cast.by, now=clock.now()))
    studio = f"/studio/{reception.no}/"
    holds(lambda: desk.post(rail(reception, "place"), {"step": "1:first"}), "studio", studio)
    holds(
        lambda: marks.set_cue(questions[2].pk, "Факты", by=cast.by, now=clock.now()),
        "studio",
        studio,
    )
