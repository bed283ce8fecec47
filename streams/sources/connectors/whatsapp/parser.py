"""Messages to a WhatsApp number. Nobody's phone number is needed to know who wrote, or shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.crypto import salted_hmac

from streams.common import crypto
from streams.sources.connectors import meta, reading
from streams.sources.errors import NotUnderstood
from streams.sources.inbound import Author, Inbound, Op, Parsed

# Messages that may carry no words; a caption counts as words.
MEDIA = frozenset({"image", "video", "document", "audio", "voice", "sticker"})
WORDLESS = frozenset({"location", "contacts", "order"})
# Said about a message or an account, not to us.
NOT_SAID = frozenset({"reaction", "system", "request_welcome"})


def parse(settings: Mapping[str, str], body: bytes, received_at: datetime) -> Parsed:
    """Raises NotUnderstood."""
    document = reading.load(body)
    found = list(_told(settings.get("phone_number_id", ""), document, received_at))
    if not found and not any("entry" in one for one in reading.mappings(document)):
        raise NotUnderstood("nothing_in_it")
    items = tuple(item for item in found if item is not None)
    return Parsed(items, len(found) - len(items))


def _told(number: str, document: object, received_at: datetime) -> Iterator[Inbound | None]:
    for change in meta.changes(document, "whatsapp_business_account"):
        if change is None:
            yield None
            continue
        if change.field != "messages":
            continue  # about the account, its templates, its quality
        # All numbers of a business account are told to the same address.
        told = reading.ident(reading.mapping(change.value.get("metadata")).get("phone_number_id"))
        if number and told and told != number:
            continue
        contacts = list(reading.mappings(change.value.get("contacts")))
        for message in reading.mappings(change.value.get("messages")):
            if reading.string(message.get("type")) not in NOT_SAID:
                yield _message(message, contacts, received_at)


def _message(
    message: Mapping[str, Any], contacts: list[Mapping[str, Any]], received_at: datetime
) -> Inbound | None:
    kind = reading.string(message.get("type"))
    own_id = reading.ident(message.get("id"))
    said_at = reading.epoch(message.get("timestamp"))
    op, external_id, text = Op.NEW, own_id, words(message)
    if kind in {"edit", "revoke"}:
        # Only numbers that are also in use in the WhatsApp Business app tell these.
        told = reading.mapping(message.get(kind))
        op = Op.EDIT if kind == "edit" else Op.DELETE
        external_id = reading.ident(told.get("original_message_id"))
        text = words(reading.mapping(told.get("message"))) if kind == "edit" else ""
    if not external_id or text is None:
        return None
    contact = _contact(message, contacts)
    return Inbound(
        op=op,
        external_id=external_id,
        received_at=received_at,
        text=text,
        author=_author(message, contact),
        posted_at=None if op is Op.DELETE else said_at,
        reported_at=said_at,
        parent_id=reading.ident(reading.mapping(message.get("context")).get("id")),
        reply_ref={} if op is Op.DELETE else _reply_ref(message, contact, external_id, said_at),
    )


def words(message: Mapping[str, Any]) -> str | None:
    """What a person wrote or chose; empty where a message has no words, None where we can't tell."""
    kind = reading.string(message.get("type"))
    content = reading.mapping(message.get(kind)) if kind else {}
    if kind == "text":
        return reading.string(content.get("body"))
    if kind == "button":
        return reading.string(content.get("text"))
    if kind == "interactive":
        chosen = reading.mapping(content.get(reading.string(content.get("type"))))
        return reading.string(chosen.get("title"))
    if kind in MEDIA:
        return reading.string(content.get("caption"))
    return "" if kind in {*WORDLESS, "edit", "revoke"} else None


# --- Who --------------------------------------------------------------------------------------------


def _contact(message: Mapping[str, Any], contacts: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The contact that wrote the message: several may come in one delivery."""
    keys = {reading.ident(message.get(name)) for name in ("from", "from_user_id")} - {""}
    for contact in contacts:
        if keys & {reading.ident(contact.get(name)) for name in ("wa_id", "user_id")}:
            return contact
    return contacts[0] if len(contacts) == 1 else {}


def _author(message: Mapping[str, Any], contact: Mapping[str, Any]) -> Author:
    """People with a username hide their number; the id that stays is scoped to our business."""
    profile = reading.mapping(contact.get("profile"))
    scoped = _scoped_id(message, contact)
    phone = _phone(message, contact)
    # Numbers are few enough to try them all, so the key of this installation goes in.
    hidden = salted_hmac("liveqa.whatsapp", phone).hexdigest()[:32] if phone else ""
    return Author(
        ext_id=scoped or hidden,
        name=reading.name(profile.get("name")),
        handle=reading.name(profile.get("username")),
    )


def _scoped_id(message: Mapping[str, Any], contact: Mapping[str, Any]) -> str:
    return reading.ident(contact.get("user_id")) or reading.ident(message.get("from_user_id"))


def _phone(message: Mapping[str, Any], contact: Mapping[str, Any]) -> str:
    return reading.ident(message.get("from")) or reading.ident(contact.get("wa_id"))


def _reply_ref(
    message: Mapping[str, Any],
    contact: Mapping[str, Any],
    external_id: str,
    said_at: datetime | None,
) -> dict[str, str]:
    """A phone number waits sealed for the answer: comments are kept, deliveries are not."""
    phone = _phone(message, contact)
    if phone:
        whom = {"sealed_to": crypto.seal(phone).decode("ascii")}
    else:
        whom = {"recipient": _scoped_id(message, contact)}
    at = {"at": said_at.isoformat()} if said_at else {}
    return {"message_id": external_id, **whom, **at}
