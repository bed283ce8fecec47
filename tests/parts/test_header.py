"""The header leads everybody to the pages of their role, and to no page that answers 404 to them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from streams.people.rules import Role
from tests.cast import Cast

pytestmark = pytest.mark.django_db

SOURCES, SAVED, MANAGE = reverse("sources"), reverse("saved_replies"), reverse("admin:index")
LEADS = {Role.ADMINISTRATOR: {SOURCES, SAVED, MANAGE}, Role.EDITOR: {SAVED}}


@pytest.mark.parametrize("role", list(Role))
def test_it_leads_to_the_pages_of_ones_role(client: Client, cast: Cast, role: Role) -> None:
    user = cast.with_role(role)
    user.is_staff = role is Role.ADMINISTRATOR  # as saving in /manage/ makes it
    user.save()
    client.force_login(user)

    header, _, _ = client.get("/en/").content.decode().partition("</header>")

    led = {address for address in (SOURCES, SAVED, MANAGE) if f'href="{address}"' in header}
    assert led == LEADS.get(role, set())
    assert all(client.get(address).status_code == 200 for address in led)


def test_who_administers_nothing_yet_is_led_to_where_units_are_made(
    client: Client, cast: Cast
) -> None:
    cast.stranger.is_staff = cast.stranger.is_superuser = True
    cast.stranger.save()
    cast.stranger.memberships.all().delete()
    client.force_login(cast.stranger)

    header, _, _ = client.get("/en/").content.decode().partition("</header>")

    assert (f'href="{MANAGE}"' in header, f'href="{SOURCES}"' in header) == (True, False)
    assert client.get(MANAGE).status_code == 200
