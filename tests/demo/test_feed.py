"""The demo's audience asks through the real socket, goes on after a restart, and knows its measure."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from streams.common import clock
from streams.demo import feed, season
from streams.demo.feed import Feed
from streams.demo.texts.feed import question
from streams.questions import queries
from streams.questions.models import Question, Vote
from streams.receptions import actions
from streams.receptions.models import Entry, Reception
from tests.conftest import ROOT, LiveServer
from tests.patience import PATIENCE_S, eventually


@pytest.fixture
def live(transactional_db: None) -> Reception:
    return season.prepare("correct horse", clock.now())


def from_the_room(reception: Reception) -> list[int]:
    """The numbers of the feed's questions, in the order of the journal."""
    ids = [feed.client_id(feed.Turn(reception.no, index)) for index in range(feed.MOST)]
    ours = Question.objects.filter(reception=reception, client_id__in=ids)
    numbers = set(ours.values_list("number", flat=True))
    entries = Entry.objects.filter(reception=reception, kind="receive").order_by("seq")
    return [e.question_number for e in entries if e.question_number in numbers]


def test_viewers_ask_and_vote_until_the_command_is_told_to_end(
    live: Reception, live_daphne: LiveServer, tmp_path: Path
) -> None:
    before, votes = queries.equation(live.pk).captured, Vote.objects.count()
    log = tmp_path / "feed.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo_feed", "--url", live_daphne.url, "--every", "0.2"],
            cwd=ROOT,
            env=os.environ | live_daphne.environment | {"PYTHONUNBUFFERED": "1"},
            stderr=out,
        )

    def has_asked_and_voted() -> bool:
        assert process.poll() is None, log.read_text()
        return len(from_the_room(live)) >= 3 and Vote.objects.count() > votes

    eventually(has_asked_and_voted, log.read_text)
    process.send_signal(signal.SIGTERM)

    assert process.wait(PATIENCE_S) == 0, log.read_text()
    assert "feed.asked" in log.read_text()
    assert "Traceback" not in log.read_text()
    asked = from_the_room(live)
    assert asked == [before + 1 + place for place in range(len(asked))]
    first = Question.objects.get(reception=live, number=before + 1)
    assert first.original_text == question(live.no, 0).text


def test_it_survives_a_restart_goes_on_where_it_was_and_knows_its_measure(
    live: Reception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Who gives up on a slow answer asks again, and this test counts.
    monkeypatch.setattr(feed, "IDLE_S", PATIENCE_S)
    server = LiveServer(tmp_path / "log")
    audience = Feed(server.url, every_s=0)
    try:
        asyncio.run(audience.run(turns=1))
        server.stop()
        with monkeypatch.context() as impatient:
            impatient.setattr(feed, "IDLE_S", 0.5)
            assert asyncio.run(audience._look()) is False
        server.start()
        asyncio.run(audience.run(turns=2))
        # A feed that starts anew knows from the database what was asked.
        asyncio.run(Feed(server.url, every_s=0).run(turns=1))
    finally:
        server.stop()

    assert len(from_the_room(live)) == 3
    texts = Question.objects.filter(reception=live, client_id=feed.client_id(feed.Turn(live.no, 2)))
    assert texts.get().original_text == question(live.no, 2).text
    assert_it_knows_when_to_stop(live)


def assert_it_knows_when_to_stop(live: Reception) -> None:
    assert feed.next_turn(150) == feed.Turn(live.no, 3)
    assert feed.next_turn(3) is None
    actions.end(live.pk, by=season._crew(live).moderator, now=clock.now())
    assert feed.next_turn(150) is None


def test_its_questions_differ_and_repeat_with_their_index() -> None:
    texts = [question("2026-0007", index).text for index in range(150)]

    assert len(set(texts)) > 100
    assert texts == [question("2026-0007", index).text for index in range(150)]
    assert "{" not in "".join(texts)
