"""The public pages as a reader gets them: their text, on one line."""

from __future__ import annotations

from django.test import Client

from streams.questions.models import Question


def text_of(
    client: Client, url: str, status: int = 200, query: dict[str, str] | None = None
) -> str:
    response = client.get(url, query or {})
    assert response.status_code == status, url
    return " ".join(response.content.decode().split())


def page_of(client: Client, question: Question, status: int = 200, language: str = "en") -> str:
    return text_of(client, f"/{language}/questions/{question.public_no}/", status)
