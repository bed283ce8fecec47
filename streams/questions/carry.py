"""Carrying over: the next reception receives the question again, linked to where it came from."""

import uuid
from datetime import datetime

from streams.common import crypto
from streams.people.actors import Actor
from streams.questions import search
from streams.questions.models import AskerContact, Question, TextVersion
from streams.receptions import chain, journal, queries


class NotThere(Exception):
    """The named reception isn't a later one of the same unit."""


def receive_again(question: Question, no: str, *, by: Actor, now: datetime) -> Question:
    """The new question in reception `no`, with its own number and the same words and contact.

    The asker's old link leads on to it. Locks the next reception after this one; both receptions
    are only ever locked in this direction (an ended one first), so two such moves can't deadlock.
    """
    target = queries.next_after(question.reception).filter(no=no).first()
    if target is None:
        raise NotThere(no)
    target = journal.lock(target.pk)
    target.last_number += 1
    client_id = uuid.uuid5(question.client_id, target.no)
    child = Question.objects.create(
        reception=target,
        number=target.last_number,
        client_id=client_id,
        secret_hash=crypto.fingerprint(crypto.question_secret(target.pk, str(client_id))),
        text_key=bytes(question.text_key),
        original_text=question.original_text,
        public_text=question.public_text,
        language=question.language,
        asker_name=question.asker_name,
        district=question.district,
        urgent=question.urgent,
        received_at=now,
        changed_at=now,
        carried_from=question,
    )
    TextVersion.objects.create(question=child, version=1, text=child.public_text, at=now)
    search.index(child)
    contact = AskerContact.objects.filter(question=question).first()
    if contact is not None:
        AskerContact.objects.create(question=child, sealed=contact.sealed)
    journal.append(
        target,
        "receive",
        by=by,
        at=now,
        question_number=child.number,
        data=_received(child, question),
    )
    return child


def _received(child: Question, origin: Question) -> dict[str, object]:
    return {
        "text": chain.text_digest(bytes(child.text_key), child.original_text),
        "language": child.language,
        "source": "carried_over",
        "from": origin.public_no,
        "version": child.version,
    }
