"""Where a card's link to the platform may lead: nowhere but to the platforms."""

from __future__ import annotations

import pytest

from streams.sources import links
from streams.sources.connectors.facebook import parser as facebook
from streams.sources.connectors.telegram import parser as telegram
from streams.sources.connectors.vk import parser as vk
from tests.sources.calling import NOON, fixture


@pytest.mark.parametrize(
    "url",
    [
        "https://t.me/c/1000000001/55",
        "https://m.vk.com/video-1_456?reply=77",
        "https://www.facebook.com/9119?comment_id=9121",
    ],
)
def test_addresses_of_platforms_are_kept(url: str) -> None:
    assert links.safe(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://t.me/x",
        "javascript:alert(1)//t.me",
        "https://evil.example/t.me",
        "https://t.me.evil.example/",
        "https://t.me@evil.example/",
        "https://xt.me/",
        "https://t.me:8443/x",
        "https://t.me/\nx",
        'https://t.me/"onclick',
        "https://т.me/",
        "https://[t.me/",
        "https://t.me/" + "x" * 500,
    ],
)
def test_nothing_else_is(url: str) -> None:
    assert links.safe(url) == ""


def test_what_the_platforms_addresses_are() -> None:
    group = telegram.body(fixture("telegram/discussion_group.json"), NOON).items[0]
    assert group.permalink == f"https://t.me/c/{group.external_id[4:].replace(':', '/')}"
    assert telegram.body(fixture("telegram/private_ru.json"), NOON).items[0].permalink == ""
    video = vk.body(fixture("vk/new_ru.json"), NOON, {}).items[0]
    assert video.permalink.startswith("https://vk.com/video-")
    told = facebook.parse({}, fixture("facebook/feed_add.json"), NOON).items[0]
    assert told.permalink.endswith(f"comment_id={told.external_id}")
    for item in (group, video, told):
        assert links.safe(item.permalink) == item.permalink
