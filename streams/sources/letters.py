"""What askers are told where they asked: short, in the language of their question, with a link."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from streams.common import crypto
from streams.control.queries import of_questions
from streams.questions import answers, reasons, urgent
from streams.questions.models import Question
from streams.questions.rules import Outcome
from streams.receptions import timecode
from streams.sources.models import Reply

# What an asker is told of; what they withdrew themselves, or was no question, is not among it.
TOLD = frozenset(
    {
        Outcome.ANSWERED_LIVE,
        Outcome.ANSWERED_TEXT,
        Outcome.ON_CONTROL,
        Outcome.ANSWERED_FROM_CONTROL,
        Outcome.FORWARDED,
        Outcome.DECLINED,
    }
)
_SIMPLY = {
    Outcome.ANSWERED_LIVE: gettext_lazy("answered on air"),
    Outcome.ANSWERED_TEXT: gettext_lazy("there is a written answer"),
    Outcome.ANSWERED_FROM_CONTROL: gettext_lazy("what was promised is answered"),
}


@dataclass(frozen=True)
class Letter:
    kind: Reply.Kind
    text: str


def receipt(question: Question, *, is_private: bool) -> Letter:
    with translation.override(question.language):
        text = _("Your question was received: no. %(no)s. What becomes of it: %(link)s") % {
            "no": question.public_no,
            "link": link(question, is_private=is_private),
        }
        if question.urgent:
            call = urgent.numbers(question.urgent, question.reception.unit)
            text += " " + _("If anybody is in danger now, call %(call)s at once.") % {"call": call}
        if is_private:
            text += "\n" + _("To hear no more from us here, write STOP.")
    return Letter(Reply.Kind.RECEIPT, text)


def outcome(asked: Question, decided: Question, *, is_private: bool) -> Letter | None:
    """`decided` is the question itself, or the one it was merged into or carried over to."""
    if decided.outcome is None or Outcome(decided.outcome) not in TOLD:
        return None
    is_promise = decided.outcome == Outcome.ON_CONTROL
    with translation.override(asked.language):
        words = _words(decided)
        if words is None:
            return None
        head = _("Question no. %(no)s") % {"no": asked.public_no}
        # A merged one's own page says less than the page of the question it was merged into.
        page = link(asked if is_private else decided, is_private=is_private)
        text = f"{head}: {words}. {page}"
    return Letter(Reply.Kind.PROMISE if is_promise else Reply.Kind.OUTCOME, text)


def link(question: Question, *, is_private: bool) -> str:
    """The asker's own page where only they read it; never the secret one in public."""
    if is_private:
        secret = crypto.question_secret(question.reception_id, str(question.client_id))
        path = reverse("my_question", args=[secret])
    elif question.is_public:
        path = reverse("question", args=[question.public_no])
    else:
        path = reverse("reception", args=[question.reception.no])
    return settings.SITE_URL + path


def _words(decided: Question) -> str | None:
    outcome = Outcome(str(decided.outcome))
    if outcome == Outcome.ON_CONTROL:
        return _promised(decided)
    if outcome == Outcome.DECLINED:
        known = reasons.of(decided.reception.unit)
        reason = known.text(reasons.Kind.DECLINE, decided.reason)
        return _("not accepted: %(reason)s") % {"reason": reason}
    answer = answers.standing(decided)
    if outcome == Outcome.FORWARDED:
        return _("forwarded to %(body)s") % {"body": answer.body if answer else "…"}
    if outcome == Outcome.ANSWERED_LIVE and answer and answer.time_code_s is not None:
        code = timecode.write(answer.time_code_s)
        return _("answered on air, at %(time)s of the recording") % {"time": code}
    return str(_SIMPLY[outcome])


def _promised(decided: Question) -> str | None:
    record = of_questions([decided.pk]).get(decided.pk)
    if record is None:
        return None
    day = date_format(record.due_on, "DATE_FORMAT")
    return _("under the chief's personal control until %(date)s") % {"date": day}
