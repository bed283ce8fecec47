# ruff: noqa: T201 -- prints its table
"""What a moderator's click costs the process that answers it, and what comes of it on the screens.

In one process and without a network: CPU is this process' own, whatever else the machine does.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from streams.common import clock
from streams.live import reading, screens
from streams.questions import intake
from streams.receptions.models import Reception
from tests.cast import Cast, ask

ROUNDS = 40
WAITING = 20
MOVES: dict[str, dict[str, str]] = {
    "approve": {},
    "queue": {},
    "answer_text": {"text": "Ремонт запланирован на май.", "language": "ru"},
    "forward": {"body": "Акимат", "reason": "Дороги ведёт акимат."},
    "set_aside": {"reason": "greeting"},
}
_CARD = re.compile(r'id="card-(\d+)"')
_EXPECT = re.compile(r'name="expect" value="(\d+)"')


@dataclass
class Costs:
    """By what is done: statements of the first time, CPU of the others."""

    statements: dict[str, int] = field(default_factory=dict)
    cpu_s: dict[str, list[float]] = field(default_factory=dict)

    def of(self, name: str, do: Callable[[], Any]) -> Any:
        if name not in self.statements:
            with CaptureQueriesContext(connection) as asked:
                result = do()
            self.statements[name], self.cpu_s[name] = len(asked), []
            return result
        began = time.process_time()
        result = do()
        self.cpu_s[name].append(time.process_time() - began)
        return result

    def tell(self) -> None:
        print("\nWhat a click costs: statements, CPU ms (median)")
        for name, statements in self.statements.items():
            times = sorted(self.cpu_s[name])
            print(f"{name:34} {statements:4} {times[len(times) // 2] * 1000:8.1f}")


def measure(reception: Reception, cast: Cast) -> Costs:
    costs, desk = Costs(), Client(headers={"host": "localhost"})
    desk.force_login(cast.moderator, "django.contrib.auth.backends.ModelBackend")
    desk.cookies["language"] = "ru"
    for number in range(WAITING):
        ask(reception, f"Когда починят дорогу у дома {number}?")
    for number in range(ROUNDS):
        for move in MOVES:
            _one(costs, desk, reception, move, number)
    return costs


def _one(costs: Costs, desk: Client, reception: Reception, move: str, number: int) -> None:
    """A question comes in, and one is dealt, decided and given back."""
    address, card = f"/desk/{reception.no}/", {"HX-Request": "true", "HX-Target": "card"}
    text = f"Когда починят дорогу у школы {number}?"
    came = [intake.parse({"client_id": str(uuid.uuid4()), "text": text})]
    at = _place(reception)
    costs.of("arrival", lambda: intake.receive_many(reception.pk, came, now=clock.now()))
    _frames(costs, reception, at, "an arrival")
    html = costs.of("deal", lambda: desk.post(f"{address}deal/", headers=card)).content.decode()
    found, expect = _CARD.search(html), _EXPECT.search(html)
    assert found
    assert expect
    question = f"{address}questions/{found[1]}/"
    fields = {"move": move, "expect": expect[1], **MOVES[move]}
    costs.of("card", lambda: desk.get(question, headers=card))
    at = _place(reception)
    done = costs.of(f"move {move}", lambda: desk.post(f"{question}moves/", fields, headers=card))
    assert done.status_code == 200, done.content.decode()
    _frames(costs, reception, at, "a move")
    costs.of("side state, desk", lambda: reading.side(screens.get("desk"), reception.pk))
    costs.of("release", lambda: desk.post(f"{question}release/", headers={"HX-Request": "true"}))
    if not number % 10:
        costs.of("page of the desk", lambda: desk.get(address))


def _frames(costs: Costs, reception: Reception, cursor: int, what: str) -> None:
    for name in ("desk", "room", "studio"):
        costs.of(
            f"frame after {what}, {name}",
            partial(reading.since, screens.get(name), reception.pk, cursor, ("ru",)),
        )


def _place(reception: Reception) -> int:
    reception.refresh_from_db(fields=["last_seq"])
    return reception.last_seq
