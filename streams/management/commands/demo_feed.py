from __future__ import annotations

import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from typing_extensions import override

from streams.demo.feed import EVERY_S, Feed


class Command(BaseCommand):
    help = "Lets the demo's viewers go on asking through the room's socket, until SIGTERM."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default=f"http://127.0.0.1:{settings.PORT}")
        parser.add_argument("--every", type=float, default=EVERY_S, metavar="SECONDS")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        url = options["url"].rstrip("/")
        # Where only the public address is allowed, its pages are what our viewers have open.
        allowed = settings.ALLOWED_ORIGINS
        origin = url if url in allowed or not allowed else allowed[0]
        asyncio.run(_until_told(Feed(url, origin=origin, every_s=options["every"])))


async def _until_told(feed: Feed) -> None:
    loop = asyncio.get_running_loop()
    running = asyncio.create_task(feed.run())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.cancel)
    await asyncio.wait([running])
    if not running.cancelled():
        running.result()
