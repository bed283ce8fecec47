"""Tags for a question, learned from those that people tagged: like questions have like tags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from streams.questions import similar
from streams.questions.marks import available_tags
from streams.questions.models import Question, Tag

_NEIGHBOURS = 15
_OFFERED = 3
# Of the neighbours' weight that must speak for a tag.
_LEAST_SHARE = 0.3
# A single far neighbour knows nothing.
_LEAST_WEIGHT = 0.03


@dataclass(frozen=True)
class Suggestion:
    """`share`: how much of what like questions say speaks for the tag, from 0 to 1."""

    tag: Tag
    share: float

    @property
    def percent(self) -> int:
        return round(self.share * 100)


def suggest(question: Question) -> list[Suggestion]:
    """The likeliest tags that it hasn't got, best first; none where nothing like it is tagged."""
    unit = question.reception.unit
    known = {tag.pk: tag for tag in available_tags(unit.path)}
    mine = {tag.pk for tag in question.tags.all()}
    if mine or not known:
        return []
    links = Question.tags.through._default_manager.filter(tag__in=known)
    neighbours = similar.ranked(
        question.public_text,
        within=Q(question__in=links.values("question_id")),
        limit=_NEIGHBOURS,
        language=question.language,
        itself=question.pk,
    )
    pairs = links.filter(question__in=[pk for pk, _score in neighbours])
    tags: dict[int, list[int]] = {}
    for question_id, tag_id in pairs.values_list("question_id", "tag_id"):
        tags.setdefault(question_id, []).append(tag_id)
    return [
        Suggestion(known[pk], share)
        for pk, share in shares(dict(neighbours), tags)
        if share >= _LEAST_SHARE
    ][:_OFFERED]


def shares(
    neighbours: Mapping[int, float], tags: Mapping[int, list[int]]
) -> list[tuple[int, float]]:
    """(tag, share), the likeliest first. The nearer the neighbour, the more its word counts."""
    weights: defaultdict[int, float] = defaultdict(float)
    total = 0.0
    for question, score in neighbours.items():
        weight = score**2
        total += weight
        for tag in tags.get(question, ()):
            weights[tag] += weight
    if total < _LEAST_WEIGHT:
        return []
    best = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(tag, weight / total) for tag, weight in best]
