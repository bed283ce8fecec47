"""Addresses of comments where they were written: only on the platforms' own sites, whoever names them."""

from __future__ import annotations

from urllib.parse import urlsplit

# These and the names below them.
HOSTS = frozenset(
    {
        "facebook.com",
        "instagram.com",
        "ok.ru",
        "t.me",
        "tiktok.com",
        "twitch.tv",
        "vk.com",
        "vk.ru",
        "vkvideo.ru",
        "x.com",
        "youtu.be",
        "youtube.com",
    }
)
MAX_CHARS = 500


def safe(url: str) -> str:
    """`url` where a moderator may be led there; else empty."""
    if len(url) > MAX_CHARS or not url.isascii() or any(c <= " " or c in '"<>\\' for c in url):
        return ""
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme == "https" and parts.username is None and parts.port is None
    except ValueError:
        return ""
    host = parts.hostname or ""
    return url if is_plain and any(host == h or host.endswith(f".{h}") for h in HOSTS) else ""
