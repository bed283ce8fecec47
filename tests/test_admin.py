"""`/manage/`: administrators look after their own units, nobody reaches further, no question is here."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from streams.common import special_days
from streams.common.special_days import SpecialDay
from streams.people.models import Membership, Unit, User
from streams.people.rules import Role
from streams.questions.models import Reason, Tag
from streams.questions.rules import Move
from streams.receptions.models import Reception, Schedule, Standing
from streams.receptions.rules import Kind
from tests.cast import Cast, ask, make_move

LISTS = ("standing", "unit", "user", "tag", "reason", "schedule")


@pytest.fixture
def administrator(cast: Cast, client: Client) -> Client:
    """The district's administrator, not a superuser."""
    cast.administrator.is_staff = True
    cast.administrator.save()
    client.force_login(cast.administrator)
    return client


@pytest.fixture
def superuser(cast: Cast, client: Client) -> Client:
    cast.region_chief.is_staff = cast.region_chief.is_superuser = True
    cast.region_chief.save()
    client.force_login(cast.region_chief)
    return client


def page(model: str, what: str = "changelist", *args: object) -> str:
    return reverse(f"admin:streams_{model}_{what}", args=args)


def person(**fields: str) -> dict[str, str]:
    """What the form of a person sends, with one role."""
    return {
        "username": "new",
        "full_name": "Новый Человек",
        "post": "",
        "language": "ru",
        "usable_password": "true",
        "password1": "long and odd phrase",
        "password2": "long and odd phrase",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-MIN_NUM_FORMS": "0",
        "memberships-MAX_NUM_FORMS": "1000",
        **fields,
    }


def test_only_these_models_are_here_and_no_question_no_entry_no_reception() -> None:
    ours = {
        model._meta.model_name
        for model in admin.site._registry
        if model._meta.app_label == "streams"
    }

    assert ours == {*LISTS, "specialday"}
    assert len(apps.get_app_config("streams").models) > len(ours)


@pytest.mark.parametrize("model", LISTS)
def test_pages_open_for_an_administrator(administrator: Client, model: str) -> None:
    assert administrator.get(page(model)).status_code == 200
    assert administrator.get(page(model, "add")).status_code == 200


def test_the_calendar_is_for_all_to_read_and_for_superusers_to_change(
    administrator: Client, cast: Cast
) -> None:
    special_days.seed(2026)
    day = SpecialDay.objects.get(on=date(2026, 12, 16))
    assert administrator.get(page("specialday")).status_code == 200
    assert administrator.get(page("specialday", "add")).status_code == 403
    changed = {
        "on": "2026-12-16",
        "is_working": "on",
        "name_kk": "x",
        "name_ru": "x",
        "source": "x",
    }
    assert administrator.post(page("specialday", "change", day.pk), changed).status_code == 403

    cast.administrator.is_superuser = True
    cast.administrator.save()
    assert administrator.post(page("specialday", "change", day.pk), changed).status_code == 302
    day.refresh_from_db()
    assert day.is_working


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_enters_even_marked_as_staff(client: Client, cast: Cast, role: Role) -> None:
    user = cast.with_role(role)
    client.force_login(user)
    assert client.get(page("unit")).status_code == 302

    user.is_staff = True
    user.save()
    # A second sign-in page would not help them.
    assert client.get(page("unit"), follow=True).status_code == 403
    for model in LISTS:
        assert client.get(page(model)).status_code == 403
        assert client.get(page(model, "add")).status_code == 403


def test_visitors_are_led_to_sign_in(client: Client, db: None) -> None:
    response = client.get(page("unit"), follow=True)
    assert response.redirect_chain[-1][0] == f"/sign-in/?next={page('unit')}"


def test_an_administrator_sees_their_own_units_and_people_only(
    administrator: Client, cast: Cast
) -> None:
    Membership.objects.create(user=cast.editor, unit=cast.abroad, role=Role.EDITOR)

    people = administrator.get(page("user")).content.decode()

    assert administrator.get(page("unit", "change", cast.district.pk)).status_code == 200
    assert cast.moderator.username in people
    for other in (cast.stranger, cast.region_chief, cast.editor):
        assert f"/{other.pk}/change" not in people
        # Django sends who asks for what isn't theirs back to the index.
        assert administrator.get(page("user", "change", other.pk)).status_code == 302
        password = reverse("admin:auth_user_password_change", args=[other.pk])
        assert administrator.get(password).status_code == 404
    for unit in (cast.region, cast.neighbour, cast.abroad):
        assert administrator.get(page("unit", "change", unit.pk)).status_code == 302


def test_an_administrator_adds_a_person_with_a_role(administrator: Client, cast: Cast) -> None:
    role = {"memberships-0-unit": str(cast.district.pk), "memberships-0-role": "moderator"}

    response = administrator.post(page("user", "add"), person(**role))

    assert response.status_code == 302
    made = User.objects.get(username="new")
    assert made.check_password("long and odd phrase")
    assert (made.is_staff, made.is_superuser) == (False, False)
    assert list(made.memberships.values_list("unit", "role")) == [(cast.district.pk, "moderator")]


def test_no_right_reaches_further_than_the_giver(administrator: Client, cast: Cast) -> None:
    outside = {"memberships-0-unit": str(cast.region.pk), "memberships-0-role": "administrator"}
    assert administrator.post(page("user", "add"), person(**outside)).status_code == 200

    none = administrator.post(page("user", "add"), person(**{"memberships-TOTAL_FORMS": "0"}))
    assert none.status_code == 200
    assert not User.objects.filter(username="new").exists()

    mine = {"memberships-0-unit": str(cast.district.pk), "memberships-0-role": "moderator"}
    administrator.post(page("user", "add"), person(is_superuser="on", is_staff="on", **mine))
    made = User.objects.get(username="new")
    assert (made.is_staff, made.is_superuser) == (False, False)


def test_being_made_administrator_opens_these_pages_and_losing_it_closes_them(
    superuser: Client, cast: Cast
) -> None:
    membership = cast.moderator.memberships.get()
    fields = person(
        username="moderator",
        is_active="on",
        **{
            "memberships-INITIAL_FORMS": "1",
            "memberships-0-id": str(membership.pk),
            "memberships-0-user": str(cast.moderator.pk),
            "memberships-0-unit": str(cast.district.pk),
        },
    )
    url = page("user", "change", cast.moderator.pk)

    assert superuser.post(url, fields | {"memberships-0-role": "administrator"}).status_code == 302
    assert User.objects.get(pk=cast.moderator.pk).is_staff is True
    assert superuser.post(url, fields | {"memberships-0-role": "editor"}).status_code == 302
    assert User.objects.get(pk=cast.moderator.pk).is_staff is False


def unit(**fields: str) -> dict[str, str]:
    return {
        "code": "NEU",
        "parent": "",
        "name_kk": "Жаңа",
        "name_ru": "Новый",
        "name_en": "",
        "timezone": "Asia/Almaty",
        "default_language": "ru",
        "country": "KZ",
        "police_number": "102",
        "rescue_number": "112",
        "service_days": "10",
        **fields,
    }


def test_units_grow_below_ones_own(administrator: Client, cast: Cast) -> None:
    assert administrator.post(page("unit", "add"), unit()).status_code == 200
    outside = unit(parent=str(cast.region.pk))
    assert administrator.post(page("unit", "add"), outside).status_code == 200

    inside = unit(parent=str(cast.district.pk))
    assert administrator.post(page("unit", "add"), inside).status_code == 302
    assert Unit.objects.get(code="NEU").path == cast.district.path + "NEU/"


def test_a_new_unit_begins_with_the_zone_of_the_house(administrator: Client) -> None:
    form = administrator.get(page("unit", "add")).content.decode()

    assert f'<option value="{settings.DEFAULT_UNIT_TIME_ZONE}" selected>' in form


def test_a_unit_keeps_its_code_and_is_never_part_of_itself(superuser: Client, cast: Cast) -> None:
    url = page("unit", "change", cast.region.pk)

    circle = superuser.post(url, unit(parent=str(cast.district.pk)))
    assert circle.status_code == 200
    zone = superuser.post(url, unit(timezone="Mars/Base"))
    assert zone.status_code == 200
    assert superuser.post(url, unit(name_ru="Другое имя")).status_code == 302

    cast.region.refresh_from_db()
    assert (cast.region.code, cast.region.name_ru) == ("SRY", "Другое имя")


def test_nobody_deletes_units_or_people(superuser: Client, cast: Cast) -> None:
    for model, pk in (("unit", cast.neighbour.pk), ("user", cast.stranger.pk)):
        assert superuser.post(page(model, "delete", pk), {"post": "yes"}).status_code == 403
    assert Unit.objects.filter(pk=cast.neighbour.pk).exists()


def test_a_tag_goes_only_while_no_question_has_it(
    superuser: Client, cast: Cast, reception: Reception
) -> None:
    used, free = Tag.objects.filter(unit=cast.region).order_by("slug")[:2]
    ask(reception).tags.add(used)

    assert superuser.post(page("tag", "delete", used.pk), {"post": "yes"}).status_code == 403
    assert superuser.post(page("tag", "delete", free.pk), {"post": "yes"}).status_code == 302
    bulk = {"action": "delete_selected", "_selected_action": [str(used.pk)], "post": "yes"}
    superuser.post(page("tag"), bulk)

    assert Tag.objects.filter(pk=used.pk).exists()
    assert not Tag.objects.filter(pk=free.pk).exists()


def test_a_reason_is_a_units_own_and_stays_once_it_was_given(
    administrator: Client, cast: Cast, reception: Reception
) -> None:
    shown = administrator.get(page("reason")).content.decode()
    assert "kind=decline&amp;code=insult" in shown
    reason = {
        "unit": str(cast.district.pk),
        "kind": "decline",
        "code": "court",
        "text_kk": "Сот шешеді",
        "text_ru": "Решает суд",
        "text_en": "",
        "place": "10",
    }
    assert administrator.post(page("reason", "add"), reason).status_code == 302
    outside = reason | {"unit": str(cast.neighbour.pk)}
    assert administrator.post(page("reason", "add"), outside).status_code == 200

    own = Reason.objects.get()
    gone = page("reason", "delete", own.pk)
    question = make_move(ask(reception), Move.PROPOSE_DECLINE, cast.by, reason="court")
    assert administrator.post(gone, {"post": "yes"}).status_code == 403
    make_move(question, Move.DECLINE, cast.by_second, reason="court")
    assert administrator.post(gone, {"post": "yes"}).status_code == 403
    changed = reason | {"code": "other", "text_ru": "Это решает суд"}
    assert administrator.post(page("reason", "change", own.pk), changed).status_code == 302
    own.refresh_from_db()
    assert (own.code, own.text_ru) == ("court", "Это решает суд")


def test_a_weekly_plan_is_made(administrator: Client, cast: Cast) -> None:
    plan = {
        "unit": str(cast.district.pk),
        "weekday": "2",
        "time": "10:00",
        "host": str(cast.chief.pk),
        "host_name": "Серік Омаров",
        "host_post": "",
        "intake_days": "7",
        "is_active": "on",
    }

    assert administrator.post(page("schedule", "add"), plan).status_code == 302
    assert Reception.objects.get(unit=cast.district).kind == Kind.WEDNESDAY
    outside = plan | {"unit": str(cast.neighbour.pk)}
    assert administrator.post(page("schedule", "add"), outside).status_code == 200
    assert list(Schedule.objects.values_list("unit", flat=True)) == [cast.district.pk]


def test_a_standing_reception_in_force_is_open_at_once(administrator: Client, cast: Cast) -> None:
    plan = {"unit": str(cast.district.pk), "host": "", "host_name": "С. Омаров", "host_post": ""}

    assert administrator.post(page("standing", "add"), plan).status_code == 302
    assert not Reception.objects.exists()
    mine = page("standing", "change", Standing.objects.get().pk)
    assert administrator.post(mine, plan | {"is_active": "on"}).status_code == 302

    assert Reception.objects.get(unit=cast.district).kind == Kind.STANDING
    assert cast.district.name in administrator.get("/en/blog/").content.decode()
