"""What all fake platforms share: a real server, a script that unfolds, and trouble on demand.

A platform adds its addresses (`routes`), its error answers (`refusal`) and, where it calls LiveQA by
itself, `deliver`. It looks at `happened` for what it may tell, and waits with `more`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import ClassVar, Self

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from aiohttp.typedefs import Handler, Middleware

from streams.common import clock
from streams.sources.fakes.knobs import Fault, Knobs, plan
from streams.sources.fakes.record import Asked, Happening, Pushed, Record, Reply
from streams.sources.fakes.script import Comment

HISTORY_AGE = timedelta(hours=1)
DELIVERIES = 5
DELIVERY_TIMEOUT_S = 20
_TURN_S = 0.02
_SAID = web.RequestKey("said", int)


class Cut(ConnectionResetError):
    """The fake has cut this connection on purpose."""


class Fake:
    """One platform. `settings` and `secrets` are what a person enters to connect to it.

    `options`: what only this platform understands, such as `target`, the address that it delivers to.
    """

    platform: ClassVar[str] = ""
    # Kinds of `Fault` beyond those that all know, for the command's help.
    faults: ClassVar[tuple[str, ...]] = ()
    # Whether its users may change or take back what they wrote, and the platform tells.
    tells_edits: ClassVar[bool] = True
    tells_deletes: ClassVar[bool] = True
    # Whether the platform calls us unless it is told otherwise; then it needs the option `target`.
    calls_us: ClassVar[bool] = False
    # Options that the platform understands, with a word about each.
    knows: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self,
        comments: Sequence[Comment] = (),
        knobs: Knobs | None = None,
        options: Mapping[str, str] | None = None,
        *,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self.knobs = self._possible(knobs or Knobs())
        self.options = dict(options or {})
        self.now = now
        self.record = Record()
        self.steps = plan(comments, self.knobs)
        self.is_live = False
        self.has_ended = False
        self.port = 0
        self.dice = Random(self.knobs.seed)
        self._faults = list(self.knobs.faults)
        self._began: datetime | None = None
        self._open: dict[int, web.Request] = {}
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def _possible(self, knobs: Knobs) -> Knobs:
        """What the platform never tells doesn't happen."""
        if not self.tells_edits:
            knobs = replace(knobs, edits=0.0)
        if not self.tells_deletes:
            knobs = replace(knobs, deletes=0.0, early_deletes=0.0)
        return knobs

    # --- What a platform fills in ------------------------------------------------------------------

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Its addresses."""
        return ()

    def settings(self) -> dict[str, str]:
        """What is entered in the source's settings."""
        return {"base_url": self.base_url}

    def secrets(self) -> dict[str, str]:
        """What is entered in its secret fields."""
        return {}

    def external_id(self, comment: Comment) -> str:
        """The comment's id as the connector must come to know it."""
        raise NotImplementedError

    def refusal(self, kind: str, request: web.Request) -> web.StreamResponse:
        """The platform's own words for a fault."""
        statuses = {"throttled": 429, "server": 503, "quota": 403, "token": 401}
        headers = {"Retry-After": str(self.knobs.retry_after_s)} if kind == "throttled" else {}
        return web.Response(status=statuses.get(kind, 400), headers=headers)

    def can_fail(self, request: web.Request) -> bool:
        """Whether faults and delays meet this request."""
        return True

    def concerns(self, kind: str, request: web.Request) -> bool:
        """Whether a fault of this kind can meet this request; if not, it waits for one that it can."""
        return True

    async def deliver(self, happening: Happening) -> None:
        """Called once for each thing that happens, in order: for platforms that call us."""

    async def on_live(self) -> None:
        """The broadcast has begun."""

    async def on_end(self) -> None:
        """The broadcast is over."""

    # --- The server --------------------------------------------------------------------------------

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[Self]:
        """Port 0: any free one."""
        app = web.Application(middlewares=[self._middleware()], client_max_size=16 * 1024**2)
        app.add_routes(self.routes())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            self.port = runner.addresses[0][1]
            if self.knobs.drop_every_s:
                self._tasks.append(asyncio.create_task(self._cut_now_and_then()))
            yield self
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self.cut()
            await runner.cleanup()

    def _middleware(self) -> Middleware:
        @web.middleware
        async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._open[id(request)] = request
            status, fault = 0, ""
            try:
                if self.can_fail(request):
                    await asyncio.sleep(self.knobs.delay_s)
                    fault = self._fault_now(request)
                response = self.refusal(fault, request) if fault else await handler(request)
                status = response.status
            except web.HTTPException as refused:
                status = refused.status
                raise
            except ConnectionResetError:
                # Cut by us or left by the other side: nobody is there to read an answer.
                return web.Response(status=500)
            else:
                return response
            finally:
                self._open.pop(id(request), None)
                self.record.asked.append(
                    Asked(self.now(), request.method, request.path, status, fault)
                )

        return gate

    # --- Trouble -----------------------------------------------------------------------------------

    def fail(self, kind: str, times: int = 1) -> None:
        """The next requests are refused, from now on."""
        self._faults.append(Fault(kind, 0, times))

    def _fault_now(self, request: web.Request) -> str:
        for place, fault in enumerate(self._faults):
            is_due = fault.times > 0 and len(self.record.happened) >= fault.after
            if is_due and self.concerns(fault.kind, request):
                self._faults[place] = replace(fault, times=fault.times - 1)
                return fault.kind
        return ""

    def is_empty_now(self) -> bool:
        """Whether this page shows nothing although there is something."""
        return self.dice.random() < self.knobs.empty

    def cut(self) -> None:
        """Every open connection, in the middle of whatever it says."""
        for request in tuple(self._open.values()):
            if request.transport is not None:
                request.transport.abort()
                self.record.cuts += 1

    async def _cut_now_and_then(self) -> None:
        while True:
            # Not in step with anything that comes back as regularly.
            await asyncio.sleep(self.knobs.drop_every_s * self.dice.uniform(0.8, 1.2))
            self.cut()

    async def write(self, request: web.Request, response: web.StreamResponse, data: bytes) -> None:
        """Of a stream, in pieces of the wanted size, until it has said so much that it is cut."""
        size = self.knobs.chunk_bytes or len(data) or 1
        for start in range(0, len(data), size):
            said = request.get(_SAID, 0) + size
            request[_SAID] = said
            if self.knobs.drop_after_bytes and said > self.knobs.drop_after_bytes:
                self.record.cuts += 1
                if request.transport is not None:
                    request.transport.abort()
                raise Cut
            await response.write(data[start : start + size])

    # --- The script --------------------------------------------------------------------------------

    @property
    def happened(self) -> list[Happening]:
        return self.record.happened

    @property
    def is_over(self) -> bool:
        """Whether all of the script has happened."""
        return len(self.happened) == len(self.steps)

    def since(self, no: int) -> list[Happening]:
        """What happened after the one with this number."""
        return self.happened[no:]

    async def more(self, no: int, timeout_s: float) -> list[Happening]:
        """The same; where there is nothing yet, as soon as there is, but not after the timeout.

        Also returns, with nothing, when the broadcast ends.
        """
        until = asyncio.get_running_loop().time() + timeout_s
        while not (found := self.since(no)) and not self.has_ended:
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                break
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), left)
        return found

    def _tell(self) -> None:
        """Wake all that wait. A new event each time: who is late finds the list grown."""
        self._news.set()
        self._news = asyncio.Event()

    async def go_live(self) -> None:
        """Comments of before the broadcast are there from its first moment."""
        self._began = self.now()
        self.is_live = True
        await self.release(min(self.knobs.history, len(self.steps)), is_history=True)
        await self.on_live()
        self._tell()

    async def end(self) -> None:
        self.is_live = False
        self.has_ended = True
        await self.on_end()
        self._tell()

    async def release(self, count: int | None = None, *, is_history: bool = False) -> None:
        """The next steps of the script happen, all of them where no count is given."""
        start = len(self.happened)
        stop = len(self.steps) if count is None else min(start + count, len(self.steps))
        for no in range(start, stop):
            happening = self._happening(no, is_history=is_history)
            self.happened.append(happening)
            self._tell()
            await self.deliver(happening)

    def _happening(self, no: int, *, is_history: bool) -> Happening:
        step, now = self.steps[no], self.now()
        began = self._began or now
        if is_history:
            posted = began - HISTORY_AGE + timedelta(milliseconds=step.slot)
        elif self.knobs.rate:
            # A late one says the time at which it was written.
            late = max(0, no - step.slot) / self.knobs.rate
            posted = now - timedelta(seconds=late)
        else:
            posted = now
        return Happening(no + 1, step, posted, now, is_history)

    async def play(self) -> None:
        """The whole broadcast: the wait before it, the script at its rate, and the end if it ends."""
        await asyncio.sleep(self.knobs.live_after_s)
        await self.go_live()
        started, first = asyncio.get_running_loop().time(), len(self.happened)
        while not self.is_over:
            gone = asyncio.get_running_loop().time() - started
            due = first + int(gone * self.knobs.rate) + 1 if self.knobs.rate else len(self.steps)
            if due > len(self.happened):
                await self.release(due - len(self.happened))
            else:
                await asyncio.sleep(_TURN_S)
        if self.knobs.ends:
            await self.end()

    # --- Calling LiveQA ------------------------------------------------------------------------------

    async def push(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        tries: int = DELIVERIES,
    ) -> Pushed:
        """Deliver as platforms do: again, after a growing pause, until it is answered with 2xx."""
        pushed = Pushed(self.now(), body, 0)
        for turn in range(tries):
            pushed = Pushed(self.now(), body, await self._post(url, body, headers or {}))
            self.record.pushed.append(pushed)
            if 200 <= pushed.status < 300:
                break
            if turn + 1 < tries:
                await asyncio.sleep(0.2 * 2**turn)
        return pushed

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """0: nobody answered."""
        said = {"Content-Type": "application/json", **headers}
        try:
            async with (
                ClientSession(timeout=ClientTimeout(total=DELIVERY_TIMEOUT_S)) as session,
                session.post(url, data=body, headers=said) as answer,
            ):
                await answer.read()
                return answer.status
        except (ClientError, TimeoutError, OSError):
            return 0

    def replied(self, ref: str, text: str, status: int = 200) -> None:
        """Keep what LiveQA answered to a comment."""
        self.record.replies.append(Reply(self.now(), ref, text, status))
