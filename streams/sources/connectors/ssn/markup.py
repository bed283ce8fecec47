"""Chat messages come as HTML of the page they were read from: only their words are kept."""

from __future__ import annotations

from html.parser import HTMLParser

from typing_extensions import override

_LINES = frozenset({"br", "p", "div", "li"})
_SILENT = frozenset({"script", "style", "template", "noscript"})


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _LINES:
            self.words.append("\n")
        elif tag == "img" and not self._silent:
            # An emoji as a picture.
            self.words.append(dict(attrs).get("alt") or "")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1

    @override
    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def words(html: str) -> str:
    """Without tags, with every entity as its character. What comes out is text, whatever it looks like."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    return "".join(parser.words).strip()
