"""Why a button did nothing, in plain words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from streams.questions.actions import NothingToUndo, Occupied, Stale
from streams.questions.marks import NotNow
from streams.questions.rules import IllegalMove, Missing
from streams.receptions.journal import Sealed
from streams.receptions.rules import IllegalStep

REFUSALS = (Stale, Occupied, NothingToUndo, IllegalMove, Missing, IllegalStep, NotNow, Sealed)


def words(error: Exception) -> str:
    """One sentence for the person who pressed; nothing was changed."""
    match error:
        case Stale(question=question, by=None):
            return _("Question %(no)s was changed in the meantime. This is how it stands now.") % {
                "no": question.number
            }
        case Stale(question=question, by=by):
            return _("%(who)s was faster with question %(no)s. This is how it stands now.") % {
                "who": by,
                "no": question.number,
            }
        case Occupied(number=number):
            return _("Question %(no)s is on air now. One at a time: decide on it first.") % {
                "no": number
            }
        case NothingToUndo():
            return _("This can't be taken back any more: somebody has worked on since.")
        case IllegalMove(why="reception") | IllegalStep() | Sealed():
            return _("The broadcast is not in a state where this can be done.")
        case IllegalMove(why="role"):
            return _("Your role does not allow this.")
        case NotNow():
            return _(
                "The words can be written down only for a question answered on air, until the seal."
            )
        case _:
            return _("This can't be done with the question now.")
