"""What an asker hears back: a receipt, or why not, in words and for programs."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from streams.common import clock
from streams.questions.intake import BadAsk
from streams.questions.receipts import Receipt

# HTTP status of a refusal; what the asker can put right in the form is 422.
STATUSES = {
    "closed": 409,
    "paused": 409,
    "reused": 409,
    "limit": 429,
    "busy": 503,
    "unavailable": 503,
    "gone": 404,
    "cookie": 403,
    "failed": 500,
}
RETRY_UNAVAILABLE_S = 5

_FIELDS: dict[tuple[str, str], Promise] = {
    ("text", "empty"): _("Write your question."),
    ("text", "long"): _(
        "The question has %(got)s characters, %(max)s are possible. Please shorten it."
    ),
    ("name", "long"): _("The name has %(got)s characters, %(max)s are possible."),
    ("contact", "long"): _("The contact has %(got)s characters, %(max)s are possible."),
}
_CODES: dict[str, Promise] = {
    "closed": _("This reception takes no questions now."),
    "paused": _("No new questions are taken for a while. Please send yours a little later."),
    "reused": _("Another question was already sent under this number. Please load the page again."),
    "type": _("The question arrived incomplete. Please load the page again and send it once more."),
    "unknown": _("The question arrived with fields that the form does not have."),
    "busy": _("Very many questions are coming in. Yours is kept; it will be sent again by itself."),
    "unavailable": _(
        "The server is away for a moment. Your question is kept; it will be sent again by itself."
    ),
    "failed": _("The question could not be stored. Please load the page again."),
    "later": _("The server is away for a moment. Please try again."),
    "gone": _("There is no such question here."),
    "cookie": _("Votes are counted once for each browser. Please allow cookies for this site."),
}
_KNOWN_FIELDS = frozenset({"client_id", "text", "name", "district", "contact", "language"})


def link(secret: str, language: str | None = None) -> str:
    """The asker's own page, in this language or the active one."""
    before, after = _link_around(language or get_language() or "")
    return f"{before}{secret}{after}"


@cache
def _link_around(language: str) -> tuple[str, str]:
    """What stands before and after the secret: looking up an address costs more than a hash."""
    with translation.override(language or None):
        before, after = reverse("my_question", kwargs={"secret": _SAMPLE}).split(_SAMPLE)
    return before, after


# Secrets are made of letters that mean themselves in an address.
_SAMPLE = "S" * 24


def ack(receipt: Receipt, language: str | None = None) -> dict[str, Any]:
    """In this language or the active one; to make one active costs more than all the rest."""
    answer: dict[str, Any] = {
        "client_id": str(receipt.client_id),
        "no": receipt.no,
        "number": receipt.number,
        "secret": receipt.secret,
        "seq": receipt.seq,
        "hash": receipt.hash,
        "digest": receipt.digest,
        "key": receipt.key,
        "at": clock.stamp(receipt.at),
        "link": link(receipt.secret, language),
        "repeated": receipt.repeated,
    }
    if receipt.call:
        with translation.override(language or get_language()):
            answer["urgent"] = call_now(receipt.call)
    return answer


def call_now(numbers: str) -> str:
    """What somebody in danger reads at once, in the active language."""
    return gettext(
        "If you or somebody else is in danger now, don't wait for an answer here: call %(numbers)s."
    ) % {"numbers": numbers}


def refused(
    client_id: str, code: str, *, retry_s: int = 0, field: str = "", language: str | None = None
) -> dict[str, Any]:
    """`client_id` as it came; the message in this language or the active one."""
    answer: dict[str, Any] = {"client_id": client_id[:64], "code": code}
    if field in _KNOWN_FIELDS:
        answer["field"] = field
    answer["message"] = _why(language or get_language() or "", code, retry_s)
    if retry_s:
        answer["retry_s"] = retry_s
    return answer


@lru_cache(maxsize=512)
def _why(language: str, code: str, retry_s: int) -> str:
    """In a flood the same few sentences, thousands of times: to make a language active costs most of it."""
    with translation.override(language or None):
        return _wait(retry_s) if code == "limit" else str(_CODES[code])


def no_vote(number: int, code: str, *, retry_s: int = 0) -> dict[str, Any]:
    message = _vote_wait(retry_s) if code == "limit" else str(_CODES[code])
    answer: dict[str, Any] = {"vote": number, "code": code, "message": message}
    if retry_s:
        answer["retry_s"] = retry_s
    return answer


def bad(client_id: str, error: BadAsk) -> dict[str, Any]:
    answer: dict[str, Any] = {"client_id": client_id[:64], "code": error.code}
    if error.field in _KNOWN_FIELDS:
        answer["field"] = error.field
    answer["message"] = say(error)
    return answer


def say(error: BadAsk) -> str:
    """What is wrong with the field, in the active language."""
    text = _FIELDS.get((error.field, error.code))
    if text is None:
        return str(_CODES.get(error.code, _CODES["type"]))
    return str(text) % error.params


def _wait(seconds: int) -> str:
    return ngettext(
        "Too many questions at once. Try again in %(seconds)d second.",
        "Too many questions at once. Try again in %(seconds)d seconds.",
        seconds,
    ) % {"seconds": seconds}


def _vote_wait(seconds: int) -> str:
    return ngettext(
        "Too many votes at once. Try again in %(seconds)d second.",
        "Too many votes at once. Try again in %(seconds)d seconds.",
        seconds,
    ) % {"seconds": seconds}
