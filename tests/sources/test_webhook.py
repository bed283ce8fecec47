"""The signed webhook at a real server: what proves the sender, what is answered, what is kept."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import httpx2
import pytest

from streams.common import clock
from streams.questions.models import Question
from streams.receptions.models import Entry, Reception
from streams.sources.connectors.webhook.signature import new_secret, sign
from streams.sources.models import Comment, Delivery, Source
from streams.sources.rules import DeliveryState, Health
from tests.cast import Cast
from tests.conftest import LiveServer
from tests.patience import PATIENCE_S
from tests.sources.stage import SECRET, make_source

call = partial(httpx2.request, timeout=PATIENCE_S)


def body_of(*items: object) -> bytes:
    return json.dumps({"items": items}, ensure_ascii=False).encode()


def post(
    server: LiveServer,
    source: Source,
    body: bytes,
    *,
    secret: str = SECRET,
    age_s: float = 0,
    message_id: str = "msg_1",
    **headers: str,
) -> httpx2.Response:
    signed = sign(secret, message_id, clock.now() - timedelta(seconds=age_s), body)
    return call("POST", f"{server.url}/in/{source.uuid}/", content=body, headers=signed | headers)


def item(name: str, text: str = "Қайда өтініш беруге болады?", **fields: Any) -> dict[str, Any]:
    return {"id": name, "text": text, "author": {"id": f"a-{name}", "name": "Тест"}, **fields}


def test_every_item_is_answered_for(
    live_daphne: LiveServer, source: Source, reception: Reception
) -> None:
    body = body_of(
        item("1"),
        item("2", "Когда откроют ЦОН? 🙂 \u202e<b>"),
        item("1"),
        {"id": "3"},
        {"text": "Без номера?"},
        item("4", "x" * 4001),
        item("5", posted_at="вчера"),
        {"id": 6, "text": "Число"},
        "строка",
        item("1", "Қашан?", op="edit"),
        item("9", op="delete"),
    )
    response = post(live_daphne, source, body)
    assert response.status_code == 202, live_daphne.log.read_text()[-4000:]
    told = [(i["id"], i["result"], i.get("reason", "")) for i in response.json()["items"]]
    assert told == [
        ("1", "created", ""),
        ("2", "created", ""),
        ("1", "duplicate", ""),
        ("1", "changed", ""),
        ("9", "changed", ""),
        ("3", "rejected", "text_missing"),
        ("#4", "rejected", "id_missing"),
        ("4", "rejected", "text_long"),
        ("5", "rejected", "posted_at_type"),
        ("#7", "rejected", "id_type"),
        ("#8", "rejected", "item_type"),
    ]
    assert Question.objects.count() == 2
    delivery = Delivery.objects.get()
    assert (bytes(delivery.body), delivery.state) == (body, DeliveryState.PARTLY)
    source.refresh_from_db()
    assert (source.health, source.not_understood) == (Health.LIVE, 6)


def test_signature_is_over_the_raw_bytes(
    live_daphne: LiveServer, source: Source, reception: Reception
) -> None:
    """§12 no. 1: one flipped bit anywhere, and nothing is stored."""
    body = body_of(item("1", "Вопрос ә?"))
    signed = sign(SECRET, "msg_1", clock.now(), body)
    url = f"{live_daphne.url}/in/{source.uuid}/"
    for place in (0, 20, len(body) // 2, len(body) - 1):
        flipped = bytearray(body)
        flipped[place] ^= 1
        assert call("POST", url, content=bytes(flipped), headers=signed).status_code == 403
    for name in signed:
        missing = {key: value for key, value in signed.items() if key != name}
        assert call("POST", url, content=body, headers=missing).status_code == 403
    other_id = signed | {"webhook-id": "msg_2"}
    assert call("POST", url, content=body, headers=other_id).status_code == 403
    respaced = json.dumps(json.loads(body)).encode()
    assert call("POST", url, content=respaced, headers=signed).status_code == 403
    assert post(live_daphne, source, body, secret=new_secret(b"x" * 32)).status_code == 403
    assert Delivery.objects.count() == 0
    source.refresh_from_db()
    assert (source.health, source.health_code) == (Health.ERROR, "bad_signature")
    assert call("POST", url, content=body, headers=signed).status_code == 202


def test_old_and_future_signatures_are_refused(
    live_daphne: LiveServer, source: Source, reception: Reception
) -> None:
    body = body_of(item("1"))
    for age_s in (301, 86400, -400, -86400):
        assert post(live_daphne, source, body, age_s=age_s).status_code == 403, age_s
    for age_s in (200, -290):
        assert post(live_daphne, source, body, age_s=age_s).status_code == 202, age_s
    assert Question.objects.count() == 1


def test_secrets_can_be_changed_without_a_pause(
    live_daphne: LiveServer, source: Source, reception: Reception
) -> None:
    fresh = new_secret(b"fresh" * 8)
    source.keep_secrets({"signing_secret": f"{fresh} {SECRET}"})
    source.save()
    for name, secret in (("1", SECRET), ("2", fresh)):
        assert post(live_daphne, source, body_of(item(name)), secret=secret).status_code == 202
    # A source without a secret, or with one that proves nothing, is shut.
    for empty in ("", "whsec_", "short"):
        source.keep_secrets({"signing_secret": empty})
        source.save()
        answer = post(live_daphne, source, body_of(item("3")), secret=empty or "whsec_")
        assert answer.status_code == 403


def test_same_delivery_five_times_in_parallel(
    live_daphne: LiveServer, source: Source, reception: Reception
) -> None:
    """§12 no. 3 through the web: one row each, one entry each."""
    body = body_of(*(item(str(n), f"Вопрос {n}?") for n in range(30)))
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _n: post(live_daphne, source, body), range(5)))
    told = [i["result"] for answer in answers for i in answer.json()["items"]]
    assert (told.count("created"), told.count("duplicate")) == (30, 120)
    assert Question.objects.count() == Entry.objects.filter(kind="receive").count() == 30


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"items": {}}',
        b'{"items": [',
        b"\xff\xfe\x00",
        '{"items": [{"id": "1", "text": "пол'.encode()[:-1],
        b"[" * 100_000,
        json.dumps({"items": [item(str(n)) for n in range(101)]}).encode(),
    ],
)
def test_what_nobody_understands_is_kept_and_answered(
    live_daphne: LiveServer, source: Source, reception: Reception, body: bytes
) -> None:
    answer = post(live_daphne, source, body)
    assert answer.status_code == 202
    assert answer.json()["items"][0]["result"] == "rejected"
    delivery = Delivery.objects.get()
    assert (bytes(delivery.body), delivery.state) == (body, DeliveryState.NOT_UNDERSTOOD)
    source.refresh_from_db()
    assert (source.not_understood, Comment.objects.count()) == (1, 0)


def test_size_is_capped(live_daphne: LiveServer, source: Source, reception: Reception) -> None:
    filler = {"padding": "x" * (2_900_000)}
    assert post(live_daphne, source, body_of(item("1", **filler))).status_code == 202
    filler = {"padding": "x" * (3 * 1024 * 1024)}
    assert post(live_daphne, source, body_of(item("2", **filler))).status_code == 413
    assert Question.objects.count() == Delivery.objects.count() == 1


def test_addresses_that_lead_nowhere(live_daphne: LiveServer, source: Source) -> None:
    base = f"{live_daphne.url}/in"
    wrong = "0" * 43
    assert call("POST", f"{base}/{source.uuid}/{wrong}").status_code == 404
    assert call("POST", f"{base}/00000000-0000-0000-0000-000000000000/").status_code == 404
    assert call("GET", f"{base}/{source.uuid}/").status_code == 405
    Source.objects.update(is_enabled=False)
    assert post(live_daphne, source, body_of(item("1"))).status_code == 404


def test_secrets_and_tokens_are_in_no_log(live_daphne: LiveServer, cast: Cast) -> None:
    """Everything that goes wrong on the way is logged; no word of it opens a door."""
    source = make_source(cast)
    token = source.new_token()
    source.save()
    wrong_token = "w" * 43
    for address in (f"{source.uuid}/{wrong_token}", f"{source.uuid}/{token}/x/y"):
        call("POST", f"{live_daphne.url}/in/{address}/?access_token={token}", content=b"x")
    call("POST", f"{live_daphne.url}/in/{source.uuid}/{token}/", content=b"x")
    log = live_daphne.log.read_text()
    assert "bad_signature" in log
    assert re.search(rf"/in/{source.uuid}/\*\*\*", log)
    for secret in (token, wrong_token, SECRET, SECRET.removeprefix("whsec_")):
        assert secret not in log
