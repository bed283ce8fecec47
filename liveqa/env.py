"""The process environment, read once and typed. Every error names the variable at fault."""

import os
import re
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})
_PORTS = {"http": 80, "https": 443}


def text(name: str, default: str) -> str:
    """The variable, or `default` where it is unset or blank."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in _TRUE:
        return True
    if value.strip().lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def integer(name: str, default: int, *, minimum: int = 0, maximum: int = 2**31) -> int:
    raw = text(name, str(default))
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {raw!r}.") from None
    if not minimum <= value <= maximum:
        raise ImproperlyConfigured(f"{name} must be from {minimum} to {maximum}, not {value}.")
    return value


def choice(name: str, default: str, allowed: Collection[str]) -> str:
    """One of `allowed`, in whatever case it was written."""
    value = text(name, default)
    found = {word.lower(): word for word in allowed}.get(value.lower())
    if found is None:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return found


def zone(name: str, default: str) -> str:
    value = text(name, default)
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ImproperlyConfigured(
            f"{name} must be a time zone such as {default}, not {value!r}."
        ) from None


def country(name: str, default: str) -> str:
    value = text(name, default)
    if not re.fullmatch("[A-Z]{2}", value):
        raise ImproperlyConfigured(f"{name} must be two capitals such as {default}, not {value!r}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list; blanks are dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def hosts(name: str, default: str) -> list[str]:
    found = words(name, default)
    for host in found:
        if "/" in host:
            raise ImproperlyConfigured(
                f"{name} must list names such as live.example, not {host!r}: no scheme, no path."
            )
    return found


def origin(name: str, default: str) -> str:
    return _origin(name, text(name, default))


def origins(name: str, default: str) -> list[str]:
    return [_origin(name, word) for word in words(name, default)]


def _origin(name: str, value: str) -> str:
    """As browsers write it, else it would fit none: no slash at the end, no usual port."""
    try:
        parts = urlsplit(value)
        host, port, usual = parts.hostname, parts.port, _PORTS.get(parts.scheme)
    except ValueError:  # a port that is no number, brackets that don't match
        pass
    else:
        more = parts.path.rstrip("/") + parts.query + parts.fragment
        if host and usual and not more and "*" not in host and "@" not in parts.netloc:
            shown = f"[{host}]" if ":" in host else host
            return f"{parts.scheme}://{shown}" + (f":{port}" if port not in {None, usual} else "")
    raise ImproperlyConfigured(
        f"{name} must be scheme and host such as https://live.example, not {value!r}."
    )


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(word, strict=False) for word in words(name)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must list networks: {error}.") from None


def path(name: str, default: Path) -> Path:
    return Path(text(name, str(default))).expanduser().resolve()


def postgresql(name: str) -> dict[str, Any]:
    """Connection parameters of the libpq address in `name`, in Django's spelling."""
    raw = text(name, "")
    if not raw:
        raise ImproperlyConfigured(
            f"{name} is not set. Run the command through manage.py or make, "
            f"or set {name}=postgresql://user:password@host/database."
        )
    try:
        found = {key: str(value) for key, value in conninfo_to_dict(raw).items()}
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"{name} is no PostgreSQL address: {error}") from None
    if not found.get("dbname"):
        raise ImproperlyConfigured(f"{name} names no database.")
    known = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    settings = {known[key]: value for key, value in found.items() if key in known}
    return settings | {"OPTIONS": {k: v for k, v in found.items() if k not in known}}


def redis(name: str) -> str:
    raw = text(name, "")
    if urlsplit(raw).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured(
            f"{name} must be redis://, rediss:// or unix://, not {raw!r}. "
            "Run the command through manage.py or make, or set it."
        )
    return raw
