"""What an editor writes into a saved reply."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from streams.desk.forms import TEXT_MAX, WordsField
from streams.people.models import Unit
from streams.questions import placeholders
from streams.questions.models import SavedReply

# What is filled in takes room as well.
_TEXT_MAX = TEXT_MAX - 500


class SavedReplyForm(forms.ModelForm):  # type: ignore[type-arg]
    title = WordsField(label=gettext_lazy("Title"), max_chars=80, lines=False)
    text_kk = WordsField(
        label=gettext_lazy("Text in Kazakh"), max_chars=_TEXT_MAX, rows=6, required=False
    )
    text_ru = WordsField(
        label=gettext_lazy("Text in Russian"), max_chars=_TEXT_MAX, rows=6, required=False
    )

    class Meta:
        model = SavedReply
        fields = ("unit", "title", "text_kk", "text_ru")
        labels = {"unit": gettext_lazy("Unit")}

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units
        if self.instance.pk:
            # Moderators of another unit would lose it: there it is another reply.
            field.disabled = True
        elif len(only := units[:2]) == 1:
            self.initial["unit"] = only[0]

    def clean_text_kk(self) -> str:
        return self._known_only("text_kk")

    def clean_text_ru(self) -> str:
        return self._known_only("text_ru")

    @override
    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not given.get("text_kk", "") and not given.get("text_ru", "") and not self.errors:
            self.add_error("text_kk", _("Write the text in Kazakh, in Russian or in both."))
        return given

    def _known_only(self, name: str) -> str:
        said: str = self.cleaned_data[name]
        if wrong := placeholders.unknown(said):
            raise forms.ValidationError(
                _("There is no placeholder %(wrong)s. You can write: %(known)s.")
                % {
                    "wrong": ", ".join(wrong),
                    "known": ", ".join(f"{{{name}}}" for name in placeholders.KNOWN),
                }
            )
        return said
