"""The same question? Finds questions like a text, in Kazakh and Russian. It suggests, a person decides.

Texts are compared as sets of terms (see `terms`): the angle between them, rare terms weighing more.
PostgreSQL's index finds those that share rare terms, or two of the less rare ones; only these are
measured. Where the optional language model is on, its vectors bring candidates of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Q

from streams.questions import commonness, meaning, queries
from streams.questions.commonness import Commonness
from streams.questions.models import Likeness, Question
from streams.questions.rules import ANSWERED, Outcome
from streams.questions.terms import terms

# So many questions are measured at most, about: that bounds the time, whatever the archive's size.
_BUDGET = 2_500
_LIMIT = 4_000
_BEST = 1_500
# Of those so many for each one that is wanted are looked at first: most may be shown.
_AT_FIRST = 5
# A term that so many have is looked for only together with another one.
_RARE = 500
_PAIRED = 7
_AT_ONCE = 500
# Transactions of the intake that end later than their numbers say are still within this.
_LOOK_BACK = 2_000
# How the language model's word counts beside the terms' own.
_MEANING_SHARE = 0.6


# From here on it is worth a look: measured over real appeals, see docs/similar.md.
SHOWN_FROM = 0.2
ASKED_FROM = 0.35
# Nobody is led to these: the first leads on to another question, the others are none.
_NOT_SHOWN = [
    outcome.value
    for outcome in (
        Outcome.MERGED,
        Outcome.NOT_A_QUESTION,
        Outcome.WITHDRAWN,
        Outcome.CARRIED_OVER,
    )
]
# Who asks one of these again can be told what became of it.
_SETTLED = ANSWERED | {Outcome.ON_CONTROL, Outcome.FORWARDED}


@dataclass(frozen=True)
class Like:
    """A question, and how like it is, from 0 to 1."""

    question: Question
    score: float

    @property
    def percent(self) -> int:
        return round(self.score * 100)


def to_question(question: Question, *, limit: int) -> list[Like]:
    """For staff: all of its own reception, of others what is public. Constant number of queries."""
    shown = Q(question__reception_id=question.reception_id) | Q(question__is_public=True)
    scores = dict(
        ranked(
            question.public_text,
            within=shown & ~Q(question__outcome__in=_NOT_SHOWN),
            limit=limit,
            language=question.language,
            itself=question.pk,
        )
    )
    return _read(scores, SHOWN_FROM)


def to_asked(words: str, *, reception_id: int, language: str, limit: int) -> list[Like]:
    """For who types a question: public texts only, open ones of this reception or answered ones."""
    public = Q(question__is_public=True) & ~Q(question__outcome__in=_NOT_SHOWN)
    here = Q(question__reception_id=reception_id, question__outcome__isnull=True)
    answered = Q(question__outcome__in=[outcome.value for outcome in _SETTLED])
    found = ranked(words, within=public & (here | answered), limit=limit, language=language)
    return _read(dict(found), ASKED_FROM)


def _read(scores: dict[int, float], least: float) -> list[Like]:
    wanted = [pk for pk, score in scores.items() if score >= least]
    questions = {question.pk: question for question in queries.full().filter(pk__in=wanted)}
    return [Like(questions[pk], scores[pk]) for pk in wanted if pk in questions]


def index(question: Question) -> None:
    """The public text is new: whatever was known of it is known no more."""
    Likeness.objects.update_or_create(
        question_id=question.pk,
        defaults={
            "text_version": question.text_version,
            "terms": sorted(terms(question.public_text)),
            "meaning": None,
        },
    )


_complete_to = 0


def catch_up(limit: int = _AT_ONCE) -> int:
    """Index what has come in since; how many. Called before every look, so that the intake needn't."""
    global _complete_to
    waiting = Question.objects.filter(pk__gt=_complete_to, likeness__isnull=True)
    rows = list(waiting.order_by("-pk").values_list("pk", "text_version", "public_text")[:limit])
    Likeness.objects.bulk_create(
        [
            Likeness(question_id=pk, text_version=version, terms=sorted(terms(text)))
            for pk, version, text in rows
        ],
        ignore_conflicts=True,
    )
    if len(rows) < limit:
        newest = Likeness.objects.order_by("-pk").values_list("pk", flat=True).first()
        _complete_to = max(_complete_to, (newest or 0) - _LOOK_BACK)
    return len(rows)


def ranked(
    words: str, *, within: Q, limit: int, language: str = "", itself: int | None = None
) -> list[tuple[int, float]]:
    """(pk, score from 0 to 1), the most similar first. `within` speaks of a question's fields through
    `question__`; `itself` is the question whose text this is."""
    catch_up()
    wanted = terms(words)
    common = commonness.now()
    # One more than wanted, for the question whose text this is.
    scores = _measured(wanted, common, within, limit + 1) if wanted else {}
    if meaning.is_on():
        near = meaning.near(words, language=language, itself=itself)
        scores = _joined(scores, near, wanted, common, within)
    scores.pop(itself or 0, None)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


def _measured(
    wanted: frozenset[int], common: Commonness, within: Q, enough: int
) -> dict[int, float]:
    # First the index alone, then who may be shown: asked for both at once, PostgreSQL reads every question.
    found = Likeness.objects.filter(_candidates(wanted, common)).values_list("pk", "terms")
    scores = _scores(wanted, common, found[:_LIMIT])
    best = sorted(scores, key=lambda pk: (-scores[pk], pk))[:_BEST]
    allowed: dict[int, float] = {}
    size = _AT_FIRST * enough
    while best and len(allowed) < enough:
        part, best = best[:size], best[size:]
        shown = Likeness.objects.filter(pk__in=part).filter(within).values_list("pk", flat=True)
        allowed |= {pk: scores[pk] for pk in shown}
        size *= _AT_FIRST
    return allowed


def _scores(
    wanted: frozenset[int], common: Commonness, rows: Iterable[tuple[int, list[int]]]
) -> dict[int, float]:
    square = common.squares.__getitem__
    length = math.sqrt(sum(map(square, wanted)))
    scores: dict[int, float] = {}
    for pk, others in rows:
        if shared := sum(map(square, wanted.intersection(others))):
            scores[pk] = shared / (length * math.sqrt(sum(map(square, others))))
    return scores


def _candidates(wanted: frozenset[int], common: Commonness) -> Q:
    """What the index is asked for: the rare terms singly, then the others in pairs, up to the budget."""
    by_rarity = sorted(wanted, key=common.expected)
    singly: list[int] = []
    left = float(_BUDGET)
    for term in by_rarity:
        expected = common.expected(term)
        if expected > left or (singly and expected > _RARE):
            break
        singly.append(term)
        left -= expected
    asked = Q(terms__overlap=singly) if singly else Q()
    paired = by_rarity[len(singly) :][:_PAIRED]
    pairs = sorted(
        combinations(paired, 2),
        key=lambda pair: common.expected(pair[0]) * common.expected(pair[1]),
    )
    for one, other in pairs:
        left -= common.expected(one) * common.expected(other) / max(1, common.rows)
        if left < 0:
            break
        asked |= Q(terms__contains=[one, other])
    if not asked:
        # A short text of common words alone: some of those that have its rarest ones.
        asked = Q(terms__contains=by_rarity[:2])
    return asked


def _joined(
    scores: dict[int, float],
    near: dict[int, float],
    wanted: frozenset[int],
    common: Commonness,
    within: Q,
) -> dict[int, float]:
    """Both opinions as one. What only one of the two found is measured by the other as well."""
    missing = [pk for pk in near if pk not in scores]
    rows = Likeness.objects.filter(pk__in=missing).filter(within).values_list("pk", "terms")
    allowed = dict(rows)
    scores |= dict.fromkeys(allowed, 0.0) | _scores(wanted, common, allowed.items())
    own = 1 - _MEANING_SHARE
    return {
        pk: own * score + _MEANING_SHARE * near.get(pk, min(near.values(), default=0.0))
        for pk, score in scores.items()
    }
