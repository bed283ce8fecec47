"""The public ledger: the journal of one reception as a file that anyone can check.

One JSON document and, at the same time, strict lines: the header, one entry a line, the closing line.
Every byte is decided by the content, so any changed byte shows, and the line it stands in is known.
`docs/ledger.md` tells the format; `verify` reads it.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from streams.receptions import chain

FORMAT = "liveqa-ledger/1"
HEADER = (b'{"header":', b',"entries":[')
CLOSING = (b'],"closing":', b"}")
# What the first entry of every journal says of its reception.
_PLANNED = ("unit", "kind", "starts_at")
_ENTRY_FIELDS = frozenset({*chain.FIELDS, "hash"})
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_DIGEST = re.compile(r"[0-9a-f]{64}")


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


def unframe(edges: tuple[bytes, bytes], line: bytes) -> dict[str, Any] | None:
    """What stands between the edges of a header or closing line, if it is written as it must be."""
    if not (line.startswith(edges[0]) and line.endswith(edges[1])):
        return None
    return strict(line[len(edges[0]) : len(line) - len(edges[1])])


def strict(raw: bytes) -> dict[str, Any] | None:
    """The object, if these very bytes are its canonical form."""
    try:
        value = json.loads(raw.decode("utf-8"))
        same = chain.canonical(value).encode() == raw
    except (ValueError, RecursionError):
        return None
    return value if same and isinstance(value, dict) else None


def misshapen(entry: object) -> str:
    """What is wrong with the entry's shape; empty where nothing is."""
    if not isinstance(entry, dict) or set(entry) != _ENTRY_FIELDS:
        return "it does not have the fields of an entry."
    question = entry["question"]
    shapes = {
        "seq": _is_count(entry["seq"]),
        "question": question is None or _is_count(question),
        "at": _is_stamp(entry["at"]),
        "data": isinstance(entry["data"], dict),
        **{name: isinstance(entry[name], str) for name in ("reception", "kind", "actor")},
        **{name: _is_digest(entry[name]) for name in ("prev", "hash")},
    }
    wrong = [name for name, fits in shapes.items() if not fits]
    return f"the value of {wrong[0]} can't be one." if wrong else ""


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _is_stamp(value: object) -> bool:
    if not isinstance(value, str) or not _STAMP.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
