"""Sending what the outbox holds: one claim, one call, one verdict. Several workers may do it at once.

Claims of one source are made one after the other, so its limits hold for all workers together; calls are
made outside of any transaction.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx2
import structlog
from django.db import transaction

from streams.common import clock, sql
from streams.sources import http, letters, outbox, outcomes, registry, rules
from streams.sources.connectors.base import Context, Metered, Replier, ReplyResult
from streams.sources.deliveries import where
from streams.sources.errors import (
    Ended,
    NotLive,
    QuotaSpent,
    SourceError,
    Throttled,
    Transient,
)
from streams.sources.models import Reply, Source
from streams.sources.rules import Health, Limit, ReplyStatus
from streams.sources.runner import store

log = structlog.get_logger(__name__)
CALL_S = 60.0
# Of one job; what is left then is the next one's.
_JOB_S = 45.0
# A pause this short is slept through; for a longer one the job comes again.
_NAP = timedelta(seconds=1.5)
_ATTEMPTS = 8
_UNSAID = timedelta(seconds=5)
_LONGEST = timedelta(minutes=5)
_LOCK_CLASS = 0x5EED
_OVER = frozenset({"ended", "sealed", "cancelled"})


@dataclass(frozen=True)
class Drained:
    sent: int
    again_at: datetime | None


def drain(
    source_id: int,
    *,
    now: Callable[[], datetime] = clock.now,
    sleep: Callable[[float], None] = time.sleep,
) -> Drained:
    """Send all that may be sent now; `again_at`: when there is more to do."""
    sent, until = 0, time.monotonic() + _JOB_S
    while time.monotonic() < until:
        reply, again_at = claim(source_id, now())
        if reply is not None:
            sent += send(reply, now)
        elif again_at is not None and again_at - now() <= _NAP:
            sleep(max(0.05, (again_at - now()).total_seconds()))
        else:
            return Drained(sent, again_at)
    return Drained(sent, now())


@transaction.atomic
def claim(source_id: int, now: datetime) -> tuple[Reply | None, datetime | None]:
    """The next reply that may go now, marked `sending`; else when to look again."""
    sql.run("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, source_id])
    source = Source.objects.select_related("unit").get(pk=source_id)
    way = outbox.replier(source)
    waiting = Reply.objects.filter(source=source, state=ReplyStatus.QUEUED)
    if way is None or not source.is_enabled:
        return None, None
    full = set()
    again: list[datetime] = []
    for reply in (
        waiting.filter(not_before__lte=now)
        .select_related("comment", "question__reception__unit", "source")
        .order_by("created_at", "pk")[:100]
    ):
        if _closed(reply, way, source, now) or reply.chat in full:
            continue
        moment = _earliest(reply, way, source, now)
        if moment > now:
            full.add(reply.chat)
            again.append(moment)
            continue
        reply.state, reply.started_at, reply.changed_at = ReplyStatus.SENDING, now, now
        reply.attempts += 1
        reply.save(update_fields=["state", "started_at", "changed_at", "attempts", "text"])
        return reply, None
    again += (
        waiting.filter(not_before__gt=now)
        .order_by("not_before")
        .values_list("not_before", flat=True)[:1]
    )
    return None, min(again, default=None)


def send(reply: Reply, now: Callable[[], datetime] = clock.now) -> int:
    """Call the platform for a claimed reply and write down what it said. 1 where it was sent."""
    way = outbox.replier(reply.source)
    assert way is not None
    if cost := way.capabilities.reply_cost:
        store.pay(reply.source_id, cost, now())  # Failed calls cost as much.
    try:
        result = asyncio.run(_call(way, reply, now))
    except (Transient, Throttled, QuotaSpent) as error:
        _later(reply, error, now())
        return 0
    except (Ended, NotLive) as error:
        outbox.settle(reply, ReplyStatus.EXPIRED, now(), code=error.code or "live_over")
        return 0
    except SourceError as error:
        outbox.settle(reply, ReplyStatus.REFUSED, now(), code=error.code or "refused")
        return 0
    except TimeoutError:
        result = None
        outbox.settle(reply, ReplyStatus.UNKNOWN, now(), code="timeout")
    except Exception as error:  # noqa: BLE001 -- whatever broke, it may have been sent before
        result = None
        log.error("reply.broke", reply=reply.pk, error=where(error))
        outbox.settle(reply, ReplyStatus.UNKNOWN, now(), code="bug")
    if result is None:
        return 0
    state = ReplyStatus(result.state.value)
    outbox.settle(reply, state, now(), code=result.code, external_id=result.external_id)
    return int(state is ReplyStatus.SENT)


async def _call(way: Replier, reply: Reply, now: Callable[[], datetime]) -> ReplyResult:
    """Raises SourceError where nothing was sent for certain."""
    async with asyncio.timeout(CALL_S), http.client() as client:
        context = Context(
            settings=registry.settings_of(reply.source),
            secrets=reply.source.secrets,
            http=client,
            now=now,
            sleep=asyncio.sleep,
        )
        try:
            return await way.reply(
                context, reply.comment.reply_ref, reply.text, str(reply.idempotency_key)
            )
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            # No verdict of the connector's: it may have arrived.
            raise TimeoutError from error


def _later(reply: Reply, error: Transient | Throttled | QuotaSpent, now: datetime) -> None:
    """At the time the platform says; without one, later and later, and not for ever."""
    if reply.attempts >= _ATTEMPTS and isinstance(error, Transient):
        outbox.settle(reply, ReplyStatus.REFUSED, now, code=error.code)
        return
    said = None if isinstance(error, Transient) else error.until
    pause = min(_UNSAID * 2 ** min(reply.attempts - 1, 6), _LONGEST)
    until = said or now + pause
    outbox.put_back(reply, until, now, error.code)
    if not isinstance(error, Transient):
        # The whole account is to keep quiet, not this message alone.
        Reply.objects.filter(
            source_id=reply.source_id, state=ReplyStatus.QUEUED, not_before__lt=until
        ).update(not_before=until)


def _closed(reply: Reply, way: Replier, source: Source, now: datetime) -> bool:
    """Settled without a call: too late, unwanted, or no longer true."""
    able, comment = way.capabilities, reply.comment
    if reply.deadline is not None and now >= reply.deadline:
        return _end(reply, ReplyStatus.EXPIRED, "window", now)
    if able.reply_while_live and _is_over(reply, source):
        return _end(reply, ReplyStatus.EXPIRED, "live_over", now)
    if comment.deleted_at is not None:
        return _end(reply, ReplyStatus.REFUSED, "taken_back", now)
    if outbox.opted_out(comment):
        return _end(reply, ReplyStatus.REFUSED, "opted_out", now)
    if reply.kind == Reply.Kind.RECEIPT:
        return False
    chat = outbox.chat_of(way, comment)
    decided = outcomes.decided_for(reply.question)
    letter = letters.outcome(reply.question, decided, is_private=chat.is_private)
    if letter is None or letter.kind != reply.kind:
        reply.delete()  # Taken back before anybody was told; a new decision writes a new row.
        return True
    reply.text = letter.text
    return False


def _is_over(reply: Reply, source: Source) -> bool:
    if reply.question.reception.state in _OVER:
        return True
    ended_at = source.health_since if source.health == Health.ENDED else None
    return ended_at is not None and ended_at >= reply.comment.received_at


def _end(reply: Reply, state: ReplyStatus, code: str, now: datetime) -> bool:
    reply.state, reply.code, reply.changed_at = state, code, now
    reply.save(update_fields=["state", "code", "changed_at"])
    outbox.ring(reply)
    return True


def _earliest(reply: Reply, way: Replier, source: Source, now: datetime) -> datetime:
    """When the limits of the chat, of the account and of the day allow one more."""
    moments = [now]
    of_account = way.capabilities.reply_limits
    of_chat = outbox.chat_of(way, reply.comment).limits
    for limits, only in ((of_account, {}), (of_chat, {"chat": reply.chat})):
        if limits:
            moments.append(rules.earliest(_lately(source, limits, only, now), limits, now))
    cost = way.capabilities.reply_cost
    if cost and isinstance(way, Metered):
        quota = way.quota(registry.settings_of(source), now)
        if store.spent_today(source, now) + cost > quota.units:
            moments.append(quota.renewed_at)
    return max(moments)


def _lately(
    source: Source, limits: tuple[Limit, ...], only: dict[str, str], now: datetime
) -> list[datetime]:
    longest = max(limit.seconds for limit in limits)
    found = Reply.objects.filter(
        source=source, started_at__gt=now - timedelta(seconds=longest), **only
    )
    return [at for at in found.values_list("started_at", flat=True) if at is not None]
