"""What SPECs cost over all runs: by a plain loop, and by DuckDB just the same."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from support.history import a_record, history

from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.spec_costs import spec_costs, spec_costs_of, spec_costs_sql
from pytest_specbudget.core.attribution import UNASSIGNED

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.analysis.records import Record


def test_a_replay_counts_at_list_cost_and_is_billed_nothing() -> None:
    records = [
        a_record("1"),
        a_record("2", source="replay"),
        a_record(None, outcome="failed"),
        a_record(None),
        a_record("8", spec=None),
        a_record("8", spec=UNASSIGNED),
    ]

    (told,) = spec_costs_of(map(named, records))

    assert (told.spec, told.stage, told.model) == ("SPEC-1", "plan", "gpt-5-mini")
    assert (told.calls, told.doubted) == (4, 1)
    assert (str(told.listed), str(told.billed)) == ("3", "1")


HEAD = a_record("1", id="one")
FURTHER = [a_record(None, id="one", part=part, model="o3", stage="tasks") for part in (2, 1)]


@pytest.mark.parametrize(
    ("records", "told"),
    [
        pytest.param([HEAD, *FURTHER], (1, 0), id="a call that is told as a whole"),
        pytest.param([*FURTHER, HEAD], (1, 0), id="a call whose first part comes last"),
        pytest.param(FURTHER, (1, 1), id="a call whose first part is not told"),
        pytest.param([a_record(None, part=1, outcome="failed")], (1, 0), id="a call that failed"),
        pytest.param([a_record(None, part=1, free=True)], (1, 0), id="a call that costs nothing"),
        pytest.param(
            [a_record("1", id="two", spec=None), a_record(None, id="two", part=1)],
            (0, 0),
            id="a call of another SPEC, told as a whole",
        ),
    ],
)
def test_a_call_of_which_only_a_further_part_is_told_is_of_unknown_cost(
    tmp_path: Path, records: list[Record], told: tuple[int, int]
) -> None:
    looped = spec_costs_of(map(named, records))

    assert (sum(one.calls for one in looped), sum(one.doubted for one in looped)) == told
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    assert spec_costs(history(tmp_path, *records).query(spec_costs_sql())) == looped


def test_duckdb_sums_every_kind_of_record_as_the_loop_does(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    kinds = product(
        ["live", "replay"],
        ["answered", "failed", "unknown"],
        ["complete", "partial"],
        [False, True],
        [None, "0.000000000000000001"],
        [None, "plan"],
    )
    records = [
        a_record("1", spec=UNASSIGNED),
        a_record("1", spec=None),
    ]
    records += [
        a_record(cost, source=source, outcome=outcome, usage_state=state, free=free, stage=stage)
        for source, outcome, state, free, cost, stage in kinds
    ]

    stored = history(tmp_path, *records).query(spec_costs_sql())

    assert spec_costs(stored) == spec_costs_of(map(named, records))
