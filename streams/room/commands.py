"""What a viewer may say on the socket beyond their place: a question, and "I have this one too".

Both are answered after the commit and never before. No thread and no database here: the queues of
this process take what is asked and write it together.
"""

from __future__ import annotations

import asyncio
from typing import Any

from django.utils import translation

from streams.common import numbers
from streams.live.viewer import Viewer
from streams.questions import intake
from streams.questions.intake import Ask, BadAsk, Refusal
from streams.room import intake_queue, replies, visitors
from streams.room.batches import Busy, Unavailable, Unwritable

# A hanging database is as good as none: the asker's browser keeps the question and sends it again.
ANSWER_S = 8.0


async def ask(viewer: Viewer, value: object) -> dict[str, Any]:
    client_id = value.get("client_id") if isinstance(value, dict) else ""
    echo = client_id if isinstance(client_id, str) else ""
    # Before anything is done with a text: in a flood that would be most of the work.
    visitor, door = visitors.of_viewer(viewer), f"socket {id(viewer)}"
    if wait_s := visitors.wait_to_ask_s(visitor, door, take=False):
        return _refused(viewer, echo, "limit", retry_s=wait_s)
    try:
        parsed = _parse(value, viewer.language)
    except BadAsk as error:
        with translation.override(viewer.language):
            return {"refused": replies.bad(echo, error)}
    visitors.wait_to_ask_s(visitor, door)
    return await _receive(viewer, parsed, echo)


async def vote(viewer: Viewer, value: object) -> dict[str, Any]:
    """Votes of a second are written together; a repeat changes nothing."""
    with translation.override(viewer.language):
        if not isinstance(value, int) or not numbers.is_one(value):
            return {"refused": replies.no_vote(0, "gone")}
        visitor = visitors.of_viewer(viewer)
        if not visitor.token:
            return {"refused": replies.no_vote(value, "cookie")}
        if wait_s := visitors.wait_to_vote_s(visitor):
            return {"refused": replies.no_vote(value, "limit", retry_s=wait_s)}
        pair = (value, visitor.voter(viewer.reception_id))
        try:
            async with asyncio.timeout(ANSWER_S):
                await intake_queue.ballots.put(viewer.reception_id, pair)
        except (Busy, Unavailable, Unwritable, TimeoutError):
            retry_s = replies.RETRY_UNAVAILABLE_S
            return {"refused": replies.no_vote(value, "later", retry_s=retry_s)}
        return {"voted": value}


def _parse(value: object, language: str) -> Ask:
    """Raises BadAsk."""
    if not isinstance(value, dict):
        raise BadAsk("ask", "type")
    return intake.parse({"language": language} | value)


async def _receive(viewer: Viewer, parsed: Ask, echo: str) -> dict[str, Any]:
    try:
        async with asyncio.timeout(ANSWER_S):
            result = await intake_queue.asks.put(viewer.reception_id, parsed)
    except Busy as busy:
        return _refused(viewer, echo, "busy", retry_s=busy.retry_s)
    except (Unavailable, TimeoutError):
        return _refused(viewer, echo, "unavailable", retry_s=replies.RETRY_UNAVAILABLE_S)
    except Unwritable:
        return _refused(viewer, echo, "failed")
    if isinstance(result, Refusal):
        return _refused(viewer, echo, result.code)
    return {"ack": replies.ack(result, viewer.language)}


def _refused(viewer: Viewer, echo: str, code: str, *, retry_s: int = 0) -> dict[str, Any]:
    return {"refused": replies.refused(echo, code, retry_s=retry_s, language=viewer.language)}
