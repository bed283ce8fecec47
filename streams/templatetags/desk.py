"""Template tags of the desk."""

from collections.abc import Mapping, Sequence

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from streams.questions import labels, reasons
from streams.questions.reasons import Reasons
from streams.questions.redaction import Piece
from streams.questions.rules import Outcome
from streams.receptions import timecode

register = template.Library()


@register.simple_tag
def state_phrase(status: str, outcome: str | None = None) -> str:
    """Where a question stands, as the beginning of a sentence."""
    return capfirst(str(labels.state_label(status, outcome)))


@register.simple_tag
def marked(pieces: Sequence[Piece], can_mask: bool = False) -> SafeString:
    """A text with its personal data marked; as buttons that mask where the form for it is there.

    Made here and not in the template: line breaks are shown as they stand.
    """
    return mark_safe("".join(_piece(piece, can_mask=can_mask) for piece in pieces))  # noqa: S308 -- each is escaped


def _piece(piece: Piece, *, can_mask: bool) -> SafeString:
    if not piece.kind:
        return conditional_escape(piece.text)
    kind = labels.PERSONAL_DATA[piece.kind]
    if not can_mask:
        html = '<mark class="personal" title="{}">{}</mark>'
        return format_html(html, kind, piece.text)
    html = '<button class="personal" form="mask-form" name="only" value="{}" title="{}">{}</button>'
    told = _("%(kind)s: mask this one") % {"kind": kind}
    return format_html(html, piece.index, told, piece.text)


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


@register.simple_tag
def reasons_given(known: Reasons, counts: Mapping[str, int]) -> list[dict[str, object]]:
    """Every reason to decline or to set aside, with its count as the counters of the page have it."""
    return [
        {"label": label, "counter": (counter := reasons.counter(*key)), "number": counts[counter]}
        for key, label in known.all()
    ]
