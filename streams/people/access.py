"""The one way to an object that is not public: through the roles of who asks.

"Not yours" and "not there" are the same answer, 404, so nobody learns what exists elsewhere.
"""

from collections.abc import Callable, Collection
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from streams.common import sql, typed
from streams.people.actors import Actor
from streams.people.models import Membership, Unit, User
from streams.people.rules import STAFF, Role, lineage

_HELD = """
SELECT m.role, u.path FROM streams_membership m JOIN streams_unit u ON u.id = m.unit_id
WHERE m.user_id = %s AND m.role = ANY(%s)
"""
M = TypeVar("M", bound=Model)


def staff(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view is for people who signed in; others are led to the sign-in page and back.

    Whoever was signed out over a form gets back what they wrote in it.
    """

    @wraps(view)
    def signed_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            if request.method == "POST" and typed.is_by_hand(request):
                return _signed_out(request)
            return redirect_to_login(request.get_full_path())
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return signed_in


def units_of(user: User | AnonymousUser, roles: Collection[Role] = STAFF) -> QuerySet[Unit]:
    """The units where `user` has one of `roles`, their subtrees included. One extra query."""
    return Unit.objects.filter(_below(user, roles, ""))


def visible(
    queryset: QuerySet[M],
    user: User | AnonymousUser,
    roles: Collection[Role],
    *,
    unit: str = "unit",
) -> QuerySet[M]:
    """What of `queryset` belongs to the units where `user` has one of `roles`."""
    return queryset.filter(_below(user, roles, f"{unit}__"))


def fetch(
    queryset: QuerySet[M],
    user: User | AnonymousUser,
    roles: Collection[Role],
    *,
    unit: str = "unit",
    **lookup: object,
) -> M:
    """The one object of `lookup`. Raises Http404 where it isn't there or isn't theirs."""
    try:
        return visible(queryset, user, roles, unit=unit).get(**lookup)
    except ObjectDoesNotExist:
        raise Http404 from None


def role_in(user: User | AnonymousUser, unit: Unit, roles: Collection[Role]) -> Role | None:
    """The first of `roles`, in the order of Role, that `user` has in `unit` or above it."""
    if not user.is_authenticated or not user.is_active:
        return None
    held = {
        role for role, path in sql.rows(_HELD, [user.pk, list(roles)]) if unit.path.startswith(path)
    }
    return next((role for role in Role if role in held), None)


def roles_of(user: User) -> frozenset[Role]:
    """All that they are, in whatever units."""
    held = Membership.objects.filter(user=user).values_list("role", flat=True)
    return frozenset(map(Role, held))


def serving(unit: Unit, roles: Collection[Role]) -> QuerySet[User]:
    """Who has one of `roles` in `unit` or above it."""
    return User.objects.filter(
        memberships__unit__code__in=lineage(unit.path), memberships__role__in=roles
    ).distinct()


def actor(user: User | AnonymousUser, unit: Unit, roles: Collection[Role]) -> Actor:
    """`user` as who acts in `unit`. Raises Http404 where they have none of `roles` there."""
    role = role_in(user, unit, roles)
    if role is None or not isinstance(user, User):
        raise Http404
    return Actor(role, user)


def _signed_out(request: HttpRequest) -> HttpResponse:
    context = {"typed": typed.words(request), "back": request.get_full_path()}
    response = render(request, "people/signed_out.html", context, status=HTTPStatus.FORBIDDEN)
    response["Cache-Control"] = "no-store"
    return response


def _below(user: User | AnonymousUser, roles: Collection[Role], prefix: str) -> Q:
    nothing = Q(pk__in=[])
    if not user.is_authenticated or not user.is_active:
        return nothing
    paths = Membership.objects.filter(user=user, role__in=roles).values_list(
        "unit__path", flat=True
    )
    condition = Q()
    for path in set(paths):
        condition |= Q(**{f"{prefix}path__startswith": path})
    return condition or nothing
