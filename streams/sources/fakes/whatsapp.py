"""WhatsApp Cloud: messages to a number by signed webhook, replies within a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from aiohttp import web
from typing_extensions import override

from streams.sources.fakes.graph import VERSION, GraphFake, graph_error
from streams.sources.fakes.record import Happening
from streams.sources.fakes.script import Comment
from streams.sources.inbound import Op

BUSINESS, NUMBER = "102290129340398", "106540352242922"
_FIRST_PHONE = 77_010_000_000
_FIRST_USER = 13_491_208_655_302_741_918
# Every third person has a username and shows no number.
_HIDDEN = 3


class WhatsAppFake(GraphFake):
    """There is no broadcast: people write at any hour."""

    platform: ClassVar[str] = "whatsapp"
    object: ClassVar[str] = "whatsapp_business_account"
    scopes: ClassVar[tuple[str, ...]] = ("whatsapp_business_messaging",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subscribed = ["messages"]

    @override
    def settings(self) -> dict[str, str]:
        return super().settings() | {"phone_number_id": NUMBER, "business_account_id": BUSINESS}

    @override
    def external_id(self, comment: Comment) -> str:
        return f"wamid.HBgLFAKE{comment.key:08}"

    @override
    def graph_routes(self) -> Iterable[web.AbstractRouteDef]:
        return (
            web.get(f"/{VERSION}/{NUMBER}", self._number),
            web.get(f"/{VERSION}/{BUSINESS}/subscribed_apps", self.subscribed_apps),
            web.post(f"/{VERSION}/{NUMBER}/messages", self._message),
        )

    # --- People --------------------------------------------------------------------------------------

    def phone(self, comment: Comment) -> str:
        """Empty where the person hides it."""
        return "" if comment.author % _HIDDEN == 0 else str(_FIRST_PHONE + comment.author)

    def user(self, comment: Comment) -> str:
        return f"KZ.{_FIRST_USER + comment.author}"

    def _contact(self, comment: Comment) -> dict[str, Any]:
        phone = self.phone(comment)
        profile = {"name": comment.name} | ({} if phone else {"username": comment.handle})
        return {"profile": profile, "user_id": self.user(comment)} | (
            {"wa_id": phone} if phone else {}
        )

    # --- Deliveries ----------------------------------------------------------------------------------

    @override
    def change(self, happening: Happening) -> dict[str, Any] | None:
        step = happening.step
        phone = self.phone(step.comment)
        message: dict[str, Any] = {
            "id": self.external_id(step.comment),
            "from_user_id": self.user(step.comment),
            "timestamp": str(int(happening.posted_at.timestamp())),
        } | ({"from": phone} if phone else {})
        original = {"original_message_id": self.external_id(step.comment)}
        said = {"type": "text", "text": {"body": step.text}}
        if step.op is Op.EDIT:
            own = {"id": f"{message['id']}E", "timestamp": str(int(happening.sent_at.timestamp()))}
            message |= own | {"type": "edit", "edit": original | {"message": said}}
        elif step.op is Op.DELETE:
            own = {"id": f"{message['id']}R", "timestamp": str(int(happening.sent_at.timestamp()))}
            message |= own | {"type": "revoke", "revoke": original}
        else:
            message |= said
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "77172000000", "phone_number_id": NUMBER},
            "contacts": [self._contact(step.comment)],
            "messages": [message],
        }
        return {"field": "messages", "value": value}

    @override
    def entry(self, changes: list[dict[str, Any]]) -> dict[str, Any]:
        return {"id": BUSINESS, "changes": changes}

    # --- Answers -------------------------------------------------------------------------------------

    async def _number(self, request: web.Request) -> web.Response:
        facts = {"id": NUMBER, "verified_name": "Полиция Тест"}
        return self.denied(request) or web.json_response(facts)

    def _last_word(self, whom: str) -> datetime | None:
        """When this person wrote last."""
        said = [
            h.sent_at
            for h in self.happened
            if h.step.op is Op.NEW
            and whom in {self.phone(h.step.comment), self.user(h.step.comment)}
        ]
        return max(said, default=None)

    async def _message(self, request: web.Request) -> web.Response:
        if denied := self.denied(request):
            return denied
        said = await request.json()
        whom = str(said.get("to") or said.get("recipient") or "")
        last = self._last_word(whom)
        if last is None:
            response = graph_error(400, 131026, 0)
        elif self.now() - last >= timedelta(hours=24):
            response = graph_error(400, 131047, 0)
        else:
            sent = {"id": f"wamid.HBgLREPLY{len(self.record.replies):08}"}
            response = web.json_response({"messaging_product": "whatsapp", "messages": [sent]})
        ref = str(said.get("context", {}).get("message_id", ""))
        self.replied(ref, str(said["text"]["body"]), response.status)
        return response


FAKE = WhatsAppFake
