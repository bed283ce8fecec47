"""`make run` from the outside: it answers, it stops when asked, and leaves nothing behind."""

import http.client
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.house.servers import CHECKOUT, command, environment
from tests.patience import PATIENCE_S, eventually
from tests.ports import free_port


class Running:
    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        assert process.stderr is not None
        self.process = process
        self.port = port
        self.said = ""
        while "Stop: Ctrl-C" not in self.said:
            line = process.stderr.readline()
            assert line, f"it ended: {self.said}"
            self.said += line

    def status(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request("GET", "/sign-in/", headers={"Host": f"localhost:{self.port}"})
            return connection.getresponse().status
        finally:
            connection.close()

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def running(data: Path, port: int) -> Iterator[Running]:
    ours = environment(data, PORT=str(port), DEMO="0")
    ours.pop("DJANGO_SETTINGS_MODULE", None)  # that of the tests
    with subprocess.Popen(
        command("run"), cwd=CHECKOUT, env=ours, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Running(process, port)
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def test_it_serves_pages_until_ctrl_c_and_then_leaves_nothing(data: Path) -> None:
    """After a kill -9 the start is an ordinary one, too, where the kernel tells children of it."""
    if sys.platform == "linux":
        killed_at_work(data)
    port = free_port()
    with running(data, port) as it:
        assert re.search(rf"answers at http://localhost:{port}/ after \d+ s", it.said)
        assert f"DATA_DIR={data} .venv/bin/python manage.py create_administrator" in it.said
        assert it.status() == 200

        it.process.send_signal(signal.SIGINT)

        assert it.process.wait(PATIENCE_S) == 0
        assert not it.listens()
    assert not (data / "services.json").exists()
    assert "database system is shut down" in (data / "log" / "postgres.log").read_text()


def killed_at_work(data: Path) -> None:
    with running(data, free_port()) as it:
        it.process.kill()
        it.process.wait(PATIENCE_S)
        eventually(lambda: not it.listens())
