"""What a move needs beside the version: a form for each that needs something."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override as speaking
from typing_extensions import override

from streams.common import clock
from streams.control.rules import FARTHEST
from streams.desk.forms import TEXT_MAX, TimeCodeField, WordsField
from streams.questions import proposals, reasons, saved_replies, service_clock
from streams.questions.models import Question, SavedReply
from streams.questions.reasons import Reasons
from streams.questions.rules import Move
from streams.receptions.models import Reception
from streams.receptions.queries import next_after

Shows = tuple[Hashable, ...]


class Needs(forms.Form):
    """What a move needs beside the version. `question` is the one it is about, `known` the reasons
    that its unit has (looked up where they are needed and not given).
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        question: Question,
        known: Reasons | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, auto_id=f"move-{self.prefix_id}-%s", **kwargs)
        self.question = question
        self.known = known
        self.prepare()

    prefix_id: ClassVar[str] = "plain"

    def prepare(self) -> None:
        """Choices and first values that depend on the question."""

    def shows(self) -> Shows | None:
        """All that its template shows of it before anybody typed, so that what shows the same is written
        once; None where the template also tells of the question. Then the template gets nothing else.
        """
        return None


class Queue(Needs):
    prefix_id = "queue"
    first = forms.BooleanField(required=False, widget=forms.HiddenInput)


class AnswerLive(Needs):
    prefix_id = "live"
    time_code_s = TimeCodeField(
        label=_("Time code"), max_length=9, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    text = WordsField(
        label=_("What was said, in one line"), max_chars=1000, lines=False, required=False
    )

    @override
    def shows(self) -> Shows:
        return tuple(self.initial.items())


class AnswerText(Needs):
    """What was prepared stands in it. `saved` is the saved reply that was chosen: without a text of
    its own the answer is that reply.
    """

    prefix_id = "text"
    text = WordsField(label=_("The answer"), max_chars=TEXT_MAX, rows=6, required=False)
    language = forms.ChoiceField(label=_("Language of the answer"), choices=settings.LANGUAGES)
    saved = forms.ModelChoiceField(SavedReply.objects.none(), required=False)

    @override
    def prepare(self) -> None:
        draft = None if self.is_bound else self.question.prepared
        self.initial.setdefault("text", draft.text if draft else "")
        self.initial.setdefault("language", draft.language if draft else self.question.language)
        field = self.fields["saved"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = saved_replies.available(self.question.reception.unit)

    @override
    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        reply = given.pop("saved", None)
        if reply and not given.get("text"):
            (offer,) = saved_replies.offers(self.question, [reply], clock.now())
            given |= {"text": offer.text, "language": self.question.language}
        if not given.get("text") and "text" not in self.errors:
            self.add_error("text", _("Please write something here."))
        return {**given, "saved": reply.pk if reply else None}


class Escalate(Needs):
    prefix_id = "control"
    promise = WordsField(label=_("The promise, word for word"), max_chars=2000, rows=3)
    promised_by = WordsField(label=_("Who promised"), max_chars=150, lines=False)
    owner_name = WordsField(label=_("Who sees to it"), max_chars=150, lines=False)
    due_on = forms.DateField(
        label=_("Due"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    time_code_s = TimeCodeField(
        label=_("Time code"),
        max_length=9,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    @override
    def prepare(self) -> None:
        reception = self.question.reception
        today = clock.local_date(clock.now(), reception.unit.timezone)
        self.initial.setdefault("promised_by", reception.host_name)
        self.initial.setdefault("owner_name", reception.host_name)
        self.initial.setdefault("due_on", service_clock.promise_from(today, reception.unit))
        self.today = today

    @override
    def shows(self) -> Shows:
        return tuple(self.initial.items())

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError(_("This day has passed."))
        if due_on > self.today + FARTHEST:
            raise forms.ValidationError(_("More than a year away. Choose an earlier day."))
        return due_on


class Forward(Needs):
    prefix_id = "forward"
    body = WordsField(label=_("To which body"), max_chars=200, lines=False)
    reason = WordsField(label=_("Why there"), max_chars=1000, rows=3)

    @override
    def shows(self) -> Shows:
        return ()


class WithReason(Needs):
    """One of the reasons that the unit offers, or the one that a colleague proposed."""

    kind: ClassVar[reasons.Kind]
    move: ClassVar[Move]
    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)

    @override
    def prepare(self) -> None:
        known = self.known or reasons.of(self.question.reception.unit)
        self.offered = known.offered(self.kind)
        proposal = self.question.proposal
        proposed = [(proposal.reason, "")] if proposal else []
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*self.offered, *proposed]
        self.takes_two = proposals.needs_second(self.question.reception.unit, self.move)


class Decline(WithReason):
    """Choosing a reason offers its public wording in the language of the question."""

    prefix_id = "decline"
    kind = reasons.Kind.DECLINE
    move = Move.DECLINE
    text = WordsField(label=_("What the asker and everybody will read"), max_chars=1000, rows=3)

    def wordings(self) -> list[tuple[str, Any, str]]:
        """(code, label, the wording in the question's language)."""
        with speaking(self.question.language):
            wordings = {code: str(label) for code, label in self.offered}
        return [(code, label, wordings[code]) for code, label in self.offered]

    @override
    def shows(self) -> Shows:
        wordings = ((code, str(label), wording) for code, label, wording in self.wordings())
        return (self.takes_two, *wordings)


class Merge(Needs):
    """`pick` is the pressed button of a found question, `target` a number typed by hand."""

    prefix_id = "merge"
    target = forms.IntegerField(
        label=_("Number of the same question"),
        min_value=1,
        max_value=2_000_000_000,
        required=False,
    )
    pick = forms.IntegerField(min_value=1, max_value=2_000_000_000, required=False)

    @override
    def clean(self) -> dict[str, Any]:
        target = self.cleaned_data.pop("pick", None) or self.cleaned_data.get("target")
        if target is None and "target" not in self.errors:
            self.add_error("target", _("Choose a question or write its number."))
        return {"target": target}


class CarryOver(Needs):
    prefix_id = "carry"
    reception = forms.ChoiceField(label=_("To which reception"))

    @override
    def prepare(self) -> None:
        field = self.fields["reception"]
        assert isinstance(field, forms.ChoiceField)
        self.lines = [(r.no, _reception_line(r)) for r in next_after(self.question.reception)]
        field.choices = self.lines

    @override
    def shows(self) -> Shows:
        return tuple(self.lines)


def _reception_line(reception: Reception) -> str:
    day = clock.local_date(reception.starts_at, reception.unit.timezone)
    return f"{reception.no} · {day:%d.%m.%Y} · {reception.host_name}"


class SetAside(WithReason):
    prefix_id = "aside"
    kind = reasons.Kind.ASIDE
    move = Move.SET_ASIDE

    @override
    def shows(self) -> Shows:
        return (self.takes_two, *((code, str(label)) for code, label in self.offered))


class Reopen(Needs):
    prefix_id = "reopen"
    reason = WordsField(label=_("Why it is opened again"), max_chars=1000, lines=False)

    @override
    def shows(self) -> Shows:
        return ()


NEEDS: Mapping[Move, type[Needs]] = {
    Move.QUEUE: Queue,
    Move.ANSWER_LIVE: AnswerLive,
    Move.ANSWER_TEXT: AnswerText,
    Move.ESCALATE: Escalate,
    Move.FORWARD: Forward,
    Move.PROPOSE_DECLINE: Decline,
    Move.DECLINE: Decline,
    Move.MERGE: Merge,
    Move.CARRY_OVER: CarryOver,
    Move.PROPOSE_ASIDE: SetAside,
    Move.SET_ASIDE: SetAside,
    Move.REOPEN: Reopen,
}
