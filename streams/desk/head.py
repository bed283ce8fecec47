"""The head of the desk: the bar with the state of the broadcast, and the panel of what is on air."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from streams.common.columns import values
from streams.desk.rows import state_mark
from streams.questions.models import Question
from streams.questions.queries import Equation
from streams.receptions import labels, timecode
from streams.receptions import rules as reception_rules
from streams.receptions.models import Reception
from streams.receptions.rules import State, Step

# What of the reception's row moves with every change, and is not shown.
_CURSOR = ("last_seq", "last_hash", "last_number")
_KEPT = 100


@dataclass(frozen=True)
class Head:
    """`sums`: of the moment, told where the next step is to seal them."""

    reception: Reception
    now: Question | None
    on_air_since: datetime | None
    sums: Equation
    next: Question | None = None
    to_confirm: int = 0

    @property
    def steps(self) -> list[Step]:
        return reception_rules.steps_from(State(self.reception.state), self.reception.kind)

    @property
    def equation(self) -> Equation | None:
        return self.sums if Step.SEAL in self.steps else None

    @property
    def is_switchable(self) -> bool:
        """Whether new questions may be stopped, or shown unread."""
        is_open = State(self.reception.state) in reception_rules.TO_COME_OR_ON
        return is_open and not self.reception.is_standing

    @property
    def pauses(self) -> Mapping[str, object]:
        """The reasons to choose from, by the switch that each is."""
        return {f"pause-{code}": words for code, words in labels.PAUSES.items()}

    @property
    def now_time_code(self) -> str:
        """When it was put on air: where a viewer of the recording should start."""
        assert self.on_air_since is not None
        return timecode.write(self.reception.time_code_s(self.on_air_since))

    @property
    def now_state(self) -> str:
        return state_mark(self.now) if self.now else ""

    @property
    def html(self) -> SafeString:
        """In the active language. Most steps change nothing of it."""
        return _written(Face(get_language() or "", self._shows(), self))

    def _shows(self) -> tuple[Hashable, ...]:
        return (
            values(self.reception, without=_CURSOR),
            values(self.reception.unit),
            self.on_air_since,
            _shown(self.now),
            _shown(self.next),
            self.to_confirm,
            tuple(self.equation.counts().items()) if self.equation else (),
        )


@dataclass(frozen=True)
class Face:
    """All that may show in the head, as plain values in the language `speaks`: whole rows rather than what
    the template happens to name."""

    speaks: str
    shows: tuple[Hashable, ...]
    head: Head = field(compare=False)


@lru_cache(maxsize=_KEPT)
def _written(face: Face) -> SafeString:
    """Nobody has to say when it is old: whatever it shows is part of the key."""
    return render_to_string("parts/desk_head.html", {"head": face.head})


def _shown(question: Question | None) -> tuple[Hashable, ...]:
    if question is None:
        return ()
    draft = question.prepared
    return (
        values(question),
        values(question.district),
        state_mark(question),
        question.cue_text,
        values(draft),
        str(draft.by) if draft else "",
    )
