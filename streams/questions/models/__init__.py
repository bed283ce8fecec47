"""A question and what hangs on it."""

from streams.questions.models.answers import Answer, Draft, SavedReply
from streams.questions.models.askers import AskerContact, Vote
from streams.questions.models.question import Question
from streams.questions.models.texts import Likeness, TextVersion
from streams.questions.models.vocabulary import Reason, Tag
from streams.questions.models.work import Claim, Cue, Proposal

__all__ = [
    "Answer",
    "AskerContact",
    "Claim",
    "Cue",
    "Draft",
    "Likeness",
    "Proposal",
    "Question",
    "Reason",
    "SavedReply",
    "Tag",
    "TextVersion",
    "Vote",
]
