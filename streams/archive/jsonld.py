"""The question and its answer for machines that read pages (schema.org). No person is in it."""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString

from streams.archive.pages import AnswerShown, short
from streams.common import clock
from streams.questions.models import Question

# As Django's json_script: no text can end the script element it stands in.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def question_page(
    question: Question, answer: AnswerShown | None, *, url: str, language: str
) -> SafeString:
    asked: dict[str, Any] = {
        "@type": "Question",
        "identifier": question.public_no,
        "name": short(question.public_text),
        "text": question.public_text,
        "inLanguage": question.language,
        "dateCreated": clock.stamp(question.received_at),
        "answerCount": int(answer is not None),
    }
    if answer is not None:
        asked["acceptedAnswer"] = {
            "@type": "Answer",
            "text": answer.text or str(answer.title),
            "inLanguage": answer.language,
            "dateCreated": clock.stamp(answer.at),
            "url": url,
            "author": {"@type": "GovernmentOrganization", "name": question.reception.unit.name},
        }
    page = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "url": url,
        "inLanguage": language,
        "mainEntity": asked,
    }
    return SafeString(json.dumps(page, ensure_ascii=False).translate(_ESCAPES))
