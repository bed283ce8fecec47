"""The crowd where there is no C compiler: the same commands and answers as c/crowd.c, for fewer viewers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import socket
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.crowd_py_seen import Seen, quantiles
from bench.crowd_py_viewer import Options, Viewer

_SEQ = re.compile(rb'\{"v":1,"seq":(\d+)')
_ASK = "Вопрос {0}: когда починят дорогу и уличное освещение на улице Абая, возле старой школы?"


class PyCrowd:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.seen = Seen()
        self.viewers: list[Viewer] = []
        self.arrivals: list[float] = []
        self.addresses = 0
        self.changed = asyncio.Event()
        self.returning: float | None = None

    async def obey(self, line: str) -> dict[str, Any]:
        name, *words = line.split(" ", 2) if line.startswith("say ") else line.split(" ")
        command: Callable[..., Any] = getattr(self, f"do_{name}")
        answer = command(*words)
        found: dict[str, Any] = await answer if asyncio.iscoroutine(answer) else answer
        return found

    async def do_join(
        self, count: str, in_flight: str, timeout_ms: str, seq: str
    ) -> dict[str, Any]:
        began, turn = time.monotonic(), asyncio.Semaphore(int(in_flight))
        self.arrivals = []
        fresh = [Viewer(self, len(self.viewers) + n, int(seq)) for n in range(int(count))]
        self.viewers += fresh

        async def enter(viewer: Viewer) -> None:
            async with turn:
                await self._dial(viewer)

        await self._within(timeout_ms, [enter(viewer) for viewer in fresh])
        await self._until(lambda: len(self.arrivals) >= len(fresh), began, float(timeout_ms))
        return self._joined(began, len(fresh))

    async def do_back(self, timeout_ms: str, first_s: str = "0.5") -> dict[str, Any]:
        began, self.returning, self.arrivals = time.monotonic(), float(first_s), []
        for viewer in self.viewers:
            self._come_back(viewer)
        await self._until(lambda: len(self.arrivals) >= len(self.viewers), began, float(timeout_ms))
        self.returning = None
        return self._joined(began, len(self.viewers))

    async def do_reach(self, seq: str, timeout_ms: str) -> dict[str, Any]:
        def behind() -> int:
            return sum(v.is_open and not v.muted and v.seq < int(seq) for v in self.viewers)

        await self._until(lambda: not behind(), time.monotonic(), float(timeout_ms))
        return {"reached": not behind(), "behind": behind()}

    async def do_ask(
        self, limit: str, in_flight: str, per_s: str, seconds: str, path: str = ""
    ) -> dict[str, Any]:
        return await self.seen.ask(
            self.viewers, int(limit), int(in_flight), float(per_s), float(seconds), path, _ASK
        )

    def do_say(self, index: str, text: str) -> dict[str, Any]:
        viewer, at = self.viewers[int(index)], time.monotonic_ns()
        viewer.send(1, text.encode())
        return {"said": viewer.is_open, "at": at}

    def do_mark(self) -> dict[str, Any]:
        self.seen = Seen()
        for viewer in self.viewers:
            viewer.path = ()
        return {}

    def do_report(self) -> dict[str, Any]:
        return self.seen.report(self.viewers)

    def do_dump(self, path: str) -> dict[str, Any]:
        texts = [f"{n} {text.decode()}\n" for n, text in enumerate(self.seen.texts)]
        Path(path).write_text("".join(texts), encoding="utf-8")
        return {}

    def do_addresses(self, count: str) -> dict[str, Any]:
        self.addresses = int(count)
        return {}

    def do_mute(self, first: str, count: str) -> dict[str, Any]:
        for viewer in self.viewers[int(first) : int(first) + int(count)]:
            if viewer.transport is not None:
                viewer.muted = True
                viewer.transport.pause_reading()
        return {}

    def do_listen(self) -> dict[str, Any]:
        for viewer in self.viewers:
            if viewer.muted and viewer.transport is not None:
                viewer.muted = False
                viewer.transport.resume_reading()
        return {}

    def do_cut(self) -> dict[str, Any]:
        there = [viewer for viewer in self.viewers if viewer.transport is not None]
        for viewer in there:
            viewer.close()
        return {"cut": len(there), "at": time.monotonic_ns()}

    def hear(self, viewer: Viewer, text: bytes, at: int) -> None:
        if found := _SEQ.match(text):
            viewer.arrived(at)
            side = text[found.end() :].startswith(b',"side":')
            self.seen.news(viewer, int(found[1]), text, at, side=side)
        elif text.startswith(b'{"acks":'):
            viewer.ack_after = int(json.loads(text)["acks"])
        else:
            self.seen.other(viewer, text, at)
        self.changed.set()

    def closed(self, viewer: Viewer, code: int) -> None:
        was_open = viewer.is_open
        viewer.close()
        if was_open and not viewer.muted:
            self.seen.ended(code)
        if self.returning is not None:
            self._come_back(viewer)
        self.changed.set()

    def _come_back(self, viewer: Viewer) -> None:
        assert self.returning is not None
        wait_s = random.random() * min(30.0, self.returning * 2**viewer.attempt)
        viewer.attempt += 1
        loop = asyncio.get_running_loop()
        loop.call_later(wait_s, lambda: loop.create_task(self._dial(viewer)))

    async def _dial(self, viewer: Viewer) -> None:
        o, viewer.began = self.options, time.monotonic()
        step = viewer.index % self.addresses if self.addresses else viewer.index // 20_000
        source = socket.inet_ntoa(struct.pack(">I", 0x7F000001 + o.source + step))
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: viewer, o.host, o.port, local_addr=(source, 0))
        except OSError:
            self.closed(viewer, 0)

    async def _within(self, timeout_ms: str, wishes: list[Any]) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(float(timeout_ms) / 1000):
                await asyncio.gather(*wishes)

    async def _until(self, holds: Callable[[], bool], began: float, timeout_ms: float) -> None:
        while not holds() and (time.monotonic() - began) * 1000 < timeout_ms:
            self.changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    await self.changed.wait()

    def _joined(self, began: float, wanted: int) -> dict[str, Any]:
        return {
            "joined": len(self.arrivals),
            "failed": wanted - len(self.arrivals),
            "seconds": time.monotonic() - began,
            "ms": quantiles(self.arrivals),
        }


async def main() -> None:
    host, port, path, origin, language, ack_ms, source, cookie = sys.argv[1:9]
    options = Options(
        host, int(port), path, origin, language, int(ack_ms) / 1000, int(source), cookie
    )
    crowd, reader = PyCrowd(options), asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        answer = await crowd.obey(line.decode().rstrip("\n"))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
