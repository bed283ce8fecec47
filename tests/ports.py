"""Ports for servers that tests start."""

from __future__ import annotations

import itertools
import os
import socket

# Below the range that the system gives to outgoing connections.
_FIRST, _LAST = 20000, 32000
# Processes that run tests side by side have numbers side by side: each begins in a row of its own, and
# deals no port twice, so that nobody takes one between the look at it and the server's start.
_ROW = 16
_dealt = itertools.count(os.getpid() * _ROW)


def free_port() -> int:
    for number in itertools.islice(_dealt, _LAST - _FIRST):
        port = _FIRST + number % (_LAST - _FIRST)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("no free port")
