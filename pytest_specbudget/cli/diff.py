"""`specbudget diff`: what a change costs, in seconds: no test is run, nothing is sent.

Whoever judges a pull request need not trust it: of a revision only recordings are read, of a
journal or a report only what has the right shape, and nothing of it is executed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.audit.acks import acknowledged
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.cli._diff_text import print_diff
from pytest_specbudget.cli._output import complain
from pytest_specbudget.comparisons.base import RECORDINGS_ONLY
from pytest_specbudget.comparisons.compared_report import report_of
from pytest_specbudget.comparisons.comparing import compared, limits_of
from pytest_specbudget.comparisons.opening import Opener
from pytest_specbudget.comparisons.sampling import are_samples, sampled_comparison
from pytest_specbudget.comparisons.sides import OneInstant
from pytest_specbudget.errors import BaselineError, CatalogueError, JournalError, SettingError
from pytest_specbudget.reports import FORMATS
from pytest_specbudget.reports.comparison_json import comparison_json
from pytest_specbudget.settings.acks_file import FILE_NAME, read_acks
from pytest_specbudget.settings.amounts import percent_of
from pytest_specbudget.settings.settings import read_settings
from pytest_specbudget.settings.values import PriceAt

if TYPE_CHECKING:
    from pytest_specbudget.audit.comparison import Comparison
    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.settings.settings import Settings

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "compare what two revisions, runs, baselines or reports cost"
EXAMPLE = "specbudget diff git:origin/main --max-regression 10"

_SCHEMA_VERSION = "1.0"
_DAMAGED, _WRONG_ARGUMENTS = 1, 2
_KINDS = "git:REV, a stored baseline, a JSON report, a journal, or a folder of journals"


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("base", metavar="BASE", help=f"{_KINDS}; of a revision its merge base")
    parser.add_argument(
        "head",
        metavar="HEAD",
        nargs="?",
        default=".",
        help="likewise, but a revision itself (default: the recordings in the working tree)",
    )
    parser.add_argument(
        "--max-regression",
        type=_percent,
        metavar="PCT",
        help="by how many percent anything may be dearer (default: the setting, else strict)",
    )
    parser.add_argument(
        "--strict-baseline", action="store_true", help="fail tests that the base does not have"
    )
    for side in ("base", "head"):
        parser.add_argument(
            f"--another-{side}",
            action="append",
            default=[],
            metavar="RUN",
            help=f"another live run of the {side}, a journal: samples are told from "
            "chance; repeatable",
        )
    parser.add_argument(
        "--repo", type=Path, default=Path(), metavar="DIR", help="where pytest runs (default: here)"
    )
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument("--json", action="store_true", help="one JSON object")
    formats.add_argument("--markdown", action="store_true", help="a comment on a pull request")


def run(arguments: argparse.Namespace) -> int:
    """Compare and return 0; 1 for a regression, an unknown cost, or what cannot be read."""
    if not arguments.repo.is_dir():
        complain(f'"{arguments.repo}" is no folder; name the one that pytest runs in')
        return _WRONG_ARGUMENTS
    try:
        settings = _settings(arguments)
        report = _compare(arguments, settings)
    except (SettingError, CatalogueError) as problem:
        complain(problem)
        return _WRONG_ARGUMENTS
    except (BaselineError, JournalError) as problem:
        complain(problem)
        return _DAMAGED
    _print(arguments, report)
    return report.exitstatus


def _percent(text: str) -> str:
    """Check *text*, and keep it as it was typed."""
    try:
        percent_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _settings(arguments: argparse.Namespace) -> Settings:
    """Read what is set where pytest runs; what is typed here comes first."""
    root = arguments.repo.resolve()
    settings = read_settings(options={}, environment=os.environ, rootdir=root)
    if settings.price_at.kind == "now":  # nothing is sent here that would have a time of its own
        settings = replace(settings, price_at=PriceAt(kind="time", time=datetime.now(UTC)))
    if arguments.strict_baseline:
        settings = replace(settings, strict_baseline=True)
    asked = arguments.max_regression
    if asked is None:
        return settings
    typed = {"max_regression": f"--max-regression {asked}"}
    origins = {**settings.origins, **typed}
    return replace(settings, max_regression=percent_of(asked), origins=origins)


def _compare(arguments: argparse.Namespace, settings: Settings) -> Report:
    root, desk = arguments.repo.resolve(), PriceDesk(settings)
    opener = Opener(desk, root)
    base, head = opener.open(arguments.base, arguments.head)
    bases = [base.side, *map(opener.another, arguments.another_base)]
    heads = [head.side, *map(opener.another, arguments.another_head)]
    if are_samples(bases, heads):
        limits = limits_of(settings, head.limits)
        comparison = sampled_comparison(bases, heads, limits, OneInstant.of(desk))
    else:
        comparison = compared(
            base.side,
            head.side,
            settings,
            desk,
            tests=head.limits,
            requests=opener.requests(base, head),
        )
    if head.source is not None and not head.run:
        comparison = replace(comparison, notes=(*comparison.notes, RECORDINGS_ONLY))
    acks = read_acks(settings.acks or root / FILE_NAME)
    comparison, doubts = acknowledged(comparison, acks, datetime.now(UTC).date())
    findings = (*base.findings, *head.findings, *doubts)
    report = report_of(comparison, head.side, settings, desk, findings)
    return replace(report, ran=head.run or head.reported)


def _print(arguments: argparse.Namespace, report: Report) -> None:
    comparison = report.comparison
    if comparison is None:
        return
    if arguments.json:
        print(json.dumps(_document(report, comparison), indent=1))
    elif arguments.markdown:
        encoding = sys.stdout.encoding or "utf-8"
        comment = FORMATS["comment"](report)
        sys.stdout.write(comment.encode(encoding, "backslashreplace").decode(encoding))
    else:
        print_diff(report, comparison)


def _document(report: Report, comparison: Comparison) -> dict[str, Any]:
    return {
        "schemaVersion": _SCHEMA_VERSION,
        "verdict": report.verdict.result,
        "exitstatus": report.exitstatus,
        **comparison_json(comparison),
        "findings": [asdict(finding) for finding in report.verdict.findings],
    }
