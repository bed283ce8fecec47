"""What a crowd's report says about frames: none lost, doubled or reordered, nobody closed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Report = Mapping[str, Any]


def faults(report: Report, who: str, *, each_seq: bool, seqs: Sequence[int] = ()) -> list[str]:
    """`each_seq`: every place is a frame of its own (nothing is coalesced), so a jump is a loss.
    `seqs`: the places that everybody must have had a frame for."""
    return [f"{who}: {fault}" for fault in _faults(report, each_seq, seqs)]


def _faults(report: Report, each_seq: bool, seqs: Sequence[int]) -> Iterator[str]:
    readers = report["size"] - report["muted"]
    for name, sentence in (
        ("doubled", "frames came twice"),
        ("reordered", "frames came after a newer one"),
        ("fragments", "frames came in pieces"),
        ("closed", "sockets were closed"),
        ("torn", "sockets broke"),
        ("reloads", "clients were told to reload"),
        ("errors", "errors were said"),
    ):
        if report[name]:
            codes = f" {dict(report['codes'])}" if name == "closed" else ""
            yield f"{report[name]} {sentence}{codes}"
    if each_seq and report["gaps"]:
        yield f"{report['gaps']} frames skipped a place"
    if each_seq:
        had = {frame["seq"]: frame["count"] for frame in report["frames"]}
        for seq in seqs:
            if had.get(seq, 0) != readers:
                yield f"place {seq} reached {had.get(seq, 0)} of {readers}"
                return


def latencies(report: Report, began: Mapping[int, int]) -> dict[int, tuple[list[float], int]]:
    """By place: the quantiles 0 to 100 of the milliseconds since `began`, and of how many receipts.

    A coalesced frame counts for each place it covers: who waited longest, waited longest.
    """
    frames = sorted(report["frames"], key=lambda frame: frame["seq"])
    found: dict[int, tuple[list[float], int]] = {}
    for seq, at in began.items():
        frame = next((f for f in frames if f["seq"] >= seq), None)
        if frame is not None:
            times = [(stamp - at) / 1e6 for stamp in frame["at"]]
            found[seq] = (times, frame["count"])
    return found


def deliveries(report: Report) -> int:
    return sum(int(frame["count"]) for frame in report["frames"])


def uncovered(
    report: Report,
    messages: Sequence[Mapping[str, Any]],
    wanted: Sequence[tuple[int, int]],
    who: str,
) -> list[str]:
    """Whether every client's path of frames tells of every change: `wanted` has the place of each and
    the number of its question. A frame may tell of many changes, none may be passed over."""
    for path in report["paths"]:
        frames = [messages[index] for index in reversed(path["back"])]
        places = [frame["seq"] for frame in frames]
        for seq, number in wanted:
            index = next((i for i, place in enumerate(places) if place >= seq), None)
            told = frames[index] if index is not None else {"put": [], "drop": []}
            if number not in {*(card["id"] for card in told["put"]), *told["drop"]}:
                return [f"{who}: {path['clients']} never saw No. {number} change at {seq}"]
    return []
