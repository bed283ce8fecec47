"""What everybody who signs in looks after alone."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from typing_extensions import override

from streams.people.access import staff


class _ChangePassword(PasswordChangeView):
    """Whoever else is signed in with the old one, on another computer, is signed out."""

    template_name = "people/password.html"
    success_url = reverse_lazy("wednesday")

    @override
    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("The password is changed."))
        return super().form_valid(form)

    @override
    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        # A list has no place in the hint of a field: the page says it above.
        form.fields["new_password1"].help_text = ""
        return form

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rules=password_validators_help_texts(), **kwargs)


@staff
def password(request: HttpRequest) -> HttpResponse:
    return cast("HttpResponse", _ChangePassword.as_view()(request))
