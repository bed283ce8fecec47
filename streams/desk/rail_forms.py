"""What the rail sends: small, and checked to the last digit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.common.numbers import LARGEST
from streams.desk.forms import TimeCodeField, WordsField
from streams.questions.running_order import Where
from streams.receptions import notes, timecode

CUE_MAX = 1000


class Place(forms.Form):
    """`step` is "12:up", a button's one value; or `number` goes before `before` (empty: to the end)."""

    step = forms.RegexField(rf"^[1-9]\d{{0,8}}:({'|'.join(Where)})$", max_length=20, required=False)
    number = forms.IntegerField(min_value=1, max_value=LARGEST, required=False)
    before = forms.IntegerField(min_value=1, max_value=LARGEST, required=False)

    @override
    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        given["where"] = None
        if given.get("step"):
            number, _colon, where = given["step"].partition(":")
            given |= {"number": int(number), "where": Where(where)}
        elif not given.get("number"):
            raise forms.ValidationError(_("Which question?"))
        return given


class Order(forms.Form):
    """All numbers of the queue in their new order: "12,7,30"."""

    numbers = forms.RegexField(r"^\d{1,9}(,\d{1,9}){0,4999}$", max_length=50_000)

    def clean_numbers(self) -> list[int]:
        return [int(number) for number in self.cleaned_data["numbers"].split(",")]


class StepOn(forms.Form):
    """`expect`: the version of the question on air; empty where none was seen there."""

    expect = forms.IntegerField(min_value=1, max_value=LARGEST, required=False)
    following = forms.IntegerField(min_value=1, max_value=LARGEST)
    text = WordsField(max_chars=1000, lines=False, required=False)
    time_code_s = TimeCodeField(required=False)


class StepBack(forms.Form):
    """What `StepOn` did: the question that went on air and the one answered for it, with their versions."""

    following = forms.IntegerField(min_value=1, max_value=LARGEST)
    following_expect = forms.IntegerField(min_value=1, max_value=LARGEST)
    answered = forms.IntegerField(min_value=1, max_value=LARGEST, required=False)
    answered_expect = forms.IntegerField(min_value=1, max_value=LARGEST, required=False)


class CueText(forms.Form):
    cue = WordsField(label=_("Note for the chief"), max_chars=CUE_MAX, rows=3, required=False)


class NoteText(forms.Form):
    note = WordsField(max_chars=notes.MAX_CHARS, lines=False)


class Delay(forms.Form):
    shift_s = forms.IntegerField(
        label=_("Seconds"), min_value=-timecode.MAX_SHIFT_S, max_value=timecode.MAX_SHIFT_S
    )
