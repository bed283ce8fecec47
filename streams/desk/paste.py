"""A pasted block of comments on its way to questions: read, looked through, and only then stored."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from streams.desk.seat import Seat
from streams.questions import importing, intake, pasted
from streams.questions.intake import Ask, BadAsk
from streams.questions.pasted import Found
from streams.questions.receipts import Receipt
from streams.receptions.models import Reception

SOURCE = "paste"
_NAMESPACE = uuid.UUID("a3a6f7f2-5f6b-4a43-8a58-6f7d4a9b1c0e")
_BATCH = 200


class BlockForm(forms.Form):
    block = forms.CharField(
        label=_("The copied comments"),
        strip=False,
        max_length=pasted.MAX_CHARS,
        widget=forms.Textarea({"rows": 12, "dir": "auto", "spellcheck": "false"}),
        validators=[ProhibitNullCharactersValidator()],
        error_messages={"required": _("Paste the comments here first.")},
    )


@dataclass(frozen=True)
class Candidate:
    """One comment as the preview shows it. `place` names it in the form; `fault`: it can't be stored."""

    place: int
    found: Found
    ask: Ask | None = None
    fault: str = ""
    known: int | None = None

    @property
    def is_chosen(self) -> bool:
        return self.ask is not None and self.known is None and self.found.is_likely


@dataclass
class Stored:
    received: list[int] = field(default_factory=list)
    repeated: int = 0
    refused: int = 0


def candidates(reception: Reception, block: str) -> list[Candidate]:
    """The same block gives the same ids, however often it is pasted; so does a longer one that holds it."""
    seen: Counter[str] = Counter()
    listed = []
    for place, found in enumerate(pasted.read(block)):
        identity = f"{found.name}\n{found.text}"
        ask, fault = _ask(reception, found, identity, seen[identity])
        seen[identity] += 1
        listed.append(Candidate(place, found, ask, fault))
    asks = [one.ask for one in listed if one.ask]
    numbers = importing.numbers(reception, asks)
    return [
        replace(one, known=numbers.get(one.ask.client_id)) if one.ask else one for one in listed
    ]


def store(
    seat: Seat, listed: Sequence[Candidate], chosen: Collection[int], *, now: datetime
) -> Stored:
    asks = [one.ask for one in listed if one.place in chosen and one.ask is not None]
    stored = Stored()
    for start in range(0, len(asks), _BATCH):
        batch = asks[start : start + _BATCH]
        for result in intake.receive_many(seat.reception.pk, batch, now=now, by=seat.by):
            if not isinstance(result, Receipt):
                stored.refused += 1
            elif result.repeated:
                stored.repeated += 1
            else:
                stored.received.append(result.number)
    return stored


def _ask(reception: Reception, found: Found, identity: str, times: int) -> tuple[Ask | None, str]:
    client_id = uuid.uuid5(_NAMESPACE, f"{reception.no}\n{times}\n{identity}")
    payload = {"client_id": str(client_id), "text": found.text, "name": found.name}
    try:
        return replace(intake.parse(payload), source=SOURCE), ""
    except BadAsk as error:
        return None, error.code
