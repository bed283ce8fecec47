"""How the sources of a reception are, as the desk's socket says it: states and figures, no words."""

from __future__ import annotations

import time
from datetime import datetime
from threading import Lock
from typing import Any

from streams.common import clock
from streams.receptions.models import Reception
from streams.sources import queries, registry
from streams.sources.connectors.base import Metered
from streams.sources.models import Source
from streams.sources.queries import Pulse

# A busy chat rings many times a second; figures are counted anew this often, states at once.
COUNT_EVERY_S = 5.0
_KEEP = 64
_kept: dict[int, tuple[float, tuple[Any, ...], dict[str, Any]]] = {}
_lock = Lock()


def side(reception: Reception) -> dict[str, Any]:
    """By the source's key. `now` is our clock, so that a browser can count on from it. Empty
    where nothing feeds the reception."""
    sources = queries.feeding(reception)
    if not sources:
        return {}
    states = tuple((s.pk, s.is_enabled, s.health, s.health_code, s.retry_at) for s in sources)
    with _lock:
        made_at, were, kept = _kept.get(reception.pk, (float("-inf"), (), {}))
    if were == states and time.monotonic() - made_at < COUNT_EVERY_S:
        return kept
    now = clock.now()
    made = {
        "now": clock.stamp(now),
        "of": {str(pulse.source.pk): _figures(pulse) for pulse in queries.pulses(sources, now)},
    }
    with _lock:
        while len(_kept) >= _KEEP:
            _kept.pop(next(iter(_kept)))
        _kept[reception.pk] = (time.monotonic(), states, made)
    return made


def quota(source: Source) -> tuple[int, int] | None:
    """Units spent today and the day's limit, where the platform counts them."""
    connector = registry.connectors().get(source.platform)
    if not isinstance(connector, Metered):
        return None
    found = connector.quota(registry.settings_of(source), clock.now())
    is_today = source.quota_day == found.day
    return (source.quota_spent if is_today else 0, found.units)


def _figures(pulse: Pulse) -> dict[str, Any]:
    source = pulse.source
    return {
        "health": pulse.health.value,
        "code": pulse.code,
        "last": _stamp(source.last_message_at),
        "beat": _stamp(source.heartbeat_at),
        "retry": _stamp(pulse.retry_at),
        "minute": pulse.per_minute,
        "lag": pulse.lag_p95_s,
        "double": source.duplicates,
        "gaps": pulse.gaps,
        "missing": pulse.missing,
        "odd": source.not_understood,
        "quota": quota(source),
    }


def _stamp(moment: datetime | None) -> str | None:
    return clock.stamp(moment) if moment else None
