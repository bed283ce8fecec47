"""Re-exports: Django looks for an app's models here; they live with their subjects."""

from streams.common.series import Series
from streams.control.models import ControlRecord, ControlStep
from streams.people.models import Membership, Unit, User
from streams.questions.models import (
    Answer,
    AskerContact,
    Claim,
    Question,
    Tag,
    TextVersion,
    Vote,
)
from streams.receptions.models import Entry, Reception, Schedule

__all__ = [
    "Answer",
    "AskerContact",
    "Claim",
    "ControlRecord",
    "ControlStep",
    "Entry",
    "Membership",
    "Question",
    "Reception",
    "Schedule",
    "Series",
    "Tag",
    "TextVersion",
    "Unit",
    "User",
    "Vote",
]
