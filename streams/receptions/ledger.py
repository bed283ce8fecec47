"""The public ledger: the journal of one reception as a file that anyone can check.

One JSON document and, at the same time, strict lines: the header, one entry a line, the closing line.
Every byte is decided by the content, so any changed byte shows, and the line it stands in is known.
`docs/ledger.md` tells the format; `verify` reads it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from streams.receptions import chain

FORMAT = "liveqa-ledger/1"
HEADER = (b'{"header":', b',"entries":[')
CLOSING = (b'],"closing":', b"}")
# What the first entry of every journal says of its reception.
_PLANNED = ("unit", "kind", "starts_at")


def header(first: Mapping[str, Any]) -> dict[str, Any]:
    """Drawn from the first entry alone, so that nothing in the file stands outside the chain."""
    planned = {name: first["data"][name] for name in _PLANNED}
    return {"format": FORMAT, "hash": "SHA-256", "reception": first["reception"], **planned}


def checksum(closing: Mapping[str, Any]) -> str:
    """Of the closing line's own fields, without the checksum itself."""
    bare = {name: value for name, value in closing.items() if name != "checksum"}
    return hashlib.sha256(chain.canonical(bare).encode()).hexdigest()


def frame(edges: tuple[bytes, bytes], value: Mapping[str, Any]) -> bytes:
    """A header or closing line, without its line break."""
    return edges[0] + chain.canonical(value).encode() + edges[1]


class Writer:
    """Writes the file piece by piece: `opening`, any number of `body`, `closing`."""

    def __init__(self) -> None:
        self._count = 0
        self._head = chain.GENESIS
        self._header = ""

    def opening(self, first: Mapping[str, Any]) -> bytes:
        """`first` is the journal's first entry; it is written by `body` like the others."""
        line = frame(HEADER, header(first))
        self._header = hashlib.sha256(line).hexdigest()
        return line + b"\n"

    def body(self, entries: Iterable[Mapping[str, Any]]) -> bytes:
        parts = []
        for entry in entries:
            parts.append(b",\n" if self._count else b"")
            parts.append(chain.canonical(entry).encode())
            self._count += 1
            self._head = entry["hash"]
        return b"".join(parts)

    def closing(self, equation: Mapping[str, Any]) -> bytes:
        """`equation` as `questions.queries.Equation.published` gives it, counted at the last entry."""
        closing: dict[str, Any] = {
            "entries": self._count,
            "equation": equation,
            "head": self._head,
            "header": self._header,
        }
        closing["checksum"] = checksum(closing)
        return b"\n" + frame(CLOSING, closing) + b"\n"


def write(entries: list[dict[str, Any]], equation: Mapping[str, Any]) -> bytes:
    """The whole file at once."""
    writer = Writer()
    return writer.opening(entries[0]) + writer.body(entries) + writer.closing(equation)
