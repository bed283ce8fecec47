"""The keys of the desk: what each does, where it is, and where a person may put it. Standard library only.

A key is a place on the keyboard (`KeyboardEvent.code`), so it is the same in every layout: "KeyA",
"Shift+KeyV", "Alt+F4" with its modifiers in this order. A person's map holds only what differs from
the defaults; an action without a place is switched off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

OFF = ""


class Group(StrEnum):
    LIST = "list"
    CHOICE = "choice"
    STEPS = "steps"
    CARD = "card"
    AIR = "air"
    PAGE = "page"


@dataclass(frozen=True)
class Action:
    """`default` is also what the page's controls call it: [data-code="KeyA"]."""

    name: str
    default: str
    group: Group


_DEFAULTS: Mapping[Group, Mapping[str, str]] = {
    Group.LIST: {
        "next": "KeyJ",
        "previous": "KeyK",
        "deal": "Shift+KeyN",
        "search": "Slash",
        "show_waiting": "Digit1",
        "show_new": "Digit2",
        "show_approved": "Digit3",
        "show_proposed": "Digit4",
        "show_mine": "Digit5",
        "show_closed": "Digit6",
        "show_overdue": "Digit7",
    },
    Group.CHOICE: {
        "choose": "KeyX",
        "choose_to_here": "Shift+KeyX",
        "choose_next": "Shift+KeyJ",
        "choose_previous": "Shift+KeyK",
        "choose_all": "Shift+KeyA",
    },
    Group.STEPS: {
        "approve": "KeyA",
        "queue": "KeyQ",
        "queue_first": "KeyN",
        "put_on_air": "KeyO",
        "back": "KeyB",
        "answered_live": "KeyV",
        "answer_text": "KeyT",
        "find_saved": "Shift+KeyT",
        "give_prepared": "Shift+KeyP",
        "control": "KeyP",
        "forward": "KeyG",
        "decline": "KeyR",
        "keep": "KeyD",
        "merge": "KeyM",
        "set_aside": "KeyH",
        "hide": "Shift+KeyH",
        "carry_over": "KeyY",
        "undo": "KeyU",
    },
    Group.CARD: {
        "edit": "KeyE",
        "mask": "Shift+KeyE",
        "claim": "KeyC",
        "urgent": "Shift+KeyU",
        "tags": "KeyL",
        "tag_suggested": "Shift+KeyL",
        "join_like": "Shift+KeyM",
        "cue": "KeyF",
        "district": "Shift+KeyG",
    },
    Group.AIR: {
        "advance": "Shift+KeyV",
        "show_on_air": "Digit0",
        "arrange": "KeyS",
        "note": "KeyW",
    },
    Group.PAGE: {
        "type_in": "KeyI",
        "alone": "KeyZ",
        "help": "Shift+Slash",
    },
}
ACTIONS: Mapping[str, Action] = {
    name: Action(name, code, group)
    for group, defaults in _DEFAULTS.items()
    for name, code in defaults.items()
}

_SIGNS = {
    "Minus": "-",
    "Equal": "=",
    "BracketLeft": "[",
    "BracketRight": "]",
    "Semicolon": ";",
    "Quote": "'",
    "Backquote": "`",
    "Backslash": "\\",
    "IntlBackslash": "<",
    "Comma": ",",
    "Period": ".",
    "Slash": "/",
}
# Not F1, F3, F5, F11 and F12, which belong to browsers; not Enter, Space, Tab, Escape and the arrows,
# which mean something on every control.
_CODE = re.compile(
    rf"(?P<alt>Alt\+)?(?P<shift>Shift\+)?"
    rf"(?P<place>Key[A-Z]|Digit[0-9]|F(?:2|4|6|7|8|9|10)|{'|'.join(_SIGNS)})"
)


class UnknownAction(Exception):
    """No action of the desk has this name."""


class Unfit(Exception):
    """This place can't be a key of the desk."""


class Taken(Exception):
    """Another action, `by`, has this key."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


@dataclass(frozen=True)
class KeyMap:
    """A person's keys. `changes`: action → code, or OFF. Without `characters` every key that types a
    character by itself is off (WCAG 2.1.4); those with Alt and the function keys stay."""

    changes: Mapping[str, str] = field(default_factory=dict)
    characters: bool = True

    def codes(self) -> dict[str, str]:
        """Action → code or OFF. A default gives way where the person gave its place to another."""
        own = {name: code for name, code in self.changes.items() if name in ACTIONS}
        given = set(own.values())
        return {
            name: own.get(name, OFF if action.default in given else action.default)
            for name, action in ACTIONS.items()
        }

    def working(self) -> dict[str, str]:
        """Action → the code that acts now."""
        codes = self.codes()
        if self.characters:
            return codes
        return {name: OFF if is_character(code) else code for name, code in codes.items()}

    def with_key(self, name: str, code: str, *, swap: bool = False) -> KeyMap:
        """`code` (or OFF) for the action; with `swap` whoever had it gets this one's old place.

        Raises UnknownAction, Unfit, Taken.
        """
        if name not in ACTIONS:
            raise UnknownAction(name)
        if code != OFF and not is_code(code):
            raise Unfit(code)
        codes = self.codes()
        holder = next((n for n, c in codes.items() if c == code and n != name), None)
        if code != OFF and holder is not None:
            if not swap:
                raise Taken(holder)
            codes[holder] = codes[name]
        codes[name] = code
        return replace(self, changes=_differences(codes))

    def moved(self) -> dict[str, tuple[str, str]]:
        """For the page: default code → (code that acts now, how it is shown), where they differ."""
        return {
            ACTIONS[name].default: (code, shown(code))
            for name, code in self.working().items()
            if code != ACTIONS[name].default
        }


def read(changes: object, *, characters: bool = True) -> KeyMap:
    """A stored map, believed as far as it makes sense: actions come and go with versions."""
    kept: dict[str, str] = {}
    for name, code in changes.items() if isinstance(changes, dict) else ():
        fits = isinstance(code, str) and (code == OFF or is_code(code))
        if name in ACTIONS and fits and (code == OFF or code not in kept.values()):
            kept[name] = code
    return KeyMap(kept, characters)


def is_code(code: str) -> bool:
    return _CODE.fullmatch(code) is not None


def is_character(code: str) -> bool:
    """Whether it types a letter, digit or sign by itself, Shift or not."""
    parts = _CODE.fullmatch(code)
    return parts is not None and not parts["alt"] and not parts["place"].startswith("F")


def shown(code: str) -> str:
    """As on a key cap: "⇧V", "Alt A", "?"; nothing for OFF."""
    if code == "Shift+Slash":
        return "?"
    parts = _CODE.fullmatch(code)
    if parts is None:
        return ""
    place = parts["place"]
    cap = _SIGNS.get(place) or place.removeprefix("Key").removeprefix("Digit")
    return f"{'Alt ' if parts['alt'] else ''}{'⇧' if parts['shift'] else ''}{cap}"


def _differences(codes: Mapping[str, str]) -> dict[str, str]:
    """Only what differs, so that a new default reaches everybody who did not change that action."""
    return {name: code for name, code in codes.items() if code != ACTIONS[name].default}
