"""The catalogues of translations (`locale/*/LC_MESSAGES/django.po`): merged, checked and compiled.

All in Python, so that neither a developer nor a server needs GNU gettext.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import polib
from django.conf import locale as django_locale

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
_TAG = re.compile(r"<(/?[a-zA-Z][\w-]*)[^>]*>")
_WIDTH = 100


class Source(Protocol):
    """A text of the interface as `extraction` finds it."""

    text: str
    plural: str
    context: str | None
    comments: list[str]
    files: set[str]


def path_of(folder: Path, language: str) -> Path:
    return folder / language / "LC_MESSAGES" / "django.po"


def merged(old: polib.POFile | None, sources: Iterable[Source], language: str) -> polib.POFile:
    """A catalogue of exactly `sources`: translations are kept, what nobody says any more is dropped.

    No dates and no line numbers: a file changes only where a text does.
    """
    catalogue = polib.POFile(wrapwidth=_WIDTH)
    catalogue.header = "Collected by `make messages`; write translations here, nothing else."
    catalogue.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plural_forms(language),
    }
    known = {_key(entry): entry for entry in old or ()}
    catalogue.extend(_entry(source, known, _count(language)) for source in sources)
    return catalogue


def _entry(
    source: Source, known: dict[tuple[str | None, str, str], polib.POEntry], forms: int
) -> polib.POEntry:
    old = known.get((source.context, source.text, source.plural))
    entry = polib.POEntry(
        msgid=source.text,
        msgid_plural=source.plural,
        msgctxt=source.context,
        comment="\n".join(source.comments),
        tcomment=old.tcomment if old else "",
        occurrences=[(name, "") for name in sorted(source.files)],
        flags=["fuzzy"] if old and old.fuzzy else [],
    )
    if _PLACEHOLDER.search(source.text + source.plural):
        entry.flags.append("python-format")
    if source.plural:
        given = old.msgstr_plural if old else {}
        entry.msgstr_plural = {form: given.get(form, "") for form in range(forms)}
    else:
        entry.msgstr = old.msgstr if old else ""
    return entry


def _key(entry: polib.POEntry) -> tuple[str | None, str, str]:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def plural_forms(language: str) -> str:
    """Django's own rule for the language: its texts and ours are merged into one catalogue."""
    folder = Path(django_locale.__file__).parent
    header = polib.pofile(str(path_of(folder, language))).metadata["Plural-Forms"]
    return " ".join(header.split())


def _count(language: str) -> int:
    found = re.search(r"nplurals\s*=\s*(\d+)", plural_forms(language))
    assert found
    return int(found[1])


# --- Checking -------------------------------------------------------------------------------------


def faults(catalogue: polib.POFile, sources: Sequence[Source], language: str) -> Iterator[str]:
    """One sentence for each thing that is missing or broken."""
    wanted = {(s.context, s.text, s.plural) for s in sources}
    present = {_key(entry) for entry in catalogue if not entry.obsolete}
    yield from (
        f"not in the catalogue: {_short(text)}" for _c, text, _p in _sorted(wanted - present)
    )
    yield from (
        f"nobody says it any more: {_short(text)}" for _c, text, _p in _sorted(present - wanted)
    )
    for entry in catalogue:
        if _key(entry) in wanted and not entry.obsolete:
            yield from (
                f"{fault}: {_short(entry.msgid)}" for fault in _faults(entry, _count(language))
            )


def _sorted(keys: set[tuple[str | None, str, str]]) -> list[tuple[str | None, str, str]]:
    return sorted(keys, key=lambda key: (key[1], key[0] or "", key[2]))


def _faults(entry: polib.POEntry, forms: int) -> Iterator[str]:
    if entry.fuzzy:
        yield "marked fuzzy"
    if entry.msgid_plural:
        texts = [entry.msgstr_plural.get(form, "") for form in range(forms)]
        if set(entry.msgstr_plural) - set(range(forms)):
            yield "too many plural forms"
    else:
        texts = [entry.msgstr]
    if not all(texts):
        yield "not translated"
        return
    for text in texts:
        yield from _broken(entry, text)


def _broken(entry: polib.POEntry, text: str) -> Iterator[str]:
    originals = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
    names = [_names(original) for original in originals]
    # A singular may leave the number out ("one question"), no form may ask for what isn't given.
    given = set(_names(text))
    missing = set(names[0]).intersection(*names[1:]) - given
    unknown = given.difference(*names)
    if missing:
        yield f"lost {', '.join(sorted(missing))}"
    if unknown:
        yield f"invented {', '.join(sorted(unknown))}"
    positional = [sum(not n.startswith(("%(", "{")) for n in of) for of in (*names, _names(text))]
    if positional[-1] not in positional[:-1]:
        yield "another count of %s"
    formatted = any(name.startswith("%") for of in names for name in of)
    if formatted and "%" in _PLACEHOLDER.sub("", text.replace("%%", "")):
        yield "a lone % sign"
    if Counter(_TAG.findall(text)) not in [Counter(_TAG.findall(o)) for o in originals]:
        yield "other HTML tags"
    if entry.msgid.endswith("\n") != text.endswith("\n"):
        yield "another line break at the end"


def _names(text: str) -> list[str]:
    return [match[0] for match in _PLACEHOLDER.finditer(text.replace("%%", ""))]


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return f"“{flat}”" if len(flat) <= 70 else f"“{flat[:69]}…”"


# --- Writing --------------------------------------------------------------------------------------


def write(path: Path, content: bytes) -> None:
    """Whole or not at all: a server may read the file at this moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        draft.write(content)
    draft_path = Path(draft.name)
    draft_path.chmod(0o644 & ~_umask())
    draft_path.replace(path)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def compile_all(folders: Iterable[Path]) -> list[Path]:
    """Make the .mo of every .po in `folders` that is newer than it. Returns what was made."""
    made = []
    for folder in folders:
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            write(target, polib.pofile(str(source)).to_binary())
            made.append(target)
    return made
