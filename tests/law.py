"""The law of the screen: the old page plus the frames since equals the page loaded afresh."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from typing_extensions import override

from streams.live import frames, screens
from streams.receptions import journal
from streams.receptions.models import Reception

_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass
class Page:
    """What a browser holds of a live page: each list's cards in order, the counters, the cursor."""

    seq: int = 0
    lists: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)  # id, key, html
    order: dict[str, str] = field(default_factory=dict)
    window: dict[str, int] = field(default_factory=dict)
    counts: dict[str, str] = field(default_factory=dict)

    def apply(self, frame: dict[str, Any]) -> None:
        """As the browser does, written again here so that a mistake in one of them shows."""
        if frame["seq"] <= self.seq and (frame.get("put") or frame.get("drop")):
            return
        self.seq = frame["seq"]
        put = frame.get("put", [])
        self._leave({str(number) for number in [*frame.get("drop", []), *(c["id"] for c in put)]})
        for card in put:
            if card["list"] in self.lists:
                self.lists[card["list"]].append((str(card["id"]), card["key"], plain(card["html"])))
        self._sort()
        shown = frame.get("counts", {})
        self.counts |= {name: str(shown[name]) for name in self.counts if name in shown}

    def _leave(self, numbers: set[str]) -> None:
        for name, cards in self.lists.items():
            self.lists[name] = [card for card in cards if card[0] not in numbers]

    def _sort(self) -> None:
        for name, cards in self.lists.items():
            cards.sort(key=lambda card: card[1], reverse=self.order.get(name) == "desc")
            if name in self.window:
                del cards[self.window[name] :]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.page = Page()
        self._depth = 0
        self._list: tuple[str, int] | None = None
        self._card: tuple[str, str, int] | None = None
        self._html: list[str] = []
        self._count: tuple[str, int] | None = None

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "live-screen":
            self.page.seq = int(values["data-seq"] or 0)
        if "data-list" in values and self._list is None:
            name = values["data-list"] or ""
            self._list = (name, self._depth)
            self.page.lists[name] = []
            self.page.order[name] = values.get("data-order") or "asc"
            if values.get("data-window"):
                self.page.window[name] = int(values["data-window"] or 0)
        elif self._list and self._card is None and "data-id" in values:
            self._card = (values["data-id"] or "", values.get("data-key") or "", self._depth)
        elif "data-count" in values and self._card is None:
            self._count = (values["data-count"] or "", self._depth)
            self.page.counts[self._count[0]] = ""
        if self._card:
            self._html.append(self.get_starttag_text() or "")
        if tag not in _VOID:
            self._depth += 1

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._close("")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self._close(f"</{tag}>")

    def _close(self, written: str) -> None:
        """`written`: the end tag as it stands in the page; SVG's shapes close themselves."""
        self._depth -= 1
        if self._card:
            self._html.append(written)
            if self._depth == self._card[2]:
                assert self._list is not None
                card = (self._card[0], self._card[1], plain("".join(self._html)))
                self.page.lists[self._list[0]].append(card)
                self._card, self._html = None, []
        elif self._list and self._depth == self._list[1]:
            self._list = None
        if self._count and self._depth <= self._count[1]:
            self._count = None

    @override
    def handle_data(self, data: str) -> None:
        if self._card:
            self._html.append(data)
        elif self._count:
            self.page.counts[self._count[0]] += data.strip()

    @override
    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    @override
    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")


def plain(html: str) -> str:
    """Without the white space that no browser shows."""
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", re.sub(r"\s+", " ", html)).strip()


def read(html: str) -> Page:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


def load(client: Client, url: str) -> Page:
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return read(response.content.decode())


def assert_screen_law(
    client: Client,
    url: str,
    screen_name: str,
    reception: Reception,
    action: Callable[[], object],
    *,
    language: str = "ru",
) -> None:
    """Load `url`, run `action`, apply what the hub would send, compare with `url` loaded afresh.

    `language` must be the one in which `client` gets the page.
    """
    old = load(client, url)
    assert old.lists, f"{url} shows no live list"
    action()
    screen = screens.get(screen_name)
    seq, numbers = journal.changed(reception.pk, old.seq)
    frame = frames.frame(screen, screen.read(reception.pk, numbers), language)
    assert frame["seq"] == seq
    old.apply(frame)
    once = (old.lists, old.counts)
    old.apply(frame)
    assert (old.lists, old.counts) == once, "a frame applied twice must change nothing"
    fresh = load(client, url)
    assert old.seq == fresh.seq
    assert old.lists == fresh.lists
    assert old.counts == fresh.counts
