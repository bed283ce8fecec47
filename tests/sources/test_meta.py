"""What Instagram, Facebook and WhatsApp share: signature, handshake, errors, warnings to slow down."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from streams.sources.connectors import graph, meta, reading
from streams.sources.connectors.graph import GraphError
from streams.sources.errors import (
    BadSignature,
    NotUnderstood,
    Refused,
    SignInAgain,
    SourceError,
    Throttled,
    Transient,
)
from tests.sources.calling import NOON, fixture

SECRETS = {"app_secret": "s3cret", "verify_token": "сөз"}


def signed(body: bytes, secret: str = SECRETS["app_secret"]) -> dict[str, str]:
    mac = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hub-signature-256": f"sha256={mac}"}


def test_a_signature_over_the_raw_bytes_is_good() -> None:
    body = fixture("instagram/live_comment.json")
    meta.verify(SECRETS, signed(body), body)


def test_one_flipped_bit_anywhere_is_refused() -> None:
    body = fixture("instagram/live_comment.json")
    headers = signed(body)
    for place in range(len(body)):
        for bit in (0, 7):
            flipped = bytearray(body)
            flipped[place] ^= 1 << bit
            with pytest.raises(BadSignature):
                meta.verify(SECRETS, headers, bytes(flipped))


def test_one_flipped_bit_of_the_signature_is_refused() -> None:
    body = b'{"object":"instagram"}'
    good = signed(body)["x-hub-signature-256"]
    for place in range(len("sha256="), len(good)):
        bad = good[:place] + chr(ord(good[place]) ^ 1) + good[place + 1 :]
        with pytest.raises(BadSignature):
            meta.verify(SECRETS, {"x-hub-signature-256": bad}, body)


def test_a_body_whose_letters_a_proxy_wrote_out_still_has_its_signature() -> None:
    document = {"text": "Қайда 😀 өтініш"}
    as_signed = json.dumps(document).encode()
    written_out = json.dumps(document, ensure_ascii=False).encode()
    assert as_signed != written_out
    meta.verify(SECRETS, signed(as_signed), written_out)
    with pytest.raises(BadSignature):
        meta.verify(SECRETS, signed(as_signed), written_out.replace("Қ".encode(), "К".encode()))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-hub-signature-256": ""},
        {"x-hub-signature-256": "sha256="},
        {"x-hub-signature-256": "sha1=0"},
        {"x-hub-signature-256": "sha256=қазақша"},
        {"x-hub-signature": signed(b"{}")["x-hub-signature-256"]},
    ],
)
def test_without_a_proper_signature_nothing_is_believed(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        meta.verify(SECRETS, headers, b"{}")


def test_without_a_secret_of_ours_nothing_is_believed() -> None:
    with pytest.raises(BadSignature):
        meta.verify({}, signed(b"{}", ""), b"{}")


def test_invalid_utf8_is_no_reason_to_fail_otherwise() -> None:
    with pytest.raises(BadSignature):
        meta.verify(SECRETS, signed(b"{}"), b'{"text":"\xff\xfe"}')


def test_the_handshake_repeats_the_challenge_to_who_knows_the_word() -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "сөз"}
    answer = meta.handshake(SECRETS, "GET", query)
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"1158201444")
    assert meta.handshake(SECRETS, "POST", query) is None


@pytest.mark.parametrize(
    "change",
    [
        {"hub.verify_token": "сөс"},
        {"hub.verify_token": ""},
        {"hub.mode": "unsubscribe"},
        {"hub.challenge": "<script>"},
        {"hub.challenge": ""},
    ],
)
def test_the_handshake_tells_nobody_else_anything(change: dict[str, str]) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": "сөз"}
    answer = meta.handshake(SECRETS, "GET", query | change)
    assert answer is not None
    assert (answer.status, answer.body) == (403, b"")
    without = meta.handshake({}, "GET", query | {"hub.verify_token": ""})
    assert without is not None
    assert without.status == 403


# --- Errors ------------------------------------------------------------------------------------------


def answered(status: int, document: Any, headers: dict[str, str] | None = None) -> httpx2.Response:
    return httpx2.Response(status, content=json.dumps(document).encode(), headers=headers)


def failed(
    status: int, code: int, subcode: int = 0, headers: dict[str, str] | None = None
) -> GraphError:
    error = {"code": code, "error_subcode": subcode}
    with pytest.raises(GraphError) as caught:
        graph.read(answered(status, {"error": error}, headers), NOON)
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "subcode", "kind", "word"),
    [
        (400, 190, 463, SignInAgain, "token"),
        (401, 0, 0, SignInAgain, "token"),
        (403, 10, 0, SignInAgain, "permission"),
        (403, 200, 0, SignInAgain, "permission"),
        (400, 4, 0, Throttled, "slower"),
        (400, 17, 0, Throttled, "slower"),
        (400, 32, 0, Throttled, "slower"),
        (400, 613, 0, Throttled, "slower"),
        (400, 80002, 0, Throttled, "slower"),
        (429, 0, 0, Throttled, "slower"),
        (500, 1, 0, Transient, "server"),
        (503, 2, 0, Transient, "server"),
        (400, 100, 33, Refused, "gone"),
        (404, 0, 0, Refused, "gone"),
        (400, 20, 1772107, Refused, "refused"),
        (200, 100, 0, Refused, "refused"),
    ],
)
def test_graphs_numbers_in_our_words(
    status: int, code: int, subcode: int, kind: type[SourceError], word: str
) -> None:
    error = failed(status, code, subcode)
    assert type(error.known) is kind
    assert error.known.code == word


def test_a_platforms_own_words_never_reach_ours() -> None:
    error = {"code": 190, "message": "token EAAB-secret expired"}
    with pytest.raises(GraphError) as caught:
        graph.read(answered(400, {"error": error}), NOON)
    assert "EAAB" not in f"{caught.value!r} {caught.value} {caught.value.known}"


def test_throttling_lasts_as_long_as_meta_says() -> None:
    usage = {"x": [{"type": "instagram", "call_count": 100, "estimated_time_to_regain_access": 19}]}
    header = {"X-Business-Use-Case-Usage": json.dumps(usage)}
    known = failed(400, 4, headers=header).known
    assert isinstance(known, Throttled)
    assert known.until == NOON + timedelta(minutes=19)
    known = failed(429, 0, headers={"Retry-After": "30"}).known
    assert isinstance(known, Throttled)
    assert known.until == NOON + timedelta(seconds=30)
    known = failed(400, 4).known
    assert isinstance(known, Throttled)
    assert known.until == NOON + graph.UNSAID_PAUSE


def test_a_warning_on_a_good_answer_becomes_a_pause() -> None:
    calm = {"X-App-Usage": '{"call_count":28,"total_time":25,"total_cputime":25}'}
    assert graph.read(answered(200, {"data": []}, calm), NOON).pause_s == 0
    full = {"X-App-Usage": '{"call_count":100,"total_time":25,"total_cputime":25}'}
    assert graph.read(answered(200, {"data": []}, full), NOON).pause_s == 300
    broken = {"X-App-Usage": "{", "X-Business-Use-Case-Usage": "[1]"}
    assert graph.read(answered(200, {"data": []}, broken), NOON).pause_s == 0


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b"null", b'{"data":', b"\xff"])
def test_an_answer_that_is_no_json_is_a_passing_fault(body: bytes) -> None:
    with pytest.raises(GraphError) as caught:
        graph.read(httpx2.Response(200, content=body), NOON)
    assert isinstance(caught.value.known, Transient)


# --- Reading -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"a":NaN}', b"\xff\xfe{}", b"[" * 100_000, b'{"a":' + b"9" * 5000 + b"}"],
)
def test_what_is_no_json_is_not_understood(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        reading.load(body)


def test_ids_are_strings_whatever_they_look_like() -> None:
    assert reading.ident(9223372036854775807) == "9223372036854775807"
    assert reading.ident("17900000000000042") == "17900000000000042"
    no_ids: list[object] = [1.79e16, True, None, [], "x" * 256]
    assert [reading.ident(one) for one in no_ids] == [""] * len(no_ids)


def test_times_of_every_kind() -> None:
    assert reading.epoch("1764230400") == reading.epoch(1764230400000) == reading.epoch(1764230400)
    odd: list[object] = [0, -1, True, "soon", 1e9, 10**30, None]
    assert [reading.epoch(value) for value in odd] == [None] * len(odd)
    told = reading.iso("2026-11-20T10:00:02+0000")
    assert told is not None
    assert told.isoformat() == "2026-11-20T10:00:02+00:00"
    untold: list[object] = ["2026-11-20T10:00:02", "x", None, 5, "0001-01-01T00:00:00+23:00"]
    assert [reading.iso(value) for value in untold] == [None] * len(untold)
