"""A moderator's seat: the reception they may work on and who they are in it."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from streams.common import numbers
from streams.common.columns import Columns
from streams.people import access
from streams.people.actors import Actor
from streams.people.models import Unit, User
from streams.people.rules import DESK
from streams.questions import row, whole
from streams.questions.models import Question
from streams.receptions import lookup
from streams.receptions.models import Reception

_UNIT = Columns(Unit, "u", only=("id", "code", "name_kk", "name_ru", "name_en"))
_TREE = f"SELECT {_UNIT.text} FROM streams_unit u WHERE starts_with(u.path, %s) ORDER BY u.path"  # noqa: S608 -- columns of our own model


@dataclass(frozen=True)
class Seat:
    reception: Reception
    by: Actor

    @property
    def user(self) -> User:
        assert self.by.user is not None
        return self.by.user

    def question(self, number: int) -> Question:
        """As its row is, for what is done with it. Raises Http404."""
        question = row.find(self.reception, number) if numbers.is_one(number) else None
        if question is None:
            raise Http404
        return question

    def full(self, number: int) -> Question:
        """With all that its card shows. Raises Http404."""
        question = whole.one(self.reception, number) if numbers.is_one(number) else None
        if question is None:
            raise Http404
        return question

    def districts(self) -> list[tuple[str, str]]:
        """Codes and names of the units to which a question may be handed: those of the unit's tree."""
        units = _UNIT.read(_TREE, [self.reception.unit.root_path])
        return [(unit.code, unit.name) for unit in units]


def take(user: User | AnonymousUser, no: str) -> Seat:
    """Raises Http404 where the reception isn't there or isn't theirs. Two statements."""
    try:
        reception = lookup.by_no(no)
    except Reception.DoesNotExist:
        raise Http404 from None
    return Seat(reception, access.actor(user, reception.unit, DESK))
