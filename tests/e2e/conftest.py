"""What all browser tests stand on: a server that sees the committed rows, a reception on air."""

from __future__ import annotations

import pytest

from streams.questions.models import Question
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_cast, make_reception
from tests.conftest import LiveServer


@pytest.fixture
def cast(live_daphne: LiveServer) -> Cast:
    return make_cast()


@pytest.fixture
def reception(cast: Cast) -> Reception:
    return make_reception(cast)


@pytest.fixture
def three(reception: Reception) -> list[Question]:
    texts = ("Когда починят дорогу?", "Шу қашан тоқтайды?", "Где парковка у школы?")
    return [ask(reception, text, name="Айгүл", contact="+7 701 000 00 00") for text in texts]
