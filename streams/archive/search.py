"""Search over public questions and standing answers, in Kazakh and Russian at once.

Words are folded as in `text.search_form`, so қ finds к and ё finds е. A word of the query finds its
Russian inflections by stem, longer words by their beginning (Kazakh suffixes, typing in progress),
and relatives or misspellings by trigrams.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db import transaction
from django.db.models import Case, F, FloatField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from streams.common import sql, text
from streams.questions.models import Question

MAX_CHARS, MAX_WORDS, MAX_WORD = 300, 8, 40
MAX_FOUND = 1000
# ремонтируют → ремонт share half of their trigrams; below that words only happen to look alike.
_KIN = "0.45"
_LONG = 6  # a shorter word has too few trigrams to tell kin from chance
# A misspelt word: what trigrams bring is compared letter by letter.
_NEAR = "0.4"
_NEAR_WORDS = 3
_NEAR_TRIED = 300
_TYPO = 0.65


@dataclass(frozen=True)
class Wanted:
    """A query as the search understands it: folded words, in order, without repeats."""

    words: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.words)


@dataclass(frozen=True)
class Found:
    """Ids of questions, best first. `is_closest`: none has all the words, these come closest."""

    ids: list[int]
    is_closest: bool = False
    is_cut: bool = False


def parse(raw: str) -> Wanted:
    """Whatever was typed: only letters and digits are left of it, and not too many."""
    folded = text.search_form(raw[:MAX_CHARS].replace("\0", " "))
    words = dict.fromkeys(word[:MAX_WORD] for word in re.findall(r"[^\W_]+", folded))
    return Wanted(tuple(words)[:MAX_WORDS])


def find(questions: QuerySet[Question], wanted: Wanted) -> Found:
    """What of `questions` has all the words; else what has them misspelt; else what has some."""
    # As the indexes say.
    questions = questions.filter(search_vector__isnull=False)
    if ids := _with_all(questions, wanted):
        return Found(ids[:MAX_FOUND], is_cut=len(ids) > MAX_FOUND)
    ids = _misspelt(questions, wanted) or _with_some(questions, wanted)
    return Found(ids[:MAX_FOUND], is_closest=bool(ids), is_cut=len(ids) > MAX_FOUND)


def _with_all(questions: QuerySet[Question], wanted: Wanted) -> list[int]:
    exact = reduce(and_, (Q(search_vector=_stems(word)) for word in wanted.words))
    rank = (
        Case(When(exact, then=Value(1.0)), default=Value(0.0), output_field=FloatField())
        + _frequency(wanted)
        + TrigramWordSimilarity(" ".join(wanted.words), "search_text")
    )
    with _threshold(_KIN):
        return _best(questions.filter(reduce(and_, map(_matches, wanted.words))), rank)


def _with_some(questions: QuerySet[Question], wanted: Wanted) -> list[int]:
    """By the index of words alone: trigrams of every word would bring, and rank, half the archive."""
    if len(wanted.words) == 1:
        return []
    some = Q(search_vector=reduce(or_, map(_lexemes, wanted.words)))
    return _best(questions.filter(some), _frequency(wanted))


def _frequency(wanted: Wanted) -> SearchRank:
    return SearchRank(F("search_vector"), reduce(or_, map(_lexemes, wanted.words)))


def _best(found: QuerySet[Question], rank: Combinable) -> list[int]:
    ordered = found.annotate(rank=rank).order_by("-rank", "-received_at", "-pk")
    return list(ordered.values_list("pk", flat=True)[: MAX_FOUND + 1])


def _misspelt(questions: QuerySet[Question], wanted: Wanted) -> list[int]:
    words = [word for word in wanted.words if not word.isdigit()]
    if not 0 < len(words) <= _NEAR_WORDS or min(map(len, words)) < 4:
        return []
    alike = reduce(and_, (Q(search_text__trigram_word_similar=word) for word in words))
    rank = TrigramWordSimilarity(" ".join(words), "search_text")
    tried = questions.filter(alike).annotate(rank=rank).order_by("-rank", "-pk")
    with _threshold(_NEAR):
        texts = list(tried.values_list("pk", "search_text")[:_NEAR_TRIED])
    near = [(_nearness(words, text), pk) for pk, text in texts]
    return [pk for closeness, pk in sorted(near, reverse=True) if closeness]


def _nearness(words: list[str], text: str) -> float:
    """How well the worst of `words` fits a word of `text`; 0 where one fits none."""
    there = text.split()
    worst = 1.0
    for word in words:
        best = get_close_matches(word, there, n=1, cutoff=_TYPO)
        if not best:
            return 0.0
        worst = min(worst, SequenceMatcher(None, word, best[0]).ratio())
    return worst


@contextmanager
def _threshold(value: str) -> Iterator[None]:
    """For one transaction: the operator, which can use the index, takes its threshold from there."""
    with transaction.atomic():
        sql.run("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [value])
        yield


def _matches(word: str) -> Q:
    condition = Q(search_vector=_lexemes(word))
    if len(word) >= _LONG and not word.isdigit():
        condition |= Q(search_text__trigram_word_similar=word)
    return condition


def _lexemes(word: str) -> SearchQuery:
    """The word's stem, and what begins with the word as it was typed."""
    # Only letters and digits are in `word`, so the quotes can't be closed from inside.
    begins = "" if word.isdigit() or len(word) < 3 else ":*"
    return _query(f"'{word}'", "russian") | _query(f"'{word}'{begins}", "simple")


def _stems(word: str) -> SearchQuery:
    return _query(f"'{word}'", "russian") | _query(f"'{word}'", "simple")


def _query(value: str, config: str) -> SearchQuery:
    return SearchQuery(value, config=config, search_type="raw")
