"""Every address and every socket, tried by everybody: only who the list names gets in.

An address that is not on one of the lists fails the test, so a new page must say whom it is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from streams.common import clock
from streams.desk import routing as desk
from streams.desk.models import Upload
from streams.overlay import actions as overlay
from streams.people.models import User
from streams.people.rules import CONTROL, DESK, EDITORS, HOSTS, STUDIO, Role
from streams.questions.rules import Move
from streams.receptions import standing
from streams.receptions.models import Reception, Schedule, Standing
from streams.studio import routing as studio
from tests.cast import Cast, ask, escalate, make_move, make_saved_reply, secret_of
from tests.sources.stage import make_source, unknown_reply

pytestmark = pytest.mark.django_db

PUBLIC = frozenset(
    {
        "home", "reception", "ask", "votes", "like", "my_question", "withdraw", "receipt", "archive",
        "question", "ledger", "ledger_json", "ledger_csv", "wednesday", "sign_in", "sign_out",
        "set_language", "overlay", "overlay_state", "overlay_remote", "in", "in_token",
        "blogs", "blog", "blog_months",
    }
)  # fmt: skip
_DESK = (
    "desk desk_search desk_state desk_card desk_same desk_move desk_undo desk_text desk_tags "
    "desk_said desk_claim desk_release desk_deal desk_contact desk_entry desk_paste desk_file desk_upload desk_kept desk_told desk_hurry desk_obs desk_cue "
    "desk_place desk_suggested desk_arrange desk_next desk_back desk_note desk_delay "
    "desk_beside desk_merge_many desk_part "
    "desk_keys desk_bulk desk_bulk_undo desk_unmerge desk_switch desk_mask desk_urgent "
    "desk_language desk_district desk_add_tag desk_reply desk_saved desk_draft"
)
_STUDIO = (
    "studio studio_move studio_undo studio_said studio_note studio_step studio_promise "
    "overlay_setup overlay_addresses overlay_take_back overlay_order"
)
_SAVED = "saved_replies saved_reply_new saved_reply saved_reply_switch"
_PLAN = "plan plan_reception plan_line_new plan_line plan_line_switch plan_cancel"
_CONTROL = "control_list control_record control_step"
_SOURCES = (
    "sources source_new source source_switch source_rotate source_check source_test source_hook"
)
STAFF: dict[str, frozenset[Role]] = {
    **dict.fromkeys(_DESK.split(), DESK),
    **dict.fromkeys(_STUDIO.split(), STUDIO),
    **dict.fromkeys(_SAVED.split(), EDITORS),
    **dict.fromkeys(_PLAN.split(), HOSTS),
    **dict.fromkeys(_CONTROL.split(), CONTROL),
    "password": frozenset(Role),
    **dict.fromkeys(_SOURCES.split(), frozenset({Role.ADMINISTRATOR})),
}
SOCKETS: dict[str, frozenset[Role]] = {"desk": DESK, "studio": STUDIO}


def names() -> Iterator[tuple[str, list[str]]]:
    """Every named address with the names of its parameters."""

    def walk(
        patterns: list[URLPattern | URLResolver], space: str
    ) -> Iterator[tuple[str, list[str]]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver) and pattern.namespace == "admin":
                continue  # has a door of its own, tried below
            if isinstance(pattern, URLResolver):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern.url_patterns, inner)
            else:
                assert pattern.name, f"an address without a name: {pattern}"
                yield f"{space}{pattern.name}", list(pattern.pattern.converters)

    yield from walk(get_resolver().url_patterns, "")


@pytest.fixture
def doors(cast: Cast, reception: Reception) -> dict[str, str]:
    """A real address for each name, of things that the cast's own district has."""
    question = ask(reception)
    make_move(question, Move.APPROVE, cast.by)
    promised = ask(reception)
    record = escalate(promised, cast.by)
    addresses = overlay.make(reception.pk, by=cast.moderator, now=clock.now())
    source = make_source(cast)
    token = source.new_token()
    source.save()
    file = Upload(reception=reception, by=cast.moderator, name="c.csv", created_at=clock.now())
    file.keep(b"text\nWhen?\n")
    file.save()
    values = {
        "token": addresses.token,
        "remote": addresses.remote,
        "source": source.uuid,
        "source_uuid": make_source(cast, "telegram").uuid,
        "platform": "webhook",
        "file": file.uuid,
        "source_token": token,
        "reply": unknown_reply(make_source(cast, "telegram"), question).pk,
        "no": reception.no,
        "number": question.number,
        "public_no": question.public_no,
        "secret": secret_of(question),
        "step": "assign",
        "code": cast.district.code,
        "pk": Schedule.objects.create(unit=cast.district, time=time(10), host_name="С. Омаров").pk,
    }
    saved = make_saved_reply(cast)
    Standing.objects.create(unit=cast.district, host_name="С. Омаров")
    standing.turn(clock.now())
    found = {}
    for name, parameters in names():
        given = {key: values[key] for key in parameters if key in values}
        if name.startswith("control_") and "number" in parameters:
            given["number"] = record.number
        if name.startswith("saved_reply") and "pk" in parameters:
            given["pk"] = saved.pk
        try:
            found[name] = reverse(name, kwargs=given)
        except NoReverseMatch:
            pytest.fail(f"say in this test how to reach {name}({', '.join(parameters)})")
    return found


def person(client: Client, user: User) -> Client:
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_address_is_on_one_of_the_lists() -> None:
    found = {name for name, _parameters in names()}
    assert found == PUBLIC | set(STAFF)
    assert not PUBLIC & set(STAFF)


def test_the_public_pages_need_no_account(doors: dict[str, str]) -> None:
    for name in PUBLIC:
        response = Client().get(doors[name])
        assert response.status_code in {200, 302, 405}, (name, response.status_code)
        assert "/sign-in/" not in response.headers.get("Location", ""), name


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_visitor_is_led_to_the_sign_in(doors: dict[str, str], method: str) -> None:
    for name in STAFF:
        response = getattr(Client(), method)(doors[name])
        if response.status_code == 405:
            continue
        assert response.status_code == 302, (name, response.status_code)
        assert response["Location"].startswith("/sign-in/?next="), name


@pytest.mark.parametrize("method", ["get", "post"])
def test_to_a_stranger_of_another_unit_nothing_is_there(
    cast: Cast, doors: dict[str, str], method: str
) -> None:
    client = person(Client(), cast.stranger)
    about_one = [name for name in STAFF if any(c.isdigit() for c in doors[name])]
    assert len(about_one) > 15
    for name in about_one:
        response = getattr(client, method)(doors[name])
        assert response.status_code in {404, 405}, (name, response.status_code)


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_doors_and_no_other(cast: Cast, doors: dict[str, str], role: Role) -> None:
    client = person(Client(), cast.with_role(role))
    for name, roles in STAFF.items():
        for method in ("get", "post"):
            status = getattr(client, method)(doors[name], {"step": "pause"}).status_code
            if role in roles:
                assert status in {200, 303, 302, 204, 405, 409, 422}, (name, method, status)
            else:
                assert status in {404, 405}, (name, method, status)


def test_every_socket_of_staff_is_on_the_list() -> None:
    found = {
        str(route.pattern)
        for routes in (desk.websocket_urlpatterns, studio.websocket_urlpatterns)
        for route in routes
    }
    assert found == {f"ws/{name}/<slug:no>/" for name in SOCKETS}


def test_the_administration_is_for_administrators(cast: Cast, db: None) -> None:
    for user in (cast.moderator, cast.chief, cast.stranger):
        response = person(Client(), user).get("/manage/streams/unit/")
        assert response.status_code == 302, user
    assert Client().get("/manage/").status_code == 302
