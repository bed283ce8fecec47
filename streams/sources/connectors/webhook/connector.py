"""The generic webhook: Standard Webhooks signature, up to 100 items, an answer for each of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from streams.sources.connectors.base import Capabilities, Field, HttpAnswer
from streams.sources.connectors.webhook import signature
from streams.sources.inbound import Parsed
from streams.sources.items import read


class WebhookConnector:
    platform = "webhook"
    capabilities = Capabilities(edits=True, deletes=True, backfill=True)
    fields = (Field("signing_secret", secret=True),)

    def handshake(
        self, secrets: Mapping[str, str], method: str, query: Mapping[str, str], body: bytes
    ) -> HttpAnswer | None:
        return None

    def verify(
        self, secrets: Mapping[str, str], headers: Mapping[str, str], body: bytes, now: datetime
    ) -> None:
        """`signing_secret` may hold several, separated by spaces, while a new one is brought in."""
        signature.verify(secrets.get("signing_secret", ""), headers, body, now)

    def parse(self, settings: Mapping[str, str], body: bytes, received_at: datetime) -> Parsed:
        return read(body, received_at)

    def answer(self, parsed: Parsed) -> HttpAnswer:
        return self.account(parsed, ())

    def account(self, parsed: Parsed, results: Sequence[tuple[str, str]]) -> HttpAnswer:
        lines: list[dict[str, str]] = [{"id": item, "result": result} for item, result in results]
        lines += [
            {"id": item, "result": "rejected", "reason": reason} for item, reason in parsed.rejected
        ]
        body = json.dumps({"items": lines}).encode()
        return HttpAnswer(202, body, "application/json")
