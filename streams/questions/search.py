"""What the search finds: the public text and the standing answer, in a form that forgives spelling."""

from streams.common import sql, text
from streams.questions.models import Question

_ANSWERS = "SELECT text FROM streams_answer WHERE question_id = %s AND retracted_at IS NULL"


def vector(folded: str) -> str:
    """SQL of the search vector; `folded` is SQL of the text for searching."""
    return f"to_tsvector('russian', {folded}) || to_tsvector('simple', {folded})"


# Most steps change no words, and a row that stays as it is costs the indexes nothing.
_INDEX = f"""
UPDATE streams_question SET search_text = %(folded)s, search_vector = {vector("%(folded)s")}
WHERE id = %(id)s AND (search_text <> %(folded)s OR search_vector IS NULL)
"""  # noqa: S608 -- no value of a stranger is part of it


def index(question: Question) -> None:
    """Bring the search columns up to date with the public text and the standing answer."""
    words = [question.public_text]
    if not question.is_open:  # An open one has no answer that stands.
        words += [answer for (answer,) in sql.rows(_ANSWERS, [question.pk])]
    folded = text.search_form(" ".join(words))
    sql.run(_INDEX, {"id": question.pk, "folded": folded})
