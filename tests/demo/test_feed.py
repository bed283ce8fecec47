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
from tests.patience import PATIENCE_S


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


def test_viewers_ask_and_vote(live: Reception, live_daphne: LiveServer) -> None:
    before, votes = queries.equation(live.pk).captured, Vote.objects.count()

    asyncio.run(Feed(live_daphne.url, every_s=0.5).run(turns=3))

    assert from_the_room(live) == [before + 1, before + 2, before + 3]
    assert Vote.objects.count() > votes
    asked = Question.objects.get(reception=live, number=before + 1)
    assert asked.original_text == question(live.no, 0).text


def test_it_survives_a_restart_and_goes_on_where_it_was(live: Reception, tmp_path: Path) -> None:
    server = LiveServer(tmp_path / "log")
    audience = Feed(server.url, every_s=0)
    try:
        asyncio.run(audience.run(turns=1))
        server.stop()
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


def test_it_stops_asking_when_enough_is_asked_or_nothing_is_on_air(live: Reception) -> None:
    assert feed.next_turn(150) == feed.Turn(live.no, 0)
    assert feed.next_turn(0) is None
    crew = season._crew(live)
    actions.end(live.pk, by=crew.moderator, now=clock.now())
    assert feed.next_turn(150) is None


def test_the_command_ends_well_when_told_to(live: Reception, live_daphne: LiveServer) -> None:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo_feed", "--url", live_daphne.url, "--every", "0.2"],
        cwd=ROOT,
        env=os.environ | live_daphne.environment | {"PYTHONUNBUFFERED": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = ""
    while "feed.asked" not in said and (line := process.stderr.readline()):
        said += line
    process.send_signal(signal.SIGTERM)
    rest = process.communicate(timeout=PATIENCE_S)[1]

    assert "feed.asked" in said
    assert process.returncode == 0, said + rest
    assert "Traceback" not in said + rest


def test_its_questions_differ_and_repeat_with_their_index() -> None:
    texts = [question("2026-0007", index).text for index in range(150)]

    assert len(set(texts)) > 100
    assert texts == [question("2026-0007", index).text for index in range(150)]
    assert "{" not in "".join(texts)
