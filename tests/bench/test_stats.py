"""Numbers of the bench: exact where they can be, refusing where there is nothing to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import stats

TIMES = st.lists(st.floats(0.001, 1e6), min_size=1, max_size=50)


@given(TIMES)
def test_a_spread_lies_between_its_ends(values: list[float]) -> None:
    found = stats.spread(values)
    assert found is not None
    assert found.least <= found.median <= found.most
    assert found.count == len(values)


def test_a_spread_of_nothing_is_none() -> None:
    assert stats.spread([]) is None


@given(TIMES, st.floats(0, 1))
def test_a_quantile_is_one_of_the_values(values: list[float], share: float) -> None:
    assert stats.quantile(values, share) in values


def test_the_ends_of_the_quantiles() -> None:
    values = [5.0, 1.0, 3.0]
    assert [stats.quantile(values, share) for share in (0, 0.5, 1)] == [1, 3, 5]
    with pytest.raises(ValueError, match="nothing"):
        stats.quantile([], 0.5)


def test_ratios_are_taken_round_by_round() -> None:
    assert stats.ratios([10, 30], [5, 10]) == [2, 3]
    with pytest.raises(ValueError, match="2 rounds beside 1"):
        stats.ratios([10, 30], [5])
    with pytest.raises(ValueError, match="took nothing"):
        stats.ratios([10], [0])


@given(TIMES, TIMES)
def test_a_pair_is_as_far_apart_from_either_side(first: list[float], second: list[float]) -> None:
    assert stats.deviation(first, second) == stats.deviation(second, first) >= 0


def test_how_far_a_pair_is_apart() -> None:
    assert stats.deviation([10, 10, 99], [12, 11.5, 12]) == pytest.approx(0.2)


def test_merged_quantiles_weigh_each_group_by_its_receipts() -> None:
    quick, slow = [1.0] * 101, [100.0] * 101
    assert stats.merged_quantile([(quick, 99), (slow, 1)], 0.5) == 1
    assert stats.merged_quantile([(quick, 90), (slow, 10)], 0.95) == 100
    assert stats.merged_quantile([(quick, 0), (slow, 10)], 0.01) == 100
    with pytest.raises(ValueError, match="nothing"):
        stats.merged_quantile([], 0.5)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (0.05, "0.05"), (9.87, "9.87"), (12.34, "12.3"), (1234.5, "1234")],
)
def test_three_figures(value: float, shown: str) -> None:
    assert stats.short(value) == shown
