"""A unit's sources: add, connect, switch, give a new address, check. For its administrators."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from streams.common import clock
from streams.common.redirects import see_other
from streams.people import access
from streams.people.access import staff
from streams.people.rules import Role
from streams.sources import bridge, consumers, health, kept, probing, queries, registry, words
from streams.sources.connectors.base import Hooking, Push
from streams.sources.forms import SourceForm
from streams.sources.guides import GUIDES
from streams.sources.models import Source
from streams.sources.rules import Health

ROLES = frozenset({Role.ADMINISTRATOR})


@staff
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    units = access.units_of(request.user, ROLES)
    if not units.exists():
        raise Http404
    found = (
        Source.objects.filter(unit__in=units).select_related("unit").order_by("unit__path", "name")
    )
    context = {
        "pulses": queries.pulses(found, clock.now()),
        "platforms": [(name, words.platform(name)) for name in registry.connectors()],
    }
    return render(request, "sources/list.html", context)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, platform: str) -> HttpResponse:
    units = access.units_of(request.user, ROLES).order_by("path")
    if not units.exists() or platform not in registry.connectors():
        raise Http404
    source = Source(platform=platform)
    form = SourceForm(
        request.POST if request.method == "POST" else None, source=source, units=units
    )
    if not form.is_valid():
        return _page(request, source, form, status=_status(form))
    token = source.new_token() if _by_token(source) else ""
    made = form.save()
    messages.success(request, _("The source was added."))
    # Shown on this answer and never again, so it is no redirect.
    fresh = SourceForm(source=source, units=units)
    return _page(request, source, fresh, made=made, token=token, status=HTTPStatus.CREATED)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def source(request: HttpRequest, source_uuid: uuid.UUID) -> HttpResponse:
    found = _fetch(request, source_uuid)
    units = access.units_of(request.user, ROLES)
    if request.method != "POST":
        return _page(request, found, SourceForm(source=found, units=units))
    form = SourceForm(request.POST, source=found, units=units)
    if not form.is_valid():
        return _page(request, found, form, status=_status(form))
    made = form.save()
    if made:
        return _page(request, found, SourceForm(source=found, units=units), made=made)
    messages.success(request, _("Saved."))
    return _see(found)


@staff
@require_POST
def switch(request: HttpRequest, source_uuid: uuid.UUID) -> HttpResponse:
    """On, or off; what is off is told so on every desk at once."""
    found = _fetch(request, source_uuid)
    found.is_enabled = request.POST.get("on") == "1"
    found.save(update_fields=["is_enabled"])
    state = Health.WAITING if found.is_enabled else Health.OFF
    health.report(found.pk, state, now=clock.now())
    messages.success(
        request, _("It is switched on.") if found.is_enabled else _("It is switched off.")
    )
    return _see(found)


@staff
@require_POST
def rotate(request: HttpRequest, source_uuid: uuid.UUID) -> HttpResponse:
    """A new token; with the old one the door is closed from now on."""
    found = _fetch(request, source_uuid)
    token = found.new_token()
    found.save(update_fields=["token_hash"])
    form = SourceForm(source=found, units=access.units_of(request.user, ROLES))
    return _page(request, found, form, token=token)


@staff
@require_POST
def check(request: HttpRequest, source_uuid: uuid.UUID) -> HttpResponse:
    return _checked(request, _fetch(request, source_uuid))


def _checked(request: HttpRequest, found: Source) -> HttpResponse:
    checks = async_to_sync(probing.probe)(found)
    form = SourceForm(source=found, units=access.units_of(request.user, ROLES))
    shown = [(one.ok, words.check(one)) for one in checks or ()]
    return _page(request, found, form, checks=shown, is_checked=True)


@staff
@require_POST
def hook(request: HttpRequest, source_uuid: uuid.UUID) -> HttpResponse:
    """Have the platform deliver to us, or nowhere; and see what it says of itself afterwards."""
    found = _fetch(request, source_uuid)
    if not isinstance(registry.connector(found.platform), Hooking):
        raise Http404
    address = _address(found, "") if request.POST.get("on") == "1" else ""
    why = async_to_sync(probing.hook)(found, address)
    if why:
        messages.error(request, words.hook(why))
    elif address:
        messages.success(request, _("The platform delivers here from now on."))
    else:
        messages.success(request, _("The platform delivers nothing any more; it can be asked."))
    return _checked(request, found)


@staff
@require_POST
def test(request: HttpRequest, source_uuid: uuid.UUID) -> HttpResponse:
    found = _fetch(request, source_uuid)
    if probing.send_test(found, _("A test comment of this site"), now=clock.now()):
        messages.success(
            request,
            _(
                "The test comment went the whole way. It is the house's own, so it makes no question."
            ),
        )
    else:
        messages.error(request, _("The test comment did not arrive."))
    return _see(found)


def _fetch(request: HttpRequest, source_uuid: uuid.UUID) -> Source:
    """Raises Http404 where it isn't theirs, or its platform is no longer known here."""
    found = access.fetch(
        Source.objects.select_related("unit"), request.user, ROLES, uuid=source_uuid
    )
    if found.platform not in registry.connectors():
        raise Http404
    return found


def _page(
    request: HttpRequest,
    source: Source,
    form: SourceForm,
    *,
    status: int = HTTPStatus.OK,
    made: dict[str, str] | None = None,
    token: str = "",
    **more: Any,
) -> HttpResponse:
    connector = registry.connector(source.platform)
    secrets = [(words.field(name), value) for name, value in (made or {}).items()]
    is_bridge = source.platform == bridge.PLATFORM
    if is_bridge and token:
        # It says its token and knocks at an address that is no secret.
        secrets, token = [(_("Token of the bridge"), token)], ""
    context = {
        "source": source,
        "form": form,
        "platform": words.platform(source.platform),
        "own_fields": [form[one.name] for one in connector.fields],
        "tell_fields": [form[name] for name in form.tells],
        "guide": GUIDES.get(source.platform),
        "kept": _kept(source),
        "needs_review": connector.capabilities.needs_review,
        "address": _address(source, token),
        "may_hook": isinstance(connector, Hooking),
        "is_bridge": is_bridge,
        "needs_token": connector.capabilities.address_token and not is_bridge,
        "token": token,
        "made": secrets,
        "pulse": queries.pulses([source], clock.now())[0] if source.pk else None,
        **more,
    }
    response = render(request, "sources/source.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _kept(source: Source) -> tuple[int, str]:
    """How many of its comments became no question, and the reception that could take them now."""
    if not source.pk:
        return 0, ""
    fed = queries.fed_by(source, clock.now())
    return kept.of_unit(source.unit_id, source.uuid).count(), fed.no if fed else ""


def _address(source: Source, token: str) -> str:
    """Where the platform calls us; without its secret part where that is not known any more."""
    if source.pk and source.platform == bridge.PLATFORM:
        return f"{settings.SITE_URL.replace('http', 'ws', 1)}{consumers.PATH}{source.uuid}/"
    if not source.pk or not isinstance(registry.connector(source.platform), Push):
        return ""
    if token:
        return settings.SITE_URL + reverse("in_token", args=[source.uuid, token])
    return settings.SITE_URL + reverse("in", args=[source.uuid])


def _by_token(source: Source) -> bool:
    return registry.connector(source.platform).capabilities.address_token


def _status(form: SourceForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK


def _see(source: Source) -> HttpResponse:
    return see_other("source", source.uuid)
