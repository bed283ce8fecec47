"""Facebook Live: comments to be read again and again, the Page's feed webhook, public replies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from aiohttp import web
from typing_extensions import override

from streams.sources.fakes.graph import VERSION, GraphFake, graph_error
from streams.sources.fakes.record import Happening
from streams.sources.fakes.script import Comment
from streams.sources.inbound import Op

PAGE, LIVE, STORY = "1001", "9119", "9500"
_FIRST_ID = 10_150_000_000_000_000
_FIRST_AUTHOR = 7_000_000_000_000_000
_VERBS: Mapping[Op, str] = {Op.NEW: "add", Op.EDIT: "edited", Op.DELETE: "remove"}


class FacebookFake(GraphFake):
    """Names the post differently in a comment's id when it is read and when it is told.

    `created_all_the_same`: so many replies are stored and answered with an error.
    """

    platform: ClassVar[str] = "facebook"
    object: ClassVar[str] = "page"
    scopes: ClassVar[tuple[str, ...]] = (
        "pages_show_list",
        "pages_read_engagement",
        "pages_read_user_content",
        "pages_manage_metadata",
        "pages_manage_engagement",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subscribed = ["feed"]
        # Replies as they stand on the Page: the comment's id and the words.
        self.under: list[tuple[str, str]] = []
        self.created_all_the_same = 0

    @override
    def settings(self) -> dict[str, str]:
        return super().settings() | {"page_id": PAGE}

    @override
    def external_id(self, comment: Comment) -> str:
        return str(_FIRST_ID + comment.key)

    @override
    def graph_routes(self) -> Iterable[web.AbstractRouteDef]:
        return (
            web.get(f"/{VERSION}/{PAGE}", self._page),
            web.get(f"/{VERSION}/{PAGE}/live_videos", self._live_videos),
            web.get(f"/{VERSION}/{PAGE}/subscribed_apps", self.subscribed_apps),
            web.get(f"/{VERSION}/{LIVE}", self._live),
            web.get(f"/{VERSION}/{LIVE}/comments", self._comments),
            web.get(f"/{VERSION}/{{comment:[0-9]+_[0-9]+}}/comments", self._under),
            web.post(f"/{VERSION}/{{comment:[0-9]+_[0-9]+}}/comments", self._reply),
        )

    # --- Reading -------------------------------------------------------------------------------------

    @property
    def status(self) -> str:
        return "LIVE" if self.is_live else "VOD" if self.has_ended else "UNPUBLISHED"

    async def _page(self, request: web.Request) -> web.Response:
        return self.refused(request) or web.json_response({"id": PAGE, "name": "Полиция Тест"})

    async def _live_videos(self, request: web.Request) -> web.Response:
        old = {"id": "8001", "status": "VOD", "title": "Прошлый приём"}
        now = {"id": LIVE, "status": self.status, "title": "Тікелей эфир"}
        return self.refused(request) or web.json_response({"data": [now, old]})

    async def _live(self, request: web.Request) -> web.Response:
        return self.refused(request) or web.json_response({"id": LIVE, "status": self.status})

    def _standing(self) -> list[tuple[Happening, str]]:
        """Comments that are there with their present words, oldest first."""
        gone = {h.step.comment.key for h in self.happened if h.step.op is Op.DELETE}
        words = {h.step.comment.key: h.step.text for h in self.happened if not h.step.is_repeat}
        new = [h for h in self.happened if h.step.op is Op.NEW and not h.step.is_repeat]
        there = [(h, words[h.step.comment.key]) for h in new if h.step.comment.key not in gone]
        return sorted(there, key=lambda pair: pair[0].posted_at)

    async def _comments(self, request: web.Request) -> web.Response:
        if refused := self.refused(request):
            return refused
        query = request.query
        everything = self._standing()
        since = int(query.get("since", "0"))
        found = [pair for pair in everything if int(pair[0].posted_at.timestamp()) >= since]
        if query.get("live_filter") != "no_filter":
            # What Facebook thinks little of: here every second one.
            found = found[::2]
        if self.is_empty_now():
            found = []
        start, size = int(query.get("after", "0") or "0"), int(query.get("limit", "25"))
        page = found[start : start + size]
        answer: dict[str, Any] = {
            "data": [self._read(h, text, query["fields"]) for h, text in page],
            "summary": {"order": "chronological", "total_count": len(everything)},
        }
        if page:
            answer["paging"] = {"cursors": {"before": str(start), "after": str(start + len(page))}}
            if start + size < len(found):
                answer["paging"]["next"] = f"{self.base_url}{request.path}?after={start + size}"
        return web.json_response(answer)

    def _author(self, comment: Comment) -> dict[str, str]:
        if comment.is_staff:
            return {"id": PAGE, "name": "Полиция Тест"}
        return {"id": str(_FIRST_AUTHOR + comment.author), "name": comment.name}

    def _read(self, happening: Happening, text: str, fields: str) -> dict[str, Any]:
        comment = happening.step.comment
        every = {
            "id": f"{LIVE}_{self.external_id(comment)}",
            "message": text,
            "created_time": f"{happening.posted_at:%Y-%m-%dT%H:%M:%S+0000}",
            "from": self._author(comment),
        }
        return {name: value for name, value in every.items() if name in fields}

    # --- Deliveries and replies ----------------------------------------------------------------------

    @override
    def change(self, happening: Happening) -> dict[str, Any] | None:
        if happening.is_history:
            return None
        comment = happening.step.comment
        value: dict[str, Any] = {
            "item": "comment",
            "verb": _VERBS[happening.step.op],
            "comment_id": f"{STORY}_{self.external_id(comment)}",
            "post_id": f"{PAGE}_{STORY}",
            "parent_id": f"{PAGE}_{STORY}",
            "from": self._author(comment),
            "created_time": int(happening.posted_at.timestamp()),
        }
        if happening.step.op is not Op.DELETE:
            value["message"] = happening.step.text
        return {"field": "feed", "value": value}

    @override
    def entry(self, changes: list[dict[str, Any]]) -> dict[str, Any]:
        return {"id": PAGE, "time": int(self.now().timestamp()), "changes": changes}

    async def _under(self, request: web.Request) -> web.Response:
        comment = request.match_info["comment"]
        found = [
            {"id": f"{comment}{place}", "message": text}
            for place, (ref, text) in enumerate(self.under)
            if ref == comment
        ]
        return self.refused(request) or web.json_response({"data": found[::-1]})

    async def _reply(self, request: web.Request) -> web.Response:
        if denied := self.denied(request):
            return denied
        form = await request.post()
        comment, text = request.match_info["comment"], str(form["message"])
        self.under.append((comment, text))
        if self.created_all_the_same:
            self.created_all_the_same -= 1
            response = graph_error(400, 20, 1772107)
        else:
            response = web.json_response({"id": f"{comment}{len(self.under) - 1}"})
        self.replied(comment.rpartition("_")[2], text, response.status)
        return response


FAKE = FacebookFake
