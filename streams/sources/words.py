"""What is said about sources: platforms, fields, states and, above all, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from streams.sources.connectors.base import Check
from streams.sources.rules import Health

PLATFORMS: Mapping[str, object] = {
    "webhook": gettext_lazy("Signed webhook"),
    "ingest": gettext_lazy("Bridge by socket"),
    "ssn": gettext_lazy("Social Stream Ninja, to our address"),
    "ssn_relay": gettext_lazy("Social Stream Ninja, by its relay"),
    "instagram": "Instagram",
    "youtube": "YouTube",
    "facebook": "Facebook",
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
    "vk": "VK",
}
HEALTH: Mapping[str, object] = {
    Health.OFF: gettext_lazy("switched off"),
    Health.WAITING: pgettext_lazy("a source", "waiting"),
    Health.CONNECTING: gettext_lazy("connecting"),
    Health.LIVE: pgettext_lazy("a source", "listening"),
    Health.DELAYED: gettext_lazy("interrupted"),
    Health.THROTTLED: gettext_lazy("slowed down by the platform"),
    Health.QUOTA: gettext_lazy("the day's quota is used up"),
    Health.SIGN_IN: gettext_lazy("must be connected again"),
    Health.SILENT: gettext_lazy("silent"),
    Health.ERROR: gettext_lazy("does not work"),
    Health.ENDED: gettext_lazy("the broadcast there has ended"),
}
TONES: Mapping[str, str] = {
    Health.LIVE: "ok",
    Health.DELAYED: "warn",
    Health.THROTTLED: "warn",
    Health.SILENT: "warn",
    Health.QUOTA: "danger",
    Health.SIGN_IN: "danger",
    Health.ERROR: "danger",
}
# What a moderator should do; empty where there is nothing to do.
ACTIONS: Mapping[str, object] = {
    Health.OFF: gettext_lazy("An administrator can switch it on."),
    Health.WAITING: gettext_lazy("Nothing to do: it begins by itself with the first comment."),
    Health.CONNECTING: "",
    Health.LIVE: "",
    Health.DELAYED: gettext_lazy(
        "Nothing to do: it tries again by itself. Look at the internet connection if it lasts."
    ),
    Health.THROTTLED: gettext_lazy(
        "Nothing to do: it goes on by itself. Questions come later, none is lost."
    ),
    Health.QUOTA: gettext_lazy(
        "Paste the comments by hand until then. More quota is asked for in the platform's own form."
    ),
    Health.SIGN_IN: gettext_lazy(
        "Ask an administrator to connect the account again. Paste the comments by hand meanwhile."
    ),
    Health.SILENT: gettext_lazy(
        "Look at the broadcast itself: if people write there, check the bridge or paste the comments by hand."
    ),
    Health.ERROR: gettext_lazy(
        "Ask an administrator to check the connection. Paste the comments by hand meanwhile."
    ),
    Health.ENDED: gettext_lazy(
        "Nothing to do, unless the broadcast goes on: then it has a new address."
    ),
}
_BY_CODE: Mapping[str, object] = {
    "taken_elsewhere": gettext_lazy(
        "Another program reads with the same token. Stop it, or make a token for this site alone."
    ),
    "not_live": gettext_lazy(
        "The platform shows no broadcast yet. It is looked for every twenty seconds."
    ),
    "tls": gettext_lazy(
        "The platform's certificate could not be checked. Look at this machine's clock and connection."
    ),
    "dns": gettext_lazy(
        "The platform's name was not found. Look at this machine's internet connection."
    ),
}
FIELDS: Mapping[str, object] = {
    "account_id": gettext_lazy("Number of the account"),
    "access_token": gettext_lazy("Access token"),
    "app_secret": gettext_lazy("Secret of the app"),
    "app_id": gettext_lazy("Number of the app"),
    "verify_token": gettext_lazy("Word for the platform's check (verify token)"),
    "page_id": gettext_lazy("Number of the page"),
    "base_url": gettext_lazy("Address of the platform's interface"),
    "token_url": gettext_lazy("Address that renews tokens"),
    "api_version": gettext_lazy("Version of the interface"),
    "video": gettext_lazy("Number of the video or its link"),
    "api_key": gettext_lazy("Key of the interface"),
    "client_id": gettext_lazy("Number of the client"),
    "client_secret": gettext_lazy("Secret of the client"),
    "refresh_token": gettext_lazy("Token that renews the sign-in"),
    "transport": gettext_lazy("Way of listening"),
    "daily_quota": gettext_lazy("Units a day"),
    "bot_token": gettext_lazy("Token of the bot"),
    "secret_token": gettext_lazy("Secret of the webhook"),
    "chats": gettext_lazy("Chats that are read, separated by commas"),
    "signing_secret": gettext_lazy("Secret that signs deliveries"),
    "session": gettext_lazy("Session of the bridge"),
    "user_token": gettext_lazy("Token of the account that answers"),
    "group_id": gettext_lazy("Number of the group"),
    "group_token": gettext_lazy("Token of the group"),
    "phone_number_id": gettext_lazy("Number of the phone"),
}
WAYS: Mapping[str, object] = {
    "poll": gettext_lazy("we ask the platform again and again (poll)"),
    "stream": gettext_lazy("one connection that stays open (stream)"),
    "webhook": gettext_lazy("the platform calls our address (webhook)"),
    "callback": gettext_lazy("the platform calls our address (callback)"),
}
REPLY_KINDS: Mapping[str, object] = {
    "receipt": gettext_lazy("Receipt"),
    "promise": gettext_lazy("Message about the personal control"),
    "outcome": gettext_lazy("Message about the outcome"),
}
REPLY_STATES: Mapping[str, object] = {
    "queued": gettext_lazy("waits to be sent"),
    "sending": gettext_lazy("is being sent"),
    "sent": gettext_lazy("sent"),
    "unknown": gettext_lazy("may have arrived or not: look there before it is sent again"),
    "refused": gettext_lazy("not sent"),
    "expired": gettext_lazy("not sent: it was too late"),
}
REPLY_CODES: Mapping[str, object] = {
    "opted_out": gettext_lazy("the asker wants no messages"),
    "taken_back": gettext_lazy("the asker deleted the question there"),
    "live_over": gettext_lazy("this platform takes replies during its broadcast only"),
    "window": gettext_lazy("this platform takes replies for one day only"),
    "already_replied": gettext_lazy("this platform takes one reply, and there is one"),
    "blocked": gettext_lazy("the asker has blocked us there"),
    "unreachable": gettext_lazy("the asker can't be reached there"),
    "token": gettext_lazy("the account must be connected again"),
    "no_token": gettext_lazy("the account must be connected again"),
    "permission": gettext_lazy("the account has no right to answer"),
    "too_long": gettext_lazy("the message is too long for this platform"),
    "slower": gettext_lazy("the platform wants it slower"),
    "quota": gettext_lazy("the day's quota is used up"),
    "seen": gettext_lazy("a colleague found it there"),
    "worker_died": gettext_lazy("the sending was interrupted"),
    "timeout": gettext_lazy("the platform did not answer in time"),
}
_CHECKS: Mapping[str, tuple[object, object]] = {
    "signed_in": (
        gettext_lazy("The account answers."),
        gettext_lazy("The account does not answer: the token is wrong, old or lacks a right."),
    ),
    "scopes": (
        gettext_lazy("All rights are given."),
        gettext_lazy("Rights are missing: give them and make a new token."),
    ),
    "subscribed": (
        gettext_lazy("The platform sends here."),
        gettext_lazy("The platform does not send here: switch the subscription on."),
    ),
    "no_webhook": (
        gettext_lazy("Nothing stands in the way of asking for messages."),
        gettext_lazy(
            "A webhook is set, so messages can't be asked for: take it back, or listen by webhook."
        ),
    ),
    "live_now": (
        gettext_lazy("The platform shows a broadcast now."),
        gettext_lazy("The platform shows no broadcast now. Before it begins that is right."),
    ),
    "can_reply": (
        gettext_lazy("Answers can be sent back."),
        gettext_lazy("Answers can't be sent back with this token."),
    ),
    "sees_groups": (
        gettext_lazy("The bot reads groups."),
        gettext_lazy("The bot does not read groups: switch its privacy mode off."),
    ),
    "delivered": (
        gettext_lazy("The platform's last delivery arrived."),
        gettext_lazy(
            "The platform's last delivery did not arrive: look at the address and its certificate."
        ),
    ),
    "broadcast_found": (
        gettext_lazy("The broadcast was found."),
        gettext_lazy("The number of the video is not right."),
    ),
    "reached": (
        gettext_lazy("The platform answers."),
        gettext_lazy("The platform can't be reached."),
    ),
}


# Why a platform was not told where to deliver.
_HOOKS: Mapping[str, object] = {
    "https": gettext_lazy(
        "This site has no address that the platform could call: it needs https at port 443, 80, 88 or 8443 (SITE_URL)."
    ),
    "no_secret": gettext_lazy("The secret of the webhook is missing: save the source first."),
    "token": gettext_lazy("The token is wrong or old."),
    "no_token": gettext_lazy("The token is wrong or old."),
}


def hook(code: str) -> str:
    return str(_HOOKS.get(code) or _("The platform did not do it (%(why)s).") % {"why": code})


def platform(name: str) -> str:
    return str(PLATFORMS.get(name, name))


def action(health: str, code: str) -> str:
    return str(_BY_CODE.get(code) or ACTIONS.get(health, ""))


def actions() -> dict[str, dict[str, str]]:
    """All words of the chips in the active language, for the desk's script."""
    return {
        "health": {str(state): str(words) for state, words in HEALTH.items()},
        "tone": {str(state): tone for state, tone in TONES.items()},
        "action": {str(state): str(words) for state, words in ACTIONS.items()},
        "code": {code: str(words) for code, words in _BY_CODE.items()},
    }


def check(found: Check) -> str:
    good, bad = _CHECKS.get(found.code, (found.code, found.code))
    text = str(good if found.ok else bad)
    told = ", ".join(value for value in found.params.values() if value)
    return f"{text} ({told})" if told else text


def reply_state(state: str, code: str) -> str:
    said, why = str(REPLY_STATES.get(state, state)), REPLY_CODES.get(code)
    return f"{said} ({why})" if why else said


def field(name: str) -> str:
    return str(FIELDS.get(name, name.replace("_", " ")))


def way(name: str) -> str:
    return str(WAYS.get(name, name))


def kept() -> str:
    return _("Kept sealed. Write here only to replace it.")
