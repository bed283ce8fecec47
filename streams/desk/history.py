"""The journal of one question in words: who did what, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from streams.people.access import serving
from streams.people.models import Unit
from streams.people.rules import ASKER, DESK
from streams.questions import reasons
from streams.questions.labels import SOURCES
from streams.questions.models import Tag
from streams.questions.reasons import Reasons
from streams.questions.rules import Move
from streams.receptions import chain, timecode
from streams.receptions.models import Entry, Reception

WORDS = {
    "receive": gettext_lazy("Received"),
    Move.APPROVE: gettext_lazy("Approved"),
    Move.HIDE: gettext_lazy("Hidden from the public"),
    Move.QUEUE: gettext_lazy("Put into the queue"),
    Move.UNQUEUE: gettext_lazy("Taken out of the queue"),
    Move.PUT_ON_AIR: gettext_lazy("Put on air"),
    Move.BACK_TO_QUEUE: gettext_lazy("Back to the queue"),
    Move.ANSWER_LIVE: gettext_lazy("Answered on air"),
    Move.ANSWER_TEXT: gettext_lazy("Answered in text"),
    Move.ESCALATE: gettext_lazy("Taken on personal control"),
    Move.FORWARD: gettext_lazy("Forwarded"),
    Move.PROPOSE_DECLINE: gettext_lazy("Declining proposed"),
    Move.DECLINE: gettext_lazy("Declined"),
    Move.REFUSE_DECLINE: gettext_lazy("Proposal taken off: not declined"),
    Move.MERGE: gettext_lazy("Merged with the same question"),
    Move.WITHDRAW: gettext_lazy("Withdrawn"),
    Move.CARRY_OVER: gettext_lazy("Carried over"),
    Move.PROPOSE_ASIDE: gettext_lazy("Proposed: not a question"),
    Move.SET_ASIDE: gettext_lazy("Set aside: not a question"),
    Move.REFUSE_ASIDE: gettext_lazy("Proposal taken off: it is a question"),
    Move.REOPEN: gettext_lazy("Opened again"),
    Move.ANSWER_FROM_CONTROL: gettext_lazy("Answered from personal control"),
    "undo": gettext_lazy("Last step taken back"),
    "tag": gettext_lazy("Tags changed"),
    "urgent": gettext_lazy("Urgent"),
    "language": gettext_lazy("Language corrected"),
    "district": gettext_lazy("Handed to a district"),
    "redact": gettext_lazy("Public text edited"),
    "said": gettext_lazy("Words of the answer written down"),
    "place": gettext_lazy("Moved in the queue"),
    "cue": gettext_lazy("Note for the chief"),
    "draft": gettext_lazy("Answer prepared"),
    "take_over": gettext_lazy("Work taken over from a colleague"),
    "control_assign": gettext_lazy("Executor named"),
    "control_remove": gettext_lazy("Removed from personal control"),
    "changed_at_source": gettext_lazy("Changed by the asker where it was asked"),
}


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    words: str
    detail: str


def lines(
    entries: list[Entry], tags: list[Tag], reception: Reception, known: Reasons
) -> list[Line]:
    names = {tag.slug: tag.name for tag in tags} | _units(entries)
    if any(entry.kind == "take_over" for entry in entries):
        names |= colleagues(reception)
    return [
        Line(entry.at, _who(entry), words(entry.kind), _detail(entry, names, known))
        for entry in entries
    ]


def _units(entries: list[Entry]) -> dict[str, str]:
    """Names by code of the districts that entries speak of."""
    codes = {entry.data["district"] for entry in entries if entry.kind == "district"}
    return {u.code: u.name for u in Unit.objects.filter(code__in=codes)} if codes else {}


def colleagues(reception: Reception) -> dict[str, str]:
    """Who may sit at this desk, by the pseudonym that the journal of the reception gives them."""
    key = bytes(reception.actor_key)
    return {chain.pseudonym(key, user.pk): str(user) for user in serving(reception.unit, DESK)}


def words(kind: str) -> str:
    return str(WORDS.get(kind, kind))


def _who(entry: Entry) -> str:
    if entry.by is not None:
        return str(entry.by)
    return _("the asker") if entry.actor == ASKER else _("the system")


def _detail(entry: Entry, names: dict[str, str], known: Reasons) -> str:
    if entry.kind in reasons.OF_MOVE:
        return str(known.text(reasons.OF_MOVE[entry.kind], entry.data["reason"]))
    write = _DETAILS.get(entry.kind)
    return write(entry.data, names) if write else ""


def _time_code(data: dict[str, Any], _tags: dict[str, str]) -> str:
    code = data.get("time_code_s")
    return timecode.write(code) if isinstance(code, int) else ""


def _target(data: dict[str, Any], _tags: dict[str, str]) -> str:
    return f"№ {data['target']}"


def _record(data: dict[str, Any], _tags: dict[str, str]) -> str:
    return str(data.get("record", ""))


def _to(data: dict[str, Any], _tags: dict[str, str]) -> str:
    return f"{data['to']}, № {data['number']}"


def _from(data: dict[str, Any], _tags: dict[str, str]) -> str:
    if "from" in data:
        return _("carried over from %(no)s") % {"no": data["from"]}
    return str(SOURCES.get(str(data.get("source", "")), ""))


def _urgent(data: dict[str, Any], _tags: dict[str, str]) -> str:
    return _("set") if data.get("urgent") else _("cleared")


def _language(data: dict[str, Any], _tags: dict[str, str]) -> str:
    return str(dict(settings.LANGUAGES).get(data["language"], ""))


def _from_whom(data: dict[str, Any], names: dict[str, str]) -> str:
    name = names.get(str(data.get("from", "")))
    return _("from %(name)s") % {"name": name} if name else ""


def _tags(data: dict[str, Any], tags: dict[str, str]) -> str:
    return ", ".join(tags.get(slug, slug) for slug in data.get("tags", [])) or "–"


def _district(data: dict[str, Any], names: dict[str, str]) -> str:
    return names.get(data["district"], data["district"]) or "–"


_DETAILS = {
    "receive": _from,
    Move.ANSWER_LIVE.value: _time_code,
    Move.MERGE.value: _target,
    Move.ESCALATE.value: _record,
    Move.CARRY_OVER.value: _to,
    "control_assign": _record,
    "control_remove": _record,
    "tag": _tags,
    "urgent": _urgent,
    "language": _language,
    "district": _district,
    "take_over": _from_whom,
}
