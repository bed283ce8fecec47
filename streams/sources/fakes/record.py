"""What a fake platform saw and said, so that a rehearsal can be audited afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from streams.sources.fakes.knobs import Step
from streams.sources.inbound import Op


@dataclass(frozen=True, slots=True)
class Happening:
    """A step that took place. `no` counts from 1. `posted_at`: what the platform says of the comment."""

    no: int
    step: Step
    posted_at: datetime
    sent_at: datetime
    is_history: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that reached the platform, and how it was answered; `fault` where it was refused."""

    at: datetime
    method: str
    path: str
    status: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that LiveQA sent to a comment of the platform. `ref`: the comment's id there."""

    at: datetime
    ref: str
    text: str
    status: int


@dataclass(frozen=True, slots=True)
class Pushed:
    """A delivery that the platform made, and what it was told; status 0: the connection failed."""

    at: datetime
    body: bytes
    status: int


@dataclass(slots=True)
class Record:
    """Everything, in the order in which it happened."""

    happened: list[Happening] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    pushed: list[Pushed] = field(default_factory=list)
    cuts: int = 0

    @property
    def has_company(self) -> bool:
        """Somebody asked for something, or was told something."""
        return bool(self.asked or self.pushed)

    def refused(self) -> Counter[str]:
        return Counter(one.fault for one in self.asked if one.fault)

    def final(self) -> dict[int, str | None]:
        """Each comment's text as it stands on the platform in the end; None: taken back."""
        return final(one.step for one in self.happened)

    def lines(self, platform: str) -> Iterator[dict[str, object]]:
        """All of it as rows of a JSON Lines file."""
        for one in self.happened:
            yield {
                "platform": platform,
                "what": "sent",
                "at": one.sent_at.isoformat(),
                "op": one.step.op.value,
                "comment": one.step.comment.key,
                "text": one.step.text,
                "again": one.step.is_repeat,
            }
        for asked in self.asked:
            yield {
                "platform": platform,
                "what": "asked",
                "at": asked.at.isoformat(),
                "call": f"{asked.method} {asked.path}",
                "status": asked.status,
                "fault": asked.fault,
            }
        for pushed in self.pushed:
            yield {
                "platform": platform,
                "what": "delivered",
                "at": pushed.at.isoformat(),
                "status": pushed.status,
            }
        for reply in self.replies:
            yield {
                "platform": platform,
                "what": "reply",
                "at": reply.at.isoformat(),
                "to": reply.ref,
                "text": reply.text,
                "status": reply.status,
            }


def final(steps: Iterable[Step]) -> dict[int, str | None]:
    """A comment that was taken back stays so, whatever is told of it later."""
    texts: dict[int, str | None] = {}
    gone: set[int] = set()
    for step in steps:
        key = step.comment.key
        if step.op is Op.DELETE:
            gone.add(key)
        if not step.is_repeat:
            texts[key] = step.text
    return {key: None if key in gone else text for key, text in texts.items()}
