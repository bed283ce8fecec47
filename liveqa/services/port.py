"""Is the port free? Asked before anything slow. Runs alone as well: `python3 port.py` needs no venv."""

from __future__ import annotations  # an old Python must get as far as the sentence about it

import errno
import os
import socket
import sys


def trouble(host: str, port: str) -> str | None:
    """What stands against listening on host:port, as a sentence; None where nothing does."""
    if not port.isdecimal() or not 0 < int(port) < 65536:
        return f"PORT must be a number from 1 to 65535, not {port!r}."
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError:
        return f"HOST {host!r} is no address of this machine."
    with socket.socket(family, kind) as probe:
        # Connections of an earlier run that linger in TIME_WAIT don't block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            return _sentence(error, host, port)
    return None


def _sentence(error: OSError, host: str, port: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is in use by another program. "
            f"Stop that, or choose another port: make run PORT={int(port) % 65535 + 1}"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is for root only. Choose one above 1023: make run PORT=8000"
    return f"Cannot listen on {host}:{port} ({error.strerror}). Set HOST and PORT."


def host_and_port() -> tuple[str, str]:
    return (os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000")


if __name__ == "__main__":
    found = trouble(*host_and_port())
    if found:
        sys.exit("error: " + found)
