"""Where the gate is switched off nothing is known of what a test spends: that is not nothing."""

from __future__ import annotations

import io
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper, Identity
from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import MoneyError
from pytest_specbudget.plugin.spending import SpecSpend
from pytest_specbudget.settings.settings import Limit, Settings

if TYPE_CHECKING:
    from pathlib import Path

CEILING = Limit(scope="spec", subject=None, ceiling=Money.parse("0.0001"), origin="test")


@pytest.fixture
def spend(tmp_path: Path) -> SpecSpend:
    settings = Settings(limits=(CEILING,), asked=True, disabled=True)
    identity = Identity(run="r", worker="main", host="h")
    return SpecSpend(Bookkeeper(settings=settings, identity=identity, folder=tmp_path), "t.py::t")


@pytest.mark.parametrize(
    "figure", ["totals", "list_cost", "calls", "input_tokens", "output_tokens"]
)
def test_a_test_that_looks_at_a_figure_is_skipped_and_says_why(
    spend: SpecSpend, figure: str
) -> None:
    with pytest.raises(pytest.skip.Exception, match="SPECBUDGET_DISABLE is set"):
        getattr(spend, figure)


def test_a_block_is_held_to_nothing_and_its_ceiling_must_still_be_one(spend: SpecSpend) -> None:
    with spend.under("0.10"):
        pass

    with pytest.raises(MoneyError):
        spend.under("much")


def test_a_call_told_by_hand_has_its_price_which_no_meter_needs_and_no_alert(
    spend: SpecSpend,
) -> None:
    told = spend.record_agent_call("SPEC-1", "plan", None, "gpt-4o", 1_000_000, 0)

    assert told == (Decimal("2.50"), None)


def test_without_a_summary_it_is_said_on_standard_error(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("SPECBUDGET_DISABLE", "1")
    monkeypatch.setattr(sys, "__stderr__", errors := io.StringIO())
    pytester.makepyfile("def test_it(): pass")

    quiet = ("-p", "no:faulthandler", "-p", "no:terminal")
    result = pytester.runpytest_inprocess(
        "-p", "pytest_specbudget.plugin", *quiet, "--spec-budget=1"
    )

    assert result.ret == 0
    assert "THE BUDGET GATE IS SWITCHED OFF" in errors.getvalue()


BROKEN = {
    "a setting": ("budget = 'much'", "def test_it(): pass"),
    "a file": ("budget =", "def test_it(): pass"),
    "prices": ("prices = ['gone.toml']", "def test_it(): pass"),
    "known staleness": ("known_stale = 'gone.toml'", "def test_it(): pass"),
    "a marker": (
        "budget = 2",
        "import pytest\n@pytest.mark.spec('A', bugdet=1)\ndef test_it(): pass",
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_makes_no_sense_ends_no_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    settings, tests = BROKEN[broken]
    pytester.makefile(".toml", specbudget=settings)
    pytester.makeini("[pytest]")
    pytester.makepyfile(tests)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    refused = pytester.runpytest_inprocess("-p", "pytest_specbudget.plugin")
    monkeypatch.setenv("SPECBUDGET_DISABLE", "1")
    done = pytester.runpytest_inprocess("-p", "pytest_specbudget.plugin")

    assert (refused.ret, done.ret) == (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.OK)
    done.stdout.fnmatch_lines(["*THE BUDGET GATE IS SWITCHED OFF*"])


def test_what_makes_no_sense_is_told_all_the_same(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyprojecttoml("[tool.specbudget]\nbudget = 'much'")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("SPECBUDGET_DISABLE", "1")

    done = pytester.runpytest_inprocess("-p", "pytest_specbudget.plugin")

    done.stdout.fnmatch_lines(['budget = "much" in pyproject.toml*is not an amount*'])
