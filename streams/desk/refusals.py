"""Why something could not be done, in plain words for the moderator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from streams.questions import (
    actions,
    advance,
    carry,
    claims,
    drafts,
    labels,
    marks,
    proposals,
    rules,
    running_order,
    targets,
)
from streams.receptions import actions as reception_actions
from streams.receptions import journal, switches
from streams.receptions import rules as reception_rules

REFUSALS = (
    actions.Stale,
    actions.Occupied,
    actions.NothingToUndo,
    rules.IllegalMove,
    rules.Missing,
    proposals.NeedsSecond,
    proposals.AlreadyProposed,
    targets.BadTarget,
    carry.NotThere,
    claims.Held,
    drafts.Rewritten,
    marks.NotNow,
    marks.NoSuchUnit,
    running_order.NotQueued,
    advance.NothingNext,
    journal.Sealed,
    reception_rules.IllegalStep,
    reception_actions.StillWaiting,
    switches.NotSwitched,
)

_ILLEGAL = {
    "state": gettext_lazy("The question is in another state now; this step does not fit it."),
    "reception": gettext_lazy("The reception is not in the state for this step."),
    "role": gettext_lazy("Your role does not allow this step."),
}
_TARGETS = {
    "missing": gettext_lazy("There is no question with this number in this reception."),
    "itself": gettext_lazy("A question can't be merged with itself."),
    "merged": gettext_lazy(
        "One of the two is already part of a merger. Choose the question that the others point to."
    ),
    "aside": gettext_lazy("That one was withdrawn or set aside; choose another."),
}


def sentence(error: Exception) -> str:
    write = _SENTENCES[type(error)]
    return str(write(error))


def _stale(error: actions.Stale) -> str:
    question = error.question
    words = {
        "number": question.number,
        "state": labels.state_label(question.status, question.outcome),
        "name": str(error.by) if error.by else _("the asker"),
    }
    if question.is_open:
        return _("No. %(number)d was changed before you by %(name)s: %(state)s.") % words
    return _("No. %(number)d is already closed by %(name)s: %(state)s.") % words


def _occupied(error: actions.Occupied) -> str:
    return _("No. %(number)d is on air. Close it or put it back first.") % {"number": error.number}


def _waiting(error: reception_actions.StillWaiting) -> str:
    return ngettext(
        "%(n)d question still waits. The reception is sealed when none does.",
        "%(n)d questions still wait. The reception is sealed when none does.",
        error.waiting,
    ) % {"n": error.waiting}


def _rewritten(error: drafts.Rewritten) -> str:
    if error.draft is None:
        return _("There is no prepared answer any more.")
    return _("%(name)s has changed the prepared answer. Read it before you give it.") % {
        "name": error.draft.by
    }


def _held(error: claims.Held) -> str:
    return _("%(name)s works on this question now.") % {"name": error.holder}


_SENTENCES: dict[type[Exception], Callable[[Any], object]] = {
    actions.Stale: _stale,
    actions.Occupied: _occupied,
    actions.NothingToUndo: lambda _error: _(
        "There is nothing to take back: the last step was not yours or can't be undone."
    ),
    rules.IllegalMove: lambda error: _ILLEGAL[error.why],
    rules.Missing: lambda _error: _("Something that this step needs was left out."),
    proposals.NeedsSecond: lambda _error: _(
        "A second person confirms what the first one proposed, as it was proposed."
    ),
    proposals.AlreadyProposed: lambda error: (
        _("%(name)s has made a proposal already. Confirm it or refuse it first.")
        % {"name": error.by}
    ),
    targets.BadTarget: lambda error: _TARGETS[error.why],
    carry.NotThere: lambda _error: _("That reception is no later one of this unit."),
    claims.Held: _held,
    drafts.Rewritten: _rewritten,
    marks.NotNow: lambda _error: _("This can't be changed any more."),
    marks.NoSuchUnit: lambda _error: _("There is no such district here."),
    running_order.NotQueued: lambda _error: _(
        "The queue has changed meanwhile. It stands here as it is now."
    ),
    advance.NothingNext: lambda _error: _(
        "Another question is next by now. Look at the queue and press again."
    ),
    journal.Sealed: lambda _error: _("The reception is sealed."),
    reception_rules.IllegalStep: lambda _error: _(
        "The reception is already in another state. The page shows it now."
    ),
    reception_actions.StillWaiting: _waiting,
    switches.NotSwitched: lambda _error: _("It is so already. The page shows how it is now."),
}
