"""Where the addresses of an overlay are made, told once and taken back."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from streams.common import clock
from streams.common.htmx import is_htmx
from streams.overlay import actions, queries
from streams.overlay.actions import Addresses
from streams.overlay.forms import Ordered, SetUp
from streams.people import access
from streams.people.access import staff
from streams.people.rules import STUDIO
from streams.receptions.models import Reception
from streams.receptions.queries import receptions


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def overlay(request: HttpRequest, no: str) -> HttpResponse:
    """The page; a POST sets how questions are shown."""
    reception = _enter(request, no)
    if request.method != "POST":
        return _page(request, reception)
    form = SetUp(request.POST)
    if not form.is_valid():
        return _page(request, reception, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    actions.set_up(reception.pk, **form.cleaned_data)
    messages.success(request, _("Saved. Open overlays follow at once."))
    return redirect("overlay_setup", no)


@staff
@require_POST
def addresses(request: HttpRequest, no: str) -> HttpResponse:
    """New addresses, shown on this one page and nowhere again."""
    reception = _enter(request, no)
    assert request.user.is_authenticated
    made = actions.make(reception.pk, by=request.user, now=clock.now())
    return _page(request, reception, made=made)


@staff
@require_POST
def take_back(request: HttpRequest, no: str) -> HttpResponse:
    reception = _enter(request, no)
    actions.take_back(reception.pk)
    messages.success(request, _("The addresses no longer work."))
    return redirect("overlay_setup", no)


@staff
@require_POST
def order(request: HttpRequest, no: str) -> HttpResponse:
    """Show or hide, from the desk or from here."""
    reception = _enter(request, no)
    form = Ordered(request.POST)
    if not form.is_valid():
        return _page(request, reception, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    actions.order(reception.pk, form.cleaned_data["order"])
    if is_htmx(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return redirect("overlay_setup", no)


def _page(
    request: HttpRequest,
    reception: Reception,
    *,
    made: Addresses | None = None,
    form: SetUp | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    overlay = queries.of(reception.pk)
    first = {"auto_hide_s": overlay.auto_hide_s, "shows_asker": overlay.shows_asker}
    context = {
        "reception": reception,
        "overlay": overlay,
        "form": form or SetUp(initial=first),
        "report": queries.report(overlay),
        "made": made,
    }
    if made:
        context["page_url"] = request.build_absolute_uri(reverse("overlay", args=[made.token]))
        context["remote_url"] = request.build_absolute_uri(
            reverse("overlay_remote", args=[made.remote])
        )
    return render(request, "overlay/setup.html", context, status=status)


def _enter(request: HttpRequest, no: str) -> Reception:
    return access.fetch(receptions(), request.user, STUDIO, no=no)
