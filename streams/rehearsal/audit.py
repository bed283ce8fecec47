"""After the play: every acknowledgement against the database and the journal, one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from streams.common import crypto
from streams.questions import intake, queries
from streams.questions.intake import BadAsk
from streams.questions.models import Question
from streams.receptions import chain, journal
from streams.receptions.models import Entry, Reception
from streams.rehearsal.play import Played
from streams.rehearsal.viewer import Asked
from streams.room.queries import WINDOW

# What the server may say to a question that a person could really send.
_FAIR_REFUSALS = frozenset({"empty", "long", "type", "unknown"})


@dataclass(frozen=True)
class Sums:
    asked: int
    acknowledged: int
    refused: int
    sendings: int
    repeated: int
    waits: int
    lines_broken: int
    seen: int
    frames: int


def sums(played: Played) -> Sums:
    acknowledged = [one for one in played.asked if one.ack]
    return Sums(
        asked=len(played.asked),
        acknowledged=len(acknowledged),
        refused=sum(one.refused is not None for one in played.asked),
        sendings=sum(one.sent for one in played.asked),
        repeated=sum(one.again is not None for one in played.asked),
        waits=sum(one.waits for one in played.asked),
        lines_broken=sum(line.broken for line in played.lines),
        seen=sum(one.ack["number"] in played.watcher.numbers for one in acknowledged if one.ack),
        frames=played.watcher.frames,
    )


def refusals(played: Played) -> Counter[str]:
    return Counter(one.refused["code"] for one in played.asked if one.refused)


def faults(reception: Reception, played: Played, *, since: int) -> Iterator[str]:
    """A sentence for everything that is not as promised. `since`: the journal's seq before the play."""
    stored: dict[UUID, list[Question]] = {}
    for question in Question.objects.filter(reception=reception):
        stored.setdefault(question.client_id, []).append(question)
    # The question's first entry is its receipt.
    entries = {
        entry.question_number: entry
        for entry in Entry.objects.filter(reception=reception, kind="receive").order_by("-seq")
    }
    for one in played.asked:
        found = stored.get(UUID(one.client_id), [])
        yield from (f"{_name(one)}: {fault}" for fault in _faults(reception, one, found, entries))
    errors = Counter(error for line in played.lines for error in line.errors)
    yield from (f"the server said {times} times: error {error}" for error, times in errors.items())
    yield from _order(played, entries)
    yield from _journal(reception, since)
    yield from _watched(reception, played)


def _name(one: Asked) -> str:
    return f"№ {one.ack['number']}" if one.ack else f"question {one.client_id}"


def _faults(
    reception: Reception, one: Asked, found: list[Question], entries: dict[int | None, Entry]
) -> Iterator[str]:
    if one.refused is not None:
        if found:
            yield f"refused ({one.refused['code']}) and yet received"
        elif not _fairly_refused(one):
            yield f"refused ({one.refused['code']}) without a reason"
        return
    if one.ack is None:
        yield "never answered"
        return
    if len(found) != 1:
        yield f"acknowledged and in the database {len(found)} times"
        return
    yield from _unlike(reception, one, one.ack, found[0], entries.get(found[0].number))
    if one.again is not None and one.again != one.ack | {"repeated": True}:
        yield f"sent again, it got another receipt: {one.again}"


def _fairly_refused(one: Asked) -> bool:
    assert one.refused is not None
    try:
        intake.parse(one.payload)
    except BadAsk as error:
        return error.code == one.refused["code"] and error.code in _FAIR_REFUSALS
    return False


def _unlike(
    reception: Reception, one: Asked, ack: dict[str, Any], question: Question, entry: Entry | None
) -> Iterator[str]:
    """Where the receipt, the question and the entry differ."""
    text = intake.parse(one.payload).text
    if question.original_text != text:
        yield "the text is not the one that was sent"
    if (question.number, question.public_no) != (ack["number"], ack["no"]):
        yield f"the database has it as {question.public_no}"
    if question.secret_hash != crypto.fingerprint(ack["secret"]):
        yield "the secret link does not lead to it"
    if entry is None:
        yield "not in the journal"
        return
    if (entry.seq, entry.hash) != (ack["seq"], ack["hash"]):
        yield f"the receipt names entry {ack['seq']}, the journal has it as {entry.seq}"
    digest = chain.text_digest(bytes.fromhex(ack["key"]), text)
    if not digest == ack["digest"] == entry.data["text"]:
        yield "the receipt does not prove the text"


def _order(played: Played, entries: dict[int | None, Entry]) -> Iterator[str]:
    """Numbers in the order of the journal, each dealt once."""
    numbers = Counter(one.ack["number"] for one in played.asked if one.ack)
    yield from (f"№ {number} was given to {n} askers" for number, n in numbers.items() if n > 1)
    last = 0
    for entry in sorted(entries.values(), key=lambda entry: entry.seq):
        number = entry.question_number or 0
        if number <= last:
            yield f"entry {entry.seq} receives № {number} after № {last}"
        last = max(last, number)


def _journal(reception: Reception, since: int) -> Iterator[str]:
    """The part of the journal that was written since then, re-computed."""
    seq = since
    before = Entry.objects.filter(reception=reception, seq=since).first()
    head = before.hash if before else chain.GENESIS
    entries = Entry.objects.filter(reception=reception, seq__gt=since).select_related("reception")
    for entry in entries.order_by("seq").iterator():
        seq += 1
        if entry.seq != seq:
            yield f"the journal jumps from {seq - 1} to {entry.seq}"
            seq = entry.seq
        if entry.prev_hash != head or chain.entry_hash(journal.public(entry)) != entry.hash:
            yield f"entry {entry.seq} breaks the chain"
        head = entry.hash
    if not queries.equation(reception.pk).adds_up:
        yield "the equation does not add up"


def _watched(reception: Reception, played: Played) -> Iterator[str]:
    """The room's list holds the newest questions. In a flood, earlier ones pass it between two frames."""
    watcher = played.watcher
    reception.refresh_from_db(fields=["last_number"])
    oldest = reception.last_number - WINDOW
    missed = sorted(
        one.ack["number"]
        for one in played.asked
        if one.ack and one.ack["number"] > oldest and one.ack["number"] not in watcher.numbers
    )
    if missed:
        yield f"the watching viewer never saw № {', '.join(map(str, missed[:20]))} ({len(missed)})"
    if watcher.steps_back:
        yield f"{watcher.steps_back} frames went back in the journal"
    # Somebody else may ask meanwhile; where nobody did, the last frame has the sums of the database.
    head = Reception.objects.values_list("last_seq", flat=True).get(pk=reception.pk)
    if watcher.counts and watcher.seq == head:
        counts = queries.equation(reception.pk).counts()
        shown = {name: watcher.counts.get(name) for name in counts}
        if shown != counts:
            yield f"the last frame counts {shown}, the database {counts}"
