"""Jobs of the worker: idempotent, with primitive arguments, the database being the truth."""

from __future__ import annotations

from math import ceil

from rq import Retry

from streams.common import clock
from streams.sources import deliveries, outbox, outcomes, sending
from streams.sources.models import Delivery


def read_delivery(delivery_id: int) -> int:
    """One that was too large for the request that brought it. How many messages it held."""
    found = Delivery.objects.select_related("source__unit").filter(pk=delivery_id).first()
    if found is None:
        return 0
    read = deliveries.parse(found.source, found)
    return len(deliveries.take(found.source, found, read, now=clock.now()).done)


def read_deliveries_again() -> int:
    """Nightly: what nobody understood may be understood by a newer parser."""
    return sum(len(read.done) for _delivery, read in deliveries.read_again(clock.now()))


def purge_deliveries() -> int:
    return deliveries.purge(clock.now())


def send_replies(source_id: int) -> int | Retry:
    """How many were sent; where more must wait, rq asks again at that time."""
    drained = sending.drain(source_id)
    if drained.again_at is None:
        return drained.sent
    wait_s = (drained.again_at - clock.now()).total_seconds()
    # Beyond this the clock comes round by itself.
    return Retry(max=20, interval=max(1, ceil(wait_s))) if wait_s <= 600 else drained.sent


def tend_replies() -> int:
    """What no single event may lose: dead workers' rows, decisions not told yet, rows not sent yet."""
    now = clock.now()
    outbox.sweep(now)
    written = outcomes.write(now)
    for source_id in outbox.due(now):
        outbox.kick(source_id)
    return written
