"""Re-exports: Django looks for an app's models here; they live with their subjects."""

from streams.common.series import Series
from streams.common.special_days import SpecialDay
from streams.control.models import ControlRecord, ControlStep
from streams.desk.models import DeskKeys, Presence, Upload
from streams.overlay.models import Overlay
from streams.people.models import Membership, Unit, User
from streams.questions.models import (
    Answer,
    AskerContact,
    Claim,
    Cue,
    Draft,
    Likeness,
    Proposal,
    Question,
    Reason,
    SavedReply,
    Tag,
    TextVersion,
    Vote,
)
from streams.receptions.models import Entry, Note, Reception, Schedule, Standing
from streams.sources.models import (
    Comment,
    CommentEdit,
    Delivery,
    Gap,
    HealthChange,
    Reply,
    Source,
)

__all__ = [
    "Answer",
    "AskerContact",
    "Claim",
    "Comment",
    "CommentEdit",
    "ControlRecord",
    "ControlStep",
    "Cue",
    "Delivery",
    "DeskKeys",
    "Draft",
    "Entry",
    "Gap",
    "HealthChange",
    "Likeness",
    "Membership",
    "Note",
    "Overlay",
    "Presence",
    "Proposal",
    "Question",
    "Reason",
    "Reception",
    "Reply",
    "SavedReply",
    "Schedule",
    "Series",
    "Source",
    "SpecialDay",
    "Standing",
    "Tag",
    "TextVersion",
    "Unit",
    "Upload",
    "User",
    "Vote",
]
