"""Jobs of the worker: idempotent, with primitive arguments, the database being the truth."""

from __future__ import annotations

from streams.common import clock
from streams.sources import deliveries
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
