"""The entries of a journal in words: what happened, said shortly, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from streams.people.models import ROLE_LABELS
from streams.people.rules import ASKER, SYSTEM, Role
from streams.questions import reasons
from streams.questions.reasons import Reasons
from streams.questions.rules import Move
from streams.receptions import labels as receptions
from streams.receptions import switches, timecode
from streams.receptions.rules import Step

KINDS: Mapping[str, object] = {
    "schedule": _("Reception planned"),
    Step.GO_LIVE: _("Went on air"),
    Step.PAUSE: _("Broadcast paused"),
    Step.RESUME: _("Broadcast went on"),
    Step.END: _("Broadcast ended"),
    Step.CANCEL: _("Reception cancelled"),
    Step.SEAL: _("Journal sealed"),
    "receive": _("Received"),
    Move.APPROVE: _("Accepted, the text is public"),
    Move.HIDE: _("Hidden; with the moderators again"),
    Move.QUEUE: _("Put in the queue for the air"),
    Move.UNQUEUE: _("Taken out of the queue"),
    Move.PUT_ON_AIR: _("Read on air"),
    Move.BACK_TO_QUEUE: _("Put off until later in the broadcast"),
    Move.ANSWER_LIVE: _("Answered on air"),
    Move.ANSWER_TEXT: _("Answered in text"),
    Move.ESCALATE: _("Taken on personal control"),
    Move.FORWARD: _("Forwarded to the body that decides"),
    Move.PROPOSE_DECLINE: _("Proposed to decline"),
    Move.DECLINE: _("Declined"),
    Move.REFUSE_DECLINE: _("Proposal to decline taken off"),
    Move.MERGE: _("Merged with the same question"),
    Move.WITHDRAW: _("Withdrawn by the asker"),
    Move.CARRY_OVER: _("Carried over to the next reception"),
    Move.PROPOSE_ASIDE: _("Proposed to set aside as not a question"),
    Move.SET_ASIDE: _("Set aside as not a question"),
    Move.REFUSE_ASIDE: _("Proposal to set aside taken off"),
    Move.REOPEN: _("Opened again"),
    Move.ANSWER_FROM_CONTROL: _("Answered from personal control"),
    "undo": _("The last decision was taken back"),
    "redact": _("Public text edited"),
    "said": _("What was said on air was written down"),
    "tag": _("Tags changed"),
    "urgent": _("Marked as urgent, or no longer"),
    "language": _("Language corrected"),
    "district": _("Handed to a district"),
    "take_over": _("A colleague took over the work"),
    "control_assign": _("Executor appointed"),
    "control_remove": _("Removed from personal control"),
    "changed_at_source": _("Changed by the asker where it was asked"),
    "place": _("Place in the queue changed"),
    "cue": _("A note for the chief was prepared"),
    "draft": _("An answer was prepared"),
    "time_shift": _("Time codes corrected for the delay of the stream"),
    "gap": _("A platform could not be heard: questions may be missing"),
    switches.INTAKE_PAUSE: _("New questions paused"),
    switches.INTAKE_RESUME: _("New questions taken again"),
    switches.PREMODERATION: _("Changed whether moderators read questions before the public"),
}
# The same steps of a standing register, which has no broadcast.
_KINDS_OF_REGISTER: Mapping[str, object] = {
    "schedule": _("Register of the month made"),
    Step.GO_LIVE: _("Register opened: questions are taken"),
    Step.END: _("Register closed: the month is over"),
}
_ACTORS: Mapping[str, object] = {
    **{role.value: ROLE_LABELS[role] for role in Role},
    ASKER: _("asker"),
    SYSTEM: _("system"),
}


def what(kind: str, *, in_register: bool = False) -> object:
    """`in_register`: of a standing reception."""
    if in_register and kind in _KINDS_OF_REGISTER:
        return _KINDS_OF_REGISTER[kind]
    return KINDS.get(kind, kind)


def who(actor: str) -> object:
    """The role; the pseudonym after it means something only to who compares entries."""
    role = actor.partition(":")[0]
    return _ACTORS.get(role, role)


def detail(kind: str, data: Mapping[str, Any], tags: Mapping[str, str], known: Reasons) -> object:
    """What the entry says beyond its kind; empty for most. `tags`: the names of the unit's tags,
    `known`: its reasons.
    """
    if kind == "tag":
        return ", ".join(tags.get(slug, slug) for slug in data["tags"])
    if kind in reasons.OF_MOVE:
        return known.text(reasons.OF_MOVE[kind], data["reason"]) or data["reason"]
    tell = _DETAILS.get(kind)
    return tell(data) if tell else data.get("record", "")


def time_code(seconds: int | None) -> str:
    """`1:02:33`: how far into the broadcast."""
    return "" if seconds is None else timecode.write(seconds)


def _refused(data: Mapping[str, Any]) -> object:
    return _("by who had proposed it") if data.get("own") else _("by a second person")


_DETAILS: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    Move.ANSWER_LIVE: lambda data: time_code(data["time_code_s"]),
    Move.REFUSE_DECLINE: _refused,
    Move.REFUSE_ASIDE: _refused,
    Move.MERGE: lambda data: f"№ {data['target']}",
    Move.CARRY_OVER: lambda data: f"{data['to']}-{data['number']}",
    "receive": lambda data: data.get("from", ""),
    switches.INTAKE_PAUSE: lambda data: receptions.PAUSES.get(data["reason"], data["reason"]),
    switches.PREMODERATION: lambda data: _("yes") if data["on"] else _("no, shown at once"),
    "gap": lambda data: f"{data['source']}, {data['since'][11:19]}–{data['until'][11:19]} UTC",
}
