"""Recordings summed by model: shares, ranks, repeats."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from support.recorded import chat, write

from pytest_specbudget.core.money import Money
from pytest_specbudget.prices.pricing import Quote
from pytest_specbudget.recordings.library import recordings
from pytest_specbudget.recordings.statistics import Statistics, rank

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.exchange import Exchange
    from pytest_specbudget.core.reading import Reading

MODEL = "openai/gpt-4o"


def a_dollar(_reading: Reading, _exchange: Exchange) -> Quote:
    return Quote(list_cost=Money.parse(1), contracted_cost=Money.parse(1), price_id="p")


def statistics_of(*paths: Path) -> Statistics:
    statistics = Statistics()
    for path in paths:
        for recording in recordings(path, pytest.fail):
            statistics.add(recording, path.name, a_dollar)
    return statistics


@pytest.mark.parametrize(
    ("counts", "median", "high"),
    [
        pytest.param([], None, None, id="of nothing there is none"),
        pytest.param([7], 7, 7, id="one is all of them"),
        pytest.param([1, 2], 1, 2, id="of an even number the lower one"),
        pytest.param([3, 1, 2], 2, 3, id="in any order"),
        pytest.param(range(1, 11), 5, 9, id="ten"),
        pytest.param(range(1, 12), 6, 10, id="eleven"),
    ],
)
def test_ranks_are_counts_that_occurred(
    counts: list[int], median: int | None, high: int | None
) -> None:
    assert (rank(counts, 50), rank(counts, 90)) == (median, high)


def test_a_group_has_its_shares_and_its_failures(tmp_path: Path) -> None:
    calls = [chat(cached=250), chat("b"), chat("c", status=429), chat("d", status=429)]

    group = statistics_of(write(tmp_path / "a.yaml", *calls)).groups[MODEL]

    assert group.cached_share == Fraction(250, 2000)
    assert group.streamed_share == 0
    assert group.failures == {429: 2}
    assert group.outputs == [100, 100]


def test_equal_requests_are_repeats_wherever_they_are(tmp_path: Path) -> None:
    one = write(tmp_path / "a.yaml", chat(), chat())
    other = write(tmp_path / "b.yaml", chat(), chat("another"))

    (found,) = statistics_of(one, other).repeats()

    assert (found.times, found.files, found.model) == (3, {"a.yaml", "b.yaml"}, MODEL)
    assert found.list_cost == Money.parse(2)


def test_the_largest_come_first(tmp_path: Path) -> None:
    small = write(tmp_path / "a.yaml", chat())
    large = write(tmp_path / "b.yaml", chat("x" * 999))

    found = statistics_of(small, large).largest(1)

    assert found == [("b.yaml", large.stat().st_size)]
