"""What a bridge says is kept frame by frame, so it can be read again like any delivery."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from streams.sources.connectors.base import Capabilities, Field
from streams.sources.inbound import Parsed
from streams.sources.items import read


class IngestConnector:
    """The bridge proves itself by the token of the source; there is nothing to fill in."""

    platform = "ingest"
    capabilities = Capabilities(edits=True, deletes=True, backfill=True, address_token=True)
    fields: tuple[Field, ...] = ()

    def parse(self, settings: Mapping[str, str], body: bytes, received_at: datetime) -> Parsed:
        return read(body, received_at)
