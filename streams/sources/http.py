"""The one way out to platforms: time limits, size limits, and no way into the house's own network."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterable
from functools import cache
from typing import Any, cast

import httpcore2
import httpx2
from django.conf import settings
from typing_extensions import override

from streams.sources.addresses import Network, may_call
from streams.sources.errors import Refused, SourceError, Transient

TIMEOUT = httpx2.Timeout(30.0, connect=5.0, write=10.0, pool=5.0)
# Of one answer, whatever its headers claim. A request may say its own with `extensions={"max_bytes": …}`.
MAX_BYTES = 16 * 1024 * 1024
_AGENT = "LiveQA"


def client() -> httpx2.AsyncClient:
    """A client for connectors; whoever makes it closes it. It follows no redirect unless told to."""
    return httpx2.AsyncClient(
        transport=_Guarded(settings.SOURCES_PRIVATE_NETWORKS),
        timeout=TIMEOUT,
        trust_env=False,
        follow_redirects=False,
        headers={"user-agent": _AGENT},
    )


def explain(error: httpx2.HTTPError | httpx2.StreamError | OSError) -> SourceError:
    """What a failed call means, in our own words: the library's may hold the address with its token."""
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Transient("tls")
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Transient("dns")
    if isinstance(error, httpx2.TimeoutException | TimeoutError):
        return Transient("timeout")
    if isinstance(error, httpx2.UnsupportedProtocol):
        return Refused("address")
    if isinstance(error, httpx2.RemoteProtocolError | httpx2.ReadError):
        return Transient("cut_off")
    return Transient("network")


def _causes(error: BaseException | None) -> Iterable[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@cache
def _trusted() -> ssl.SSLContext:
    """Whom we believe to be who they say. Read once: it takes longer than a call."""
    return httpx2.create_ssl_context(trust_env=False)


class _Guarded(httpx2.AsyncHTTPTransport):
    def __init__(self, allowed: Iterable[Network]) -> None:
        super().__init__(verify=_trusted(), trust_env=False)
        # The transport has no parameter for it, the pool has.
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=_trusted(),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=30.0,
            network_backend=_PublicOnly(allowed),
        )

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        limit = request.extensions.get("max_bytes", MAX_BYTES)
        response = await super().handle_async_request(request)
        body = cast("httpx2.AsyncByteStream", response.stream)
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=_Limited(body, limit),
            extensions=response.extensions,
        )


class _Limited(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, limit: int) -> None:
        self._inner, self._limit = inner, limit

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        got = 0
        async for part in self._inner:
            got += len(part)
            if got > self._limit:
                raise Transient("too_big")
            yield part

    @override
    async def aclose(self) -> None:
        await self._inner.aclose()


class _PublicOnly(httpcore2.AsyncNetworkBackend):
    """Resolves a name once, judges every address it has, and connects to one of those, not to the name.

    So neither a redirect nor a name that changes its mind leads to a private address.
    """

    def __init__(self, allowed: Iterable[Network]) -> None:
        self._allowed = tuple(allowed)
        self._inner = httpcore2.AnyIOBackend()

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await self._resolve(host, port, timeout)
        if not all(may_call(address, self._allowed) for address in addresses):
            raise Refused("private_address")
        failure: Exception = httpcore2.ConnectError("no address")
        for address in addresses[:4]:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _resolve(self, host: str, port: int, patience_s: float | None) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(patience_s):
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout("name") from error
        except (socket.gaierror, UnicodeError) as error:
            raise httpcore2.ConnectError("name") from (
                error if isinstance(error, socket.gaierror) else socket.gaierror()
            )
        return list(dict.fromkeys(str(address[0]) for *_rest, address in found))

    @override
    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.AsyncNetworkStream:
        raise Refused("address")

    @override
    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)
