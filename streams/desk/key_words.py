"""The keys in words: what each action is called in the help and in the editor, and why a key was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from streams.desk import keymap
from streams.desk.keymap import Group, KeyMap

GROUPS: Mapping[Group, object] = {
    Group.LIST: gettext_lazy("The list"),
    Group.CHOICE: gettext_lazy("Several questions at once"),
    Group.STEPS: gettext_lazy("Steps with a question"),
    Group.CARD: gettext_lazy("The open question"),
    Group.AIR: gettext_lazy("On air"),
    Group.PAGE: pgettext_lazy("keys for the whole page", "The page"),
}
LABELS: Mapping[str, object] = {
    "next": gettext_lazy("next question"),
    "previous": gettext_lazy("previous question"),
    "deal": gettext_lazy("next for me: the oldest question that nobody works on"),
    "search": gettext_lazy("search"),
    "show_waiting": gettext_lazy("show all that wait"),
    "show_new": gettext_lazy("show the new ones"),
    "show_approved": gettext_lazy("show the approved ones"),
    "show_proposed": gettext_lazy("show those to confirm"),
    "show_mine": gettext_lazy("show mine"),
    "show_closed": gettext_lazy("show the closed ones"),
    "show_overdue": gettext_lazy("show the overdue ones"),
    "choose": gettext_lazy("choose it for a step with several; open a closed question again"),
    "choose_to_here": gettext_lazy("choose all up to here"),
    "choose_next": gettext_lazy("choose this and the next"),
    "choose_previous": gettext_lazy("choose this and the previous"),
    "choose_all": gettext_lazy("choose the whole list"),
    "approve": gettext_lazy("approve"),
    "queue": gettext_lazy("to the queue"),
    "queue_first": gettext_lazy("first in the queue"),
    "put_on_air": gettext_lazy("put on air"),
    "back": gettext_lazy("back: out of the queue, or later"),
    "answered_live": gettext_lazy("answered on air"),
    "answer_text": gettext_lazy("answer in text; then a digit puts a saved reply in"),
    "find_saved": gettext_lazy("find a saved reply for the answer"),
    "give_prepared": gettext_lazy("give the prepared answer"),
    "control": gettext_lazy("to personal control"),
    "forward": gettext_lazy("forward to another body"),
    "decline": gettext_lazy("decline with a reason; confirm what a colleague proposed"),
    "keep": gettext_lazy("refuse a colleague's proposal, or take back one's own"),
    "merge": gettext_lazy("same as another question"),
    "set_aside": gettext_lazy("not a question"),
    "hide": gettext_lazy("hide what is shown already; the duty to answer stays"),
    "carry_over": gettext_lazy("carry over, after the end"),
    "undo": gettext_lazy("undo my last step"),
    "edit": gettext_lazy("edit the public text"),
    "mask": gettext_lazy("mask all marked personal data"),
    "claim": gettext_lazy("take, release or take over"),
    "urgent": gettext_lazy("urgent, or not"),
    "tags": gettext_lazy("tags"),
    "tag_suggested": gettext_lazy("take the suggested tag"),
    "join_like": gettext_lazy("choose among like questions; then Ctrl Enter merges"),
    "cue": gettext_lazy("note for the chief about the question"),
    "district": gettext_lazy("hand to a district"),
    "advance": gettext_lazy("answered on air, and the next one on air"),
    "show_on_air": gettext_lazy("the question on air"),
    "arrange": gettext_lazy("suggested order of the queue"),
    "note": gettext_lazy("message to the chief on air"),
    "type_in": gettext_lazy("type a question in: a call, a letter, a visitor"),
    "alone": gettext_lazy("only the open question, and back"),
    "help": gettext_lazy("help with the keys"),
}


@dataclass(frozen=True)
class KeyRow:
    """One action in the help or the editor. `working`: as it acts now, "" where it is off."""

    name: str
    default: str
    label: object
    shown: str
    working: str
    default_shown: str

    @property
    def is_changed(self) -> bool:
        return self.shown != self.default_shown


def rows(keys: KeyMap) -> list[tuple[object, list[KeyRow]]]:
    """All actions under the headings of their groups."""
    codes, working = keys.codes(), keys.working()
    return [
        (
            heading,
            [
                KeyRow(
                    name,
                    action.default,
                    LABELS[name],
                    keymap.shown(codes[name]),
                    keymap.shown(working[name]),
                    keymap.shown(action.default),
                )
                for name, action in keymap.ACTIONS.items()
                if action.group is group
            ],
        )
        for group, heading in GROUPS.items()
    ]


def taken(code: str, by: str) -> str:
    return _("%(key)s already means “%(action)s”.") % {
        "key": keymap.shown(code),
        "action": LABELS[by],
    }


def unfit() -> str:
    return _(
        "This key can't be used here: the page or the browser needs it. Take a letter, a digit, a sign "
        "or F2 to F10, with or without Shift and Alt."
    )


def done(name: str, keys: KeyMap) -> str:
    key = keymap.shown(keys.codes()[name])
    if not key:
        return _("“%(action)s” has no key now.") % {"action": LABELS[name]}
    return _("%(key)s now means “%(action)s”.") % {"key": key, "action": LABELS[name]}
