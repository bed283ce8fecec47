"""`make run`: servers, preparations, the application; in the foreground until Ctrl-C or SIGTERM."""

import contextlib
import http.client
import os
import shlex
import signal
import sys
import time
from collections.abc import Iterator
from typing import NoReturn

from liveqa.services import children, port
from liveqa.services.console import say
from liveqa.services.errors import ServicesError
from liveqa.services.pair import Pair, environment, hold, missing
from liveqa.services.parts import Kept, parts
from liveqa.services.places import CHECKOUT, Places, data_dir, open_places
from liveqa.services.servers import last_words

WEB_PATIENCE_S = 60.0
LOOK_S = 0.2


def run(since: float) -> int:
    """`since`: the moment make began, in seconds since the epoch, to say how long the start took."""
    host, number = port.host_and_port()
    if (found := port.trouble(host, number)) is not None:
        raise ServicesError(found)
    demo = _has_demo()
    places = open_places(data_dir())
    with contextlib.ExitStack() as stack:
        pair = stack.enter_context(hold(places, missing()))
        stack.enter_context(environment(pair.urls))
        said = _prepare(places, demo=demo)
        kept = parts(host, number, places.logs, demo=demo)
        stack.enter_context(_open_while(kept))
        _wait_for_pages(host, int(number), kept[0], places)
        with contextlib.suppress(KeyboardInterrupt, SystemExit):  # asked to stop: all is well
            _greet(host, number, places, said, since, demo=demo)
            _keep(pair, kept)
    return 0


def _has_demo() -> bool:
    value = os.environ.get("DEMO", "").strip().lower()
    if value in {"", "1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ServicesError(f"DEMO must be 1 or 0, not {value!r}.")


def _prepare(places: Places, *, demo: bool) -> str:
    """Migrate, compile, collect, fill. Returns what the demo has to say to the person here."""
    say("Preparing the database and the pages …")
    log = places.logs / "prepare.log"
    command = [sys.executable, "-m", "liveqa.prepare", *(["--demo"] if demo else [])]
    with log.open("wb") as output:
        child = children.start(command, env=os.environ, cwd=CHECKOUT, output=output)
        try:
            code = child.wait()
        finally:
            children.stop(child, (signal.SIGTERM, 10))
    if code != 0:
        raise ServicesError(f"The preparations failed. {last_words(log, 12)}")
    return log.read_text(encoding="utf-8", errors="replace").strip()


@contextlib.contextmanager
def _open_while(kept: list[Kept]) -> Iterator[None]:
    try:
        for part in kept:
            part.open()
        yield
    finally:
        # From here on a second Ctrl-C must not cut the servers off in the middle of stopping.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        say("Stopping …")
        for part in kept:
            part.ask_to_stop()
        for part in kept:
            part.close()


def _wait_for_pages(host: str, number: int, web: Kept, places: Places) -> None:
    log = places.logs / "web.log"
    deadline = time.monotonic() + WEB_PATIENCE_S
    while (status := _status(_reach(host), number)) is None:
        assert web.child is not None
        if web.child.poll() is not None:
            raise ServicesError(f"The web server stopped while starting. {last_words(log, 12)}")
        if time.monotonic() > deadline:
            raise ServicesError(f"No page after {WEB_PATIENCE_S:.0f} s; see {log}.")
        time.sleep(LOOK_S)
    if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ServicesError(f"The first page answers with {status}. {last_words(log, 12)}")


def _status(host: str, number: int) -> int | None:
    connection = http.client.HTTPConnection(host, number, timeout=20)
    try:
        connection.request("GET", "/", headers={"Host": f"localhost:{number}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _reach(host: str) -> str:
    """Where to knock when the server listens everywhere."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- compared, not bound


def _greet(host: str, number: str, places: Places, said: str, since: float, *, demo: bool) -> None:
    shown = "localhost" if _reach(host) in {"127.0.0.1", "::1"} else host
    say()
    say(f"LiveQA answers at http://{shown}:{number}/ after {time.time() - since:.0f} s.")
    if said:
        say(said)
    if not demo:
        say(f"The first administrator: {_command('create_administrator', places)}")
    if places.account is not None:
        say("Run by root: fine for trying; docs/operations.md says how to run it for real.")
    say(f"Data: {places.data}   Logs: {places.logs}   Stop: Ctrl-C")


def _command(name: str, places: Places) -> str:
    """To be copied: another shell doesn't know the DATA_DIR of this one."""
    here = "" if places.data == CHECKOUT / ".data" else f"DATA_DIR={shlex.quote(str(places.data))} "
    return f"{here}.venv/bin/python manage.py {name}"


def _keep(pair: Pair, kept: list[Kept]) -> NoReturn:
    everything = [*(Kept(s.name, s.start, child=s.child) for s in pair.servers), *kept]
    while True:
        for part in everything:
            part.look()
        time.sleep(LOOK_S)
