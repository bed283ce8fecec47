from __future__ import annotations

import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from typing_extensions import override

from streams.people.models import Membership, Unit, User
from streams.people.rules import Role

PASSWORD = "ADMINISTRATOR_PASSWORD"  # noqa: S105 -- the name of a variable
_UNIT = {
    "unit_code": "Code of the unit (2 to 12 Latin capitals or digits, such as SRY)",
    "unit_name_ru": "Its name in Russian",
    "unit_name_kk": "Its name in Kazakh",
    "unit_name_en": "Its name in English (may stay empty)",
}


class Command(BaseCommand):
    help = (
        "Creates an administrator, and the unit they administer where it isn't there yet. Asks for "
        f"what isn't given; without a terminal give everything, and the password in {PASSWORD}."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username")
        parser.add_argument("--full-name")
        parser.add_argument("--unit-code")
        for language in ("ru", "kk", "en"):
            parser.add_argument(f"--unit-name-{language}")
        parser.add_argument(
            "--timezone", default=settings.DEFAULT_UNIT_TIME_ZONE, help="of a new unit"
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        user = self._user(options)
        unit = self._unit(options)
        is_new = unit.pk is None
        with transaction.atomic():
            if is_new:
                unit.save()
            user.save()
            Membership.objects.create(user=user, unit=unit, role=Role.ADMINISTRATOR)
        made = "new unit" if is_new else "unit"
        self.stdout.write(
            f"{user.username} administers the {made} {unit.code} and may sign in at /sign-in/; "
            "people, units, tags and weekly plans are at /manage/."
        )

    def _user(self, options: dict[str, Any]) -> User:
        username = self._asked(options, "username", "User name")
        full_name = self._asked(options, "full_name", "Full name")
        user = User(username=username, full_name=full_name, is_staff=True, is_superuser=True)
        password = self._password()
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError("The password: " + " ".join(error.messages)) from error
        user.set_password(password)
        self._check(user)
        return user

    def _unit(self, options: dict[str, Any]) -> Unit:
        code = self._asked(options, "unit_code", _UNIT["unit_code"]).upper()
        if (found := Unit.objects.filter(code=code).first()) is not None:
            return found
        zone = options["timezone"]
        if zone not in available_timezones():
            raise CommandError(f"There is no time zone {zone!r}; an example: Asia/Almaty.")
        names = {
            f"name_{language}": self._asked(
                options, f"unit_name_{language}", _UNIT[f"unit_name_{language}"], may_be_empty=is_en
            )
            for language, is_en in (("ru", False), ("kk", False), ("en", True))
        }
        unit = Unit(code=code, timezone=zone, **names)
        self._check(unit, exclude={"path"})
        return unit

    def _asked(
        self, options: dict[str, Any], name: str, question: str, *, may_be_empty: bool = False
    ) -> str:
        given: str | None = options[name]
        if given is None and sys.stdin.isatty():
            given = input(f"{question}: ")
        given = (given or "").strip()
        if not given and not may_be_empty:
            raise CommandError(f"--{name.replace('_', '-')} is needed.")
        return given

    def _password(self) -> str:
        if given := os.environ.get(PASSWORD, ""):
            return given
        if not sys.stdin.isatty():
            raise CommandError(f"{PASSWORD} is needed where there is no terminal to ask at.")
        first = getpass.getpass("Password: ")
        if first != getpass.getpass("The same again: "):
            raise CommandError("The two passwords differ.")
        return first

    def _check(self, row: User | Unit, exclude: set[str] | None = None) -> None:
        try:
            row.full_clean(exclude=exclude)
        except ValidationError as error:
            faults = [f"{field}: {' '.join(said)}" for field, said in error.message_dict.items()]
            raise CommandError("; ".join(faults)) from error
