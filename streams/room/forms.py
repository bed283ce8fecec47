"""The ask form without JavaScript: the same door, `intake.parse`, and its errors beside the fields."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.people.models import Unit
from streams.questions import intake
from streams.room import replies

# Django's CharField would strip and refuse by rules of its own; intake.parse is the only judge.
FIELDS = ("client_id", "text", "name", "district", "contact")
_SHOWN = frozenset(FIELDS) - {"client_id"}


class AskForm(forms.Form):
    client_id = forms.Field(required=False, widget=forms.HiddenInput)
    text = forms.Field(
        required=False,
        label=_("Your question"),
        widget=forms.Textarea(
            {
                "rows": 4,
                "autocomplete": "off",
                "dir": "auto",
                "aria-describedby": "ask-text_error ask-text-rules",
            }
        ),
    )
    name = forms.Field(
        required=False,
        label=_("Your first name"),
        widget=forms.TextInput(
            {"autocomplete": "given-name", "dir": "auto", "aria-describedby": "ask-name_error"}
        ),
    )
    district = forms.Field(required=False, label=_("Your district"), widget=forms.Select)
    contact = forms.Field(
        required=False,
        label=_("Phone or e-mail for the answer"),
        help_text=_("Stored apart and encrypted. Never published."),
        widget=forms.TextInput(
            {
                "autocomplete": "off",
                "inputmode": "email",
                "aria-describedby": "ask-contact_helptext ask-contact_error",
            }
        ),
    )
    ask: intake.Ask | None = None

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        districts: Sequence[Unit] = (),
    ) -> None:
        super().__init__(data, auto_id="ask-%s", initial={"client_id": str(uuid.uuid4())})
        choices: list[tuple[str, object]] = [("", _("Not said"))]
        choices += [(unit.code, unit.name) for unit in districts]
        self.fields["district"].widget.choices = choices

    @override
    def clean(self) -> dict[str, Any]:
        payload = {name: self.cleaned_data.get(name) or "" for name in FIELDS}
        try:
            self.ask = intake.parse(payload | {"language": (get_language() or "")[:2]})
        except intake.BadAsk as error:
            self.add_error(error.field if error.field in _SHOWN else None, replies.say(error))
            if error.field == "client_id":
                # Shown again with the same words and an id that works.
                self.data = payload | {"client_id": str(uuid.uuid4())}
        return self.cleaned_data
