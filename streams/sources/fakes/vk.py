"""A fake VK: a community with one video, its long poll, its callbacks and its list of comments."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from aiohttp import web
from typing_extensions import override

from streams.sources.fakes.base import Fake
from streams.sources.fakes.record import Happening
from streams.sources.fakes.script import Comment
from streams.sources.inbound import Op

GROUP = 1
VIDEO = 456239017
GROUP_TOKEN, USER_TOKEN = "vk1.a.demo-group", "vk1.a.demo-user"
SECRET, CONFIRMATION = "demo-secret", "d3m0c0de"
# Numbers that a float doesn't hold.
FIRST_COMMENT = 9_007_199_254_740_993
FIRST_PERSON = 500_000_000
_ERRORS = {
    "throttled": (6, "Too many requests per second"),
    "quota": (29, "Rate limit reached"),
    "token": (5, "User authorization failed: invalid access_token"),
    "permission": (15, "Access denied"),
}
_TYPES = {
    Op.NEW: "video_comment_new",
    Op.EDIT: "video_comment_edit",
    Op.DELETE: "video_comment_delete",
}


class VkFake(Fake):
    platform: ClassVar[str] = "vk"
    faults: ClassVar[tuple[str, ...]] = ("failed1", "failed2", "failed3", "permission")
    knows: ClassVar[Mapping[str, str]] = {
        "target": "the source's webhook address; without it LiveQA waits for events",
    }
    _key = 1

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._guids: list[str] = []

    @override
    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return (web.post("/method/{method}", self._call), web.get("/wh1", self._wait))

    @override
    def settings(self) -> dict[str, str]:
        return {
            "base_url": self.base_url,
            "group_id": str(GROUP),
            "video": f"https://vk.com/video-{GROUP}_{VIDEO}",
            "transport": "callback" if self.options.get("target") else "poll",
        }

    @override
    def secrets(self) -> dict[str, str]:
        return {
            "group_token": GROUP_TOKEN,
            "user_token": USER_TOKEN,
            "secret": SECRET,
            "confirmation": CONFIRMATION,
        }

    @override
    def external_id(self, comment: Comment) -> str:
        return f"-{GROUP}_{VIDEO}_{FIRST_COMMENT + comment.key}"

    @override
    def concerns(self, kind: str, request: web.Request) -> bool:
        if kind.startswith("failed"):
            return request.path == "/wh1"
        return kind == "server" or request.path != "/wh1"

    @override
    def refusal(self, kind: str, request: web.Request) -> web.StreamResponse:
        if kind == "server":
            return web.Response(status=503, text="<html>502</html>", content_type="text/html")
        if kind.startswith("failed"):
            return self._failed(int(kind[-1]))
        number, words = _ERRORS.get(kind, (100, f"One of the parameters was wrong: {kind}"))
        return web.json_response({"error": {"error_code": number, "error_msg": words}})

    def _failed(self, number: int) -> web.StreamResponse:
        if number == 1:
            return web.json_response({"failed": 1, "ts": len(self.happened)})
        self._key += 1
        return web.json_response({"failed": number})

    @override
    async def deliver(self, happening: Happening) -> None:
        if target := self.options.get("target"):
            await self.push(target, json.dumps(self._event(happening)).encode())

    # --- The long poll ---------------------------------------------------------------------------------

    async def _wait(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("key") != f"key{self._key}":
            return web.json_response({"failed": 2})
        place = int(request.query["ts"])
        found = await self.more(place, min(float(request.query["wait"]), self.knobs.poll_s))
        shown = [] if self.is_empty_now() else found[:100]
        said = {"ts": str(place + len(shown)), "updates": [self._event(one) for one in shown]}
        return web.json_response(said)

    def _event(self, happening: Happening) -> dict[str, Any]:
        step, comment = happening.step, happening.step.comment
        where = {"owner_id": -GROUP, "video_id": VIDEO, "video_owner_id": -GROUP}
        told: dict[str, Any] = {"id": FIRST_COMMENT + comment.key, **where}
        if step.op is Op.DELETE:
            told["deleter_id"] = FIRST_PERSON + comment.author
        else:
            told |= self._comment(happening)
        return {
            "type": _TYPES[step.op], "group_id": GROUP, "event_id": f"e{happening.no:08x}",
            "v": "5.199", "secret": SECRET, "object": told,
        }  # fmt: skip

    def _comment(self, happening: Happening) -> dict[str, Any]:
        comment = happening.step.comment
        return {
            "from_id": -GROUP if comment.is_staff else FIRST_PERSON + comment.author,
            "date": int(happening.posted_at.timestamp()),
            "text": happening.step.text,
        }

    # --- The API ---------------------------------------------------------------------------------------

    async def _call(self, request: web.Request) -> web.StreamResponse:
        said = {name: str(value) for name, value in (await request.post()).items()}
        method = request.match_info["method"]
        needs_user = method.startswith("video.")
        if said.get("access_token") != (USER_TOKEN if needs_user else GROUP_TOKEN):
            return self.refusal("token", request)
        answers = {
            "groups.getLongPollServer": self._server,
            "groups.getLongPollSettings": self._polling,
            "users.get": self._users,
            "video.getComments": self._comments,
            "video.createComment": self._create,
        }
        if method not in answers:
            return self.refusal("method", request)
        return web.json_response({"response": answers[method](said)})

    def _server(self, said: Mapping[str, str]) -> dict[str, Any]:
        ts = str(len(self.happened))
        return {"server": f"{self.base_url}/wh1", "key": f"key{self._key}", "ts": ts}

    def _polling(self, said: Mapping[str, str]) -> dict[str, Any]:
        events = dict.fromkeys(_TYPES.values(), 1) | {"message_new": 0}
        return {"api_version": "5.199", "is_enabled": True, "events": events}

    def _users(self, said: Mapping[str, str]) -> list[dict[str, Any]]:
        wanted = {int(one) for one in said["user_ids"].split(",")}
        return [person for person in self._people() if person["id"] in wanted]

    def _people(self) -> list[dict[str, Any]]:
        known = {step.comment.author: step.comment for step in self.steps}
        return [
            {"id": FIRST_PERSON + author, "first_name": c.name.split()[0], "last_name": c.name.split()[-1], "screen_name": c.handle}
            for author, c in known.items()
        ]  # fmt: skip

    def _comments(self, said: Mapping[str, str]) -> dict[str, Any]:
        """What is under the video now, in order, from a comment on."""
        texts = self.record.final()
        first = {h.step.comment.key: h for h in self.happened if h.step.op is Op.NEW}
        start, count = int(said.get("start_comment_id", 0)), int(said.get("count", 20))
        items = [
            {"id": FIRST_COMMENT + key, **self._comment(first[key]), "text": texts[key]}
            for key in sorted(first)
            if texts[key] is not None and FIRST_COMMENT + key >= start
        ]
        return {
            "count": len(items),
            "items": items[:count],
            "profiles": self._people(),
            "groups": [],
        }

    def _create(self, said: Mapping[str, str]) -> int:
        """One `guid`, one comment."""
        ref = f"{said['owner_id']}_{said['video_id']}_{said['reply_to_comment']}"
        if said["guid"] not in self._guids:
            self._guids.append(said["guid"])
            self.replied(ref, said["message"])
        return FIRST_COMMENT * 2 + self._guids.index(said["guid"])


FAKE = VkFake
