"""Instagram Live: comments by signed webhook, the same read back while live, one private reply each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from aiohttp import web
from typing_extensions import override

from streams.sources.fakes.graph import VERSION, GraphFake, graph_error
from streams.sources.fakes.record import Happening
from streams.sources.fakes.script import Comment
from streams.sources.inbound import Op

ACCOUNT, USERNAME, MEDIA = "17841400000000001", "police_test", "17890000000000009"
# Beyond 2^53, as Instagram's are.
_FIRST_ID = 17_900_000_000_000_000
_FIRST_AUTHOR = 1_780_000_000_000_000


class InstagramFake(GraphFake):
    platform: ClassVar[str] = "instagram"
    object: ClassVar[str] = "instagram"
    tells_edits: ClassVar[bool] = False
    tells_deletes: ClassVar[bool] = False
    scopes: ClassVar[tuple[str, ...]] = (
        "instagram_basic",
        "instagram_manage_comments",
        "pages_read_engagement",
        "instagram_manage_messages",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subscribed = ["comments", "live_comments"]
        self.page_size = 50

    @override
    def settings(self) -> dict[str, str]:
        return super().settings() | {"account_id": ACCOUNT}

    @override
    def external_id(self, comment: Comment) -> str:
        return str(_FIRST_ID + comment.key)

    @override
    def graph_routes(self) -> Iterable[web.AbstractRouteDef]:
        return (
            web.get(f"/{VERSION}/{ACCOUNT}", self._account),
            web.get(f"/{VERSION}/{ACCOUNT}/live_media", self._live_media),
            web.get(f"/{VERSION}/{ACCOUNT}/subscribed_apps", self.subscribed_apps),
            web.get(f"/{VERSION}/{MEDIA}/comments", self._comments),
            web.post(f"/{VERSION}/{ACCOUNT}/messages", self._message),
        )

    # --- Reading -------------------------------------------------------------------------------------

    def _standing(self) -> list[Happening]:
        """Comments that are there, oldest first."""
        gone = {h.step.comment.key for h in self.happened if h.step.op is Op.DELETE}
        new = [h for h in self.happened if h.step.op is Op.NEW and not h.step.is_repeat]
        return sorted((h for h in new if h.step.comment.key not in gone), key=lambda h: h.posted_at)

    def _author(self, comment: Comment) -> dict[str, str]:
        if comment.is_staff:
            return {"id": ACCOUNT, "username": USERNAME}
        return {"id": str(_FIRST_AUTHOR + comment.author), "username": comment.handle}

    async def _account(self, request: web.Request) -> web.Response:
        return self.denied(request) or web.json_response({"id": ACCOUNT, "username": USERNAME})

    async def _live_media(self, request: web.Request) -> web.Response:
        if refused := self.refused(request):
            return refused
        live: dict[str, Any] = {"id": MEDIA}
        if "comments_count" in request.query.get("fields", ""):
            live["comments_count"] = len(self._standing())
        return web.json_response({"data": [live] if self.is_live else []})

    async def _comments(self, request: web.Request) -> web.Response:
        """Newest first, in pages. After the broadcast there is nothing to read any more."""
        if refused := self.refused(request):
            return refused
        if not self.is_live:
            return graph_error(400, 100, 33)
        found = [] if self.is_empty_now() else self._standing()[::-1]
        size = min(int(request.query.get("limit", "25")), self.page_size)
        start = int(request.query.get("after", "0") or "0")
        page = found[start : start + size]
        answer: dict[str, Any] = {"data": [self._read(h, request.query["fields"]) for h in page]}
        if page:
            end = str(start + len(page))
            answer["paging"] = {"cursors": {"before": str(start), "after": end}}
            if start + size < len(found):
                answer["paging"]["next"] = f"{self.base_url}/{VERSION}/{MEDIA}/comments?after={end}"
        return web.json_response(answer)

    def _read(self, happening: Happening, fields: str) -> dict[str, Any]:
        comment = happening.step.comment
        author = self._author(comment)
        every = {
            "id": self.external_id(comment),
            "text": happening.step.text,
            "timestamp": f"{happening.posted_at:%Y-%m-%dT%H:%M:%S+0000}",
            "username": author["username"],
            "from": author,
        }
        return {name: value for name, value in every.items() if name in fields}

    # --- Deliveries and replies ----------------------------------------------------------------------

    @override
    def change(self, happening: Happening) -> dict[str, Any] | None:
        """Comments of the running broadcast only; Instagram tells of no edit and no deletion."""
        if happening.step.op is not Op.NEW or happening.is_history or not self.is_live:
            return None
        comment = happening.step.comment
        value = {
            "id": self.external_id(comment),
            "text": happening.step.text,
            "from": self._author(comment),
            "media": {"id": MEDIA, "media_product_type": "LIVE"},
        }
        return {"field": "live_comments", "value": value}

    @override
    def entry(self, changes: list[dict[str, Any]]) -> dict[str, Any]:
        return {"id": ACCOUNT, "time": int(self.now().timestamp()), "changes": changes}

    async def _message(self, request: web.Request) -> web.Response:
        if refused := self.denied(request):
            return refused
        said = await request.json()
        ref = str(said["recipient"]["comment_id"])
        response = self._answer_to(ref)
        self.replied(ref, str(said["message"]["text"]), response.status)
        return response

    def _answer_to(self, ref: str) -> web.Response:
        if not self.is_live:
            return graph_error(400, 10, 2534022)
        if ref not in {self.external_id(h.step.comment) for h in self.happened}:
            return graph_error(400, 100, 33)
        if any(reply.ref == ref and reply.status == 200 for reply in self.record.replies):
            return graph_error(400, 10900, 0)
        return web.json_response({"recipient_id": "1", "message_id": f"aWdfZAG1faXRlbTo{ref}"})


FAKE = InstagramFake
