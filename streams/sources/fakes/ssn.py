"""Social Stream Ninja's extension: a POST for each message that it sees on a page, and no second try."""

from __future__ import annotations

import asyncio
import hashlib
import html
import json
from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from streams.sources.fakes.base import Fake
from streams.sources.fakes.record import Happening
from streams.sources.fakes.script import Comment
from streams.sources.inbound import Op

SITE = "instagramlive"
# A small picture, as the extension reads it from the page.
AVATAR = f"data:image/png;base64,{'iVBORw0KGgo' * 100}"


class Bridge(Fake):
    """What the extension says, whichever way it says it. Its ids are a counter from a random number.

    Of edits and deletions on Instagram it knows nothing; a message that it reads twice has a new id.
    """

    tells_edits: ClassVar[bool] = False
    tells_deletes: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._first_id = self.dice.randint(0, 90_000)
        self._ids: dict[int, int] = {}

    @override
    def external_id(self, comment: Comment) -> str:
        counter = self._ids.get(comment.key, 0)
        named = "|".join((SITE, comment.handle, self.markup(comment.text), str(counter)))
        return f"{SITE}:~{hashlib.sha256(named.encode()).hexdigest()[:40]}"

    def markup(self, text: str) -> str:
        """The text as it stands in the page."""
        return html.escape(text, quote=False).replace("\n", "<br>")

    def message(self, happening: Happening) -> dict[str, Any] | None:
        step = happening.step
        if step.op is not Op.NEW or happening.is_history:
            return None
        counter = self._first_id + happening.no
        self._ids.setdefault(step.comment.key, counter)
        return {
            "chatname": step.comment.handle,
            "chatmessage": self.markup(step.text),
            "chatimg": AVATAR,
            "chatbadges": "",
            "backgroundColor": "",
            "textColor": "",
            "hasDonation": "",
            "membership": "",
            "contentimg": "",
            "event": False,
            "textonly": False,
            "type": SITE,
            "id": counter,
        } | ({"moderator": True} if step.comment.is_staff else {})

    def event(self, name: str, meta: object = None) -> dict[str, Any]:
        return {"type": SITE, "event": name} | ({} if meta is None else {"meta": meta})


class SsnFake(Bridge):
    platform: ClassVar[str] = "ssn"
    calls_us: ClassVar[bool] = True
    knows: ClassVar[Mapping[str, str]] = {
        "target": "the source's address in LiveQA, with its token"
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sending: set[asyncio.Task[None]] = set()

    @override
    def settings(self) -> dict[str, str]:
        return {}

    @override
    async def deliver(self, happening: Happening) -> None:
        if (message := self.message(happening)) is not None:
            self.say(message)

    def say(self, message: Mapping[str, Any]) -> None:
        """Once, without waiting for the answer or looking at it."""
        if self.options.get("target"):
            task = asyncio.create_task(self._say(message))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _say(self, message: Mapping[str, Any]) -> None:
        await asyncio.sleep(self.knobs.delay_s)
        body = json.dumps(message, ensure_ascii=False).encode()
        await self.push(self.options["target"], body, tries=1)

    async def settled(self) -> None:
        """Until all that was said has arrived."""
        await asyncio.gather(*self._sending)

    @override
    async def on_live(self) -> None:
        self.say(self.event("stream_online"))
        self.say(self.event("viewer_update", 312))

    @override
    async def on_end(self) -> None:
        await self.settled()
        self.say(self.event("stream_offline"))
        await self.settled()

    @override
    async def play(self) -> None:
        await super().play()
        await self.settled()


FAKE = SsnFake
