"""The standing receptions under addresses that stay: which units have one, and this month's register."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from streams.common import clock
from streams.people.models import Unit
from streams.receptions import queries as receptions
from streams.receptions import standing
from streams.receptions.models import Reception
from streams.receptions.rules import Kind
from streams.room import queries


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every unit that can be asked day and night."""
    registers = list(receptions.open_registers())
    return render(request, "room/blog.html", {"registers": registers})


@require_safe
def blog(request: HttpRequest, code: str) -> HttpResponse:
    """To the register of this month, which is opened by whoever comes first."""
    unit = get_object_or_404(Unit, code=code)
    register = standing.current(unit, now=clock.now())
    if register is None:
        # It was open once: its last month still shows what became of everything.
        register = (
            Reception.objects.filter(unit=unit, kind=Kind.STANDING).order_by("-starts_at").first()
        )
    if register is None:
        raise Http404
    response = redirect("reception", register.no)
    # Another month, another page.
    patch_cache_control(response, no_cache=True)
    return response


@require_safe
def months(request: HttpRequest, code: str) -> HttpResponse:
    """All registers of the unit, with what became of their questions."""
    unit = get_object_or_404(Unit, code=code)
    found = queries.registers(unit)
    if not found:
        raise Http404
    return render(request, "room/blog_months.html", {"unit": unit, "registers": found})
