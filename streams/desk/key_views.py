"""The page where a moderator puts the keys of the desk where they like them, one change a request."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from streams.common.htmx import is_htmx
from streams.desk import key_words, keymap
from streams.desk import keys as store
from streams.desk.keymap import OFF, KeyMap
from streams.people import access
from streams.people.access import staff
from streams.people.models import User
from streams.people.rules import DESK


@dataclass(frozen=True)
class Conflict:
    """`code` was asked for `name`, but another action has it."""

    name: str
    code: str
    text: str


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def keys(request: HttpRequest) -> HttpResponse:
    """The editor alone for the desk's dialog, else a page of its own."""
    user = request.user
    if not isinstance(user, User) or not access.units_of(user, DESK).exists():
        raise Http404
    if request.method != "POST":
        return _show(request, store.of(user))
    name, code = _asked(request.POST)
    more: dict[str, Any] = {}
    try:
        changed, told = _change(user, request.POST)
    except keymap.UnknownAction:
        more["told"] = _("This form was incomplete.")
    except keymap.Unfit:
        more["conflict"] = Conflict(name, OFF, key_words.unfit())
    except keymap.Taken as error:
        more["conflict"] = Conflict(name, code, key_words.taken(code, error.by))
    else:
        return _done(request, changed, told)
    return _show(request, store.of(user), status=HTTPStatus.UNPROCESSABLE_ENTITY, **more)


def _change(user: User, asked: QueryDict) -> tuple[KeyMap, str]:
    """What one of the editor's buttons or a pressed key asks for. Raises what `KeyMap.with_key` raises."""
    if "reset" in asked:
        return store.reset(user), _("All keys are where they were at first.")
    if "characters" in asked:
        on = asked["characters"] == "on"
        told = _("Single keys work.") if on else _("Single keys are off.")
        return store.turn_characters(user, on=on), told
    name, code = _asked(asked)
    changed = store.put(user, name, code, swap="swap" in asked)
    return changed, key_words.done(name, changed)


def _asked(asked: QueryDict) -> tuple[str, str]:
    """Action and code: switched off, back where it was at first, or as pressed."""
    if "off" in asked:
        return str(asked["off"]), OFF
    if "back" in asked:
        name = str(asked["back"])
        return name, keymap.ACTIONS[name].default if name in keymap.ACTIONS else OFF
    return asked.get("action", ""), asked.get("code", "")


def _done(request: HttpRequest, changed: KeyMap, told: str) -> HttpResponse:
    if not is_htmx(request):
        return redirect("desk_keys")
    return trigger_client_event(
        _show(request, changed, told=told),
        "desk:keys",
        {"moved": changed.moved(), "characters": changed.characters},
    )


def _show(
    request: HttpRequest, shown: KeyMap, *, status: HTTPStatus = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    context = {"groups": key_words.rows(shown), "keys": shown, **more}
    is_part = is_htmx(request)
    template = "parts/desk_keys_editor.html" if is_part else "desk/keys.html"
    return render(request, template, context, status=status)
