"""New questions stopped for a while, and shown before a moderator read them: what comes in, and who sees it."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import pytest
from django.test import Client

from streams.common import clock
from streams.questions import actions, intake
from streams.questions.intake import Ask, Refusal
from streams.questions.models import Question
from streams.questions.receipts import Receipt
from streams.questions.replay import Replay
from streams.questions.rules import IllegalMove, Move, Status
from streams.receptions import actions as receptions
from streams.receptions import labels, queries, rules, switches
from streams.receptions.models import Reception
from streams.receptions.switches import NotSwitched
from tests.cast import Cast, ask, make_move
from tests.law import assert_screen_law
from tests.receptions.ledgers import check_entries, entries_of

pytestmark = pytest.mark.django_db

REASON = "catching_up"


def receive(reception: Reception, text: str, source: str = "room") -> Receipt | Refusal:
    sent = Ask(client_id=uuid.uuid4(), text=text, source=source)
    return intake.receive_many(reception.pk, [sent], now=clock.now())[0]


def pause(reception: Reception, cast: Cast) -> None:
    switches.pause_intake(reception.pk, REASON, by=cast.by, now=clock.now())


def show_first(reception: Reception, cast: Cast) -> None:
    switches.set_premoderation(reception.pk, False, by=cast.by, now=clock.now())


def findings(reception: Reception) -> list[Any]:
    return check_entries(entries_of(reception)).findings


def test_a_pause_shuts_the_room_and_no_other_door(cast: Cast, reception: Reception) -> None:
    before = Ask(client_id=uuid.uuid4(), text="Когда починят дорогу?")
    intake.receive_many(reception.pk, [before], now=clock.now())
    pause(reception, cast)
    refused = receive(reception, "Где парковка?")
    assert isinstance(refused, Refusal)
    assert refused.code == "paused"
    for source in ("telegram", "phone"):
        assert isinstance(receive(reception, f"Шу қашан тоқтайды, {source}?", source), Receipt)
    # Who sends again what had arrived gets the receipt and no refusal.
    (again,) = intake.receive_many(reception.pk, [before], now=clock.now())
    assert isinstance(again, Receipt)
    assert again.repeated
    assert list(
        Question.objects.filter(reception=reception)
        .order_by("number")
        .values_list("in_pause", flat=True)
    ) == [False, True, True]
    switches.resume_intake(reception.pk, by=cast.by, now=clock.now())
    assert isinstance(receive(reception, "Где парковка?"), Receipt)
    (one,) = queries.intake_pauses(reception)
    assert one.reason == REASON
    assert one.until is not None
    assert findings(reception) == []


def test_a_pause_that_the_end_cut_off_ends_there(cast: Cast, reception: Reception) -> None:
    pause(reception, cast)
    assert queries.intake_pauses(reception)[0].until is None
    ended = receptions.end(reception.pk, by=cast.by, now=clock.now())
    assert queries.intake_pauses(reception)[0].until == ended.ended_at


def test_what_is_so_already_is_not_switched(cast: Cast, reception: Reception) -> None:
    with pytest.raises(NotSwitched):
        switches.resume_intake(reception.pk, by=cast.by, now=clock.now())
    pause(reception, cast)
    with pytest.raises(NotSwitched):
        pause(reception, cast)
    with pytest.raises(NotSwitched):
        switches.set_premoderation(reception.pk, True, by=cast.by, now=clock.now())
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    with pytest.raises(NotSwitched):
        show_first(reception, cast)


def test_shown_at_once_but_what_a_machine_has_marked(cast: Cast, reception: Reception) -> None:
    ask(reception, "Раньше: когда починят дорогу?")
    show_first(reception, cast)
    ask(reception, "Теперь: когда починят дорогу?")
    ask(reception, "Мой номер +7 701 234 56 78, позвоните")
    ask(reception, "Помогите, в соседней квартире сейчас убивают человека!")
    shown = Question.objects.filter(reception=reception, is_public=True)
    assert [question.number for question in shown] == [2]
    page = Client().get(f"/ru/receptions/{reception.no}/").content.decode()
    assert "Теперь: когда починят дорогу?" in page
    assert "701 234" not in page
    assert findings(reception) == []


def test_hidden_afterwards_it_is_with_the_moderators_again(
    cast: Cast, reception: Reception
) -> None:
    show_first(reception, cast)
    question = ask(reception)
    hidden = make_move(question, Move.HIDE, cast.by)
    assert (hidden.status, hidden.is_public) == (Status.NEW, False)
    with pytest.raises(IllegalMove):
        make_move(question, Move.HIDE, cast.by)
    back = actions.undo(question.pk, by=cast.by, expect=hidden.version, now=clock.now())
    assert back.is_public
    queued = make_move(question, Move.QUEUE, cast.by)
    hidden = make_move(queued, Move.HIDE, cast.by)
    assert (hidden.status, hidden.place) == (Status.NEW, None)
    assert findings(reception) == []


def test_a_journal_that_says_otherwise_does_not_hold(cast: Cast, reception: Reception) -> None:
    show_first(reception, cast)
    ask(reception)
    pause(reception, cast)
    entries = entries_of(reception)
    tampered: list[list[dict[str, Any]]] = [
        [entry for entry in entries if entry["kind"] != "premoderation"],
        [*entries, entries[-1]],
        [*entries, {**entries[-2], "question": 2}],
    ]
    for story in tampered:
        replay = Replay()
        assert [words for entry in story for words in replay.take(entry)], story


def test_every_screen_says_so(cast: Cast, reception: Reception) -> None:
    staff, viewer = Client(), Client()
    staff.force_login(cast.moderator)
    room, desk = f"/ru/receptions/{reception.no}/", f"/desk/{reception.no}/"
    address = f"/desk/{reception.no}/switch/"

    def turn(switch: str) -> None:
        answer = staff.post(address, {"switch": switch}, headers={"HX-Request": "true"})
        assert answer.status_code == 200, answer.content

    turned = (f"pause-{REASON}", "show-first", "resume", "read-first")
    for screen, client, url in (("room", viewer, room), ("desk", staff, desk)):
        for switch in turned:
            assert_screen_law(client, url, screen, reception, partial(turn, switch))
    turn("pause-break")
    assert 'data-intake="paused"' in viewer.get(room).content.decode()
    refused = staff.post(address, {"switch": "pause-break"}, headers={"HX-Request": "true"})
    assert refused.status_code == 409
    unclear = staff.post(address, {"switch": "nonsense"}, headers={"HX-Request": "true"})
    assert unclear.status_code == 422
    # Without scripts: the words come back in the form, with the reason.
    sent = viewer.post(
        f"/ru/receptions/{reception.no}/ask/",
        {"client_id": str(uuid.uuid4()), "text": "Где парковка?"},
    )
    assert sent.status_code == 409
    assert "Где парковка?" in sent.content.decode()


def test_every_reason_has_words() -> None:
    assert tuple(labels.PAUSES) == rules.PAUSES
