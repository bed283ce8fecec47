"""The list of promises and the record's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from streams.common import clock
from streams.control import actions
from streams.control.models import ControlRecord
from streams.people.actors import Actor
from streams.people.models import Membership, User
from streams.people.rules import CONTROL, Role
from streams.questions import marks
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_reception
from tests.control.test_actions import take


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def promise(cast: Cast, reception: Reception, days: int = 5, **changes: object) -> ControlRecord:
    today = clock.local_date(clock.now(), "Asia/Almaty")
    return take(ask(reception), cast.by, due_on=today + timedelta(days=days), **changes)


def numbers(client: Client, query: str = "") -> list[str]:
    return [record.number for record, _due in client.get(f"/control/{query}").context["rows"]]


def test_visitor_is_led_to_the_sign_in(client: Client, cast: Cast, reception: Reception) -> None:
    record = promise(cast, reception)
    for url in ("/control/", f"/control/{record.number}/"):
        response = client.get(url)
        assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={url}")


@pytest.mark.parametrize("role", list(Role))
def test_the_pages_are_for_the_roles_of_control(
    cast: Cast, reception: Reception, role: Role
) -> None:
    record = promise(cast, reception)
    client = signed_in(cast.with_role(role))
    expected = 200 if role in CONTROL else 404
    assert client.get("/control/").status_code == expected
    assert client.get(f"/control/{record.number}/").status_code == expected


def test_a_chief_of_elsewhere_finds_neither_row_nor_record(
    cast: Cast, reception: Reception
) -> None:
    record = promise(cast, reception)
    Membership.objects.create(user=cast.stranger, unit=cast.abroad, role=Role.CHIEF)
    client = signed_in(cast.stranger)
    assert numbers(client) == []
    assert numbers(client, f"?q={record.number}") == []
    assert client.get(f"/control/{record.number}/").status_code == 404
    for step in ("assign", "answer", "remove"):
        response = client.post(f"/control/{record.number}/{step}/", {})
        assert response.status_code == 404
    assert client.get("/control/TAU-2026-9999/").status_code == 404


def test_the_chief_of_the_region_sees_the_districts(cast: Cast, reception: Reception) -> None:
    mine = promise(cast, reception)
    theirs = promise(cast, make_reception(cast, unit=cast.neighbour))
    assert numbers(signed_in(cast.region_chief)) == sorted([mine.number, theirs.number])
    assert numbers(signed_in(cast.chief)) == [mine.number]


def test_filters_sorting_and_search(cast: Cast, reception: Reception) -> None:
    late, soon, far = (promise(cast, reception, days) for days in (-1, 7, 8))
    answered = promise(cast, reception, 1)
    chief = Actor("chief", cast.chief)
    actions.answer(answered.pk, text="Да.", language="ru", by=chief, now=clock.now())
    client = signed_in(cast.chief)
    assert numbers(client) == [late.number, soon.number, far.number]
    assert numbers(client, "?sort=-due") == [far.number, soon.number, late.number]
    assert numbers(client, "?sort=-number") == [far.number, soon.number, late.number]
    assert numbers(client, "?show=overdue") == [late.number]
    assert numbers(client, "?show=due") == [soon.number]
    assert numbers(client, "?show=answered") == [answered.number]
    assert numbers(client, "?show=removed") == []
    assert numbers(client, "?show=nonsense&sort=nonsense&page=x") == numbers(client)
    assert numbers(client, f"?q={answered.number[-4:]}") == [answered.number]
    assert len(numbers(client, f"?q={reception.no}")) == 4
    assert numbers(client, "?q=%00") == numbers(client)
    assert numbers(client, "?q=' OR 1=1") == []
    shown = {f.name: f.count for f in client.get("/control/").context["listing"].filters}
    assert shown == {"open": 3, "mine": 3, "overdue": 1, "due": 1, "answered": 1, "removed": 0}


def test_mine_is_what_i_took_own_or_execute(cast: Cast, reception: Reception) -> None:
    taken = promise(cast, reception)
    other = promise(cast, reception, owner_name=str(cast.controller))
    assert numbers(signed_in(cast.controller), "?show=mine") == [other.number]
    assert numbers(signed_in(cast.chief), "?show=mine") == [taken.number, other.number]
    actions.assign(
        taken.pk,
        executor_name=str(cast.controller),
        instruction="Да.",
        by=Actor("chief", cast.chief),
        now=clock.now(),
    )
    assert len(numbers(signed_in(cast.controller), "?show=mine")) == 2


def test_the_record_shows_the_promise_both_texts_and_every_step(
    cast: Cast, reception: Reception
) -> None:
    record = promise(cast, reception, promise="<i>Починим</i> до мая.")
    question = record.question
    question.refresh_from_db()
    marks.edit_text(
        question.pk, "Когда починят?", by=cast.by, expect=question.version, now=clock.now()
    )
    html = signed_in(cast.chief).get(f"/control/{record.number}/").content.decode()
    assert "&lt;i&gt;Починим&lt;/i&gt; до мая." in html
    assert "on air at 0:12:34" in html
    assert "Когда починят?" in html
    assert question.original_text in html
    assert "Taken on control" in html
    assert str(cast.moderator) in html


def test_the_chief_leads_it_to_its_end(cast: Cast, reception: Reception) -> None:
    record = promise(cast, reception)
    client = signed_in(cast.chief)
    url = f"/control/{record.number}/"
    data = {"assign-executor_name": "Ким", "assign-instruction": "Проверить."}
    assert client.post(f"{url}assign/", data).status_code == 303
    data = {"answer-text": "Починили.", "answer-language": "kk"}
    assert client.post(f"{url}answer/", data).status_code == 303
    assert client.post(f"{url}remove/", {"remove-result": "done"}).status_code == 303
    record.refresh_from_db()
    assert record.work_state == "removed"
    assert record.answer_language == "kk"
    assert client.get(url).context["forms"] == {}


def test_who_may_do_what_is_offered_and_the_rest_refused(cast: Cast, reception: Reception) -> None:
    record = promise(cast, reception)
    url = f"/control/{record.number}/"
    executor, controller = signed_in(cast.executor), signed_in(cast.controller)
    page = executor.get(url)
    assert page.context["forms"] == {}
    assert "The next step here is for the chief" in page.content.decode()
    data = {"answer-text": "Починили.", "answer-language": "ru"}
    response = executor.post(f"{url}answer/", data)
    assert response.status_code == 409
    assert "Your role does not allow this step." in response.content.decode()
    assert list(controller.get(url).context["forms"]) == ["assign", "answer"]
    assert controller.post(f"{url}answer/", data).status_code == 303
    assert controller.get(url).context["forms"] == {}
    for client in (controller, signed_in(cast.region_chief)):
        response = client.post(f"{url}remove/", {"remove-result": "done"})
        assert response.status_code == 409
        assert "Only the chief who took the promise" in response.content.decode()
    record.refresh_from_db()
    assert record.work_state == "answered"


def test_who_was_slower_sees_how_it_stands(cast: Cast, reception: Reception) -> None:
    record = promise(cast, reception)
    url = f"/control/{record.number}/answer/"
    data = {"answer-text": "Первый.", "answer-language": "ru"}
    assert signed_in(cast.controller).post(url, data).status_code == 303
    response = signed_in(cast.chief).post(url, {**data, "answer-text": "Второй."})
    assert response.status_code == 409
    html = response.content.decode()
    assert "moved on in the meantime" in html
    assert "Первый." in html


def test_nobody_undoes_unseen_what_a_colleague_did(cast: Cast, reception: Reception) -> None:
    record = promise(cast, reception)
    url = f"/control/{record.number}/assign/"
    client = signed_in(cast.chief)
    seen = client.get(f"/control/{record.number}/").context["forms"]["assign"]["seen"].value()
    data = {"assign-seen": seen, "assign-instruction": "Проверить."}
    assert client.post(url, {**data, "assign-executor_name": "Ким"}).status_code == 303
    # A second press of the same button, or a colleague's page from before.
    response = client.post(url, {**data, "assign-executor_name": "Пак"})
    assert response.status_code == 409
    html = response.content.decode()
    assert "moved on in the meantime" in html
    form = response.context["forms"]["assign"]
    assert form["executor_name"].value() == "Пак"
    assert record.steps.filter(kind="assign").count() == 1
    # Now it was seen.
    again = {f"assign-{name}": form[name].value() for name in form.fields}
    assert client.post(url, again).status_code == 303
    record.refresh_from_db()
    assert record.executor_name == "Пак"


def test_what_was_written_for_a_step_that_is_over_is_given_back(
    cast: Cast, reception: Reception
) -> None:
    record = promise(cast, reception)
    url = f"/control/{record.number}/answer/"
    data = {"answer-text": "Починили вчера.", "answer-language": "ru"}
    assert signed_in(cast.controller).post(url, data).status_code == 303
    data["answer-text"] = "Починили сегодня."
    headers = {"origin": "http://testserver"}
    response = signed_in(cast.chief).post(url, data, headers=headers)
    assert response.status_code == 409
    assert "Починили сегодня." in response.content.decode()


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ("assign", {}),
        ("assign", {"assign-executor_name": "Ким"}),
        ("answer", {"answer-text": " \x00 ", "answer-language": "ru"}),
        ("answer", {"answer-text": "Да.", "answer-language": "xx"}),
        ("answer", {"answer-text": "я" * 10_001, "answer-language": "ru"}),
        ("remove", {"remove-result": "rather"}),
    ],
)
def test_a_form_that_lacks_something_is_422(
    cast: Cast, reception: Reception, step: str, data: dict[str, str]
) -> None:
    record = promise(cast, reception)
    response = signed_in(cast.chief).post(f"/control/{record.number}/{step}/", data)
    assert response.status_code == 422
    record.refresh_from_db()
    assert record.work_state == "taken"


def test_someone_with_two_roles_acts_in_the_one_that_may(cast: Cast, reception: Reception) -> None:
    record = promise(cast, reception)
    Membership.objects.create(user=cast.executor, unit=cast.region, role=Role.ADMINISTRATOR)
    data = {"assign-executor_name": "Ким", "assign-instruction": "Да."}
    client = signed_in(cast.executor)
    assert client.post(f"/control/{record.number}/assign/", data).status_code == 303
    assert record.steps.get(kind="assign").role == "administrator"


def test_unknown_steps_have_no_address(cast: Cast, reception: Reception) -> None:
    record = promise(cast, reception)
    client = signed_in(cast.chief)
    for step in ("take_back", "take", "x"):
        assert client.post(f"/control/{record.number}/{step}/").status_code == 404


def test_the_number_of_queries_does_not_grow(cast: Cast, reception: Reception) -> None:
    client = signed_in(cast.chief)
    counts = []
    for more in (0, 1):
        for _n in range(more):
            promise(cast, reception)
        record = promise(cast, reception)
        actions.assign(
            record.pk,
            executor_name="Ким",
            instruction="Да.",
            by=Actor("chief", cast.chief),
            now=clock.now(),
        )
        for url in ("/control/", f"/control/{record.number}/"):
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 16
