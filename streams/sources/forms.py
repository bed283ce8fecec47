"""The form that connects a source: its connector's own fields, secrets in one direction only."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.common import clock
from streams.people.models import Unit
from streams.sources import outbox, registry, words
from streams.sources.addresses import BadAddress, checked_url
from streams.sources.connectors.base import Field
from streams.sources.connectors.webhook import signature
from streams.sources.models import Source
from streams.sources.models.source import FEEDS_LABELS
from streams.sources.rules import Tell

# Secrets that are ours to invent; left out, they are made.
_MADE_HERE = frozenset({"signing_secret", "verify_token", "secret_token"})
_MAX = 2000
_TELLS = {
    "receipts": _("Tell askers there that their question was received"),
    "outcomes": _("Tell askers there how their question ended"),
}
_TELL_CHOICES = [
    (Tell.PRIVATE.value, _("only where nobody else reads it")),
    (Tell.ALL.value, _("also under everybody's eyes")),
    (Tell.OFF.value, _("never")),
]


class SourceForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    name = forms.CharField(label=_("Name on the desk"), max_length=80)
    feeds = forms.ChoiceField(
        label=_("Feeds"), choices=[(f.value, FEEDS_LABELS[f]) for f in FEEDS_LABELS]
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, source: Source, units: Any
    ) -> None:
        super().__init__(
            data,
            auto_id="source-%s",
            initial={
                "unit": source.unit_id or (units.first().pk if units.count() == 1 else None),
                "name": source.name or words.platform(source.platform),
                "feeds": source.feeds,
            },
        )
        self.source = source
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)
        unit.queryset = units
        if source.pk:
            del self.fields["unit"]  # what it received belongs to its unit's receptions
        self.tells = self._telling()
        self.own = registry.connector(source.platform).fields
        kept = source.secrets
        for one in self.own:
            self.fields[one.name] = self._field(one, one.name in kept)

    def _telling(self) -> tuple[str, ...]:
        """Switches for what askers are told, where the platform takes replies at all."""
        if outbox.replier(self.source) is None:
            return ()
        for name, label in _TELLS.items():
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=_TELL_CHOICES,
                required=False,
                initial=self.source.settings.get(name) or Tell.PRIVATE.value,
            )
        return tuple(_TELLS)

    def _field(self, one: Field, is_kept: bool) -> forms.Field:
        is_needed = one.required and not one.default and not is_kept
        validators = [ProhibitNullCharactersValidator()]
        if one.choices:
            return forms.ChoiceField(
                label=words.field(one.name),
                required=is_needed,
                choices=[(choice, words.way(choice)) for choice in one.choices],
                initial=self.source.settings.get(one.name, one.default),
            )
        if not one.secret:
            return forms.CharField(
                label=words.field(one.name),
                required=is_needed,
                max_length=_MAX,
                initial=self.source.settings.get(one.name, one.default),
                validators=validators,
            )
        hint: object = words.kept() if is_kept else ""
        if not is_kept and one.name in _MADE_HERE:
            is_needed, hint = False, _("Left empty, one is made and shown once.")
        return forms.CharField(
            label=words.field(one.name),
            required=is_needed,
            max_length=_MAX,
            help_text=str(hint),
            widget=forms.PasswordInput({"autocomplete": "off"}),
            validators=validators,
        )

    @override
    def clean(self) -> dict[str, Any]:
        for one in self.own:
            value = self.cleaned_data.get(one.name, "")
            if one.name.endswith("_url") and value:
                try:
                    self.cleaned_data[one.name] = checked_url(value)
                except BadAddress:
                    self.add_error(one.name, _("This is no address that may be called."))
        return self.cleaned_data

    def _keep_telling(self, before: Mapping[str, Any]) -> None:
        """What was decided before it was switched on is not told any more."""
        if not self.tells:
            return
        chosen = {name: self.cleaned_data[name] or Tell.PRIVATE.value for name in self.tells}
        is_new = (before.get("outcomes") or Tell.PRIVATE) != chosen["outcomes"]
        since = clock.now().isoformat() if is_new else before.get("outcomes_since", "")
        self.source.settings |= chosen | ({"outcomes_since": since} if since else {})

    def save(self) -> dict[str, str]:
        """The secrets that were made here, to be shown this once."""
        source, given = self.source, self.cleaned_data
        if "unit" in given:
            source.unit = given["unit"]
        source.name, source.feeds = given["name"], given["feeds"]
        before = dict(source.settings)
        source.settings = {
            one.name: given[one.name] for one in self.own if not one.secret and given.get(one.name)
        }
        self._keep_telling(before)
        kept = source.secrets
        made = {
            one.name: _made(one.name)
            for one in self.own
            if one.secret
            and one.name in _MADE_HERE
            and not given.get(one.name)
            and one.name not in kept
        }
        written = {
            one.name: given[one.name] for one in self.own if one.secret and given.get(one.name)
        }
        if made or written:
            source.keep_secrets(made | written)
        source.save()
        return made


def _made(name: str) -> str:
    if name == "signing_secret":
        return signature.new_secret(secrets.token_bytes(32))
    return secrets.token_urlsafe(24)
