"""Where evidence lies, and how much there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.agents.operations.evidence import (
    NO_SPEC,
    SOFT_LIMIT,
    command_path,
    cost_summary_path,
    statistics,
    synthesis_path,
    telemetry_path,
)

if TYPE_CHECKING:
    from pathlib import Path

SPEC = "SPEC-KIT-070"
AT = datetime(2025, 10, 26, 23, 30, tzinfo=UTC)


def test_each_kind_has_its_place(tmp_path: Path) -> None:
    paths = [
        cost_summary_path(tmp_path, SPEC),
        command_path(tmp_path, SPEC, "spec-plan", AT),
        telemetry_path(tmp_path, SPEC, "spec-plan", AT),
        synthesis_path(tmp_path, SPEC, "spec-plan"),
    ]

    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "costs/SPEC-KIT-070_cost_summary.json",
        "commands/SPEC-KIT-070/spec-plan_20251026T233000Z.json",
        "consensus/SPEC-KIT-070/spec-plan_20251026T233000Z_telemetry.json",
        "consensus/SPEC-KIT-070/spec-plan_synthesis.json",
    ]


def test_times_are_written_in_utc(tmp_path: Path) -> None:
    there = AT.astimezone(timezone(timedelta(hours=5)))

    assert command_path(tmp_path, SPEC, "a", there) == command_path(tmp_path, SPEC, "a", AT)
    with pytest.raises(ValueError, match="has no time zone"):
        command_path(tmp_path, SPEC, "a", AT.replace(tzinfo=None))


@pytest.mark.parametrize("name", ["", "../../etc", "a/b", "a b", "-x", ".", "x" * 81, "a\n"])
def test_a_name_that_is_no_name_of_a_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be part of a path"):
        cost_summary_path(tmp_path, name)


def test_files_and_bytes_are_counted_by_spec(tmp_path: Path) -> None:
    for name, size in {
        "costs/SPEC-1_cost_summary.json": 10,
        "costs/daily_summary.json": 5,
        "commands/SPEC-1/plan_1.json": 20,
        "consensus/SPEC-2/plan_1_telemetry.json": 30,
        "consensus/notes.md": 1,
        "other/SPEC-1/a.txt": 2,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)

    found = statistics(tmp_path)

    told = {spec: (each.files, each.bytes) for spec, each in found.by_spec.items()}
    assert told == {NO_SPEC: (3, 8), "SPEC-1": (2, 30), "SPEC-2": (1, 30)}
    assert (found.total.files, found.total.bytes) == (6, 68)
    assert not found.is_heavy
    assert found.unread == []


@pytest.mark.parametrize(("size", "heavy"), [(SOFT_LIMIT, False), (SOFT_LIMIT + 1, True)])
def test_the_soft_limit_is_inclusive(tmp_path: Path, size: int, heavy: bool) -> None:  # noqa: FBT001 - a column of the table
    with (tmp_path / "large").open("wb") as file:
        file.truncate(size)

    assert statistics(tmp_path).is_heavy is heavy


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    found = statistics(tmp_path / "missing")

    assert found.total.files == 0
    assert "missing" in found.unread[0]
