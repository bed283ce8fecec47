"""Collects the texts to translate from the code and the templates. Needs Babel: a tool of developers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

SOURCES = ("liveqa", "streams", "templates")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
COMMENTS = ("Translators:",)


@dataclass
class Message:
    """One text of the interface, and the files that say it."""

    text: str
    plural: str = ""
    context: str | None = None
    comments: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.text


def collect(base: Path) -> list[Message]:
    """Every message below `base`, each once, in the order of their texts."""
    found: dict[tuple[str | None, str], Message] = {}
    for path in _files(base):
        name = path.relative_to(base).as_posix()
        for message in _of_file(path):
            known = found.setdefault(message.key, message)
            known.files.add(name)
            known.plural = known.plural or message.plural
            known.comments += [c for c in message.comments if c not in known.comments]
    return sorted(found.values(), key=lambda message: (message.text, message.context or ""))


def _files(base: Path) -> Iterator[Path]:
    for folder in SOURCES:
        for path in sorted((base / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and path.is_file():
                yield path


def _of_file(path: Path) -> Iterable[Message]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django blanks out what isn't to be translated; what is left of the template's indentation
        # would be an error in Python.
        lines = templatize(source, origin=str(path)).splitlines()
        source = "\n".join(line.lstrip() for line in lines)
    rows = extract("python", BytesIO(source.encode()), KEYWORDS, COMMENTS, {"encoding": "utf-8"})
    for _line, texts, comments, context in rows:
        text, plural = texts if isinstance(texts, tuple) else (texts, "")
        yield Message(text, plural, context, [_stripped(comment) for comment in comments])


def _stripped(comment: str) -> str:
    return comment.removeprefix("Translators:").strip()
