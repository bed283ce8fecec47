"""What a client may say, checked before anything looks at it."""

import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NoReturn

from django.conf import settings

# No journal comes near; a browser's numbers are exact up to here.
_MAX_SEQ = 2**53
_ECHO_MAX = 40


class Unclear(ValueError):
    """A frame that can't be understood. `code` is one of docs/protocol.md, `field` is at fault."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(f"{code} {field}")
        self.code, self.field = code, field

    def message(self) -> dict[str, Any]:
        error = {"code": self.code}
        if self.field:
            error["field"] = self.field
        return {"error": error}


@dataclass(frozen=True)
class Place:
    """Where the page stands in the journal; the first one opens the stream, later ones acknowledge."""

    seq: int
    language: str


@dataclass(frozen=True)
class Command:
    name: str
    value: object


def max_bytes() -> int:
    """16 KB, or what the longest allowed question can take with every letter escaped."""
    return max(16 * 1024, 6 * settings.QUESTION_MAX_CHARS + 2048)


def size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def parse(text: str, commands: Collection[str]) -> Place | Command:
    """Raises Unclear."""
    said = _load(text)
    if not isinstance(said, dict):
        raise Unclear("shape")
    if len(said) == 1 and (name := next(iter(said))) in commands:
        return Command(name, said[name])
    if unknown := sorted(said.keys() - {"seq", "lang"}):
        code = "alone" if unknown[0] in commands else "unknown"
        raise Unclear(code, unknown[0][:_ECHO_MAX])
    return Place(_seq(said.get("seq")), _language(said.get("lang", "")))


def _load(text: str) -> object:
    try:
        said = _DECODER.decode(text)
        # Half a surrogate pair loads, but could never be sent on.
        (_ENCODER.encode(said) if "\\u" in text else text).encode()
    except (ValueError, RecursionError):
        raise Unclear("json") from None
    return said


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _finite(number: str) -> float:
    """A number beyond every bound loads as infinite, and could never be sent on."""
    if math.isinf(value := float(number)):
        raise ValueError(number)
    return value


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
_ENCODER = json.JSONEncoder(ensure_ascii=False)


def _seq(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_SEQ:
        raise Unclear("type", "seq")
    return value


def _language(value: object) -> str:
    if not isinstance(value, str) or value not in {"", *dict(settings.LANGUAGES)}:
        raise Unclear("type", "lang")
    return value
