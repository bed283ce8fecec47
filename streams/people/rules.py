"""Who may be what. A role holds for a unit and every unit below it."""

from enum import StrEnum


class Role(StrEnum):
    MODERATOR = "moderator"
    CHIEF = "chief"
    CONTROLLER = "controller"
    EXECUTOR = "executor"
    REVIEWER = "reviewer"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"


# Beside the roles of people, the journal knows two actors without an account.
ASKER = "asker"
SYSTEM = "system"

STAFF = frozenset(Role)
# Who sees the desk and the studio.
DESK = frozenset({Role.MODERATOR, Role.CHIEF, Role.ADMINISTRATOR})
STUDIO = frozenset({Role.CHIEF, Role.MODERATOR, Role.ADMINISTRATOR})
# Everybody of the unit may see its promises; who may make which step is in `control.rules`.
CONTROL = STAFF
# Who plans receptions and opens, ends and seals them.
HOSTS = frozenset({Role.MODERATOR, Role.CHIEF, Role.ADMINISTRATOR})
# Who writes down what all moderators say: saved replies.
EDITORS = frozenset({Role.EDITOR, Role.ADMINISTRATOR})


def lineage(path: str) -> list[str]:
    """The codes on a unit's path, from the root of its tree down to its own."""
    return [code for code in path.split("/") if code]
