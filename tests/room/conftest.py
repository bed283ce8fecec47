"""A visitor of the room, and limits that start afresh with every test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from streams.receptions.models import Reception
from streams.room import visitors

JSON = {"Accept": "application/json"}


@dataclass(frozen=True)
class Visitor:
    """A browser without an account. `get` and `post` speak English unless told otherwise."""

    client: Client
    reception: Reception

    def address(self, path: str = "", language: str = "en") -> str:
        return f"/{language}/receptions/{self.reception.no}/{path}"

    def page(self, query: str = "", language: str = "en") -> Any:
        return self.client.get(self.address(language=language) + query)

    def ask(self, text: str = "Why is the road still closed?", **fields: Any) -> Any:
        """By the plain form."""
        return self.client.post(self.address("ask/"), self._filled(text, fields))

    def ask_by_script(self, text: str = "Why is the road still closed?", **fields: Any) -> Any:
        return self.client.post(self.address("ask/"), self._filled(text, fields), headers=JSON)

    def vote(self, number: object, **headers: str) -> Any:
        return self.client.post(self.address("votes/"), {"number": number}, headers=headers)

    def _filled(self, text: str, fields: dict[str, Any]) -> dict[str, Any]:
        blank = {"client_id": str(uuid.uuid4()), "name": "", "district": "", "contact": ""}
        return blank | {"text": text} | fields


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    visitors.forget_limits()
    yield
    visitors.forget_limits()


@pytest.fixture
def visitor(reception: Reception) -> Visitor:
    return Visitor(Client(), reception)
