"""Sources and messages as the tests of this folder need them."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from streams.common import clock
from streams.questions.models import Question
from streams.sources import intake
from streams.sources.connectors.webhook.signature import new_secret
from streams.sources.inbound import Author, Inbound, Op
from streams.sources.intake import Result
from streams.sources.models import Comment, Reply, Source
from tests.cast import Cast

SECRET = new_secret(bytes(range(32)))
_ids = itertools.count(1)


def make_source(cast: Cast, platform: str = "webhook", **fields: Any) -> Source:
    given: dict[str, Any] = {"unit": cast.district, "name": platform, **fields}
    secrets = given.pop("secrets", {"signing_secret": SECRET})
    source = Source(platform=platform, **given)
    if secrets:
        source.keep_secrets(secrets)
    source.save()
    return source


def said(text: str = "Когда починят дорогу?", **fields: Any) -> Inbound:
    """One message, new unless `op` says otherwise, by somebody who wrote nothing else."""
    number = next(_ids)
    given: dict[str, Any] = {
        "op": Op.NEW,
        "external_id": f"m{number}",
        "received_at": fields.get("now") or clock.now(),
        "text": text,
        "author": Author(ext_id=f"a{number}", name="Тест"),
    }
    fields.pop("now", None)
    return Inbound(**given | fields)


def later(moment: datetime, seconds: float) -> datetime:
    from datetime import timedelta

    return moment + timedelta(seconds=seconds)


def unknown_reply(source: Source, question: Question, **fields: Any) -> Reply:
    """A receipt of which nobody knows whether it arrived."""
    now = clock.now()
    chat = "6000000001"
    comment = Comment.objects.create(
        source=source,
        external_id=f"{chat}:{question.number}",
        reception=question.reception,
        question=question,
        fate="queued",
        author_key=chat,
        author_handle="@test",
        posted_at=now,
        received_at=now,
        reply_ref={"chat_id": chat, "message_id": 41},
    )
    given = {"state": "unknown", "code": "worker_died", "text": "№ 1", "language": "ru", **fields}
    return Reply.objects.create(
        question=question,
        source=source,
        comment=comment,
        kind="receipt",
        created_at=now,
        changed_at=now,
        **given,
    )


def results(source: Source, *items: object, **kwargs: object) -> list[Result]:
    """What became of each, taken in at once."""
    done = intake.take(source.pk, items, now=clock.now(), **kwargs)  # type: ignore[arg-type]
    return [one.result for one in done]
