"""A unit's sources: who may connect them, what is shown of their secrets, and how they are on the desk."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from streams.common import clock
from streams.people.models import User
from streams.questions.models import Question
from streams.receptions.models import Reception
from streams.sources import chips, health, intake, registry
from streams.sources.connectors.base import Probing
from streams.sources.connectors.webhook import signature
from streams.sources.fakes import registry as registries
from streams.sources.fakes.stage import staged
from streams.sources.fakes.telegram import SECRET as SECRET_TOKEN
from streams.sources.fakes.telegram import TelegramFake
from streams.sources.guides import GUIDES
from streams.sources.models import Source
from streams.sources.rules import Fate, Health
from tests.cast import Cast
from tests.sources.calls import LOOPBACK
from tests.sources.stage import SECRET, make_source, said

pytestmark = pytest.mark.django_db


def at(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def admin(cast: Cast) -> Client:
    return at(cast.administrator)


def fields(cast: Cast, **more: str) -> dict[str, str]:
    return {"unit": str(cast.district.pk), "name": "Our site", "feeds": "any", **more}


def page(source: Source, what: str = "source") -> str:
    return reverse(what, args=[source.uuid])


@pytest.mark.parametrize("platform", list(registry.connectors()))
def test_every_platform_has_a_form(admin: Client, platform: str) -> None:
    response = admin.get(reverse("source_new", args=[platform]))
    assert response.status_code == 200
    assert all(
        f'name="{one.name}"' in response.content.decode()
        for one in registry.connector(platform).fields
    )
    guide = GUIDES[platform]
    shown = " ".join(unescape(response.content.decode()).split())
    assert all(str(step) in shown for step in (guide.review, *guide.steps))


def test_a_secret_made_here_is_shown_once(admin: Client, cast: Cast) -> None:
    response = admin.post(reverse("source_new", args=["webhook"]), fields(cast))
    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    source = Source.objects.get()
    secret = source.secrets["signing_secret"]
    assert secret in response.content.decode()
    assert f"/in/{source.uuid}" in response.content.decode()
    assert secret not in admin.get(page(source)).content.decode()


def test_a_kept_secret_is_never_shown_and_replaced_only_when_written(
    admin: Client, cast: Cast
) -> None:
    source = make_source(cast)
    shown = admin.get(page(source)).content.decode()
    assert SECRET not in shown
    assert "Kept sealed" in shown
    assert admin.post(page(source), fields(cast, signing_secret="")).status_code == 303
    source.refresh_from_db()
    assert source.secrets["signing_secret"] == SECRET
    fresh = signature.new_secret(bytes(range(1, 33)))
    admin.post(page(source), fields(cast, signing_secret=fresh))
    source.refresh_from_db()
    assert source.secrets["signing_secret"] == fresh


def test_an_address_with_a_token_is_given_anew(admin: Client, cast: Cast) -> None:
    response = admin.post(reverse("source_new", args=["ssn"]), fields(cast))
    source = Source.objects.get()
    old = source.token_hash
    assert old
    assert f"/in/{source.uuid}/" in response.content.decode()
    response = admin.post(page(source, "source_rotate"))
    source.refresh_from_db()
    assert source.token_hash != old
    text = response.content.decode()
    token = text.split(f"/in/{source.uuid}/")[1].split("/")[0].split("<")[0]
    assert source.opens_with(token)
    assert token not in admin.get(page(source)).content.decode()


def test_a_bridge_is_told_its_address_and_its_token_once(admin: Client, cast: Cast) -> None:
    told = admin.post(reverse("source_new", args=["ingest"]), fields(cast)).content.decode()
    source = Source.objects.get()
    address = f"{settings.SITE_URL.replace('http', 'ws', 1)}/ws/ingest/{source.uuid}/"
    token = _after(told, "Token of the bridge")
    assert address in told
    assert source.opens_with(token)
    assert told.count("The source was added.") == 1
    later = admin.get(page(source)).content.decode()
    assert address in later
    assert token not in later
    fresh = _after(
        admin.post(page(source, "source_rotate")).content.decode(), "Token of the bridge"
    )
    source.refresh_from_db()
    assert (source.opens_with(fresh), source.opens_with(token)) == (True, False)


def _after(text: str, label: str) -> str:
    """The secret that stands under its label."""
    return text.split(label)[1].split('source__secret">')[1].split("<")[0]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://user:pw@host/", "nonsense", "http://"]
)
def test_an_address_that_may_not_be_called_is_refused(admin: Client, cast: Cast, url: str) -> None:
    given = fields(cast, bot_token="1:x", base_url=url)
    response = admin.post(reverse("source_new", args=["telegram"]), given)
    assert response.status_code == 422
    assert "1:x" not in response.content.decode()
    assert not Source.objects.exists()


def test_only_the_administrator_of_the_unit_gets_in(cast: Cast) -> None:
    source = make_source(cast)
    names = (
        "source", "source_switch", "source_rotate", "source_check", "source_test", "source_hook",
    )  # fmt: skip
    for user in (cast.moderator, cast.chief, cast.stranger, cast.editor):
        assert at(user).get(reverse("sources")).status_code == 404
        for name in names:
            assert at(user).post(page(source, name)).status_code == 404
    assert Client().get(page(source)).status_code == 302
    foreign = fields(cast) | {"unit": str(cast.neighbour.pk)}
    assert (
        at(cast.administrator).post(reverse("source_new", args=["webhook"]), foreign).status_code
        == 422
    )


def test_switching_off_is_told(admin: Client, cast: Cast) -> None:
    source = make_source(cast)
    admin.post(page(source, "source_switch"), {"on": "0"})
    source.refresh_from_db()
    assert (source.is_enabled, source.health) == (False, Health.OFF)
    admin.post(page(source, "source_switch"), {"on": "1"})
    source.refresh_from_db()
    assert (source.is_enabled, source.health) == (True, Health.WAITING)


def test_a_check_says_what_it_found_and_never_a_secret(admin: Client, cast: Cast) -> None:
    push = make_source(cast)
    assert "nothing to ask here" in admin.post(page(push, "source_check")).content.decode()
    # No private network is allowed in tests, so this address is refused before a byte is sent.
    given: dict[str, Any] = {"secrets": {"bot_token": "77:veiled"}}
    bot = make_source(cast, "telegram", settings={"base_url": "http://127.0.0.1:9"}, **given)
    text = admin.post(page(bot, "source_check")).content.decode()
    assert "✗" in text
    assert "veiled" not in text


def test_a_test_comment_goes_the_whole_way_and_makes_no_question(
    admin: Client, cast: Cast, reception: Reception
) -> None:
    source = make_source(cast)
    assert admin.post(page(source, "source_test")).status_code == 303
    comment = source.comments.get()
    assert comment.fate == Fate.STAFF
    assert not Question.objects.exists()
    source.refresh_from_db()
    assert source.last_message_at is not None


def test_the_desk_shows_a_chip_with_state_and_what_to_do(cast: Cast, reception: Reception) -> None:
    source = make_source(cast)
    intake.take(source.pk, [said()], now=clock.now())
    health.report(source.pk, Health.SIGN_IN, now=clock.now(), code="sign_in")
    text = at(cast.moderator).get(f"/desk/{reception.no}/").content.decode()
    assert f'id="source-chip-{source.pk}"' in text
    assert "must be connected again" in text
    assert "Ask an administrator to connect the account again" in text
    assert SECRET not in text


def test_states_are_pushed_at_once_and_figures_at_most_every_five_seconds(
    cast: Cast, reception: Reception
) -> None:
    source = make_source(cast)
    first = chips.side(reception)["of"][str(source.pk)]
    assert (first["health"], first["minute"]) == ("waiting", 0)
    intake.take(source.pk, [said()], now=clock.now())
    assert chips.side(reception)["of"][str(source.pk)]["minute"] == 0
    health.report(source.pk, Health.LIVE, now=clock.now())
    then = chips.side(reception)["of"][str(source.pk)]
    assert (then["health"], then["minute"]) == ("live", 1)
    assert reception.entries.filter(kind__contains="health").count() == 0


def test_what_askers_are_told_is_a_choice_of_the_source(admin: Client, cast: Cast) -> None:
    source = make_source(cast, "telegram", secrets={"bot_token": "x", "secret_token": "y"})
    where = reverse("source", args=[source.uuid])
    given = {"name": "Bot", "feeds": "any", "base_url": "https://api.telegram.org"}
    assert admin.post(where, given | {"receipts": "off", "outcomes": "private"}).status_code == 303
    source.refresh_from_db()
    assert (source.settings["receipts"], source.settings["outcomes"]) == ("off", "private")
    assert "outcomes_since" not in source.settings
    # Switched on later: nothing of before is told.
    admin.post(where, given | {"receipts": "off", "outcomes": "all"})
    source.refresh_from_db()
    assert source.settings["outcomes_since"] <= clock.now().isoformat()
    assert b"outcomes" not in admin.get(reverse("source_new", args=["webhook"])).content


@pytest.mark.parametrize("platform", sorted(registries.platforms()))
def test_the_check_of_each_platform_asks_its_fake(
    admin: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    """Live, over a real connection: all is well during the broadcast, and a wrong token is no secret told."""
    monkeypatch.setattr(settings, "SOURCES_PRIVATE_NETWORKS", LOOPBACK)
    fake = registries.platforms()[platform]()
    with staged([fake]) as stage:
        stage.run(fake.go_live())
        source = make_source(cast, platform, settings=fake.settings(), secrets=fake.secrets())
        text = admin.post(page(source, "source_check")).content.decode()
        if not isinstance(registry.connector(platform), Probing):
            assert "nothing to ask here" in text
            return
        assert "✓" in text
        assert "✗" not in text
        source.keep_secrets(dict.fromkeys(fake.secrets(), "veiled-token"))
        source.save()
        text = admin.post(page(source, "source_check")).content.decode()
    assert "✗" in text
    assert "veiled-token" not in text


@pytest.mark.parametrize("platform", list(registry.connectors()))
def test_a_test_comment_of_each_platform_goes_the_whole_way(
    admin: Client, cast: Cast, reception: Reception, platform: str
) -> None:
    source = make_source(cast, platform, secrets={})
    assert admin.post(page(source, "source_test")).status_code == 303
    assert source.comments.get().fate == Fate.STAFF
    assert not Question.objects.exists()


def test_a_button_has_telegram_deliver_here_or_nowhere(
    admin: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exact call, as the platform heard it."""
    monkeypatch.setattr(settings, "SOURCES_PRIVATE_NETWORKS", LOOPBACK)
    fake = TelegramFake()
    with staged([fake]):
        given = fake.settings() | {"transport": "webhook"}
        source = make_source(cast, "telegram", settings=given, secrets=fake.secrets())
        refused = admin.post(page(source, "source_hook"), {"on": "1"}).content.decode()
        assert "needs https" in refused
        assert not fake.hooked
        monkeypatch.setattr(settings, "SITE_URL", "https://live.example")
        done = admin.post(page(source, "source_hook"), {"on": "1"}).content.decode()
        assert fake.hooked == {
            "url": f"https://live.example/in/{source.uuid}/",
            "secret_token": SECRET_TOKEN,
            "allowed_updates": ["message", "edited_message", "my_chat_member"],
            "drop_pending_updates": False,
        }
        assert "delivers here from now on" in done
        assert "✗" not in done
        admin.post(page(source, "source_hook"), {"on": "0"})
        assert not fake.hooked
    away = admin.post(page(source, "source_hook"), {"on": "1"}).content.decode()
    assert "did not do it" in away
    push = make_source(cast)
    assert admin.post(page(push, "source_hook"), {"on": "1"}).status_code == 404
