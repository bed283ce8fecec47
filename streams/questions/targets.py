"""Which question another one may be merged into."""

from streams.questions.models import Question
from streams.questions.rules import Outcome


class BadTarget(Exception):
    """A question can't be merged into this one. `why`: missing, itself, merged, aside."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def of(question: Question, number: int) -> Question:
    """The one with this number: one hop only, so nobody's answer is at the end of a chain. Raises BadTarget."""
    target = Question.objects.filter(reception_id=question.reception_id, number=number).first()
    if target is None:
        raise BadTarget("missing")
    if target.pk == question.pk:
        raise BadTarget("itself")
    if target.outcome == Outcome.MERGED or question.merged.exists():
        raise BadTarget("merged")
    if target.outcome in {Outcome.NOT_A_QUESTION, Outcome.WITHDRAWN}:
        raise BadTarget("aside")
    return target
