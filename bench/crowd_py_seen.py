"""What the Python crowd saw and asked. See c/seen.h and c/asks.h."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

_NAMES = (
    *("news", "sides", "doubled", "reordered", "gaps", "fragments", "closed", "torn", "reloads"),
    *("errors", "others", "held"),
)
# A socket asks at most so often: the server allows five messages a second.
COOL_S = 0.25


class Viewer(Protocol):
    seq: int
    path: tuple[int, ...]
    is_open: bool
    reads: bool
    muted: bool
    asked: tuple[str, float] | None

    def say(self, message: dict[str, object]) -> None: ...
    def heard(self, chars: int) -> None: ...


class Seen:
    """Since the last `mark`."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter(dict.fromkeys(_NAMES, 0))
        self.codes: Counter[int] = Counter()
        self.sample = ""
        self.texts: list[bytes] = []
        self._numbers: dict[bytes, int] = {}
        self._receipts: Counter[int] = Counter()
        self._at: dict[int, list[int]] = {}
        self._acks: list[tuple[float, bytes]] = []
        self._why: Counter[str] = Counter()
        self._answered = asyncio.Event()

    def news(self, viewer: Viewer, seq: int, text: bytes, at: int, *, side: bool) -> None:
        if side:
            self.counts["sides"] += 1
            viewer.heard(len(text))
            return
        self.counts["news"] += 1
        self.counts["doubled"] += seq == viewer.seq
        self.counts["reordered"] += seq < viewer.seq
        self.counts["gaps"] += seq > viewer.seq + 1
        viewer.seq = max(viewer.seq, seq)
        if text not in self._numbers:
            self._numbers[text] = len(self.texts)
            self.texts.append(text)
        number = self._numbers[text]
        self._receipts[number] += 1
        self._at.setdefault(seq, []).append(at)
        viewer.path = (*viewer.path, number)
        viewer.heard(len(text.decode()))

    def other(self, viewer: Viewer, text: bytes, at: int) -> None:
        if text.startswith((b'{"ack":', b'{"refused":')):
            if viewer.asked is None or viewer.asked[0].encode() not in text:
                return
            if text.startswith(b'{"ack":'):
                self._acks.append(((at / 1e9 - viewer.asked[1]) * 1000, text))
            else:
                self._why[str(json.loads(text)["refused"]["code"])] += 1
            viewer.asked = None
            self._answered.set()
            return
        name = "reloads" if b'"reload"' in text else "errors" if b'{"error"' in text else "others"
        self.counts[name] += 1
        self.sample = self.sample or text[:300].decode()

    def ended(self, code: int) -> None:
        self.counts["closed" if code else "torn"] += 1
        if code:
            self.codes[code] += 1

    def report(self, viewers: Sequence[Viewer]) -> dict[str, Any]:
        paths = Counter(viewer.path for viewer in viewers if not viewer.muted)
        return {
            "size": len(viewers),
            "open": sum(viewer.is_open for viewer in viewers),
            "muted": sum(viewer.muted for viewer in viewers),
            **self.counts,
            "codes": {str(code): times for code, times in self.codes.items()},
            "sample": self.sample,
            "frames": [
                {
                    "seq": seq,
                    "count": len(at),
                    "at": [at[(len(at) - 1) * q // 100] for q in range(101)],
                }
                for seq, at in self._at.items()
            ],
            "variants": [
                {"seq": 0, "count": self._receipts[n], "bytes": len(text)}
                for n, text in enumerate(self.texts)
            ],
            "paths": [{"clients": n, "back": list(path[::-1])} for path, n in paths.items()],
        }

    async def ask(
        self,
        viewers: Sequence[Viewer],
        limit: int,
        in_flight: int,
        per_s: float,
        seconds: float,
        path: str,
        text: str,
    ) -> dict[str, Any]:
        """Questions from whoever has none unanswered, in turn."""
        self._acks, self._why = [], Counter()
        began, sent, last = time.monotonic(), 0, [0.0] * len(viewers)
        short = 0
        while (now := time.monotonic()) - began < seconds and not (limit and sent >= limit):
            waiting = sum(viewer.asked is not None for viewer in viewers)
            due = began + sent / per_s if per_s else now
            index = sent % len(viewers)
            viewer = viewers[index]
            ready = viewer.is_open and viewer.asked is None and now - last[index] >= COOL_S
            if due > now or (not per_s and waiting >= in_flight) or not ready:
                short += not ready
                await self._answer()
                continue
            sent, last[index] = sent + 1, now
            viewer.asked = (str(uuid.uuid4()), due)
            viewer.say({"ask": {"client_id": viewer.asked[0], "text": text.format(sent)}})
        took = time.monotonic() - began
        await self._rest(viewers, 15.0)
        if path:
            lines = b"".join(ack + b"\n" for _ms, ack in self._acks)
            await asyncio.to_thread(Path(path).write_bytes, lines)
        return {
            "asked": sent,
            "acks": len(self._acks),
            "refusals": self._why.total(),
            "lost": sum(not v.is_open and v.asked is not None for v in viewers),
            "unanswered": sum(v.is_open and v.asked is not None for v in viewers),
            "mixed_up": 0,
            "short_of_sockets": short,
            "seconds": took,
            "why": dict(self._why),
            "ms": quantiles([ms for ms, _ack in self._acks]),
        }

    async def _rest(self, viewers: Sequence[Viewer], patience_s: float) -> None:
        until = time.monotonic() + patience_s
        while any(v.is_open and v.asked for v in viewers) and time.monotonic() < until:
            await self._answer()

    async def _answer(self) -> None:
        """Until one has come, but not for long."""
        self._answered.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.002):
                await self._answered.wait()


def quantiles(values: Sequence[float]) -> dict[str, float]:
    found = sorted(values) or [0.0]
    return {str(q): found[(len(found) - 1) * q // 100] for q in (0, 50, 95, 99, 100)}
