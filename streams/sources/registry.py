"""The connectors that this installation has, by the name of their platform. One line each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.utils.module_loading import import_string

from streams.sources.connectors.base import Connector
from streams.sources.models import Source

_CONNECTORS = (
    "streams.sources.connectors.webhook.connector.WebhookConnector",
    "streams.sources.connectors.ingest.connector.IngestConnector",
    "streams.sources.connectors.ssn.connector.SsnConnector",
    "streams.sources.connectors.ssn.connector.SsnRelayConnector",
    "streams.sources.connectors.instagram.connector.InstagramConnector",
    "streams.sources.connectors.youtube.connector.YouTubeConnector",
    "streams.sources.connectors.facebook.connector.FacebookConnector",
    "streams.sources.connectors.whatsapp.connector.WhatsAppConnector",
    "streams.sources.connectors.telegram.connector.TelegramConnector",
    "streams.sources.connectors.vk.connector.VkConnector",
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


def settings_of(source: Source) -> dict[str, str]:
    """The source's settings with the defaults of what was not filled in."""
    fields = connector(source.platform).fields
    given = {str(name): str(value) for name, value in source.settings.items()}
    return {field.name: field.default for field in fields if not field.secret} | given
