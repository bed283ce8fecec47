"""What a platform brought: kept byte for byte first, understood afterwards, as often as needed."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import Error as DatabaseError

from streams.sources import intake, registry
from streams.sources.connectors.base import Parsing
from streams.sources.errors import NotUnderstood
from streams.sources.inbound import Parsed
from streams.sources.intake import Done, Progress
from streams.sources.models import Delivery, Source
from streams.sources.rules import DeliveryState

log = structlog.get_logger(__name__)
# How to read the bytes; nothing that proves who sent them.
_HEADERS = ("content-type", "webhook-id", "x-retry-counter")
_BLANK = b"***"
_SECRET_MIN_CHARS = 6


@dataclass(frozen=True)
class Read:
    parsed: Parsed
    done: tuple[Done, ...] = ()
    failed: str = ""


def store(
    source: Source, body: bytes, headers: Mapping[str, str], received_at: datetime
) -> Delivery:
    """Some platforms put our shared secret into the body: it is blanked."""
    for secret in source.secrets.values():
        if len(secret) >= _SECRET_MIN_CHARS:
            body = body.replace(secret.encode(), _BLANK)
    kept = {name: headers[name][:200] for name in _HEADERS if name in headers}
    return Delivery.objects.create(source=source, received_at=received_at, headers=kept, body=body)


def parse(source: Source, delivery: Delivery) -> Read:
    """Pure but for the log: a parser that breaks on what a stranger sent is our bug, and no answer of
    ours tells the stranger. The bytes stay."""
    connector = registry.connector(source.platform)
    if not isinstance(connector, Parsing):
        return Read(Parsed(), failed="unreadable")
    try:
        return Read(
            connector.parse(
                registry.settings_of(source), bytes(delivery.body), delivery.received_at
            )
        )
    except NotUnderstood as error:
        code = error.code or "shape"
        return Read(Parsed(not_understood=1, rejected=(("", code),)), failed=code)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the platform must not send it for ever
        # Its message may quote what a citizen wrote: the place in our code says enough.
        log.error("delivery.parser_broke", delivery=delivery.pk, error=where(error))
        return Read(Parsed(not_understood=1), failed="parser")


def take(source: Source, delivery: Delivery, read: Read, *, now: datetime) -> Read:
    """Hand what was understood to the intake, and note on the delivery how it went."""
    is_first = delivery.state == DeliveryState.STORED
    parsed = read.parsed
    progress = Progress(not_understood=parsed.not_understood if is_first else 0)
    done = intake.take(source.pk, parsed.items, now=now, progress=progress)
    delivery.state = _state(read)
    delivery.note, delivery.items, delivery.read_at = read.failed, len(parsed.items), now
    delivery.save(update_fields=["state", "note", "items", "read_at"])
    return Read(parsed, tuple(done), read.failed)


def where(error: BaseException) -> str:
    """The kind of an error and the line it came from, and none of its words."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} {place}"


def _state(read: Read) -> DeliveryState:
    if read.failed == "parser":
        return DeliveryState.FAILED
    if read.failed:
        return DeliveryState.NOT_UNDERSTOOD
    return DeliveryState.PARTLY if read.parsed.not_understood else DeliveryState.READ


def read_again(
    now: datetime, *, source: Source | None = None, everything: bool = False
) -> Iterator[tuple[Delivery, Read]]:
    """Stored deliveries through the parser of today; what was stored before changes nothing.

    Only those that were not wholly understood, or never read, unless `everything`.
    """
    found = Delivery.objects.select_related("source").order_by("pk")
    if source is not None:
        found = found.filter(source=source)
    if not everything:
        found = found.exclude(state=DeliveryState.READ)
    # What arrived this moment is being read by the request that brought it.
    found = found.filter(received_at__lt=now - timedelta(seconds=30))
    for pk in found.values_list("pk", flat=True).iterator(chunk_size=500):
        delivery = Delivery.objects.select_related("source__unit").get(pk=pk)
        try:
            yield (
                delivery,
                take(delivery.source, delivery, parse(delivery.source, delivery), now=now),
            )
        except registry.UnknownPlatform:
            continue
        except DatabaseError as error:
            log.warning("delivery.not_taken", delivery=pk, error=type(error).__name__)


def purge(now: datetime) -> int:
    """Personal data: the bytes go after some days. How many deliveries went."""
    old = now - timedelta(days=settings.SOURCES_RAW_DAYS)
    gone, _rows = Delivery.objects.filter(received_at__lt=old).delete()
    return gone
