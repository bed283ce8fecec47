"""The web server: daphne, with the websocket protocol of ours and limits for thousands of viewers.

python -m liveqa.web --host 127.0.0.1 --port 8000
"""

# Installs Twisted's asyncio reactor: before anything else of Twisted.
from daphne.server import Server as DaphneServer  # isort: skip

import argparse
import gc
import os
import resource
import sys
from collections.abc import Sequence
from typing import Any

from twisted.internet import reactor as _reactor
from typing_extensions import override

from streams.live.wires import EXTENSION

# Its type is that of the one installed above, which Twisted's stubs can't know.
reactor: Any = _reactor
# Twisted's 50 lose handshakes in a storm, and each loss costs its client a second.
BACKLOG = 4096
HANDSHAKE_S = 20
# A phone changes its network cell in less; who is gone for longer comes back with a new socket.
PING_EVERY_S, PONG_WITHIN_S = 20, 20
_TURNS = 10
LONGEST_SOCKET_S = 8 * 3600
LONGEST_PAGE_S = 120


class Server(DaphneServer):  # type: ignore[misc]
    """Hands its protocol object to the application, for `streams.live.wires` to write to."""

    connections: dict[Any, dict[str, Any]]

    def __init__(self, application: Any, endpoints: Sequence[str]) -> None:
        super().__init__(
            application,
            endpoints=list(endpoints),
            http_timeout=LONGEST_PAGE_S,
            websocket_timeout=LONGEST_SOCKET_S,
            websocket_connect_timeout=HANDSHAKE_S,
            websocket_handshake_timeout=HANDSHAKE_S,
            ping_interval=PING_EVERY_S,
            ping_timeout=PONG_WITHIN_S,
            verbosity=0,
            ready_callable=self._ready,
            server_name=None,
        )
        self._ports: list[Any] = []
        # Connections that have ended, or whose application has.
        self._ending: set[Any] = set()
        self._turn = 0

    @override
    def listen_success(self, port: Any) -> None:
        self._ports.append(port)
        super().listen_success(port)

    @override
    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket":
            scope.setdefault("extensions", {})[EXTENSION] = {"protocol": protocol}
        queue = super().create_application(protocol, scope)
        if queue is not None:
            running = self.connections[protocol]["application_instance"]
            running.add_done_callback(lambda _: self._ending.add(protocol))
        return queue

    @override
    def protocol_disconnected(self, protocol: Any) -> None:
        super().protocol_disconnected(protocol)
        self._ending.add(protocol)

    @override
    def application_checker(self) -> None:
        """daphne's, every second, shown only those that have something to be seen: a look at each of 3,000
        was 3 ms."""
        everything = self.connections
        self.connections = {p: everything[p] for p in self._ending if p in everything}
        looked_at, self._ending = self._ending, set()
        try:
            super().application_checker()
        finally:
            self._ending |= self.connections.keys()
            for protocol in looked_at - self.connections.keys():
                everything.pop(protocol, None)
            self.connections = everything

    @override
    def timeout_checker(self) -> None:
        """Looks at each connection once in PING_EVERY_S, at a part of them every two seconds."""
        self._turn = (self._turn + 1) % _TURNS
        for protocol in list(self.connections):
            # By its place in memory, so that the others need not be touched.
            if (id(protocol) >> 6) % _TURNS == self._turn:
                protocol.check_timeouts()
        reactor.callLater(PING_EVERY_S / _TURNS, self.timeout_checker)

    @override
    def kill_all_applications(self) -> Any:
        # daphne expects one of each connection, also of those whose application has ended.
        self.connections = {
            protocol: details
            for protocol, details in self.connections.items()
            if "application_instance" in details
        }
        return super().kill_all_applications()

    def _ready(self) -> None:
        # Its limits are those of the application, which is loaded by now.
        from liveqa.drain import Drain  # noqa: PLC0415
        from liveqa.web_socket import Socket  # noqa: PLC0415

        # When the loop runs, Twisted has set its own handler, which this one replaces.
        reactor.callLater(0, Drain(self, self._ports, self.stop).on_sigterm)
        Socket.prepare(self.ws_factory)
        # What is loaded now stays: the collector need not walk it again while viewers are served.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)


def endpoint(host: str, port: int, *, backlog: int = BACKLOG) -> str:
    """Where to listen, as Twisted's endpoints are written."""
    family = "tcp6" if ":" in host else "tcp"
    address = host.replace("\\", "\\\\").replace(":", "\\:")
    return f"{family}:{port}:interface={address}:backlog={backlog}"


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m liveqa.web", description="The web server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--unix", metavar="PATH", help="a socket in the file system instead")
    parser.add_argument("--backlog", type=int, default=BACKLOG)
    return parser.parse_args(given)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liveqa.settings")
    # Beside a busy event loop a thread that comes back from the database waits so long for its turn.
    sys.setswitchinterval(0.001)
    # As many sockets as the system lets us have.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    said = arguments()
    if said.unix:
        listen = f"unix:{said.unix}:mode=660:backlog={said.backlog}"
    else:
        listen = endpoint(said.host, said.port, backlog=said.backlog)
    # Loads the apps.
    from liveqa.asgi import application  # noqa: PLC0415

    Server(application, [listen]).run()


if __name__ == "__main__":
    main()
