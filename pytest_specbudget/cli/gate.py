"""`specbudget gate`: judge a stored report or a journal again, without running a test.

A journal is judged anew, and enforced whatever mode its runs had: shards that only observe leave
the judging to this.  A stored report that only observed stays so, unless new ceilings are given.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.gate import Ceiling
from pytest_specbudget.cli._loading import is_journal, load_report
from pytest_specbudget.cli._output import complain, terminal_text
from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import JournalError, MoneyError, SettingError
from pytest_specbudget.reports.rejudge import Ceilings, rejudge
from pytest_specbudget.settings.amounts import percent_of
from pytest_specbudget.settings.values import baseline_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.settings.values import BaselineSource

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "judge a stored report again, without running a test"
EXAMPLE = "specbudget gate spend.json --budget 2.00 --budget RESEARCH=3.50"

_Budget = tuple[str, Ceiling]
_EVERY_SPEC = ""


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "path", type=Path, metavar="REPORT", help="a stored JSON report, a journal, or its folder"
    )
    parser.add_argument(
        "--budget",
        action="append",
        default=[],
        type=_budget,
        metavar="[SPEC=]USD",
        help="a ceiling for every SPEC, or for one; replaces the stored one; repeatable",
    )
    parser.add_argument(
        "--baseline",
        type=_baseline,
        metavar="PATH|git:REV",
        help="compare the calls of a journal with this, in place of what its run was compared with",
    )
    parser.add_argument(
        "--max-regression",
        type=_percent,
        metavar="PCT",
        help="by how many percent anything may be dearer than the baseline",
    )


def run(arguments: argparse.Namespace) -> int:
    """Judge and return 0 if the report passes, else 1."""
    try:
        stored = _stored(arguments)
    except JournalError as error:
        complain(error)
        return 1
    except SettingError as error:
        complain(error)
        return 2
    ceilings = _ceilings(arguments.budget)
    _doubt(stored, ceilings.named)
    report = rejudge(stored, ceilings)
    sys.stdout.write(terminal_text(report))
    return 0 if report.verdict.passed else 1


def _budget(text: str) -> _Budget:
    spec, _, amount = text.rpartition("=")
    try:
        return spec, Ceiling(amount=Money.parse(amount), origin=f"--budget {text}")
    except MoneyError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _baseline(text: str) -> BaselineSource:
    try:
        return baseline_of(text, f"--baseline {text}")
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _percent(text: str) -> Fraction:
    try:
        return percent_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _stored(arguments: argparse.Namespace) -> Report:
    asked = {"baseline": arguments.baseline, "max_regression": arguments.max_regression}
    changed = {name: value for name, value in asked.items() if value is not None}
    if changed or is_journal(arguments.path):
        return load_report(arguments.path, partial(replace, explicit_mode="enforce", **changed))
    return load_report(arguments.path)


def _ceilings(budgets: Iterable[_Budget]) -> Ceilings:
    named = dict(budgets)
    each = named.pop(_EVERY_SPEC, None)
    return Ceilings(each=each, named=named)


def _doubt(report: Report, specs: Iterable[str]) -> None:
    """Say which SPECs have no charge in the report, since a misspelt one would always pass."""
    known = [row.name for row in report.specs]
    for spec in specs:
        if spec not in known:
            near = difflib.get_close_matches(spec, known, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            complain(f'no call of SPEC "{spec}" is in the report{hint}')
