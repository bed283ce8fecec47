"""What the search finds: the public text and the standing answer, in a form that forgives spelling."""

from django.contrib.postgres.search import SearchVector
from django.db.models import Value

from streams.common import text
from streams.questions.models import Answer, Question


def index(question: Question) -> None:
    """Bring the search columns up to date with the public text and the standing answer."""
    answers = Answer.objects.filter(question=question, retracted_at__isnull=True)
    words = [question.public_text, *answers.values_list("text", flat=True)]
    folded = text.search_form(" ".join(words))
    Question.objects.filter(pk=question.pk).update(
        search_text=folded,
        search_vector=SearchVector(Value(folded), config="russian")
        + SearchVector(Value(folded), config="simple"),
    )
