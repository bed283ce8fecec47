"""A moderator at the desk, as the browser speaks for them: with the desk's script and without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from streams.common import clock
from streams.people.models import User
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.cast import Cast

FROM_CARD = {"HX-Request": "true", "HX-Target": "card"}
ELSEWHERE = {"HX-Request": "true"}
# What the form of personal control needs.
DUE = (clock.now() + timedelta(days=20)).date().isoformat()
PROMISE = {"promise": "Проверю до пятницы.", "promised_by": "С. Омаров", "owner_name": "ОМПС"}


@dataclass(frozen=True)
class Desk:
    client: Client
    reception: Reception

    def address(self, path: str = "") -> str:
        return f"/desk/{self.reception.no}/{path}"

    def get(
        self, path: str = "", data: dict[str, Any] | None = None, *, quick: bool = False
    ) -> Any:
        return self.client.get(self.address(path), data, headers=FROM_CARD if quick else None)

    def post(self, path: str, data: dict[str, Any] | None = None, **headers: Any) -> Any:
        """As the card's forms post where no header is given."""
        return self.client.post(
            self.address(path), data or {}, headers=headers.get("headers", FROM_CARD)
        )

    def move(self, question: Question, move: Move | str, **fields: Any) -> Any:
        headers = {"headers": fields.pop("headers")} if "headers" in fields else {}
        question.refresh_from_db()
        data = {"move": move, "expect": question.version, **fields}
        return self.post(f"questions/{question.number}/moves/", data, **headers)

    def card(self, question: Question) -> str:
        response: HttpResponse = self.get(f"questions/{question.number}/", quick=True)
        assert response.status_code == 200
        return response.content.decode()


def sit_down(user: User, reception: Reception, language: str = "en") -> Desk:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = language
    return Desk(client, reception)


@pytest.fixture
def desk(cast: Cast, reception: Reception) -> Desk:
    return sit_down(cast.moderator, reception)


@pytest.fixture
def colleague(cast: Cast, reception: Reception) -> Desk:
    return sit_down(cast.second_moderator, reception)
