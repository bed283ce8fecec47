"""What was not published stands on no page and in no file of the archive, for nobody."""

from __future__ import annotations

import pytest
from django.test import Client

from streams.common import clock
from streams.questions import actions, marks
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.archive.downloads import fetch
from tests.cast import ASKER, Cast, ask, make_move, make_reception, secret_of

ORIGINAL = "Мой ИИН 990101300123, живу Абая 7 кв 12"
SECRETS = (
    "990101300123", "Абая 7", "Гульнара", "7011234567", "gulnara@", "Непрочитанное", "Здоровеньки", "Отозванное",
    "Отклонённое", "Отменённое", "Слитое", "Втайне", "Взятый обратно", "Поручение секретное", "Исполнитель Секретов",
    "Айгерім", "Болат",
)  # fmt: skip


@pytest.fixture
def places(transactional_db: None, cast: Cast) -> list[str]:
    """Every address of the archive, after people have written everywhere what must not come out."""
    from streams.control import actions as control
    from tests.receptions.ledgers import promise

    reception = make_reception(cast)
    by = cast.by
    personal = {"name": "Гульнара", "contact": "gulnara@example.kz, +77011234567"}
    redacted = ask(reception, ORIGINAL, **personal)
    marks.edit_text(redacted.pk, "Когда дадут ответ?", by=by, expect=1, now=clock.now())
    make_move(redacted, Move.ANSWER_TEXT, by, text="Взятый обратно ответ", language="ru")
    current = Question.objects.get(pk=redacted.pk)
    actions.undo(redacted.pk, by=by, expect=current.version, now=clock.now())
    make_move(redacted, Move.ANSWER_TEXT, by, text="Ответ дадут завтра", language="ru")
    ask(reception, "Непрочитанное", **personal)
    make_move(ask(reception, "Здоровеньки всем", **personal), Move.SET_ASIDE, by)
    withdrawn = make_move(ask(reception, "Отозванное слово", **personal), Move.APPROVE, by)
    make_move(withdrawn, Move.WITHDRAW, ASKER)
    declined = ask(reception, "Отклонённое без показа", **personal)
    make_move(declined, Move.PROPOSE_DECLINE, by, reason="insult", text="Втайне решено")
    make_move(declined, Move.DECLINE, cast.by_second, reason="insult", text="Втайне решено")
    make_move(ask(reception, "Слитое молча", **personal), Move.MERGE, by, target=redacted.number)
    promised = ask(reception, "Когда построят мост?", **personal)
    record = promise(cast, promised)
    control.assign(
        record,
        executor_name="Исполнитель Секретов",
        instruction="Поручение секретное",
        by=cast.by_chief,
        now=clock.now(),
    )
    cancelled = make_reception(cast, live=False)
    make_move(ask(cancelled, "Отменённое вместе с приёмом", **personal), Move.APPROVE, by)
    from streams.receptions import actions as reception_actions

    reception_actions.cancel(cancelled.pk, by=by, now=clock.now())
    return _addresses()


def _addresses() -> list[str]:
    pages = [
        "/",
        "/archive/",
        "/archive/?q=ответ",
        "/archive/?q=мост",
        "/archive/?outcome=declined",
    ]
    # What the search was told must not tell it back from a text it may not show.
    pages += [
        f"/archive/?q={word}"
        for word in ("990101300123", "непрочитанное", "отозванное", "отменённое", "гульнара")
    ]
    pages += [
        f"/questions/{question.public_no}/"
        for question in Question.objects.select_related("reception")
    ]
    files = []
    for reception in Reception.objects.all():
        pages.append(f"/receptions/{reception.no}/ledger/")
        files += [f"/receptions/{reception.no}/ledger.{kind}" for kind in ("json", "csv")]
    return [f"/{language}{page}" for language in ("kk", "ru", "en") for page in pages] + files


def _content(client: Client, url: str) -> str:
    if "/ledger." in url:
        return fetch(url)[1].decode()
    text = client.get(url).content.decode()
    # The reader's own words stand in the search field and in the title.
    return text.replace("990101300123", "") if "?q=990101300123" in url else text


def test_nothing_unpublished_is_anywhere(places: list[str], client: Client, cast: Cast) -> None:
    links = [secret_of(question) for question in Question.objects.all()]
    for url in places:
        text = _content(client, url)
        for secret in (*SECRETS, *links):
            assert secret not in text, (secret, url)
    assert any(
        "Ответ дадут завтра" in _content(client, url) for url in places if "/questions/" in url
    )


def test_staff_see_no_more_in_the_archive_than_anybody(
    places: list[str], client: Client, cast: Cast
) -> None:
    client.force_login(cast.administrator)
    for url in places:
        if url.startswith("/ru/"):
            text = _content(client, url)
            for secret in SECRETS:
                assert secret not in text, (secret, url)
