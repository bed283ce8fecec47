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
# Who sees the desk, the studio, the board of promises.
DESK = frozenset({Role.MODERATOR, Role.CHIEF, Role.ADMINISTRATOR})
STUDIO = frozenset({Role.CHIEF, Role.MODERATOR, Role.ADMINISTRATOR})
CONTROL = frozenset({Role.CHIEF, Role.CONTROLLER, Role.EXECUTOR, Role.REVIEWER, Role.ADMINISTRATOR})
# Who plans receptions and opens, ends and seals them.
HOSTS = frozenset({Role.MODERATOR, Role.CHIEF, Role.ADMINISTRATOR})
