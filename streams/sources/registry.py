"""The connectors that this installation has, by the name of their platform. One line each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.utils.module_loading import import_string

from streams.sources.connectors.base import Connector

_CONNECTORS = (
    "streams.sources.connectors.webhook.connector.WebhookConnector",
    "streams.sources.connectors.instagram.connector.InstagramConnector",
    "streams.sources.connectors.youtube.connector.YouTubeConnector",
    "streams.sources.connectors.facebook.connector.FacebookConnector",
    "streams.sources.connectors.whatsapp.connector.WhatsAppConnector",
)


class UnknownPlatform(LookupError):
    """No connector of this name."""


@cache
def connectors() -> Mapping[str, Connector]:
    """In the order in which pages offer them."""
    found = [import_string(name)() for name in _CONNECTORS]
    return {connector.platform: connector for connector in found}


def connector(platform: str) -> Connector:
    """Raises UnknownPlatform."""
    try:
        return connectors()[platform]
    except KeyError:
        raise UnknownPlatform(platform) from None
