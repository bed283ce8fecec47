"""python -m liveqa.services run | exec -- COMMAND…"""

import argparse
import signal
import sys
from types import FrameType

from liveqa.services import pair
from liveqa.services.console import say
from liveqa.services.errors import ServicesError
from liveqa.services.execute import execute


def main() -> int:
    arguments = _parser().parse_args()
    signal.signal(signal.SIGTERM, _leave)
    try:
        with pair.throwaway() if arguments.throwaway else pair.provide():
            return execute(arguments.command)
    except ServicesError as error:
        say(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m liveqa.services", description=__doc__)
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("exec", help="run a command with the servers at hand")
    run.add_argument(
        "--throwaway", action="store_true", help="fresh servers in a temporary directory, for tests"
    )
    run.add_argument("command", nargs="+", metavar="COMMAND")
    return parser


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
