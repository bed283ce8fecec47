"""Forms of the board's plan and of personal control."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from streams.chiefs.actions import Host
from streams.common import clock
from streams.common.fields import CleanText
from streams.control.models import RESULT_LABELS
from streams.control.rules import RESULTS
from streams.people import access
from streams.people.models import Unit, User
from streams.people.rules import HOSTS, Role, lineage
from streams.receptions.models import KIND_LABELS, Schedule
from streams.receptions.rules import Kind

_KINDS = (Kind.ON_AIR, Kind.WEDNESDAY)
ANSWER_MAX_CHARS = 10_000
INSTRUCTION_MAX_CHARS = 2_000
# A plan reaches that far.
FARTHEST = timedelta(days=366)


class HostForm(forms.Form):
    """Unit and who answers there: a chief with an account, or a name."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Unit"))
    host = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Chief who answers"),
        required=False,
        empty_label=gettext_lazy("Someone else: write the name below"),
    )
    host_name = CleanText(
        label=gettext_lazy("Name"),
        max_chars=150,
        lines=False,
        required=False,
        help_text=gettext_lazy("Only where the chief has no account."),
    )
    host_post = CleanText(label=gettext_lazy("Post"), max_chars=200, lines=False, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = access.units_of(user, HOSTS)
        if len(units) == 1:
            self.fields["unit"].initial = units[0]
        above = {code for unit in units for code in lineage(unit.path)}
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        chiefs = (
            User.objects.filter(
                is_active=True, memberships__role=Role.CHIEF, memberships__unit__code__in=above
            )
            .distinct()
            .order_by("full_name", "username")
        )
        self.fields["host"].queryset = chiefs  # type: ignore[attr-defined]
        if len(only := chiefs[:2]) == 1:
            self.fields["host"].initial = only[0]

    @override
    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        unit, host = data.get("unit"), data.get("host")
        if host and unit and access.role_in(host, unit, {Role.CHIEF}) is None:
            self.add_error("host", _("This chief does not serve in the unit chosen above."))
        if host and data.get("host_name"):
            self.add_error("host_name", _("Choose the chief above or write a name, not both."))
        if not host and not data.get("host_name") and "host_name" not in self.errors:
            self.add_error("host_name", _("Choose a chief or write a name."))
        return data

    def answering(self) -> Host:
        data = self.cleaned_data
        user: User | None = data["host"]
        if user is None:
            return Host(data["host_name"], data["host_post"], None)
        return Host(str(user), data["host_post"] or user.post, user)


class ReceptionForm(HostForm):
    kind = forms.TypedChoiceField(
        label=gettext_lazy("Kind"),
        coerce=Kind,
        choices=lambda: [(k.value, capfirst(str(KIND_LABELS[k]))) for k in _KINDS],
    )
    title = CleanText(
        label=gettext_lazy("Title"),
        max_chars=200,
        lines=False,
        required=False,
    )
    day = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    at = forms.TimeField(
        label=gettext_lazy("Time in the unit"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
    )
    field_order = ("unit", "kind", "title", "day", "at", "host", "host_name", "host_post")

    @override
    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if {"unit", "day", "at"} <= data.keys():
            zone = ZoneInfo(data["unit"].timezone)
            data["starts_at"] = datetime.combine(data["day"], data["at"], tzinfo=zone)
            if data["starts_at"] <= clock.now():
                self.add_error("day", _("This time has passed. Choose a later one."))
            elif data["starts_at"] > clock.now() + FARTHEST:
                self.add_error("day", _("More than a year away. Choose an earlier day."))
        return data


class LineForm(HostForm):
    """One line of the weekly plan."""

    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Day of the week"),
        coerce=int,
        choices=Schedule._meta.get_field("weekday").choices or (),
        initial=2,
    )
    at = forms.TimeField(
        label=gettext_lazy("Time in the unit"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
        initial=time(10, 0),
    )
    field_order = ("unit", "weekday", "at", "host", "host_name", "host_post")

    def for_line(self, line: Schedule) -> None:
        """The unit of a line stays: a plan for another unit is another line."""
        self.fields["unit"].queryset = Unit.objects.filter(pk=line.unit_id)  # type: ignore[attr-defined]
        self.fields["unit"].disabled = True
        self.initial = {
            "unit": line.unit_id,
            "weekday": line.weekday,
            "at": line.time,
            "host": line.host_id,
            "host_name": "" if line.host_id else line.host_name,
            "host_post": line.host_post,
        }


class StepForm(forms.Form):
    """A step on a record as the person saw it: `seen` is the last step that stood there."""

    seen = forms.IntegerField(
        min_value=0, max_value=2**63 - 1, required=False, widget=forms.HiddenInput
    )

    def refuse(self, reason: str, *, seen: int) -> None:
        """Say why it did not go through and keep the words; a second press is about `seen`."""
        self.add_error(None, reason)
        assert isinstance(self.data, QueryDict)
        self.data = self.data.dict() | {self.add_prefix("seen"): str(seen)}


class AssignForm(StepForm):
    executor_name = CleanText(label=gettext_lazy("Executor"), max_chars=150, lines=False)
    instruction = CleanText(
        label=gettext_lazy("Instruction"),
        max_chars=INSTRUCTION_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(StepForm):
    text = CleanText(
        label=gettext_lazy("Answer, as it will be published"),
        max_chars=ANSWER_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the answer"), choices=settings.LANGUAGES
    )


class RemoveForm(StepForm):
    result = forms.ChoiceField(
        label=gettext_lazy("Result"),
        choices=[(result, RESULT_LABELS[result]) for result in RESULTS],
        widget=forms.RadioSelect,
    )


class SearchForm(forms.Form):
    q = CleanText(max_chars=40, lines=False, required=False)
