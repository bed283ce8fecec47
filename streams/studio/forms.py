"""The studio's forms: what comes in is checked here and trusted inside."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from streams.common.fields import CleanText
from streams.common.numbers import LARGEST
from streams.control.rules import FARTHEST
from streams.questions.rules import Move
from streams.receptions.rules import Step
from streams.studio import actions

SAID_MAX_CHARS = 500
PROMISE_MAX_CHARS = 2000


class NumberForm(forms.Form):
    """Which question, and which version of it the person saw."""

    question = forms.IntegerField(min_value=1, max_value=LARGEST)
    expect = forms.IntegerField(min_value=1, max_value=LARGEST)


class MoveForm(NumberForm):
    move = forms.TypedChoiceField(
        coerce=Move, choices=[(move.value, move) for move in actions.MOVES]
    )
    said = CleanText(max_chars=SAID_MAX_CHARS, lines=False, required=False)


class SaidForm(forms.Form):
    question = forms.IntegerField(min_value=1, max_value=LARGEST)
    said = CleanText(max_chars=SAID_MAX_CHARS, lines=False, required=False)


class NoteForm(forms.Form):
    note = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class StepForm(forms.Form):
    step = forms.TypedChoiceField(
        coerce=Step, choices=[(step.value, step) for step in actions.STEPS]
    )


class PromiseForm(forms.Form):
    expect = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)
    time_code_s = forms.IntegerField(
        min_value=0, max_value=LARGEST, required=False, widget=forms.HiddenInput
    )
    promise = CleanText(
        label=gettext_lazy("What was promised, word for word"),
        max_chars=PROMISE_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
    )
    owner_name = CleanText(label=gettext_lazy("Who sees to it"), max_chars=150, lines=False)
    due_on = forms.DateField(
        label=gettext_lazy("Until when"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(self, *args: Any, today: date, elapsed_s: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today, self._elapsed_s = today, elapsed_s
        bounds = {"min": today.isoformat(), "max": (today + FARTHEST).isoformat()}
        self.fields["due_on"].widget.attrs.update(bounds)

    def refuse(self, reason: str, *, expect: int) -> None:
        """Say why it did not go through and keep the words; a second press is about `expect`."""
        self.add_error(None, reason)
        assert isinstance(self.data, QueryDict)
        self.data = self.data.dict() | {"expect": str(expect)}

    def clean_due_on(self) -> date:
        due_on: date = self.cleaned_data["due_on"]
        if due_on < self._today:
            raise forms.ValidationError(_("This day has passed. Choose today or later."))
        if due_on > self._today + FARTHEST:
            raise forms.ValidationError(_("More than a year away. Choose an earlier day."))
        return due_on

    def clean_time_code_s(self) -> int:
        """The moment when the form was opened, which is when the words were said; never the future."""
        return min(self.cleaned_data["time_code_s"] or self._elapsed_s, self._elapsed_s)
