"""What the ingest socket does in the database. Blocking; called from the socket's threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from streams.common import clock
from streams.sources import health, intake
from streams.sources.errors import NotUnderstood
from streams.sources.inbound import Parsed
from streams.sources.intake import Progress
from streams.sources.items import read
from streams.sources.models import Delivery, Source
from streams.sources.rules import DeliveryState, Health

PLATFORM = "ingest"


class NotAdmitted(Exception):
    """The token opens nothing, or not any more."""


@dataclass(frozen=True)
class Admitted:
    """`last`: the id that was acknowledged last, by whatever socket of this source."""

    source_id: int
    token: str
    last: str


def admit(uuid: UUID, token: str) -> Admitted:
    """Raises NotAdmitted."""
    source = Source.objects.filter(uuid=uuid, platform=PLATFORM, is_enabled=True).first()
    if source is None or not source.opens_with(token):
        raise NotAdmitted
    health.report(source.pk, Health.LIVE, now=clock.now())
    return Admitted(source.pk, token, str(source.cursor.get("last", "")))


def leave(source_id: int) -> None:
    health.report(source_id, Health.DELAYED, now=clock.now(), code="bridge_gone")


@transaction.atomic
def take(admitted: Admitted, frames: Sequence[str]) -> list[dict[str, str]]:
    """Store the frames and what they hold; the acknowledgements, in order. Raises NotAdmitted."""
    source = Source.objects.filter(pk=admitted.source_id, is_enabled=True).first()
    if source is None or not source.opens_with(admitted.token):
        raise NotAdmitted
    now = clock.now()
    deliveries, parts = [], []
    for frame in frames:
        delivery = Delivery(
            source=source, received_at=now, read_at=now, body=frame.encode("utf-8", "replace")
        )
        try:
            parsed = read(frame, now)
            delivery.state = DeliveryState.PARTLY if parsed.rejected else DeliveryState.READ
        except NotUnderstood as error:
            parsed = Parsed(not_understood=1, rejected=(("", error.code),))
            delivery.state, delivery.note = DeliveryState.NOT_UNDERSTOOD, error.code
        delivery.items = len(parsed.items)
        deliveries.append(delivery)
        parts.append(parsed)
    Delivery.objects.bulk_create(deliveries)
    items = [item for parsed in parts for item in parsed.items]
    progress = Progress(
        cursor={"last": items[-1].external_id} if items else None,
        not_understood=sum(parsed.not_understood for parsed in parts),
    )
    done = iter(intake.take(source.pk, items, now=now, progress=progress))
    acks: list[dict[str, str]] = []
    for parsed in parts:
        acks += [
            {"id": item.external_id, "result": next(done).result.value} for item in parsed.items
        ]
        acks += [
            {"id": name, "result": "rejected", "reason": reason} for name, reason in parsed.rejected
        ]
    return acks
