"""Where platforms call us. Whatever they send is stored before it is understood."""

from __future__ import annotations

from uuid import UUID

import django_rq
import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from psycopg_pool import PoolTimeout
from redis.exceptions import RedisError

from streams.common import clock
from streams.common.limits import Buckets
from streams.sources import deliveries, health, registry, turns
from streams.sources.connectors.base import Accounting, HttpAnswer, Push, Trimming
from streams.sources.deliveries import Read
from streams.sources.errors import BadSignature
from streams.sources.models import Delivery, Source
from streams.sources.rules import Health

log = structlog.get_logger(__name__)
BODY_MAX_BYTES = 3 * 1024 * 1024
# More than this is work for the worker: a platform waits for our answer.
READ_AT_ONCE = 50
_READ_LATER = "streams.sources.jobs.read_delivery"
# A flood from one source must not take the house's threads; platforms come again after a 429.
RETRY_AFTER_S = 5
_rate = Buckets(settings.SOURCES_DELIVERIES_PER_MIN)


@csrf_exempt
@never_cache
def receive(request: HttpRequest, source: UUID, source_token: str = "") -> HttpResponse:
    """503 while the database is away or too many wait for it: most platforms come again.

    Without a page around it: no platform reads one, and it may need what is missing too.
    """
    try:
        with turns.deliveries.taken():
            return _received(request, source, source_token)
    except (OperationalError, InterfaceError, PoolTimeout, turns.Crowded) as error:
        log.warning("source.not_now", source=str(source), error=type(error).__name__)
        return _plain(503, retry_after_s=RETRY_AFTER_S)


def _received(request: HttpRequest, source: UUID, source_token: str) -> HttpResponse:
    """Handshake, or: size, signature, store, understand, answer."""
    found = Source.objects.select_related("unit").filter(uuid=source, is_enabled=True).first()
    push = _push(found)
    if found is None or push is None or not _is_door(found, push, source_token):
        return _plain(404)
    body = request.read(_largest(push) + 1)
    if len(body) > _largest(push):
        return _plain(413)
    try:
        return _answer(request, found, push, body)
    except BadSignature as error:
        log.warning("source.bad_signature", source=found.pk, code=error.code)
        if found.heard_at is None:
            # Nobody was ever let in: whoever connects it now should see why.
            health.report(found.pk, Health.ERROR, now=clock.now(), code="bad_signature")
        return _plain(403)


def _push(source: Source | None) -> Push | None:
    if source is None:
        return None
    try:
        connector = registry.connector(source.platform)
    except registry.UnknownPlatform:
        return None
    return connector if isinstance(connector, Push) else None


def _is_door(source: Source, push: Push, token: str) -> bool:
    """With a wrong token there is nothing here; without one only where something else proves it."""
    if token or push.capabilities.address_token:
        return source.opens_with(token)
    return True


def _largest(push: Push) -> int:
    return push.body_max_bytes if isinstance(push, Trimming) else BODY_MAX_BYTES


def _answer(request: HttpRequest, source: Source, push: Push, body: bytes) -> HttpResponse:
    secrets = source.secrets
    query = {name: str(value) for name, value in request.GET.items()}
    shaken = push.handshake(secrets, str(request.method), query, body)
    if shaken is not None:
        return _http(shaken)
    if request.method != "POST":
        return _plain(405)
    now = clock.now()
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    push.verify(secrets, headers, body, now)
    if wait_s := _rate.wait_s(source.pk):
        return _plain(429, retry_after_s=wait_s)
    kept = push.trim(body) if isinstance(push, Trimming) else body
    delivery = deliveries.store(source, kept, headers, now)
    read = deliveries.parse(source, delivery)
    is_accounting = isinstance(push, Accounting)
    if len(read.parsed.items) > READ_AT_ONCE and not is_accounting and _read_later(delivery):
        return _http(push.answer(read.parsed))
    read = deliveries.take(source, delivery, read, now=now)
    if source.health != Health.LIVE and read.done:
        health.report(source.pk, Health.LIVE, now=now)
    return _http(_said(push, read))


def _said(push: Push, read: Read) -> HttpAnswer:
    if isinstance(push, Accounting):
        results = [(one.external_id, one.result.value) for one in read.done]
        return push.account(read.parsed, results)
    return push.answer(read.parsed)


def _read_later(delivery: Delivery) -> bool:
    try:
        django_rq.get_queue("default").enqueue(_READ_LATER, delivery.pk)
    except (RedisError, OSError) as error:
        log.warning("source.queue_away", error=type(error).__name__)
        return False
    return True


def _http(answer: HttpAnswer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)


def _plain(status: int, *, retry_after_s: int = 0) -> HttpResponse:
    response = HttpResponse(status=status, content_type="text/plain")
    if retry_after_s:
        response["Retry-After"] = str(retry_after_s)
    return response
