"""The way out: what may be called, what may not, and what a failure is called."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_network
from typing import Any

import httpx2
import pytest
from aiohttp import web
from pytest_django import Settings

from liveqa.redaction import redact
from streams.sources import http
from streams.sources.addresses import BadAddress, checked_url, may_call
from streams.sources.errors import Refused, Transient
from tests.patience import PATIENCE_S

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    "2002:a00:1::1", "2001:0:1:1:1:1:80ff:fffe", "2001:db8::1", "not an address", "",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8",
    "142.250.74.46",
    "2a00:1450:4010:c0f::5f",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused(address: str) -> None:
    assert not may_call(address, ())


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_called(address: str) -> None:
    assert may_call(address, ())


def test_a_setting_opens_a_network_and_no_other() -> None:
    allowed = [ip_network("10.1.0.0/16"), ip_network("fd12::/32")]
    assert may_call("10.1.2.3", allowed)
    assert may_call("fd12::7", allowed)
    assert may_call("::ffff:10.1.2.3", allowed)
    assert not may_call("10.2.2.3", allowed)
    assert not may_call("127.0.0.1", allowed)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", "scheme"),
        ("gopher://host/", "scheme"),
        ("//host/x", "scheme"),
        ("https://user@host/", "user"),
        ("https://host@evil.example:pw@host/", "user"),
        ("https:///x", "host"),
        ("https://ho st/", "host"),
        ("https://host:99999/", "host"),
        ("https://host:0/", "port"),
        ("https://host/#x", "fragment"),
        ("https://[::1/", "host"),
    ],
)
def test_strange_addresses_are_refused_when_entered(url: str, code: str) -> None:
    with pytest.raises(BadAddress) as caught:
        checked_url(url)
    assert caught.value.code == code


def test_good_addresses_lose_only_their_slash() -> None:
    assert checked_url(" https://graph.example/v26.0/ ") == "https://graph.example/v26.0"


@asynccontextmanager
async def serving(handler: Any) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{tail:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "127.1", "[::ffff:127.0.0.1]", "0"]
)
async def test_the_house_is_never_reached(settings: Settings, host: str) -> None:
    settings.SOURCES_PRIVATE_NETWORKS = []
    asked = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    async with serving(handler) as address, http.client() as client:
        port = address.rpartition(":")[2]
        with pytest.raises((Refused, httpx2.ConnectError)) as caught:
            await client.get(f"http://{host}:{port}/")
        if isinstance(caught.value, Refused):
            assert caught.value.code == "private_address"
    assert asked == []


async def test_a_redirect_is_judged_like_any_call(settings: Settings) -> None:
    """From an allowed address to one that isn't, even where redirects are followed."""
    settings.SOURCES_PRIVATE_NETWORKS = [ip_network("127.0.0.1/32")]

    async def handler(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"http://127.0.0.2:{request.url.port}/")

    async with serving(handler) as address, http.client() as client:
        assert (await client.get(f"http://{address}/")).status_code == 302
        with pytest.raises(Refused, match="private_address"):
            await client.get(f"http://{address}/", follow_redirects=True)


async def test_an_endless_answer_is_cut() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)

    async with serving(handler) as address, http.client() as client:
        with pytest.raises(Transient, match="too_big"):
            await client.get(f"http://{address}/", extensions={"max_bytes": 1_000_000})


async def _code_of(url: str, **options: Any) -> str:
    async with http.client() as client:
        with pytest.raises((httpx2.HTTPError, OSError)) as caught:
            await client.get(url, **options)
    return http.explain(caught.value).code  # type: ignore[arg-type]


async def test_failures_have_names() -> None:
    all_ended, open_now = asyncio.Event(), {"timeout", "cut_off", "tls"}

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        await hang_up(writer)

    async def torn(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
        await hang_up(writer)

    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        open_now.pop()
        if not open_now:
            all_ended.set()

    codes = {}
    for name, answer, wait_s in (("timeout", silent, 0.5), ("cut_off", torn, PATIENCE_S)):
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        codes[name] = await _code_of(f"http://127.0.0.1:{port}/", timeout=wait_s)
        if name == "cut_off":
            codes["tls"] = await _code_of(f"https://127.0.0.1:{port}/")
        server.close()
    codes["dns"] = await _code_of("http://no-such-host.invalid/")
    codes["network"] = await _code_of("http://127.0.0.1:1/")
    assert {name: code for name, code in codes.items() if code != name} == {}
    await all_ended.wait()


async def test_a_certificate_of_nobody_is_refused() -> None:
    context = ssl.create_default_context()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert httpx2.create_ssl_context(trust_env=False).verify_mode == ssl.CERT_REQUIRED


@pytest.mark.parametrize(
    "line",
    [
        "POST /in/5bb46f60-15a3-41ac-a6b5-d69dce65156f/SECRETSECRET/ 404",
        "GET https://api.telegram.org/bot123456:SECRETSECRET/getUpdates",
        "wss://io.socialstream.ninja/join/SECRETSECRET/4",
        "GET https://graph.example/x?access_token=SECRETSECRET&fields=id",
        "GET https://youtube.example/x?part=id&key=SECRETSECRET",
        "Authorization: Bearer SECRETSECRET",
        "client_secret=SECRETSECRET&grant_type=refresh_token",
        "whsec_SECRETSECRETSECRET==",
        "Conflict: /ru/q/SECRETSECRETSECRET-_Z012/withdraw/",
        "Gone: /overlay/SECRETSECRETSECRETSECRETSECRETSE/state/",
        "Unprocessable Entity: /overlay/remote/SECRETSECRETSECRETSECRETSECRETSE/",
        "GET /ws/overlay/SECRETSECRETSECRETSECRETSECRETSE/",
    ],
)
def test_tokens_are_blanked_in_any_line(line: str) -> None:
    assert "SECRET" not in redact(line)
    assert "***" in redact(line)
