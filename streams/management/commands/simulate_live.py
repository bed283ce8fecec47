from __future__ import annotations

import asyncio
import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Collection, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from streams.demo.texts.feed import question
from streams.management import rehearsal
from streams.people.models import Unit
from streams.questions.files import BadFile
from streams.sources import registry as connectors
from streams.sources.addresses import may_call
from streams.sources.fakes import evening, script
from streams.sources.fakes.base import Fake
from streams.sources.fakes.registry import platforms
from streams.sources.fakes.script import Comment
from streams.sources.models import Source

DEMO_COMMENTS = 200
TELL_EVERY_S = 5.0
_DEMO = "simulate_live"
AFTER_END_S = 15.0
LOOPBACK = "127.0.0.0/8"


class Command(BaseCommand):
    help = (
        "Stands in for platforms on this machine: a file of comments arrives as if people wrote them "
        "under a broadcast. See docs/rehearsal.md."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        known = platforms()
        parser.add_argument(
            "--platform",
            action="append",
            required=True,
            choices=list(known),
            help="may be given again; the comments are then dealt out",
        )
        parser.add_argument(
            "--file", help="CSV or JSON Lines of comments; without it invented ones are used"
        )
        parser.add_argument("--text", action="append", default=[], metavar="COLUMN")
        parser.add_argument("--limit", type=int, metavar="N", help="only the first so many")
        parser.add_argument(
            "--rate",
            type=_rate,
            default=5.0,
            help="comments a second, of each platform; 0: at once",
        )
        parser.add_argument("--port", type=int, default=0, help="of the first platform")
        parser.add_argument(
            "--connect",
            metavar="UNIT",
            help="listen to it: makes a source for each platform in the unit with this code",
        )
        parser.add_argument(
            "--url", default=f"http://127.0.0.1:{settings.PORT}", help="LiveQA's own"
        )
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            metavar="[PLATFORM:]NAME=VALUE",
            help="; ".join(_known(name, fake) for name, fake in known.items() if fake.knows),
        )
        parser.add_argument("--linger", type=float, metavar="S", help="stay so long after the end")
        parser.add_argument(
            "--record", metavar="FILE", help="write down all that was said, as JSONL"
        )
        rehearsal.add_knobs(parser)

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        names = list(dict.fromkeys(options["platform"]))
        hands = script.deal(self._comments(options), len(names))
        sources = self._sources(names, options)
        fakes = [
            self._fake(name, hand, sources.get(name), options)
            for name, hand in zip(names, hands, strict=True)
        ]
        linked = {name: source for name, (source, _) in sources.items()}
        try:
            is_whole = asyncio.run(self._evening(fakes, linked, options))
            self._warn_of_silence(fakes, linked)
        except OSError as error:
            raise CommandError(f"The port can't be used: {error.strerror}.") from None
        finally:
            rehearsal.disconnect(linked.values())
        self._report(fakes, is_whole=is_whole)
        if options["record"]:
            _write(Path(options["record"]), fakes)

    def _comments(self, options: dict[str, Any]) -> Sequence[Comment]:
        limit: int | None = options["limit"]
        if not options["file"]:
            texts = (question(_DEMO, place).text for place in range(limit or DEMO_COMMENTS))
            return script.of(texts, seed=options["seed"])
        try:
            comments = script.read(
                Path(options["file"]), columns=options["text"], limit=limit, seed=options["seed"]
            )
        except (BadFile, OSError) as error:
            raise CommandError(f"{options['file']}: {error}") from None
        if not comments:
            raise CommandError(f"{options['file']}: no comments in it.")
        return comments

    def _sources(
        self, names: Sequence[str], options: dict[str, Any]
    ) -> dict[str, tuple[Source, str]]:
        if not options["connect"]:
            return {}
        unit = Unit.objects.filter(code=options["connect"]).first()
        if unit is None:
            raise CommandError(f"There is no unit {options['connect']}.")
        if not may_call("127.0.0.1", settings.SOURCES_PRIVATE_NETWORKS):
            raise CommandError(
                "LiveQA may not call this machine: start it, and this, with "
                f"SOURCES_PRIVATE_NETWORKS={LOOPBACK}."
            )
        unknown = [name for name in names if name not in connectors.connectors()]
        if unknown:
            raise CommandError(f"LiveQA can't connect {', '.join(unknown)} yet.")
        return {name: rehearsal.source_for(name, unit) for name in names}

    def _fake(
        self,
        name: str,
        comments: Sequence[Comment],
        linked: tuple[Source, str] | None,
        options: dict[str, Any],
    ) -> Fake:
        kind = platforms()[name]
        said = rehearsal.extras(options["option"], name, kind.knows)
        if linked and kind.calls_us and "target" in kind.knows:
            said.setdefault("target", options["url"].rstrip("/") + linked[1])
        return kind(comments, rehearsal.knobs(options, name), said)

    async def _evening(
        self, fakes: Sequence[Fake], linked: dict[str, Source], options: dict[str, Any]
    ) -> bool:
        async with AsyncExitStack() as stack:
            stopped = stack.enter_context(evening.interruptible())
            await evening.opened(fakes, stack, options["port"])
            for fake in fakes:
                if fake.platform in linked:
                    await database_sync_to_async(rehearsal.connect)(linked[fake.platform], fake)
                self._introduce(fake, is_connected=fake.platform in linked)
            linger = options["linger"]
            if linger is None and options["end"]:
                linger = AFTER_END_S
            self.stdout.write("Ctrl-C stops it.")
            return await evening.play(
                fakes,
                stopped,
                tell=lambda: self._tell(fakes, linked),
                every_s=TELL_EVERY_S,
                linger_s=linger,
            )

    def _tell(self, fakes: Sequence[Fake], linked: Collection[str]) -> None:
        self.stdout.write("   ".join(_progress(fake) for fake in fakes))
        self._warn_of_silence(fakes, linked)

    def _warn_of_silence(self, fakes: Sequence[Fake], linked: Collection[str]) -> None:
        """Said again and again: from here, a LiveQA that may not call us looks like one that is not there."""
        silent = [f.platform for f in fakes if f.platform in linked and not f.record.has_company]
        if silent:
            self.stderr.write(
                f"LiveQA has not asked {', '.join(silent)} for anything yet. Does it run, and with "
                f"SOURCES_PRIVATE_NETWORKS={LOOPBACK}?"
            )

    def _introduce(self, fake: Fake, *, is_connected: bool) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"{fake.platform}: {len(fake.steps)} events"))
        if is_connected:
            self.stdout.write("  LiveQA is to listen to it. Look at the desk.")
            return
        if fake.calls_us and not fake.options.get("target"):
            self.stdout.write(
                "  It calls LiveQA: say where, --option target=ADDRESS OF THE SOURCE."
            )
        self.stdout.write("  Enter in the source's settings:")
        for name, value in {**fake.settings(), **fake.secrets()}.items():
            if value:
                self.stdout.write(f"    {name:14} {value}")
        self.stdout.write(f"  LiveQA must run with SOURCES_PRIVATE_NETWORKS={LOOPBACK}")

    def _report(self, fakes: Sequence[Fake], *, is_whole: bool) -> None:
        for fake in fakes:
            record = fake.record
            texts = record.final()
            gone = sum(text is None for text in texts.values())
            self.stdout.write(self.style.MIGRATE_HEADING(fake.platform))
            self.stdout.write(
                f"  {len(texts)} comments, {gone} of them taken back, in {len(fake.happened)} events"
                f" of {len(fake.steps)}"
            )
            refused = ", ".join(f"{kind} {times}" for kind, times in record.refused().items())
            self.stdout.write(
                f"  {len(record.asked)} requests, refused: {refused or 'none'}; {record.cuts} cuts; "
                f"{len(record.pushed)} deliveries, "
                f"{sum(not 200 <= p.status < 300 for p in record.pushed)} not taken; "
                f"{len(record.replies)} replies received"
            )
        if not is_whole:
            self.stdout.write("Stopped before its end.")


def _rate(value: str) -> float:
    rate = float(value)
    if not 0 <= rate <= 1000:
        raise ArgumentTypeError("from 0 to 1000")
    return rate


def _known(name: str, fake: type[Fake]) -> str:
    return f"{name}: " + ", ".join(f"{option} ({words})" for option, words in fake.knows.items())


def _progress(fake: Fake) -> str:
    state = "ended" if fake.has_ended else "live" if fake.is_live else "not live yet"
    return f"{fake.platform} {len(fake.happened)}/{len(fake.steps)} {state}"


def _write(path: Path, fakes: Sequence[Fake]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for fake in fakes:
            file.writelines(
                json.dumps(line, ensure_ascii=False) + "\n"
                for line in fake.record.lines(fake.platform)
            )
