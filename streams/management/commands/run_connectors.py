from __future__ import annotations

import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from typing_extensions import override

from streams.sources.runner.supervisor import Supervisor


class Command(BaseCommand):
    help = (
        "Listens to the platforms of all receptions that take questions, until SIGTERM. Several may run "
        "at once: a source is listened to by one of them."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--owner", default="", help="this process's name in the leases it holds"
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(_until_told(Supervisor(options["owner"])))


async def _until_told(supervisor: Supervisor) -> None:
    loop = asyncio.get_running_loop()
    running = asyncio.create_task(supervisor.run())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.cancel)
    await asyncio.wait([running])
    if not running.cancelled():
        running.result()
