"""python -m liveqa.services run | exec -- COMMAND…"""

import argparse
import signal
import sys
import time
from types import FrameType

from liveqa.services import pair
from liveqa.services.console import say
from liveqa.services.errors import ServicesError
from liveqa.services.execute import execute
from liveqa.services.run import run


def main() -> int:
    arguments = _parser().parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, _leave)
    try:
        return int(arguments.work(arguments))
    except ServicesError as error:
        say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m liveqa.services", description=__doc__)
    commands = parser.add_subparsers(required=True)
    serve = commands.add_parser("run", help="the servers and the application, until Ctrl-C")
    serve.add_argument("--since", type=float, default=time.time(), help=argparse.SUPPRESS)
    serve.set_defaults(work=lambda arguments: run(arguments.since))
    with_servers = commands.add_parser("exec", help="a command with the servers at hand")
    with_servers.add_argument(
        "--throwaway", action="store_true", help="fresh servers in a temporary directory, for tests"
    )
    with_servers.add_argument("command", nargs="+", metavar="COMMAND")
    with_servers.set_defaults(work=_execute)
    return parser


def _execute(arguments: argparse.Namespace) -> int:
    with pair.throwaway() if arguments.throwaway else pair.provide():
        return execute(arguments.command)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
