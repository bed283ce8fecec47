"""What a moderator types; the texts are cleaned here. What the moves need is in `move_forms`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.common import text
from streams.questions import reasons
from streams.questions.labels import OUTCOMES, STATUSES
from streams.questions.models import Tag
from streams.questions.reasons import Reasons
from streams.questions.rules import Move, Status
from streams.receptions import timecode

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


class Resendable(Expecting):
    """`key`: the browser's own name of this decision, for one that may have to be sent again."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)


class WhichMove(Resendable):
    move = forms.ChoiceField(choices=[(m.value, m.value) for m in Move])

    def clean_move(self) -> Move:
        return Move(self.cleaned_data["move"])


class PublicText(Resendable):
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


def first_error(form: forms.Form) -> str:
    """Of a form that is not valid: its first complaint, named by its field."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}: {errors[0]}" if label else str(errors[0])
