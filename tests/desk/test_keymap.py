"""The rules of the desk's keys, as tables; and that no control of a template has a key of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from streams.desk import key_words, keymap, moves
from streams.desk.keymap import ACTIONS, OFF, KeyMap, Taken, Unfit, UnknownAction

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.mark.parametrize(
    ("code", "fits", "is_character", "shown"),
    [
        ("KeyA", True, True, "A"),
        ("Shift+KeyV", True, True, "⇧V"),
        ("Alt+KeyV", True, False, "Alt V"),
        ("Alt+Shift+Digit5", True, False, "Alt ⇧5"),
        ("Digit0", True, True, "0"),
        ("Slash", True, True, "/"),
        ("Shift+Slash", True, True, "?"),
        ("IntlBackslash", True, True, "<"),
        ("F2", True, False, "F2"),
        ("Shift+F10", True, False, "⇧F10"),
        ("F1", False, False, ""),
        ("F5", False, False, ""),
        ("F12", False, False, ""),
        ("Enter", False, False, ""),
        ("Space", False, False, ""),
        ("ArrowDown", False, False, ""),
        ("Escape", False, False, ""),
        ("Shift+Alt+KeyA", False, False, ""),
        ("Ctrl+KeyA", False, False, ""),
        ("keya", False, False, ""),
        ("KeyAB", False, False, ""),
        ("KeyА", False, False, ""),  # Cyrillic
        ("KeyA\n", False, False, ""),
        ("", False, False, ""),
        ("K" * 5000, False, False, ""),
    ],
)
def test_what_may_be_a_key(code: str, fits: bool, is_character: bool, shown: str) -> None:
    assert keymap.is_code(code) is fits
    assert keymap.is_character(code) is is_character
    assert keymap.shown(code) == shown


def test_the_defaults_are_fit_and_each_has_words() -> None:
    codes = [action.default for action in ACTIONS.values()]
    assert len(set(codes)) == len(codes)
    assert all(map(keymap.is_code, codes))
    assert set(key_words.LABELS) == set(ACTIONS)
    assert {action.group for action in ACTIONS.values()} == set(key_words.GROUPS)


def test_every_key_of_a_template_is_in_the_table() -> None:
    """Else a person could not move it, switch it off or read about it in the help."""
    written = {
        code
        for path in TEMPLATES.rglob("*.html")
        for code in re.findall(r'data-(?:code|key)="([A-Z][^"{]*)"', path.read_text())
    }
    of_moves = {moves.Action(move, key, "").code for move, key in moves.KEYS.items()}
    assert written - {action.default for action in ACTIONS.values()} == set()
    assert of_moves - {action.default for action in ACTIONS.values()} == set()


@pytest.mark.parametrize(
    ("start", "name", "code", "differs"),
    [
        ({}, "approve", "F2", {"approve": "F2"}),
        ({}, "approve", OFF, {"approve": OFF}),
        ({"approve": "F2"}, "approve", "KeyA", {}),
        ({"approve": OFF}, "queue", "KeyA", {"approve": OFF, "queue": "KeyA"}),
        ({"approve": "F2"}, "queue", "KeyA", {"approve": "F2", "queue": "KeyA"}),
    ],
)
def test_a_key_is_moved(
    start: dict[str, str], name: str, code: str, differs: dict[str, str]
) -> None:
    assert KeyMap(start).with_key(name, code).changes == differs


@pytest.mark.parametrize(
    ("name", "code", "error"),
    [
        ("approve", "KeyQ", Taken),
        ("approve", "Enter", Unfit),
        ("approve", "Ctrl+KeyW", Unfit),
        ("fly", "F2", UnknownAction),
        ("", "F2", UnknownAction),
    ],
)
def test_what_is_refused(name: str, code: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        KeyMap().with_key(name, code)


def test_two_keys_are_swapped() -> None:
    keys = KeyMap().with_key("approve", "KeyQ", swap=True)
    assert keys.changes == {"approve": "KeyQ", "queue": "KeyA"}
    assert keys.with_key("approve", "KeyA", swap=True).changes == {}
    # Whoever had no key has none to give.
    keys = KeyMap({"approve": OFF}).with_key("approve", "KeyQ", swap=True)
    assert keys.codes()["queue"] == OFF


def test_single_keys_off_leaves_those_with_alt_and_the_function_keys() -> None:
    keys = KeyMap({"approve": "Alt+KeyA", "queue": "F4"}, characters=False)
    working = {name: code for name, code in keys.working().items() if code != OFF}
    assert working == {"approve": "Alt+KeyA", "queue": "F4"}
    assert keys.moved()["KeyA"] == ("Alt+KeyA", "Alt A")
    assert keys.moved()["KeyJ"] == (OFF, "")
    assert keys.codes()["next"] == "KeyJ"


@pytest.mark.parametrize(
    ("stored", "kept"),
    [
        ({"approve": "F2"}, {"approve": "F2"}),
        ({"retired": "F2", "approve": "Enter", "queue": 5}, {}),
        ({"approve": "F2", "queue": "F2"}, {"approve": "F2"}),
        ({"approve": OFF, "queue": OFF}, {"approve": OFF, "queue": OFF}),
        (["approve"], {}),
        (None, {}),
    ],
)
def test_a_stored_map_is_believed_as_far_as_it_makes_sense(
    stored: object, kept: dict[str, str]
) -> None:
    assert keymap.read(stored).changes == kept


def test_a_new_default_gives_way_to_what_the_person_chose() -> None:
    keys = keymap.read({"approve": "KeyQ"})
    assert keys.codes()["approve"] == "KeyQ"
    assert keys.codes()["queue"] == OFF
