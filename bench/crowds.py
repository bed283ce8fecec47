"""Crowds of the product, and the triggers for its frames."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable
from contextlib import ExitStack

from bench.anchors import servers
from bench.anchors.servers import Absent
from bench.backstage_client import Reception
from bench.contender import Contender, Trigger
from bench.context import Context
from bench.crowd import Crowd
from bench.product import Product

QUESTION = "Когда починят дорогу и уличное освещение на улице Абая, у старой школы?"


def watching(stack: ExitStack, ctx: Context, reception: Reception, viewers: int) -> Crowd:
    """Viewers who have loaded the page and opened its socket."""
    crowd = stack.enter_context(ctx.product.crowd(reception.no, core=ctx.crowd_core))
    crowd.join(viewers, seq=reception.seq)
    return crowd


def moving(product: Product, reception: Reception) -> Callable[[], Trigger]:
    """A moderator's move, by another process; timed from its commit."""

    def cause() -> Trigger:
        change = product.backstage.change(reception)
        return Trigger(change.seq, change.at, change.number)

    return cause


def receiving(product: Product, reception: Reception) -> Callable[[], Trigger]:
    """A question that another process has taken in; timed from its commit."""

    def cause() -> Trigger:
        change = product.backstage.receive(reception, 1)
        return Trigger(change.seq, change.at)

    return cause


def asking(reception: Reception, crowd: Crowd, viewers: int) -> Callable[[], Trigger]:
    """A viewer's question over the socket; timed from its sending. One viewer after the other."""
    asked = 0

    def cause() -> Trigger:
        nonlocal asked
        asked += 1
        reception.seq += 1
        at = crowd.say(
            asked % viewers,
            {"ask": {"client_id": str(uuid.uuid4()), "text": f"{QUESTION} {asked}"}},
        )
        return Trigger(reception.seq, at)

    return cause


def publishing(crowd: Crowd) -> Callable[[], Trigger]:
    """Of an anchor: its first client tells it to."""
    seq = 0

    def cause() -> Trigger:
        nonlocal seq
        seq += 1
        return Trigger(seq, crowd.say(0, {"publish": 1}))

    return cause


def anchors(
    stack: ExitStack, ctx: Context, names: tuple[str, ...], viewers: int
) -> tuple[list[Contender], list[str]]:
    """Those that can be had here with their crowds, and why the others can't."""
    frame, core = ctx.frame, ctx.server_core
    makers: dict[str, Callable[[], contextlib.AbstractContextManager[tuple[int, int]]]] = {
        "C loop": lambda: servers.c_loop(frame, core),
        "C loop again": lambda: servers.c_loop(frame, core),
        "Node ws": lambda: servers.node_ws(frame, core),
        "group_send": lambda: servers.plain_channels(frame, ctx.product.env["REDIS_URL"], core),
    }
    found, absent = [], []
    for name in names:
        try:
            port, pid = stack.enter_context(makers[name]())
        except Absent as why:
            absent.append(f"{name}: left out, {why}")
            continue
        crowd = stack.enter_context(Crowd(port, core=ctx.crowd_core))
        crowd.join(viewers, seq=0)
        roots = {"server": [pid]}
        if name == "group_send":
            roots["Valkey"] = [ctx.product.valkey]
        # Two dozen frames of group_send would take minutes.
        frames = min(3, ctx.sizes.frames) if name == "group_send" else ctx.sizes.frames
        found.append(Contender(name, crowd, roots, publishing(crowd), frames))
    return found, absent
