"""What a moderator types in for somebody: a call, a letter, a visitor. One field, Enter, the next."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.desk.forms import WordsField
from streams.questions import intake
from streams.questions.intake import Ask, BadAsk
from streams.questions.labels import BY_HAND
from streams.questions.receipts import Receipt

NAME = "entry"


class EntryForm(forms.Form):
    """`client_id` is minted with the form: sent twice, it is one question."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    source = forms.ChoiceField(
        label=_("How it came"), choices=list(BY_HAND.items()), widget=forms.RadioSelect
    )
    text = WordsField(
        label=_("The question, as it was asked"),
        max_chars=settings.QUESTION_MAX_CHARS,
        rows=3,
    )
    name = WordsField(label=_("First name"), max_chars=intake.NAME_MAX, lines=False, required=False)
    district = forms.ChoiceField(label=_("District"), required=False)
    contact = WordsField(
        label=_("Phone or e-mail for the answer"),
        max_chars=intake.CONTACT_MAX,
        lines=False,
        required=False,
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("by the text")), *settings.LANGUAGES]
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        districts: Sequence[tuple[str, str]],
        source: str = "",
    ) -> None:
        first = source if source in BY_HAND else next(iter(BY_HAND))
        initial = {"client_id": uuid.uuid4(), "source": first}
        super().__init__(data, auto_id=f"{NAME}-%s", initial=initial)
        field = self.fields["district"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Not said")), *districts]
        self.ask: Ask | None = None

    @override
    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if "text" not in given or "client_id" not in given:
            return given
        payload = {
            name: str(given.get(name) or "")
            for name in ("client_id", "text", "name", "district", "contact", "language")
        }
        try:
            # The one door's own measure, so that nothing passes here that wouldn't pass there.
            ask = intake.parse(payload)
        except BadAsk as error:
            field = error.field if error.field in self.fields else None
            self.add_error(field, _("Please check what stands here."))
            return given
        self.ask = replace(ask, source=given.get("source") or next(iter(BY_HAND)))
        return given


@dataclass(frozen=True)
class Typed:
    """A receipt, to be read out to whoever asked."""

    receipt: Receipt

    @property
    def no(self) -> str:
        return self.receipt.no

    @property
    def number(self) -> int:
        return self.receipt.number
