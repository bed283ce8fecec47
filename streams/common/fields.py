"""Form fields for text from people: cleaned as everywhere, with the reason in plain words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from typing_extensions import override

from streams.common import text


class CleanText(forms.CharField):
    """Printable text of at most `max_chars` characters; `lines=False` makes it one line."""

    def __init__(self, *, max_chars: int, lines: bool = True, **kwargs: Any) -> None:
        super().__init__(**{"strip": False, **kwargs})
        self.max_chars, self.lines = max_chars, lines

    @override
    def to_python(self, value: Any) -> str:
        raw = super().to_python(value) or ""
        try:
            return text.clean(raw, max_chars=self.max_chars, lines=self.lines)
        except text.TextError as error:
            if error.code == "empty":
                return self._empty(raw)
            over = error.params["got"] - error.params["max"]
            raise forms.ValidationError(
                ngettext(
                    "Too long by %(over)d character.", "Too long by %(over)d characters.", over
                ),
                code="long",
                params={"over": over},
            ) from None

    def _empty(self, raw: str) -> str:
        """Signs that nobody can read are an empty field where it is optional, an error where not."""
        if raw.strip() and self.required:
            raise forms.ValidationError(_("Please write it in words."), code="words")
        return ""
