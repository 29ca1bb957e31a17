from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.comparisons import hostile_compared, regressed
from support.gold import agree
from support.reports import passing, row

from pytest_specbudget.reports.gitlab_metrics import render

if TYPE_CHECKING:
    from pytest_specbudget.reports.report import Report

GOLD = Path(__file__).parent / "gold"
SAMPLE = re.compile(
    r'specbudget_\w+(?:\{\w+="(?:[^"\\\n]|\\["\\n])*"\})? -?\d+(?:\.\d+)?',
    re.ASCII,
)


def samples(report: Report) -> list[str]:
    return [line for line in render(report).splitlines() if not line.startswith("# ")]


def as_gitlab_reads(line: str) -> list[str]:
    """Split a line as GitLab does: without comments, in the manner of a shell."""
    return shlex.split(re.sub("#.*$", "", line))


@pytest.mark.parametrize(
    ("name", "report"),
    [
        pytest.param("regressed", regressed(), id="a SPEC that became dearer"),
        pytest.param("hostile", hostile_compared(), id="names that would break out"),
    ],
)
def test_the_metrics_are_what_was_accepted(name: str, report: Report) -> None:
    agree(render(report), GOLD / f"gitlab_metrics_{name}.txt")


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(regressed(), id="a SPEC that became dearer"),
        pytest.param(hostile_compared(), id="names that would break out"),
    ],
)
def test_every_line_is_a_sample_for_every_reader(report: Report) -> None:
    assert render(report).endswith("# EOF\n")
    for line in samples(report):
        assert SAMPLE.fullmatch(line)
        assert len(as_gitlab_reads(line)) == 2


def test_names_that_look_alike_stay_two() -> None:
    alike = [row(name, "1") for name in ("a\nb", "a\\nb", 'a"b', "a#b", "a\\x23b")]

    names = [line.rsplit(" ", 1)[0] for line in samples(replace(passing(), specs=tuple(alike)))]

    assert len({*names}) == len(names)


def test_amounts_are_exact() -> None:
    least = replace(passing(), specs=(row("A", "0.000000000000000001"),))

    assert 'specbudget_list_cost_usd{spec="A"} 0.000000000000000001' in samples(least)


def test_the_rise_and_what_it_comes_from_are_metrics() -> None:
    shown = samples(regressed())

    assert "specbudget_rise_usd 0.14" in shown
    assert 'specbudget_rise_usd{spec="BILLING"} -0.01' in shown
    assert 'specbudget_rise_effect_usd{of="calls"} 0.1' in shown
    assert not [line for line in samples(passing()) if "rise" in line]


def test_a_cost_of_which_nothing_is_known_is_no_zero() -> None:
    report = replace(passing(), specs=(row("A", "0", unpriced_calls=1), row("B", "0")))

    told = render(report)

    assert 'specbudget_list_cost_usd{spec="A"}' not in told
    assert 'specbudget_list_cost_usd{spec="B"} 0\n' in told
    assert 'specbudget_unbounded_calls{spec="A"} 1\n' in told
