"""Template tags of the desk."""

from collections.abc import Mapping

from django import template
from django.utils.text import capfirst

from streams.desk import timecode
from streams.questions import labels
from streams.questions.rules import Outcome

register = template.Library()


@register.simple_tag
def state_phrase(status: str, outcome: str | None = None) -> str:
    """Where a question stands, as the beginning of a sentence."""
    return capfirst(str(labels.state_label(status, outcome)))


@register.simple_tag
def personal_data(kind: str) -> object:
    """What a marked place of a text is."""
    return labels.PERSONAL_DATA[kind]


@register.simple_tag
def time_code(seconds: int) -> str:
    return timecode.write(seconds)


@register.simple_tag
def outcomes(counts: Mapping[str, int]) -> list[dict[str, object]]:
    """Every outcome with its count, as the counters of the page have it."""
    # Those set aside are no part of the equation; their counter has a name of its own.
    counters = {outcome: outcome.value for outcome in Outcome}
    counters[Outcome.NOT_A_QUESTION] = "not_questions"
    return [
        {
            "code": outcome.value,
            "label": capfirst(label),
            "counter": counters[outcome],
            "number": counts[counters[outcome]],
        }
        for outcome, label in labels.OUTCOMES.items()
    ]
