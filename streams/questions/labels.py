"""The words for statuses, outcomes, moves and reasons, in the reader's language."""

from django.utils.translation import gettext_lazy as _

from streams.questions.rules import Move, Outcome, Status

STATUSES = {
    Status.NEW: _("with the moderators"),
    Status.APPROVED: _("accepted"),
    Status.QUEUED: _("in the queue for the air"),
    Status.ON_AIR: _("on air now"),
    Status.CLOSED: _("closed"),
}
OUTCOMES = {
    Outcome.ANSWERED_LIVE: _("answered on air"),
    Outcome.ANSWERED_TEXT: _("answered in text"),
    Outcome.ON_CONTROL: _("on personal control"),
    Outcome.ANSWERED_FROM_CONTROL: _("answered from personal control"),
    Outcome.FORWARDED: _("forwarded"),
    Outcome.DECLINED: _("declined"),
    Outcome.MERGED: _("merged with the same question"),
    Outcome.WITHDRAWN: _("withdrawn by the asker"),
    Outcome.CARRIED_OVER: _("carried over to the next reception"),
    Outcome.NOT_A_QUESTION: _("not a question"),
}
BUCKETS = {outcome.value: label for outcome, label in OUTCOMES.items()} | {"waiting": _("waiting")}
MOVES = {
    Move.APPROVE: _("Approve"),
    Move.HIDE: _("Hide from the public"),
    Move.QUEUE: _("To the queue"),
    Move.UNQUEUE: _("Out of the queue"),
    Move.PUT_ON_AIR: _("Put on air"),
    Move.BACK_TO_QUEUE: _("Later"),
    Move.ANSWER_LIVE: _("Answered on air"),
    Move.ANSWER_TEXT: _("Answer in text"),
    Move.ESCALATE: _("To personal control"),
    Move.FORWARD: _("Forward"),
    Move.PROPOSE_DECLINE: _("Propose to decline"),
    Move.DECLINE: _("Decline"),
    Move.REFUSE_DECLINE: _("Don't decline"),
    Move.MERGE: _("Same as…"),
    Move.WITHDRAW: _("Withdraw"),
    Move.CARRY_OVER: _("Carry over"),
    Move.PROPOSE_ASIDE: _("Propose: not a question"),
    Move.SET_ASIDE: _("Not a question"),
    Move.REFUSE_ASIDE: _("It is a question"),
    Move.REOPEN: _("Reopen"),
    Move.ANSWER_FROM_CONTROL: _("Answer from control"),
}
DECLINE_REASONS = {
    "not_ours": _("Outside what this body may decide"),
    "personal_data": _("Can't be answered without disclosing personal data"),
    "insult": _("Insults or threats instead of a question"),
    "no_facts": _("No facts that could be checked"),
    "repeat": _("Already answered, nothing new"),
    "under_investigation": _("Data of an investigation, protected by law"),
}
ASIDE_REASONS = {
    "greeting": _("Greeting or thanks"),
    "spam": _("Spam"),
    "abuse": _("Abuse"),
    "advert": _("Advertisement"),
}


def state_label(status: str, outcome: str | None) -> object:
    """One phrase for where the question stands."""
    return OUTCOMES[Outcome(outcome)] if outcome else STATUSES[Status(status)]


# How a question came that somebody put in for the asker; `source` of its first entry.
BY_HAND = {
    "phone": _("by phone"),
    "paper": _("on paper"),
    "in_person": _("in person"),
}
SOURCES = BY_HAND | {
    "paste": _("copied from a page of comments"),
    "import": _("from a file"),
}

# Why a question must not wait (`urgent.REASONS`).
URGENT_REASONS = {
    "self_harm": _("somebody may harm themselves"),
    "danger": _("danger to life"),
    "crime": _("a crime in progress"),
    "by_hand": _("marked by a moderator"),
}
# What was found in a text (`redaction.KINDS`).
PERSONAL_DATA = {
    "person_number": _("personal number"),
    "document": _("number of a document"),
    "phone": _("phone"),
    "plate": _("number plate"),
    "card": _("bank card"),
    "account": _("bank account"),
    "email": _("e-mail"),
    "address": _("address"),
    "name": _("name"),
}
