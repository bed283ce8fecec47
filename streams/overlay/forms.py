"""What the page that sets up an overlay may send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from streams.overlay.rules import AUTO_HIDE_S, Order


def _how_long(seconds: int) -> Any:
    if not seconds:
        return _("as long as the question is on air")
    return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}


class SetUp(forms.Form):
    auto_hide_s = forms.TypedChoiceField(coerce=int, label=_("Show a question for"))
    shows_asker = forms.BooleanField(label=_("With the asker's first name"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(seconds, _how_long(seconds)) for seconds in AUTO_HIDE_S]
        self.fields["auto_hide_s"].choices = choices  # type: ignore[attr-defined]


class Ordered(forms.Form):
    order = forms.TypedChoiceField(coerce=Order, choices=[(o.value, o.value) for o in Order])
