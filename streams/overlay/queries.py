"""What the overlay shows, and who its addresses belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from streams.common import crypto
from streams.overlay.models import Overlay
from streams.questions import queries as questions
from streams.questions.models import Question
from streams.receptions.models import Reception
from streams.receptions.queries import receptions


@dataclass(frozen=True)
class Now:
    """The question on air and since when; both None where there is none."""

    reception: Reception
    question: Question | None
    since: datetime | None

    @property
    def asker(self) -> str:
        """The first name only."""
        return self.question.first_name if self.question else ""


def now(reception_id: int) -> Now:
    """Three queries at most."""
    reception = receptions().get(pk=reception_id)
    question = questions.on_air(reception_id)
    return Now(reception, question, questions.on_air_since(question) if question else None)


def by_token(token: str) -> Overlay | None:
    """The overlay whose page this address opens."""
    return Overlay.objects.filter(token_hash=crypto.fingerprint(token)).first()


def by_remote(token: str) -> Overlay | None:
    return Overlay.objects.filter(remote_hash=crypto.fingerprint(token)).first()


def of(reception_id: int) -> Overlay:
    """The reception's, or one that is not stored yet."""
    found = Overlay.objects.filter(reception_id=reception_id).first()
    return found or Overlay(reception_id=reception_id)


def setting(overlay: Overlay) -> dict[str, object]:
    """What an open page must know beside the question; the same for every page of the reception."""
    return {
        "hidden": overlay.is_hidden,
        "auto_hide_s": overlay.auto_hide_s,
        "asker": overlay.shows_asker,
        "revision": overlay.revision,
    }


def report(overlay: Overlay) -> dict[str, object]:
    """For a remote control: what is seen on air, and how much stands in the queue."""
    on_air = questions.on_air(overlay.reception_id)
    return {
        "shown": on_air is not None and not overlay.is_hidden,
        "hidden": overlay.is_hidden,
        "on_air": on_air.number if on_air else None,
        "queue": questions.queue(overlay.reception_id).count(),
    }
