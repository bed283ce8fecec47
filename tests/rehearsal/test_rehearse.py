"""The rehearsal against a real server: what it finds right, and that it finds what is wrong."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from streams.common import clock
from streams.people.actors import SYSTEM
from streams.questions import queries
from streams.questions.models import Question
from streams.receptions import actions
from streams.receptions.models import Reception
from streams.rehearsal import audit
from streams.rehearsal.door import Door, is_loopback
from streams.rehearsal.play import Played, play
from streams.rehearsal.viewer import Asked
from tests.conftest import LiveServer

QUESTIONS = [{"text": f"Вопрос {n}: когда починят дорогу?"} for n in range(30)]


def rehearse(path: Path, reception: Reception, server: LiveServer, **options: object) -> str:
    """What was said. Raises CommandError."""
    out = StringIO()
    call_command(
        "rehearse", str(path), reception=reception.no, url=server.url, stdout=out, **options
    )
    return " ".join(out.getvalue().split())


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "questions.csv"
    lines = ["text,name", *(f"{question['text']},Айша" for question in QUESTIONS)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_many_viewers_ask_and_all_is_accounted_for(
    live_daphne: LiveServer, reception: Reception, script: Path
) -> None:
    said = rehearse(
        script, reception, live_daphne, viewers=8, rate=0, repeat_every=5, map=["name=name"]
    )

    assert "asked 30 acknowledged 30 refused 0 sent twice on purpose 6" in said
    assert "seen by the watcher 30 in" in said
    assert "captured 30 = 30 received + 0 not questions" in said
    assert "the watcher saw them all" in said
    assert Question.objects.filter(reception=reception, asker_name="Айша").count() == 30
    assert queries.equation(reception.pk).adds_up


def test_a_server_that_restarts_in_the_middle_loses_and_doubles_nothing(
    transactional_db: None, reception: Reception, tmp_path: Path
) -> None:
    server = LiveServer(tmp_path / "log")
    answered: list[Asked] = []
    restarts: list[asyncio.Task[None]] = []

    def on_answer(asked: Asked) -> None:
        answered.append(asked)
        if len(answered) == 10:
            restarts.append(asyncio.create_task(asyncio.to_thread(restart)))

    def restart() -> None:
        server.process.kill()
        server.process.wait()
        server.start()

    try:
        door = Door(server.url, reception.no)
        played = asyncio.run(
            play(door, QUESTIONS, viewers=6, rate=0, repeat_every=3, on_answer=on_answer)
        )
    finally:
        server.stop()

    assert len(restarts) == 1
    assert audit.sums(played).lines_broken >= 6
    assert audit.sums(played).acknowledged == len(QUESTIONS)
    assert list(audit.faults(reception, played, since=reception.last_seq)) == []
    assert Question.objects.filter(reception=reception).count() == len(QUESTIONS)


@pytest.fixture
def played(live_daphne: LiveServer, reception: Reception) -> Played:
    door = Door(live_daphne.url, reception.no)
    return asyncio.run(play(door, QUESTIONS[:4], viewers=2, rate=0, repeat_every=2))


def _lost(played: Played) -> None:
    played.asked[0].payload = played.asked[0].payload | {"client_id": str(Question().pk or _OTHER)}


_OTHER = "00000000-0000-4000-8000-000000000000"


def _other_text(played: Played) -> None:
    played.asked[1].payload = played.asked[1].payload | {"text": "Совсем другой вопрос?"}


def _other_number(played: Played) -> None:
    assert played.asked[1].ack
    played.asked[1].ack["number"] = 99


def _same_number(played: Played) -> None:
    assert played.asked[0].ack
    assert played.asked[1].ack
    played.asked[0].ack["number"] = played.asked[1].ack["number"]


def _other_secret(played: Played) -> None:
    assert played.asked[1].ack
    played.asked[1].ack["secret"] = "x" * 24


def _other_entry(played: Played) -> None:
    assert played.asked[1].ack
    played.asked[1].ack["seq"] += 1


def _other_digest(played: Played) -> None:
    assert played.asked[1].ack
    played.asked[1].ack["digest"] = "0" * 64


def _second_receipt(played: Played) -> None:
    played.asked[0].again = {"number": 5}


def _unseen(played: Played) -> None:
    played.watcher.numbers.discard(2)


def _silence(played: Played) -> None:
    played.asked[1].ack = None


def _refusal(played: Played) -> None:
    played.asked[1].ack, played.asked[1].refused = None, {"code": "closed"}


def _miscount(played: Played) -> None:
    played.watcher.counts["captured"] += 1


def _complaint(played: Played) -> None:
    played.lines[1].errors.append('{"code": "failed"}')


def _backwards(played: Played) -> None:
    played.watcher.steps_back = 1


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (_lost, "in the database 0 times"),
        (_other_text, "the text is not the one that was sent"),
        (_other_number, "the database has it as"),
        (_same_number, "was given to 2 askers"),
        (_other_secret, "the secret link does not lead to it"),
        (_other_entry, "the receipt names entry"),
        (_other_digest, "the receipt does not prove the text"),
        (_second_receipt, "it got another receipt"),
        (_unseen, "the watching viewer never saw № 2"),
        (_silence, "never answered"),
        (_refusal, "refused (closed) and yet received"),
        (_miscount, "the last frame counts"),
        (_complaint, 'the server said 1 times: error {"code": "failed"}'),
        (_backwards, "went back in the journal"),
    ],
)
def test_the_audit_finds_what_is_wrong(
    reception: Reception, played: Played, spoil: Callable[[Played], None], fault: str
) -> None:
    assert list(audit.faults(reception, played, since=reception.last_seq)) == []

    spoil(played)

    assert fault in " | ".join(audit.faults(reception, played, since=reception.last_seq))


def test_a_broken_journal_is_found(reception: Reception, played: Played) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE streams_entry SET actor = 'nobody' WHERE reception_id = %s AND seq = %s",
            [reception.pk, reception.last_seq + 2],
        )
        cursor.execute("RESET session_replication_role")

    faults = list(audit.faults(reception, played, since=reception.last_seq))

    assert f"entry {reception.last_seq + 2} breaks the chain" in faults


def test_a_question_the_server_should_have_taken_is_a_fault(
    reception: Reception, played: Played
) -> None:
    """Refused for its text, though the text is fine."""
    asked = dataclasses.replace(played.asked[0], ack=None, again=None, refused={"code": "long"})
    asked.payload = asked.payload | {"client_id": _OTHER}
    played.asked.append(asked)

    faults = list(audit.faults(reception, played, since=reception.last_seq))

    assert faults == [f"question {_OTHER}: refused (long) without a reason"]


def test_a_rehearsal_stays_on_this_machine_unless_told_otherwise(
    reception: Reception, script: Path
) -> None:
    with pytest.raises(CommandError, match="is not this machine"):
        call_command("rehearse", str(script), reception=reception.no, url="https://example.org")


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        ("http://localhost:8000", True),
        ("http://127.0.0.1", True),
        ("http://[::1]:8000", True),
        ("http://localhost.example.org", False),
        ("http://10.0.0.1", False),
        ("nonsense", False),
    ],
)
def test_what_counts_as_this_machine(url: str, is_here: bool) -> None:
    assert is_loopback(url) is is_here


def test_what_cannot_be_played_is_said(
    live_daphne: LiveServer, reception: Reception, script: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("text\n  \n", encoding="utf-8")

    with pytest.raises(CommandError, match="holds no question"):
        rehearse(empty, reception, live_daphne)
    with pytest.raises(CommandError, match="no column 'frage'"):
        rehearse(script, reception, live_daphne, text=["frage"])
    actions.end(reception.pk, by=SYSTEM, now=clock.now())
    with pytest.raises(CommandError, match="takes no questions"):
        rehearse(script, reception, live_daphne)


@pytest.fixture
def server_with_limits(transactional_db: None, tmp_path: Path) -> Iterator[LiveServer]:
    server = LiveServer(
        tmp_path / "log", ASK_PER_VIEWER_PER_MIN="20", ASK_PER_ADDRESS_PER_MIN="1200"
    )
    yield server
    server.stop()


def test_viewers_wait_as_long_as_they_are_told(
    server_with_limits: LiveServer, reception: Reception, script: Path
) -> None:
    """10 at once, then one in 3 s: whoever asks 12 has to wait, and is heard."""
    said = rehearse(
        script, reception, server_with_limits, viewers=1, rate=0, limit=12, repeat_every=0
    )

    assert "acknowledged 12 refused 0" in said
    assert "told to wait 0" not in said
    assert "the watcher saw them all" in said


@pytest.mark.load
def test_real_appeals_through_two_hundred_sockets(
    live_daphne: LiveServer, reception: Reception, appeals_csv: Path
) -> None:
    said = rehearse(
        appeals_csv, reception, live_daphne, text=["text_kz", "text_ru"], viewers=200, rate=0
    )

    assert "asked 1600 acknowledged 1600 refused 0 sent twice on purpose 160" in said
    assert "seen by the watcher 1600 in" in said
    assert "captured 1600 = 1600 received" in said
    assert "the watcher saw them all" in said
