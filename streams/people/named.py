"""People by name: what a hand-written SELECT takes of an account whose name is shown."""

from streams.common.columns import Columns
from streams.people.models import User


def named(table: str) -> Columns[User]:
    """`table`: its name in the statement."""
    return Columns(User, table, only=("id", "username", "full_name"))
