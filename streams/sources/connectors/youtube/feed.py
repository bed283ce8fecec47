"""From a chat to batches: the stream where YouTube gives one, pages where it doesn't.

The stream ends by itself every ten seconds or so. That is how it is, not a fault: the next one begins
at once, where this one stopped.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2

from streams.sources.connectors import reading, wire
from streams.sources.connectors.base import Batch, Context, Cursor
from streams.sources.connectors.youtube import client, parser, quota
from streams.sources.connectors.youtube.client import Client, LostPlace
from streams.sources.connectors.youtube.elements import Elements
from streams.sources.errors import (
    Ended,
    NotLive,
    NotUnderstood,
    QuotaSpent,
    Refused,
    SignInAgain,
    SourceError,
    Transient,
)
from streams.sources.http import explain

# The API's own stream says something at least every ten seconds.
SILENCE_S = 30.0
POLL_FLOOR_S = 5.0
# Where the stream doesn't work, asking does; after a while the stream is tried again.
POLL_FOR = timedelta(minutes=15)
STREAM, POLL = "stream", "poll"


class NoStream(SourceError):
    """There is no stream for us at this address."""


@dataclass(slots=True)
class Feed:
    """One connection. `spent`: units that no batch has told of yet; `told`: those that one has."""

    client: Client
    context: Context
    cursor: Cursor
    spent: int = 0
    told: int = 0

    async def batches(self) -> AsyncIterator[Batch]:
        """Raises SourceError, with the units that it cost."""
        knew = bool(self.cursor.get("chat_id"))
        try:
            async for batch in self._batches():
                yield batch
        except (Ended, NotLive) as over:
            over.spent = self._spent()
            if not knew:
                raise
            # The chat that we knew is over; the next broadcast has another one.
            yield Batch(cursor={}, spent=over.spent, ended=True)
        except SignInAgain as error:
            error.spent = self._spent()
            if self.client.forget_token(self.context.now()):
                raise Transient("token_renewed") from None
            raise
        except SourceError as error:
            error.spent = self._spent()
            raise

    async def _batches(self) -> AsyncIterator[Batch]:
        await self._find_chat()
        if self._asks():
            async for batch in self._asked():
                yield batch
            return
        try:
            async for batch in self._streamed():
                yield batch
        except LostPlace:
            yield self._from_the_start()
        except (NoStream, NotUnderstood):
            until = self.context.now() + POLL_FOR
            self.cursor = {**self._without_token(), "poll_until": until.isoformat()}
            yield Batch(cursor=self.cursor, spent=self._spent())

    def _pay(self, units: int) -> None:
        """Before each call. Raises QuotaSpent: YouTube would refuse it, and count that as well."""
        now = self.context.now()
        daily = reading.number(self.context.settings.get("daily_quota", "")) or quota.DAILY
        if self.context.spent + self.told + self.spent + units > daily:
            raise QuotaSpent("quota", until=quota.renewed_at(now))
        self.spent += units

    async def _find_chat(self) -> None:
        video = self.context.settings.get("video", "")
        if self.cursor.get("chat_id") and self.cursor.get("video", "") == video:
            return
        self._pay(quota.LOOK)
        self.cursor = {"chat_id": await self.client.chat_id(self.context), "video": video}

    def _spent(self) -> int:
        spent, self.spent = self.spent, 0
        self.told += spent
        return spent

    def _asks(self) -> bool:
        if self.context.settings.get("transport") == POLL:
            return True
        until = reading.iso(self.cursor.get("poll_until"))
        return until is not None and self.context.now() < until

    # --- The place in the chat -----------------------------------------------------------------------

    def _token(self, transport: str) -> str:
        """A token of the other call is none of this one: what is told twice is dropped later."""
        if self.cursor.get("token_of") != transport:
            return ""
        return str(self.cursor.get("page_token", ""))

    def _without_token(self) -> dict[str, Any]:
        return {name: value for name, value in self.cursor.items() if name != "page_token"}

    def _from_the_start(self) -> Batch:
        """Without a token YouTube shows the recent past; what lies between may be missing."""
        self.cursor = self._without_token()
        return Batch(
            cursor=self.cursor, gap_from=reading.iso(self.cursor.get("last")), spent=self._spent()
        )

    # --- The stream ----------------------------------------------------------------------------------

    async def _streamed(self) -> AsyncIterator[Batch]:
        """Element by element, each with the cursor behind it."""
        params, headers = await self._question(STREAM)
        self._pay(quota.READ)
        has_come = False
        try:
            async with self.context.http.stream(
                "GET",
                self.context.url(client.STREAM),
                params=params,
                headers=headers,
                timeout=httpx2.Timeout(SILENCE_S, connect=10.0),
            ) as response:
                await self._refuse(response)
                async for batch in self._elements(response):
                    has_come = True
                    yield batch
                    if batch.ended:
                        return
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            # After something came, a cut is like the usual end: what was not whole comes again.
            if not has_come:
                raise explain(error) from None
        if not has_come:
            yield Batch(cursor=self.cursor, spent=self._spent())

    async def _question(self, transport: str) -> tuple[dict[str, str], dict[str, str]]:
        headers = await self.client.sign(self.context)
        params = {"liveChatId": str(self.cursor["chat_id"]), "part": client.PARTS}
        if token := self._token(transport):
            params["pageToken"] = token
        return params, headers

    async def _refuse(self, response: httpx2.Response) -> None:
        if response.status_code < 400:
            return
        body = await response.aread()
        try:
            client.refuse(response.status_code, response.headers, body, self.context.now())
        except Refused:
            raise NoStream("no_stream") from None

    async def _elements(self, response: httpx2.Response) -> AsyncIterator[Batch]:
        elements = Elements()
        async for data in response.aiter_bytes():
            for answer, text in elements.feed(data):
                yield self._batch(answer, text.encode(), STREAM)

    # --- Asking again and again ------------------------------------------------------------------------

    async def _asked(self) -> AsyncIterator[Batch]:
        """One page, and then the pause that YouTube wants."""
        params, headers = await self._question(POLL)
        self._pay(quota.READ)
        response = await wire.ask(
            self.context,
            "GET",
            self.context.url(client.MESSAGES),
            params={**params, "maxResults": "2000"},
            headers=headers,
        )
        try:
            client.refuse(
                response.status_code, response.headers, response.content, self.context.now()
            )
            batch = self._batch(wire.document(response), response.content, POLL)
        except LostPlace:
            batch = self._from_the_start()
        yield batch
        if not batch.ended:
            await self.context.sleep(max(batch.wait_s, POLL_FLOOR_S))

    def _batch(self, answer: Mapping[str, Any], raw: bytes, transport: str) -> Batch:
        """Raises NotUnderstood, and what an error inside of a stream means."""
        if "error" in answer:
            code = reading.number(reading.mapping(answer["error"]).get("code")) or 500
            client.refuse(code, {}, raw, self.context.now())
        page = parser.page(answer, self.context.now())
        self.cursor = {} if page.has_ended else self._behind(page, transport)
        return Batch(
            items=wire.with_origin(page.items, self.context.live_since),
            cursor=self.cursor,
            raw=raw if page.items or page.not_understood else b"",
            wait_s=max(page.interval_ms / 1000, POLL_FLOOR_S) if transport == POLL else 0.0,
            ended=page.has_ended,
            spent=self._spent(),
            not_understood=page.not_understood,
        )

    def _behind(self, page: parser.Page, transport: str) -> dict[str, Any]:
        behind = dict(self.cursor)
        if page.token:
            behind |= {"page_token": page.token, "token_of": transport}
        posted = [item.posted_at for item in page.items if item.posted_at]
        if posted:
            behind["last"] = max(posted).isoformat()
        return behind
