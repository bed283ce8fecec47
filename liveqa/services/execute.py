"""A command at our terminal, with the servers in its environment."""

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from types import FrameType

from liveqa.services import children
from liveqa.services.errors import ServicesError


def execute(command: Sequence[str]) -> int:
    """Run it to its end and return its exit code, in the shell's way (128 + signal).

    Ctrl-C is the command's business; SIGTERM is passed on, and we stay until it has gone.
    """
    try:
        child = children.start(command, env=os.environ, own_session=False)
    except OSError as error:
        raise ServicesError(f"Cannot start {command[0]}: {error.strerror}.") from error
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
    terminate = signal.signal(signal.SIGTERM, _pass_on(child))
    try:
        code = child.wait()
    finally:
        signal.signal(signal.SIGINT, interrupt)
        signal.signal(signal.SIGTERM, terminate)
    return code if code >= 0 else 128 - code


def _pass_on(child: subprocess.Popen[bytes]) -> Callable[[int, FrameType | None], None]:
    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    return pass_on
