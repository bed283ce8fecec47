from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse
from typing_extensions import override

from streams.common import clock
from streams.demo import people, season
from streams.demo.password import password
from streams.receptions.models import Reception
from streams.receptions.rules import State

_START = {
    "moderator": "desk",
    "moderator2": "desk",
    "chief": "studio",
    "district": "studio",
    "administrator": "manage",
}


class Command(BaseCommand):
    help = "Fills an empty database with the demonstration, or brings the demonstration up to date."

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        if people.is_somebody_elses():
            self.stdout.write(
                "The database holds data of its own: no demonstration. DEMO=0 leaves this line out."
            )
            return
        secret, is_new = password()
        if is_new:
            people.renew_password(secret)
        self._say(season.prepare(secret, clock.now()), secret)

    def _say(self, live: Reception, secret: str) -> None:
        base = f"http://localhost:{settings.PORT}"
        room = reverse("reception", kwargs={"no": live.no})
        places = {
            "desk": reverse("desk", kwargs={"no": live.no}),
            "studio": reverse("studio", kwargs={"no": live.no}),
            "manage": reverse("admin:index"),
            "": reverse("control_list"),
        }
        sealed = Reception.objects.filter(state=State.SEALED).order_by("-starts_at").first()
        self.stdout.write(f"Demonstration, all invented. On air now: {base}{room}")
        if sealed is not None:
            past = reverse("reception", kwargs={"no": sealed.no})
            self.stdout.write(f"Last reception, sealed: {base}{past}")
        self.stdout.write(f"Sign in at {base}{reverse('sign_in')} with the password {secret} as")
        width = max(len(account.username) for account in people.ACCOUNTS)
        for account in people.ACCOUNTS:
            start = places[_START.get(account.username, "")]
            role = account.role.value if account.username != "district" else "chief of a district"
            self.stdout.write(f"  {account.username:<{width}}  {role:<20}{base}{start}")
