"""YouTube's stream is one JSON array that never ends properly: its elements, as soon as each is whole."""

from __future__ import annotations

import codecs
import json
from typing import Any

from streams.sources.errors import NotUnderstood

MAX_CHARS = 8 * 1024 * 1024
_BETWEEN = " \t\r\n,["
_DECODER = json.JSONDecoder()


class Elements:
    """Feed it bytes as they come, cut anywhere, even inside a letter. A lone object counts as well.

    A broken byte becomes a mark in its text instead of ending the broadcast.
    """

    def __init__(self) -> None:
        self._letters = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self.is_closed = False

    def feed(self, data: bytes) -> list[tuple[dict[str, Any], str]]:
        """Each whole element with its own text. Raises NotUnderstood: this is no such stream."""
        letters = self._letters.decode(data)
        self._rest += letters
        found: list[tuple[dict[str, Any], str]] = []
        # Nothing can have become whole without a closing brace.
        if "}" not in letters and "]" not in letters and self._starts_well():
            return found
        while (element := self._next()) is not None:
            found.append(element)
        return found

    def _starts_well(self) -> bool:
        start = self._rest.lstrip(_BETWEEN)
        if len(self._rest) > MAX_CHARS:
            raise NotUnderstood("too_big")
        return not start or start[0] in "{]"

    def _next(self) -> tuple[dict[str, Any], str] | None:
        if not self._starts_well():
            raise NotUnderstood("not_json")
        self._rest = self._rest.lstrip(_BETWEEN)
        if self._rest.startswith("]"):
            self.is_closed, self._rest = True, ""
        if not self._rest:
            return None
        try:
            element, end = _DECODER.raw_decode(self._rest)
        except json.JSONDecodeError:
            return None  # not whole yet
        except RecursionError:
            raise NotUnderstood("not_json") from None
        text, self._rest = self._rest[:end], self._rest[end:]
        return element, text
