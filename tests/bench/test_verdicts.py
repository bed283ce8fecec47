"""What the bench claims, and when it refuses to."""

import json

import pytest

from bench import show
from bench.verdicts import Bar, Outcome, Verdict, is_good, judge

RATIO = Bar("ours ÷ theirs", 2.0, "×")
COUNT = Bar("lost", 0, relative=False)
RATE = Bar("a second", 1000, "/s", at_least=True, relative=False)


def outcome(bar: Bar = RATIO, measured: float | None = 1.5, **given: object) -> Outcome:
    made = Outcome("name", "Title")
    for name, value in given.items():
        setattr(made, name, value)
    made.measure(bar, measured, "why")
    return made


def verdict(made: Outcome, noise: float | None = 0.05) -> Verdict:
    return judge(made, noise)[0].verdict


@pytest.mark.parametrize(
    ("bar", "measured", "wanted"),
    [
        (RATIO, 2.0, Verdict.MET),
        (RATIO, 2.01, Verdict.MISSED),
        (RATE, 1000, Verdict.MET),
        (RATE, 999, Verdict.MISSED),
        (COUNT, 0, Verdict.MET),
        (COUNT, 1, Verdict.MISSED),
    ],
)
def test_a_bar_is_met_or_missed(bar: Bar, measured: float, wanted: Verdict) -> None:
    assert verdict(outcome(bar, measured)) is wanted


def test_a_noisy_machine_gets_no_claim_either_way() -> None:
    assert verdict(outcome(measured=1.0), noise=0.16) is Verdict.NOISY
    assert verdict(outcome(measured=9.0), noise=0.16) is Verdict.NOISY
    assert verdict(outcome(measured=1.0), noise=0.15) is Verdict.MET
    assert verdict(outcome(measured=1.0), noise=None) is Verdict.NOISY


def test_a_scenarios_own_pair_counts_too() -> None:
    assert verdict(outcome(noise=0.3)) is Verdict.NOISY
    assert verdict(outcome(noise=0.1)) is Verdict.MET


def test_what_stands_for_itself_is_judged_on_a_noisy_machine_too() -> None:
    assert verdict(outcome(COUNT, 0), noise=0.9) is Verdict.MET
    assert verdict(outcome(COUNT, 3), noise=0.9) is Verdict.MISSED


def test_a_busy_generator_voids_the_run() -> None:
    made = outcome(generator={"a": 0.2, "b": 0.71})
    assert verdict(made) is Verdict.VOID
    assert "71%" in judge(made, 0.0)[0].why
    assert verdict(outcome(generator={"a": 0.70})) is Verdict.MET


def test_any_fault_fails_all_bars_of_the_scenario() -> None:
    made = outcome(faults=["3 frames came twice"], generator={"a": 0.9})
    made.measure(COUNT, 0)
    assert [j.verdict for j in judge(made, 0.9)] == [Verdict.FAILED, Verdict.FAILED]
    assert "came twice" in judge(made, 0.9)[0].why


def test_what_could_not_be_measured_is_left_out_with_its_reason() -> None:
    judged = judge(outcome(measured=None), 0.0)
    assert (judged[0].verdict, judged[0].why) == (Verdict.LEFT_OUT, "why")
    assert judged[0].shown() == "–"


def test_only_missed_failed_and_void_end_badly() -> None:
    assert is_good(judge(outcome(measured=1.0), 0.0))
    assert is_good(judge(outcome(measured=9.0), 0.9))
    assert is_good(judge(outcome(measured=None), 0.0))
    assert not is_good(judge(outcome(measured=9.0), 0.0))
    assert not is_good(judge(outcome(faults=["x"]), 0.0))
    assert not is_good(judge(outcome(generator={"a": 0.9}), 0.0))


def test_every_bar_is_shown_the_missed_ones_too() -> None:
    made = outcome(measured=9.0)
    made.measure(COUNT, 0.0)
    made.measure(RATE, None, "no server here")
    judged = judge(made, 0.0)
    lines: list[str] = []
    show.bars({"name": judged}, lines.append)
    said = "\n".join(lines)
    for words in (
        "9.00×",
        "≤ 2.00×",
        "NOT MET",
        "≤ 0",
        "met",
        "≥ 1000 /s",
        "left out",
        "no server here",
    ):
        assert words in said
    saved = json.loads(json.dumps(show.as_json({}, {}, {}, [(made, judged, 1.0)])))
    assert [bar["verdict"] for bar in saved["scenarios"][0]["bars"]] == [
        "NOT MET",
        "met",
        "left out",
    ]
    assert saved["scenarios"][0]["bars"][0]["measured"] == 9.0


def test_faults_are_shown() -> None:
    lines: list[str] = []
    show.scenario(outcome(faults=[f"fault {n}" for n in range(12)]), 1.0, lines.append)
    said = "\n".join(lines)
    assert "FAULT fault 0" in said
    assert "12 faults in all" in said
