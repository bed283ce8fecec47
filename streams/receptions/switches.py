"""What moderators switch while a reception goes on: the intake of new questions, and who reads first.

Each is one transaction and one entry of the journal. To take a switch back is to switch again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from streams.people.actors import Actor
from streams.receptions import journal, rules
from streams.receptions.models import Reception

INTAKE_PAUSE, INTAKE_RESUME, PREMODERATION = "intake_pause", "intake_resume", "premoderation"


class NotSwitched(Exception):
    """It is so already, or the reception takes no questions (any more), or is a standing one."""


@transaction.atomic
def pause_intake(reception_id: int, reason: str, *, by: Actor, now: datetime) -> Reception:
    """The room takes no new questions until `resume_intake`; the broadcast goes on.

    `reason`: one of `rules.PAUSES`. Raises NotSwitched.
    """
    assert reason in rules.PAUSES
    reception = _switchable(reception_id)
    if reception.intake_pause:
        raise NotSwitched
    reception.intake_pause = reason
    return _write(reception, "intake_pause", INTAKE_PAUSE, {"reason": reason}, by=by, now=now)


@transaction.atomic
def resume_intake(reception_id: int, *, by: Actor, now: datetime) -> Reception:
    """Raises NotSwitched."""
    reception = _switchable(reception_id)
    if not reception.intake_pause:
        raise NotSwitched
    reception.intake_pause = ""
    return _write(reception, "intake_pause", INTAKE_RESUME, {}, by=by, now=now)


@transaction.atomic
def set_premoderation(reception_id: int, on: bool, *, by: Actor, now: datetime) -> Reception:
    """On: a moderator reads a question before the public does. Off: it is shown at once, unless a
    machine has marked it; what was hidden stays so. Raises NotSwitched.
    """
    reception = _switchable(reception_id)
    if reception.premoderated is on:
        raise NotSwitched
    reception.premoderated = on
    return _write(reception, "premoderated", PREMODERATION, {"on": on}, by=by, now=now)


def _switchable(reception_id: int) -> Reception:
    reception = journal.lock(reception_id)
    if reception.is_standing or reception.state not in rules.TO_COME_OR_ON:
        raise NotSwitched
    return reception


def _write(
    reception: Reception, field: str, kind: str, data: dict[str, Any], *, by: Actor, now: datetime
) -> Reception:
    reception.save(update_fields=[field])
    journal.append(reception, kind, by=by, at=now, data=data)
    return reception
