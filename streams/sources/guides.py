"""How each platform is connected, in short, on the page where it is done; docs/sources/ says the same at length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Guide:
    """`review`: what the platform wants to see first and how long that takes. `steps` in their order."""

    review: object
    steps: tuple[object, ...]


_NOBODY = _("Nobody reviews anything: it works today.")
_META = _(
    "Meta reviews the app and the body behind it: plan two months. Until then connect the same broadcast by Social Stream Ninja, or paste comments."
)
_CHECK = _("Press “Check connection”. What is red says what to do.")
_TRY = _("Write a comment from another phone and look for it on the desk.")

GUIDES: Mapping[str, Guide] = {
    "webhook": Guide(
        _NOBODY,
        (
            _("Save this form. A secret is made and shown once: copy it."),
            _(
                "Give the programmer of your site or call centre the address and the secret. How a delivery looks: docs/sources/webhook.md."
            ),
            _TRY,
        ),
    ),
    "ingest": Guide(
        _NOBODY,
        (
            _("Save this form. A token is shown once: copy it."),
            _(
                "Give it to whoever runs the bridge, with docs/sources/ingest.md and the small program beside it."
            ),
            _("Start the bridge: the chip on the desk says “listening”."),
        ),
    ),
    "ssn": Guide(
        _NOBODY,
        (
            _("Save this form. Our address with its secret end is shown once: copy it."),
            _("Install Social Stream Ninja on the operator's computer: the manual or app build."),
            _(
                "In it: Global settings → Mechanics → Send all to POST server. Switch it on, paste the address."
            ),
            _(
                "Open the broadcast's page in the same browser as a viewer, with a second account; one tab only."
            ),
            _("Rehearse the same morning, and don't let the computer fall asleep."),
        ),
    ),
    "ssn_relay": Guide(
        _(
            "Nobody reviews anything. Messages pass a server of Social Stream Ninja: decide first whether they may."
        ),
        (
            _(
                "In Social Stream Ninja: Global settings → Mechanics. Switch on remote API control and “Send chat messages to API server”."
            ),
            _("Copy the session from the address of its dock page (session=…) and enter it here."),
            _("Open the broadcast's page in the same browser as a viewer; one tab only."),
            _TRY,
        ),
    ),
    "instagram": Guide(
        _META,
        (
            _("The account must be a professional one and not private."),
            _("Make an access token with the rights to read comments and send messages."),
            _(
                "Fill in this form: the account's number begins with 1784. A word for the check is made here if you leave it empty."
            ),
            _(
                "In Meta's app: Webhooks → Instagram. Enter our address and the word, subscribe to live_comments."
            ),
            _(
                "Subscribe the account to the app: POST /ACCOUNT/subscribed_apps?subscribed_fields=live_comments."
            ),
            _CHECK,
            _(
                "Before you press “End”, wait until no message to an asker waits: Instagram takes none afterwards."
            ),
        ),
    ),
    "youtube": Guide(
        _("Reading needs no review. For answers Google verifies the sign-in: days to weeks."),
        (
            _("In the Google Cloud console make a project and switch on YouTube Data API v3."),
            _(
                "Credentials → Create credentials → API key. Restrict it to that API and to this server."
            ),
            _("Plan the broadcast in YouTube Studio with its chat on, and copy its address."),
            _(
                "Enter the key and the address here. For the next broadcast only the address changes."
            ),
            _CHECK,
        ),
    ),
    "facebook": Guide(
        _META,
        (
            _("Make an access token of the Page that does not expire, best of a system user."),
            _("Enter the Page's number and the token here."),
            _(
                "To hear of comments at once: in Meta's app, Webhooks → Page, our address, the word, field feed."
            ),
            _CHECK,
            _(
                "Rehearse with a broadcast that only you can see, and a comment from another account."
            ),
        ),
    ),
    "whatsapp": Guide(
        _(
            "Meta verifies the body: plan weeks. A test number that five phones may write to works the same day."
        ),
        (
            _(
                "In Meta's app: WhatsApp → API Setup. Note the number of the phone (an id, not the number itself)."
            ),
            _("Make a lasting token of a system user and enter both here."),
            _("WhatsApp → Configuration: our address, the word for the check, field messages."),
            _CHECK,
            _("Show the number on the picture during the broadcast. Answers go back for 24 hours."),
        ),
    ),
    "telegram": Guide(
        _NOBODY,
        (
            _(
                "In Telegram write to @BotFather: /newbot. He answers with the token: enter it here."
            ),
            _("Write /setprivacy to him, choose the bot, Disable: else it does not read groups."),
            _(
                "Give out the bot's address, or add it as administrator to the group with the comments of your channel."
            ),
            _CHECK,
            _(
                "Only if this server can be reached from outside and you want it: way of listening “webhook”, save, then “Have the platform deliver here”."
            ),
        ),
    ),
    "vk": Guide(
        _(
            "Reading needs no review. For answers VK must give the right “video” to an administrator's token."
        ),
        (
            _(
                "Community → Manage → API usage → Access tokens: make one that may manage the community."
            ),
            _(
                "API usage → Long Poll API: switch it on; under Event types tick all video comments."
            ),
            _(
                "Enter the community's number and the token here, and the broadcast's address if there is one."
            ),
            _CHECK,
            _("Write a comment under the video from another account."),
        ),
    ),
}
