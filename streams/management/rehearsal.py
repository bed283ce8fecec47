"""What a person says to `simulate_live`, as knobs; and the sources that lead to the fakes."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from typing import Any
from zlib import crc32

from django.core.management.base import CommandError

from streams.people.models import Unit
from streams.sources import registry
from streams.sources.fakes.base import Fake
from streams.sources.fakes.knobs import BadKnob, Fault, Knobs
from streams.sources.models import Source
from streams.sources.rules import Health

NAME = "simulate_live"


def add_knobs(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("what goes wrong")
    for name, words in (
        ("duplicates", "of the comments are told twice"),
        ("reorder", "of the comments come late"),
        ("edits", "of the comments are changed by their authors"),
        ("deletes", "of the comments are taken back"),
        ("early-deletes", "are taken back before they are told"),
        ("empty", "of the pages show nothing although there is something"),
    ):
        group.add_argument(f"--{name}", type=float, default=0, metavar="PERCENT", help=words)
    group.add_argument(
        "--window", type=int, default=5, metavar="N", help="places a late one is late"
    )
    group.add_argument("--delay", type=float, default=0, metavar="S", help="before each answer")
    group.add_argument(
        "--disconnect-every", type=float, default=0, metavar="S", help="cut all connections"
    )
    group.add_argument(
        "--disconnect-after", type=int, default=0, metavar="BYTES", help="cut each stream"
    )
    group.add_argument("--chunk", type=int, default=0, metavar="BYTES", help="write streams so")
    group.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="KIND@COMMENT[xTIMES]",
        help="from that comment on refuse so many requests: throttled, server, quota, token, …; "
        "PLATFORM:KIND@… for one platform only",
    )
    group.add_argument("--retry-after", type=int, default=2, metavar="S", help="said by throttled")
    group = parser.add_argument_group("the broadcast")
    group.add_argument("--live-after", type=float, default=0, metavar="S", help="it begins then")
    group.add_argument("--history", type=int, default=0, metavar="N", help="older comments")
    group.add_argument("--end", action="store_true", help="the broadcast ends with its comments")
    group.add_argument("--seed", type=int, default=1, help="another one, another evening")


def knobs(options: Mapping[str, Any], platform: str) -> Knobs:
    """Raises CommandError."""
    shares = {
        name: _share(options, name)
        for name in ("duplicates", "reorder", "edits", "deletes", "early_deletes", "empty")
    }
    try:
        faults = tuple(_faults(options["fault"], platform))
    except BadKnob as error:
        raise CommandError(str(error)) from None
    return Knobs(
        rate=options["rate"],
        # Each platform has an evening of its own.
        seed=crc32(f"{options['seed']}/{platform}".encode()),
        window=options["window"],
        delay_s=options["delay"],
        drop_every_s=options["disconnect_every"],
        drop_after_bytes=options["disconnect_after"],
        chunk_bytes=options["chunk"],
        history=options["history"],
        live_after_s=options["live_after"],
        ends=options["end"],
        retry_after_s=options["retry_after"],
        faults=faults,
        **shares,
    )


def _share(options: Mapping[str, Any], name: str) -> float:
    percent = float(options[name])
    if not 0 <= percent <= 100:
        raise CommandError(f"--{name.replace('_', '-')} is a percentage, from 0 to 100.")
    return percent / 100


def _faults(written: Iterable[str], platform: str) -> Iterable[Fault]:
    for one in written:
        only, colon, fault = one.rpartition(":")
        if not colon or only == platform:
            yield Fault.parse(fault)


def extras(written: Iterable[str], platform: str, known: Mapping[str, str]) -> dict[str, str]:
    """`NAME=VALUE` or `PLATFORM:NAME=VALUE`. Raises CommandError."""
    found = {}
    for one in written:
        name, equals, value = one.partition("=")
        only, colon, name = name.rpartition(":")
        if colon and only != platform:
            continue
        if not equals or (colon and name not in known):
            raise CommandError(f"--option {one}: {platform} knows {', '.join(known) or 'none'}.")
        if name in known:
            found[name] = value
    return found


# --- Sources that lead to the fakes ---------------------------------------------------------------


def source_for(platform: str, unit: Unit) -> tuple[Source, str]:
    """The unit's source of earlier rehearsals, or a new one; and the path of its address.

    It has its own name: a source that leads to the real platform is not touched.
    """
    source = Source.objects.filter(unit=unit, platform=platform, name=NAME).first()
    source = source or Source(unit=unit, platform=platform, name=NAME)
    token = source.new_token()
    needs_token = getattr(registry.connector(platform).capabilities, "address_token", False)
    source.is_enabled = False
    source.save()
    return source, f"/in/{source.uuid}/{token}/" if needs_token else f"/in/{source.uuid}/"


def connect(source: Source, fake: Fake) -> None:
    """From here on LiveQA listens to the fake, from its beginning."""
    source.settings = fake.settings()
    source.keep_secrets(fake.secrets())
    source.cursor = {}
    # What an earlier rehearsal ended with, such as a spent quota, is over.
    source.health, source.health_code, source.retry_at = Health.WAITING, "", None
    source.quota_spent, source.platform_count = 0, None
    source.is_enabled = True
    source.save()


def disconnect(sources: Iterable[Source]) -> None:
    """What came stays; the source itself waits, switched off, for the next rehearsal."""
    Source.objects.filter(pk__in=[source.pk for source in sources]).update(is_enabled=False)
