"""Whatever stands where in a delivery: a parser understands, counts, or says that it doesn't. It never breaks."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sources.connectors.base import Parsing
from streams.sources.errors import NotUnderstood
from streams.sources.inbound import TEXT_MAX_CHARS, Op
from streams.sources.registry import connectors
from tests.sources.calling import FIXTURES, NOON, fixture

PLATFORMS = ("instagram", "facebook", "whatsapp", "ssn")
SETTINGS = {"account_id": "17841400000000001", "page_id": "1001", "phone_number_id": ""}
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(exclude_categories=()), max_size=300)
    | st.sampled_from(
        ["live_comments", "add", "edited", "text", "edit", "\0", "\ud800", "9" * 400]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document, from the whole of it to its smallest parts."""
    found = [path]
    if isinstance(value, dict):
        found += [p for key, one in value.items() for p in places(one, (*path, key))]
    elif isinstance(value, list):
        found += [p for at, one in enumerate(value) for p in places(one, (*path, at))]
    return found


def changed(document: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = deepcopy(document)
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = new
    return copy


@pytest.mark.parametrize("platform", PLATFORMS)
@given(data=st.data())
def test_anything_in_any_place(platform: str, data: st.DataObject) -> None:
    names = sorted(path.name for path in (FIXTURES / platform).glob("*.json"))
    document = json.loads(fixture(f"{platform}/{data.draw(st.sampled_from(names))}"))
    path = data.draw(st.sampled_from(places(document)))
    body = json.dumps(changed(document, path, data.draw(ANYTHING))).encode()
    connector = connectors()[platform]
    assert isinstance(connector, Parsing)
    try:
        parsed = connector.parse(SETTINGS, body, NOON)
    except NotUnderstood:
        return
    assert parsed.not_understood >= 0
    for item in parsed.items:
        assert item.external_id
        assert len(item.text) <= TEXT_MAX_CHARS
        assert item.posted_at is None or item.posted_at.tzinfo is not None
        assert not (item.op is Op.DELETE and item.text)
        stored = json.dumps(dict(item.reply_ref), ensure_ascii=False)
        for word in (item.external_id, item.text, item.parent_id, item.thread, stored):
            assert "\0" not in word
            word.encode()
        for word in (item.author.ext_id, item.author.name, item.author.handle):
            assert "\0" not in word
            word.encode()
