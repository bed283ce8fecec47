"""Template tags for the health of sources."""

from typing import Any

from django import template

from streams.sources import chips, words
from streams.sources.models import Reply
from streams.sources.queries import Pulse

register = template.Library()


@register.inclusion_tag("parts/source_chip.html")
def source_chip(pulse: Pulse, *, is_open: bool = False) -> dict[str, Any]:
    """One source: its state, its figures, and what to do."""
    return {
        "pulse": pulse,
        "state": words.HEALTH[pulse.health],
        "tone": words.TONES.get(pulse.health, ""),
        "action": words.action(pulse.health, pulse.code),
        "quota": chips.quota(pulse.source),
        "is_open": is_open,
    }


@register.simple_tag
def platform_name(platform: str) -> str:
    return words.platform(platform)


@register.simple_tag
def source_words() -> dict[str, dict[str, str]]:
    return words.actions()


@register.simple_tag
def reply_words(reply: Reply) -> dict[str, str]:
    """What it is, and how it stands, in plain words."""
    return {
        "kind": str(words.REPLY_KINDS.get(reply.kind, reply.kind)),
        "state": words.reply_state(reply.state, reply.code),
        "tone": {"unknown": "warn", "refused": "warn", "expired": "warn"}.get(reply.state, ""),
    }
