"""What goes wrong in a rehearsal, and the order of things that follows from it: the same each time."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from streams.sources.fakes.script import Comment
from streams.sources.inbound import Op

EDITED = " (түзетілді)"


class BadKnob(ValueError):
    """The text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """From comment `after` on, the next `times` requests are refused as `kind`.

    Kinds all platforms know: `throttled`, `server`, `quota`, `token`. Some have more of their own.
    """

    kind: str
    after: int = 0
    times: int = 1

    @classmethod
    def parse(cls, written: str) -> Fault:
        """`throttled@200x3`: from the 200th comment on, three times. Raises BadKnob."""
        kind, _, rest = written.partition("@")
        after, _, times = rest.partition("x")
        try:
            return cls(kind, int(after or 0), int(times or 1))
        except ValueError:
            raise BadKnob(f"{written}: write KIND@COMMENT or KIND@COMMENTxTIMES") from None


@dataclass(frozen=True, slots=True)
class Knobs:
    """Shares are from 0 to 1. `rate` 0: all at once. `window`: how many places a late one is late.

    `history`: so many comments are older than the broadcast. `live_after_s`: until then it isn't live.
    `ends`: the broadcast ends after the last comment. `drop_every_s`: all open connections are cut
    that often; `drop_after_bytes`: each one after so many. `chunk_bytes`: streams are written in such
    pieces. `empty`: the share of pages that hold nothing although there is something. `stream_s`:
    how long a platform that closes its stream by itself keeps it open.
    """

    rate: float = 5.0
    seed: int = 1
    duplicates: float = 0.0
    reorder: float = 0.0
    window: int = 5
    edits: float = 0.0
    deletes: float = 0.0
    early_deletes: float = 0.0
    empty: float = 0.0
    delay_s: float = 0.0
    drop_every_s: float = 0.0
    drop_after_bytes: int = 0
    chunk_bytes: int = 0
    history: int = 0
    live_after_s: float = 0.0
    ends: bool = False
    retry_after_s: int = 2
    stream_s: float = 10.0
    poll_s: float = 25.0
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """`slot`: when its author did it, counted in comments. `is_repeat`: the platform says it again."""

    op: Op
    comment: Comment
    text: str
    slot: int
    is_repeat: bool = False


def plan(comments: Sequence[Comment], knobs: Knobs) -> list[Step]:
    """The comments, and what the knobs make of them, in the order in which they are sent."""
    dice = random.Random(knobs.seed)
    steps = [Step(Op.NEW, c, c.text, slot) for slot, c in enumerate(comments)]
    steps = _some_later(steps, knobs.reorder, knobs.window, dice)
    steps = _with(steps, knobs.edits, knobs.window, dice, _edit)
    steps = _with(steps, knobs.deletes, knobs.window, dice, _delete)
    steps = _with_early_deletes(steps, knobs.early_deletes, dice)
    return _with(steps, knobs.duplicates, knobs.window, dice, _repeat)


def _some_later(steps: list[Step], share: float, window: int, dice: random.Random) -> list[Step]:
    """Some arrive after those that were written after them; none arrives before it was written."""
    places = [
        (place + dice.randint(1, window) + 0.5 if dice.random() < share else place, place)
        for place in range(len(steps))
    ]
    return [steps[place] for _, place in sorted(places)]


def _edit(step: Step) -> Step:
    return replace(step, op=Op.EDIT, text=step.text + EDITED)


def _delete(step: Step) -> Step:
    return replace(step, op=Op.DELETE, text="")


def _repeat(step: Step) -> Step:
    return replace(step, is_repeat=True)


def _with(
    steps: list[Step], share: float, window: int, dice: random.Random, make: Callable[[Step], Step]
) -> list[Step]:
    """What `make` says of some of the new comments, a few places after them.

    Once a comment is taken back it isn't edited: only comments that nothing happened to are chosen.
    """
    touched = {s.comment.key for s in steps if s.op is not Op.NEW}
    later: list[tuple[float, Step]] = []
    for place, step in enumerate(steps):
        if step.op is Op.NEW and step.comment.key not in touched and dice.random() < share:
            later.append((place + dice.randint(1, window) + 0.5, make(step)))
    placed = [*((float(place), step) for place, step in enumerate(steps)), *later]
    return [step for _, step in sorted(placed, key=lambda pair: pair[0])]


def _with_early_deletes(steps: list[Step], share: float, dice: random.Random) -> list[Step]:
    """Some are taken back before the platform tells that they were written."""
    touched = {s.comment.key for s in steps if s.op is not Op.NEW}
    out: list[Step] = []
    for step in steps:
        if step.op is Op.NEW and step.comment.key not in touched and dice.random() < share:
            out.append(_delete(step))
        out.append(step)
    return out
