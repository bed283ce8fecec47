"""A moderator's seat: the reception they may work on and who they are in it."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from streams.people import access
from streams.people.actors import Actor
from streams.people.models import User
from streams.people.rules import DESK
from streams.questions import queries
from streams.questions.models import Question
from streams.receptions.models import Reception
from streams.receptions.queries import receptions

# What the database's integer holds; an address may name anything.
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Seat:
    reception: Reception
    by: Actor

    @property
    def user(self) -> User:
        assert self.by.user is not None
        return self.by.user

    def question(self, number: int) -> Question:
        """With all that a card shows. Raises Http404."""
        if number > _LARGEST:
            raise Http404
        question = queries.of(self.reception, frozenset({number})).first()
        if question is None:
            raise Http404
        return question


def take(user: User | AnonymousUser, no: str) -> Seat:
    """Raises Http404 where the reception isn't there or isn't theirs."""
    reception = access.fetch(receptions(), user, DESK, no=no)
    return Seat(reception, access.actor(user, reception.unit, DESK))
