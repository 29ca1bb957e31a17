from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.comparisons import HOSTILE, hostile_compared, regressed
from support.gold import agree
from support.reports import exceeded, failing, near, passing, row, unpriced

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.finding import Verdict
from pytest_specbudget.reports.github import render

if TYPE_CHECKING:
    from pytest_specbudget.reports.report import Report

GOLD = Path(__file__).parent / "gold"


def read(line: str) -> tuple[str, dict[str, str], str]:
    """Read a command as the runner does (actions/runner, ActionCommand.TryParseV2)."""
    info, _, data = line.removeprefix("::").partition("::")
    command, _, rest = info.partition(" ")
    pairs = (pair.split("=", 1) for pair in rest.split(","))
    return command, {name: plain(text, ":", ",") for name, text in pairs}, plain(data)


def plain(text: str, *more: str) -> str:
    for char in ("\r", "\n", *more, "%"):
        text = text.replace(f"%{ord(char):02X}", char)
    return text


@pytest.mark.parametrize(
    ("name", "report"),
    [
        pytest.param("passing", passing(), id="a run that passes"),
        pytest.param("regressed", regressed(), id="a SPEC that became dearer"),
        pytest.param("failing", failing(unpriced()), id="a run that fails"),
        pytest.param("hostile", hostile_compared(), id="names that would break out"),
    ],
)
def test_the_commands_are_what_was_accepted(name: str, report: Report) -> None:
    agree(render(report), GOLD / f"github_{name}.txt")


def test_a_finding_is_shown_at_its_test() -> None:
    command, where, message = read(render(regressed()).splitlines()[1])

    assert command == "error"
    assert where == {
        "file": "tests/research/test_dive.py",
        "line": "22",
        "title": "cost-regression: RESEARCH",
    }
    assert message.startswith("cost-regression  RESEARCH rose from $0.952 to $1.102 (+15.8 %)")


@pytest.mark.parametrize(
    ("report", "level"),
    [
        pytest.param(passing(), "notice", id="passed"),
        pytest.param(failing(), "error", id="failed"),
        pytest.param(replace(failing(), mode="warn"), "warning", id="only warned"),
        pytest.param(replace(failing(), mode="observe"), "notice", id="only observed"),
    ],
)
def test_the_headline_comes_first_with_the_level_of_the_verdict(report: Report, level: str) -> None:
    command, where, message = read(render(report).splitlines()[0])

    assert (command, where) == (level, {"title": "spec budget"})
    assert "spec budget" in message


def test_no_more_than_github_shows_and_the_last_one_counts_the_rest() -> None:
    many = Verdict("fail", (unpriced(),) * 40 + (near(),) * 30)

    commands = [read(line) for line in render(replace(passing(), verdict=many)).splitlines()]

    assert [name for name, _, _ in commands] == ["error"] * 10 + ["warning"] * 10
    assert commands[9][2] == "and 32 more errors: the report has them all"
    assert commands[19][2] == "and 21 more warnings: the report has them all"


def test_what_is_read_is_what_was_named() -> None:
    _, where, message = read(render(hostile_compared()).splitlines()[1])

    assert where.keys() == {"title"}
    assert "::set-output name=a::b ##[set-output name=a]b %0A %25" in message
    assert "\\x1b[31m" in message
    assert HOSTILE not in message


def test_the_one_spec_of_an_unmarked_run_is_the_whole_run() -> None:
    alone = row(UNASSIGNED, "1.8312", ceiling="1.00")
    over = replace(exceeded(), subject=UNASSIGNED)
    report = replace(failing(), specs=(alone,), verdict=Verdict("fail", (over,)))

    _, named, _ = read(render(report).splitlines()[1])

    assert named == {"title": "budget-exceeded: whole run"}
