"""The main job on real input: 1,600 real questions through 200 sockets, worked by all outcomes, sealed,
published, and verified from the published file alone, in which no byte can be turned unseen.
"""

from __future__ import annotations

import io
import random
import re
import urllib.request
import uuid
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command

from streams.common import clock
from streams.control import actions as control
from streams.people.actors import ASKER
from streams.questions import queries
from streams.questions.models import Question
from streams.questions.rules import BUCKETS, WAITING, Move
from streams.receptions import actions as receptions
from streams.receptions.models import Reception
from tests.cast import Cast, escalate, make_move, make_reception
from tests.conftest import LiveServer
from tests.patience import PATIENCE_S

# What two moderators do with a thousand questions, in turn; the rest waits for the end.
PLAN = (
    Move.ANSWER_LIVE, Move.ANSWER_TEXT, Move.ESCALATE, Move.FORWARD, Move.DECLINE, Move.MERGE,
    Move.SET_ASIDE, Move.WITHDRAW, Move.CARRY_OVER, "from control",
)  # fmt: skip
TURNED_BYTES = 8


def close(question: Question, what: Move | str, cast: Cast) -> None:
    """One question, closed in the way `what` says, by the hands that it takes."""
    if what is Move.ANSWER_LIVE:
        make_move(question, Move.QUEUE, cast.by)
        make_move(question, Move.PUT_ON_AIR, cast.by)
    elif what is Move.DECLINE:
        make_move(question, Move.PROPOSE_DECLINE, cast.by)
        make_move(question, Move.DECLINE, cast.by_second)
        return
    elif what in (Move.ESCALATE, "from control"):
        record = escalate(question, cast.by)
        if what == "from control":
            control.answer(
                record.pk, text="Сделано.", language="ru", by=cast.by_chief, now=clock.now()
            )
        return
    by = ASKER if what is Move.WITHDRAW else cast.by
    make_move(question, Move(what), by, **({"target": 1} if what is Move.MERGE else {}))


def work_through(reception: Reception, cast: Cast) -> None:
    questions = list(Question.objects.filter(reception=reception).order_by("number"))
    close(questions[0], Move.ANSWER_TEXT, cast)
    later = []
    for place, question in enumerate(questions[1:]):
        what = PLAN[place % len(PLAN)]
        if what is Move.CARRY_OVER:
            later.append(question)
        else:
            close(question, what, cast)
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    following = make_reception(cast, live=False, now=clock.now() + timedelta(days=7))
    for question in later:
        make_move(question, Move.CARRY_OVER, cast.by, reception=following.no)


def verify(path: Path) -> tuple[int, str]:
    """The exit code of `verify_ledger` on the file, and what it said."""
    out = io.StringIO()
    try:
        call_command("verify_ledger", str(path), stdout=out)
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue()
    return 0, out.getvalue()


def test_sixteen_hundred_real_questions_from_the_first_ask_to_the_verified_file(
    live_daphne: LiveServer, cast: Cast, appeals_csv: Path, tmp_path: Path
) -> None:
    reception = make_reception(cast)
    said = io.StringIO()
    call_command(
        "rehearse",
        str(appeals_csv),
        reception=reception.no,
        text=["text_kz", "text_ru"],
        viewers=200,
        rate=0,
        url=live_daphne.url,
        stdout=said,
    )
    received = queries.equation(reception.pk)
    assert received.received == 1600
    assert "acknowledged 1600" in " ".join(said.getvalue().split())

    work_through(reception, cast)
    sums = queries.equation(reception.pk)
    assert sums.adds_up
    assert sums.waiting == 0
    assert [name for name in BUCKETS if name != WAITING and not sums.buckets[name]] == []
    receptions.seal(reception.pk, by=cast.by, now=clock.now(), count=queries.for_seal)

    published = tmp_path / "ledger.json"
    address = f"{live_daphne.url}/receptions/{reception.no}/ledger.json"
    with urllib.request.urlopen(address, timeout=PATIENCE_S) as response:  # noqa: S310 -- ours
        published.write_bytes(response.read())
    assert verify(published)[0] == 0
    assert verify(Path(reception.no))[0] == 0
    assert_no_byte_turns_unseen(published)


def assert_no_byte_turns_unseen(published: Path) -> None:
    """Turn single bytes anywhere; each time the file fails and the very line is named."""
    whole = published.read_bytes()
    luck = random.Random(uuid.UUID(int=7).int)
    turned = published.with_name("turned.json")
    for position in [0, len(whole) - 1, *(luck.randrange(len(whole)) for _ in range(TURNED_BYTES))]:
        spoiled = bytearray(whole)
        spoiled[position] ^= 1 << luck.randrange(8)
        turned.write_bytes(spoiled)
        code, said = verify(turned)
        line = whole.count(b"\n", 0, position) + 1
        assert code == 1, position
        assert re.search(rf"\bline {line}\b", said, re.IGNORECASE), (position, line, said)
