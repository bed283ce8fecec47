"""The last line before the log: what looks like a secret is blanked, whoever wrote it there."""

import logging
import re
from datetime import datetime
from typing import Any

import structlog
from daphne.access import AccessLogGenerator
from typing_extensions import override

_BLANK = "***"
_PATTERNS = (
    # An asker's link and the addresses of an overlay are keys, and Django names the address of each error.
    (re.compile(r"(/q/)[\w-]{20,}"), rf"\1{_BLANK}"),
    (re.compile(r"(/overlay/(?:remote/)?)[\w-]{20,}"), rf"\1{_BLANK}"),
    # The token in the address of a source, and a Telegram bot's in the platform's.
    (re.compile(r"(/in/[0-9a-fA-F-]{32,36}/)[^/\s'\"?]+"), rf"\1{_BLANK}"),
    (re.compile(r"(/(?:file/)?bot)\d+:[\w-]+"), rf"\1{_BLANK}"),
    (re.compile(r"(/(?:join|sse|send)/)[\w-]{6,}"), rf"\1{_BLANK}"),
    (
        re.compile(
            r"((?:access_|refresh_|verify_|hub\.verify_|id_)?token|client_secret|app_secret|api_?key"
            r"|secret|password)(=|%3[dD])[^&\s'\"]+",
            re.IGNORECASE,
        ),
        rf"\1\2{_BLANK}",
    ),
    (
        re.compile(r"([?&](?:key|code|sig|signature|session)=)[^&\s'\"]+", re.IGNORECASE),
        rf"\1{_BLANK}",
    ),
    (re.compile(r"\b(Bearer|OAuth|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {_BLANK}"),
    (re.compile(r"\bwhsec_[\w+/=-]+"), f"whsec_{_BLANK}"),
    (re.compile(r"\bEA[A-Za-z0-9]{30,}\b"), _BLANK),
    (re.compile(r"\bAIza[\w-]{30,}"), _BLANK),
    (re.compile(r"\bya29\.[\w.-]{20,}"), _BLANK),
    (re.compile(r"\bvk1\.a\.[\w-]{20,}"), _BLANK),
)


def redact(line: str) -> str:
    """`line` without tokens. For lines of a log; not for what users read."""
    for pattern, replacement in _PATTERNS:
        line = pattern.sub(replacement, line)
    return line


class Redacted(structlog.stdlib.ProcessorFormatter):
    """Every line and every traceback passes here."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def guard_access_log() -> None:
    """daphne writes its access log past Python's logging: there too the addresses lose their tokens."""
    write = AccessLogGenerator.write_entry

    def write_redacted(
        self: Any, host: str, date: datetime, request: str, *args: Any, **kwargs: Any
    ) -> None:
        write(self, host, date, redact(request), *args, **kwargs)

    AccessLogGenerator.write_entry = write_redacted
