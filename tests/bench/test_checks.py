"""What a crowd's report must not get away with."""

from typing import Any

import pytest

from bench import checks

STAMPS = [10_000_000 * index for index in range(101)]


def report(**changed: Any) -> dict[str, Any]:
    clean = dict.fromkeys(
        (
            "muted",
            "doubled",
            "reordered",
            "gaps",
            "fragments",
            "closed",
            "torn",
            "reloads",
            "errors",
        ),
        0,
    )
    return {
        **clean,
        "size": 3,
        "codes": {},
        "frames": [{"seq": seq, "count": 3, "at": STAMPS} for seq in (5, 6)],
        "paths": [{"clients": 3, "back": [1, 0]}],
        **changed,
    }


def frame(seq: int, *put: int, drop: tuple[int, ...] = ()) -> dict[str, Any]:
    return {"seq": seq, "put": [{"id": 0}, *({"id": number} for number in put)], "drop": drop}


def test_a_clean_report_has_no_faults() -> None:
    assert checks.faults(report(), "us", each_seq=True, seqs=[5, 6]) == []


@pytest.mark.parametrize(
    "name", ["doubled", "reordered", "fragments", "closed", "torn", "reloads", "errors", "gaps"]
)
def test_each_kind_of_fault_is_told(name: str) -> None:
    found = checks.faults(report(**{name: 2}), "us", each_seq=True)
    assert len(found) == 1
    assert found[0].startswith("us: 2 ")


def test_close_codes_are_named() -> None:
    found = checks.faults(report(closed=2, codes={"4408": 2}), "us", each_seq=True)
    assert "4408" in found[0]


def test_a_frame_that_not_everybody_had_is_lost() -> None:
    lost = report(frames=[{"seq": 5, "count": 2, "at": STAMPS}])
    assert checks.faults(lost, "us", each_seq=True, seqs=[5]) == ["us: place 5 reached 2 of 3"]
    assert checks.faults(report(), "us", each_seq=True, seqs=[7]) == ["us: place 7 reached 0 of 3"]


def test_who_never_reads_is_not_counted_on() -> None:
    lost = report(muted=1, frames=[{"seq": 5, "count": 2, "at": STAMPS}])
    assert checks.faults(lost, "us", each_seq=True, seqs=[5]) == []


def test_places_may_be_skipped_where_frames_are_coalesced() -> None:
    assert checks.faults(report(gaps=4), "us", each_seq=False, seqs=[5]) == []


def test_a_frame_may_tell_of_many_changes() -> None:
    messages = [frame(5, 1), frame(8, 2, 3)]
    assert checks.uncovered(report(), messages, [(5, 1), (6, 2), (8, 3)], "us") == []


def test_a_change_that_was_passed_over_is_found() -> None:
    messages = [frame(5, 1), frame(8, 3)]
    assert checks.uncovered(report(), messages, [(6, 2)], "us") == [
        "us: 3 never saw No. 2 change at 6"
    ]


def test_a_change_after_the_last_frame_is_found() -> None:
    assert checks.uncovered(report(), [frame(5, 1), frame(6, 2)], [(7, 2)], "us") != []


def test_a_dropped_card_is_news_of_it() -> None:
    assert checks.uncovered(report(), [frame(5), frame(6, drop=(4,))], [(6, 4)], "us") == []


def test_one_path_that_differs_is_enough() -> None:
    paths = [{"clients": 2, "back": [1, 0]}, {"clients": 1, "back": [0]}]
    found = checks.uncovered(report(paths=paths), [frame(5, 1), frame(6, 2)], [(6, 2)], "us")
    assert found == ["us: 1 never saw No. 2 change at 6"]


def test_waiting_is_counted_from_when_it_was_due() -> None:
    times = checks.latencies(report(), {5: 0, 6: -10_000_000})
    assert times[5][0][:3] == [0, 10, 20]
    assert times[6][0][:3] == [10, 20, 30]
    assert times[6][1] == 3


def test_who_was_coalesced_into_a_later_frame_waited_for_that() -> None:
    late = report(frames=[{"seq": 9, "count": 3, "at": [50_000_000] * 101}])
    assert checks.latencies(late, {7: 0})[7] == ([50.0] * 101, 3)
    assert checks.latencies(late, {10: 0}) == {}


def test_deliveries() -> None:
    assert checks.deliveries(report()) == 6
