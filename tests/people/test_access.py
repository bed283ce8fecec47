"""Roles hold for a unit and below it; what isn't theirs isn't there."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from streams.people import access
from streams.people.models import Membership, Unit
from streams.people.rules import DESK, Role
from streams.receptions.models import Reception
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_role_holds_in_the_subtree_and_not_beside_or_above(cast: Cast) -> None:
    def codes(user: object) -> set[str]:
        return {unit.code for unit in access.units_of(user, DESK)}  # type: ignore[arg-type]

    assert codes(cast.region_chief) == {"SRY", "TAU", "KOL"}
    assert codes(cast.moderator) == {"TAU"}
    assert codes(cast.stranger) == {"ALS"}
    assert codes(cast.executor) == set()
    assert codes(AnonymousUser()) == set()


def test_a_unit_whose_code_begins_alike_is_not_below(cast: Cast) -> None:
    other = Unit.objects.create(code="TAUX", parent=cast.region, name_kk="x", name_ru="x")
    assert other not in access.units_of(cast.moderator, DESK)


def test_foreign_and_missing_are_the_same_404(cast: Cast, reception: Reception) -> None:
    found = access.fetch(Reception.objects.all(), cast.moderator, DESK, no=reception.no)
    assert found == reception
    for user, no in ((cast.stranger, reception.no), (cast.moderator, "2026-9999")):
        with pytest.raises(Http404):
            access.fetch(Reception.objects.all(), user, DESK, no=no)


def test_somebody_who_left_has_nothing(cast: Cast) -> None:
    cast.moderator.is_active = False
    cast.moderator.save()
    assert not access.units_of(cast.moderator).exists()
    assert access.role_in(cast.moderator, cast.district, DESK) is None


def test_the_role_is_the_first_held_in_or_above_the_unit(cast: Cast) -> None:
    Membership.objects.create(user=cast.moderator, unit=cast.region, role=Role.CHIEF)
    assert access.role_in(cast.moderator, cast.district, DESK) is Role.MODERATOR
    assert access.role_in(cast.moderator, cast.neighbour, DESK) is Role.CHIEF
    with pytest.raises(Http404):
        access.actor(cast.moderator, cast.abroad, DESK)


def test_a_unit_that_moves_takes_its_subtree_along(cast: Cast) -> None:
    cast.region.parent = cast.abroad
    cast.region.save()
    cast.district.refresh_from_db()
    assert cast.district.path == "/ALS/SRY/TAU/"
    assert cast.district in access.units_of(cast.stranger, DESK)
