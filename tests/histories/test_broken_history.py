"""A history that a database cannot read leaves gates open; it never ends a run as our own bug."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from support.history import a_record, history

from pytest_specbudget.core.finding import result_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.histories.drifting import drift_gate
from pytest_specbudget.histories.spent import spent
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("duckdb")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Make a history whose one file looks whole and is not; return that file."""
    history(tmp_path, a_record())
    (file,) = tmp_path.glob("day=*/*")
    content = bytearray(file.read_bytes())
    content[4:200] = bytes(196)
    file.write_bytes(content)
    return file


def test_the_gate_of_a_broken_history_is_unavailable(broken: Path) -> None:
    settings = Settings(history=broken.parents[1], max_drift=Fraction(10))

    (finding,), summary = drift_gate(settings, NOW)

    assert (finding.rule, summary) == ("gate-unavailable", None)
    assert result_of([finding]) == "inconclusive"
    assert f"{broken}: damaged inside (" in finding.message


def test_what_a_broken_history_spent_is_unknown(broken: Path) -> None:
    with pytest.raises(JournalError, match="damaged inside"):
        spent(broken.parents[1], today=date(2026, 11, 22))
