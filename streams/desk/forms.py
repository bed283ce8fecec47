"""What a moderator types. Each move that needs something has a form; the texts are cleaned here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override as speaking
from typing_extensions import override

from streams.common import clock, text
from streams.questions import reasons, saved_replies, service_clock
from streams.questions.labels import OUTCOMES, STATUSES
from streams.questions.models import Question, SavedReply, Tag
from streams.questions.reasons import Reasons
from streams.questions.rules import Move, Status
from streams.receptions import timecode
from streams.receptions.models import Reception
from streams.receptions.queries import next_after

TEXT_MAX = 5000


class WordsField(forms.CharField):
    """A text as the rest of the system stores it: cleaned, within `max_chars` characters."""

    def __init__(self, *, max_chars: int, lines: bool = True, rows: int = 0, **kwargs: Any) -> None:
        if rows:
            kwargs["widget"] = forms.Textarea(attrs={"rows": rows})
        super().__init__(strip=False, **kwargs)
        self.max_chars, self.lines = max_chars, lines

    @override
    def clean(self, value: Any) -> str:
        raw = self.to_python(value) or ""
        try:
            if self.required:
                return text.clean(raw, max_chars=self.max_chars, lines=self.lines)
            return text.clean_optional(raw, max_chars=self.max_chars, lines=self.lines)
        except text.TextError as error:
            raise forms.ValidationError(_words_of(error)) from None


class TimeCodeField(forms.CharField):
    """1:02:03, 62:03 or plain seconds; the value is seconds."""

    @override
    def to_python(self, value: Any) -> Any:
        written = super().to_python(value)
        if not written:
            return None
        try:
            return timecode.read(written)
        except ValueError:
            raise forms.ValidationError(_("Write the time code like 1:02:03.")) from None

    @override
    def run_validators(self, value: Any) -> None:
        """Those of a text don't fit the number it has become."""


def _words_of(error: text.TextError) -> Any:
    if error.code == "long":
        return _("Too long: %(got)d characters, at most %(max)d.") % error.params
    return _("Please write something here.")


class Expecting(forms.Form):
    """`expect`: the version of the question that the moderator saw."""

    expect = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)


class WhichMove(Expecting):
    """`key`: the browser's own name of this decision, for one that may have to be sent again."""

    key = forms.UUIDField(required=False)
    move = forms.ChoiceField(choices=[(m.value, m.value) for m in Move])

    def clean_move(self) -> Move:
        return Move(self.cleaned_data["move"])


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
        draft = self.question.prepared
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

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError(_("This day has passed."))
        return due_on


class Forward(Needs):
    prefix_id = "forward"
    body = WordsField(label=_("To which body"), max_chars=200, lines=False)
    reason = WordsField(label=_("Why there"), max_chars=1000, rows=3)


class WithReason(Needs):
    """One of the reasons that the unit offers, or the one that a colleague proposed."""

    kind: ClassVar[reasons.Kind]
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


class Decline(WithReason):
    """Choosing a reason offers its public wording in the language of the question."""

    prefix_id = "decline"
    kind = reasons.Kind.DECLINE
    text = WordsField(label=_("What the asker and everybody will read"), max_chars=1000, rows=3)

    def wordings(self) -> list[tuple[str, Any, str]]:
        """(code, label, the wording in the question's language)."""
        with speaking(self.question.language):
            wordings = {code: str(label) for code, label in self.offered}
        return [(code, label, wordings[code]) for code, label in self.offered]


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
        field.choices = [(r.no, _reception_line(r)) for r in next_after(self.question.reception)]


class SetAside(WithReason):
    prefix_id = "aside"
    kind = reasons.Kind.ASIDE


class Reopen(Needs):
    prefix_id = "reopen"
    reason = WordsField(label=_("Why it is opened again"), max_chars=1000, lines=False)


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


class PublicText(Expecting):
    text = WordsField(label=_("Public text"), max_chars=settings.QUESTION_MAX_CHARS, rows=6)


class DraftText(forms.Form):
    """An answer to be; empty takes it away."""

    text = WordsField(label=_("The answer"), max_chars=TEXT_MAX, rows=6, required=False)
    language = forms.ChoiceField(label=_("Language of the answer"), choices=settings.LANGUAGES)
    for_chief = forms.BooleanField(required=False)


class GiveDraft(Expecting):
    """`give`: the stamp of the prepared answer that was seen."""

    give = forms.CharField(max_length=40)


class Said(forms.Form):
    text = WordsField(label=_("What was said, in one line"), max_chars=1000, lines=False)


class Search(forms.Form):
    """All fields may be left out. `mine`: what I hold, proposed or ever decided on; `proposed`: to be
    confirmed by a second person."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200, widget=forms.SearchInput)
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("any")), *((s.value, STATUSES[s]) for s in Status)],
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=[("", _("any")), *((o.value, label) for o, label in OUTCOMES.items())],
    )
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("any")), *settings.LANGUAGES]
    )
    tag = forms.ChoiceField(label=_("Tag"), required=False)
    district = forms.ChoiceField(label=_("District"), required=False)
    mine = forms.BooleanField(label=_("Only those I worked on"), required=False)
    proposed = forms.BooleanField(label=_("Only those to be confirmed"), required=False)
    overdue = forms.BooleanField(label=_("Only those that are overdue"), required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        tags: list[Tag],
        districts: list[tuple[str, str]],
        known: Reasons,
    ) -> None:
        super().__init__(data, auto_id="search-%s")
        given = [(reasons.counter(*key), text) for key, text in known.all()]
        for name, choices in (
            ("tag", [(t.slug, t.name) for t in tags]),
            ("district", districts),
            ("reason", given),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("any")), *choices]


def _reception_line(reception: Reception) -> str:
    day = clock.local_date(reception.starts_at, reception.unit.timezone)
    return f"{reception.no} · {day:%d.%m.%Y} · {reception.host_name}"


def first_error(form: forms.Form) -> str:
    """Of a form that is not valid: its first complaint, named by its field."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}: {errors[0]}" if label else str(errors[0])
