"""What was stored raw can be read again, and goes after some days."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from streams.common import clock
from streams.questions.models import Question
from streams.receptions.models import Reception
from streams.sources import deliveries, jobs
from streams.sources.models import Comment, Delivery, Source
from streams.sources.rules import DeliveryState
from tests.cast import Cast
from tests.sources.stage import SECRET, make_source

pytestmark = pytest.mark.django_db
BODY = '{"items": [{"id": "1", "text": "Когда?"}, {"id": "2"}]}'.encode()


def stored(source: Source, body: bytes, *, age: timedelta = timedelta(minutes=5)) -> Delivery:
    """As it stands after a process died between storing and reading."""
    return deliveries.store(source, body, {"content-type": "application/json"}, clock.now() - age)


def test_reparse_reads_what_was_never_read(source: Source, reception: Reception) -> None:
    stored(source, BODY)
    stored(source, b"{nonsense")
    fresh = stored(source, BODY.replace(b'"1"', b'"9"'), age=timedelta())
    said = StringIO()
    call_command("reparse", stdout=said)
    assert (
        "Read 2 deliveries again: 0 understood, 1 in part, 1 not. 1 new messages" in said.getvalue()
    )
    assert Question.objects.count() == 1
    fresh.refresh_from_db()
    assert fresh.state == DeliveryState.STORED
    said = StringIO()
    call_command("reparse", "--all", "--source", str(source.uuid), stdout=said)
    assert "0 new messages, 0 changed, 1 known before" in said.getvalue()
    assert Question.objects.count() == 1
    source.refresh_from_db()
    assert source.not_understood == 2
    with pytest.raises(CommandError):
        call_command("reparse", "--source", "00000000-0000-0000-0000-000000000000")


def test_job_reads_a_large_delivery_once(source: Source, reception: Reception) -> None:
    delivery = stored(source, BODY)
    assert jobs.read_delivery(delivery.pk) == 1
    assert jobs.read_delivery(delivery.pk) == 1
    assert Comment.objects.count() == 1
    assert jobs.read_delivery(10**9) == 0
    assert jobs.read_deliveries_again() == 1


def test_secrets_in_a_body_are_blanked(cast: Cast) -> None:
    source = make_source(cast, "vk", secrets={"secret": "hush-hush-hush"})
    delivery = stored(source, b'{"type": "x", "secret": "hush-hush-hush"}')
    assert bytes(delivery.body) == b'{"type": "x", "secret": "***"}'


def test_raw_bytes_go_after_some_days(source: Source, settings: Settings) -> None:
    settings.SOURCES_RAW_DAYS = 3
    stored(source, BODY, age=timedelta(days=4))
    young = stored(source, BODY, age=timedelta(days=2))
    assert jobs.purge_deliveries() == 1
    assert list(Delivery.objects.all()) == [young]


def test_secrets_lie_sealed_in_the_database(source: Source) -> None:
    source.refresh_from_db()
    assert source.secrets == {"signing_secret": SECRET}
    for value in (*vars(source).values(), repr(source), str(source)):
        assert SECRET not in str(value)
    token = source.new_token()
    assert source.opens_with(token)
    assert not source.opens_with(token + "x")
    assert token not in str(vars(source))
