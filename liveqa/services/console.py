"""Words for the person at the terminal; on stderr, so that a command's own output stays clean."""

import sys


def say(line: str = "") -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
