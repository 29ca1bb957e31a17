"""What a limit for drift alone holds: all that a project keeps, each call once."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from support.history import history
from support.kept import keep
from support.past import past, told

from pytest_specbudget.analysis.records import record_of
from pytest_specbudget.core.finding import result_of
from pytest_specbudget.histories.past import past_of
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.histories.past import Past

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIMIT = Settings(max_drift=Fraction(10), origins={"max_drift": "--spec-max-drift=10"})
IN_JUNE = "2025-06-01T10:00:00Z"


def stored(rootdir: Path, *calls: Charge) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    history(rootdir / ".specbudget/history", *map(record_of, told(*calls)))


def findings(found: Past) -> list[Finding]:
    return [one for gate in found.gates for one in getattr(gate, "findings", ())]


def test_a_drift_of_calls_that_nobody_added_yet_is_found(tmp_path: Path) -> None:
    stored(tmp_path, past(id="r/main/7/1"))
    before = past_of(LIMIT, tmp_path, {"now"}, NOW)
    keep(tmp_path, past("o3", id="r/main/7/2", at=IN_JUNE))

    since = past_of(LIMIT, tmp_path, {"now"}, NOW)

    assert [result_of(findings(one)) for one in (before, since)] == ["pass", "fail"]
    assert [one.subject for one in findings(since)] == ["openai/o3"]


def test_what_both_have_counts_once(tmp_path: Path) -> None:
    stored(tmp_path, past(id="r/main/7/1"), past(id="r/main/7/2"))
    keep(tmp_path, past(id="r/main/7/2"), past(id="r/main/7/3"))

    found = past_of(LIMIT, tmp_path, {"now"}, NOW)

    assert found.drift is not None
    assert (found.drift["total"]["calls"], found.drift["total"]["recorded_usd"]) == (3, "7.5")


def test_what_keeps_no_other_run_is_no_history(tmp_path: Path) -> None:
    keep(tmp_path, past(id="now/main/7/1"), run="now")

    found = past_of(LIMIT, tmp_path, {"now"}, NOW)

    assert found.drift is None
    assert [(one.rule, one.severity) for one in findings(found)] == [("price-drift", "warning")]


def test_where_nothing_can_be_priced_the_finding_names_the_limit_that_asked(tmp_path: Path) -> None:
    keep(tmp_path, run="other")

    found = past_of(LIMIT, tmp_path, {"now"}, NOW)

    (finding,) = findings(found)
    assert (finding.rule, finding.origin) == ("gate-unavailable", "--spec-max-drift=10")
    assert finding.subject == str(tmp_path / ".specbudget/journal")
