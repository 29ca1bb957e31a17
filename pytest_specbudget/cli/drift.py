"""`specbudget drift`: what recorded usage would cost at other prices, and what moved.

No model is called and no test is run; with `--engine` the usage stays where it lies.  Exit 1 if
prices moved too far or something cannot be read, 2 for wrong arguments or a lacking extra, 3 if
usage has no price.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_specbudget.cli._drift_text import print_drift, print_markdown
from pytest_specbudget.cli._engines import (
    add_engine,
    add_history,
    add_prices,
    add_table,
    files_of,
    place_of,
    settings_of,
)
from pytest_specbudget.cli._kept import status_of
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._waiting import working
from pytest_specbudget.errors import CatalogueError, JournalError, SettingError
from pytest_specbudget.histories.drifting import drift_of
from pytest_specbudget.reports.drifted import drift_json

if TYPE_CHECKING:
    import argparse

    from pytest_specbudget.analysis.drifting import DriftSummary
    from pytest_specbudget.core.finding import Result
    from pytest_specbudget.settings.settings import Settings

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "price recorded usage again, and say which prices moved what it cost"
EXAMPLE = "specbudget drift --history .specbudget/journal --price-at 2027-01-01"

_DRIFTED, _DAMAGED, _WRONG_ARGUMENTS, _UNKNOWN = 1, 1, 2, 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_history(parser)
    add_table(parser)
    add_engine(parser, None, "which one prices it (default: duckdb, and none for journals)")
    parser.add_argument(
        "--max-drift",
        metavar="PCT",
        help="by how many percent the whole or a model may have moved (default: the setting, "
        "else 10); just so much is too far",
    )
    parser.add_argument(
        "--price-at",
        metavar="TIME",
        help="whose prices: a day or time, ahead too, `catalogue` or `now` (default: the setting, "
        "else now)",
    )
    add_prices(parser)
    parser.add_argument(
        "--exact",
        action="store_true",
        help="fail also if the prices of their own time do not give what calls were recorded at",
    )
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument("--json", action="store_true", help="one JSON object")
    formats.add_argument("--markdown", action="store_true", help="tables for a comment or a page")


def run(arguments: argparse.Namespace) -> int:
    """Price, compare and return 0; 1 for a drift or damage, 3 for usage without a price."""
    try:
        settings = _settings(arguments)
        where = place_of(arguments, settings) or files_of(settings)
        with working(f"pricing {where} again"):
            summary = drift_of(where, settings, datetime.now(UTC))
    except (SettingError, CatalogueError) as problem:
        complain(problem)
        return _WRONG_ARGUMENTS
    except JournalError as problem:
        complain(problem)
        return status_of(problem)
    for sentence in summary.problems:
        complain(sentence)
    result, status = _judged(summary, exact=arguments.exact)
    _print(arguments, summary, result)
    return status


def _settings(arguments: argparse.Namespace) -> Settings:
    """Read what is set here; what is typed comes first."""
    if arguments.price_at == "recorded":
        raise SettingError(["--price-at recorded: that is always told; --exact fails by it"])
    settings = settings_of(
        arguments,
        history=arguments.history,
        max_drift=arguments.max_drift,
        price_at=arguments.price_at,
    )
    if arguments.max_drift is None:
        return settings
    origins = {**settings.origins, "max_drift": f"--max-drift {arguments.max_drift}"}
    return replace(settings, origins=origins)


def _judged(summary: DriftSummary, *, exact: bool) -> tuple[Result, int]:
    """Return the verdict and the exit status, which also says why a verdict is open."""
    now, then = summary.now, summary.as_of_then
    if now.result == "fail" or (exact and then.gross):
        return "fail", _DRIFTED
    if now.result == "inconclusive" or (exact and then.doubted):
        return "inconclusive", _UNKNOWN
    if summary.problems or summary.first is None or (exact and summary.undated):
        return "inconclusive", _DAMAGED
    return "pass", 0


def _print(arguments: argparse.Namespace, summary: DriftSummary, result: Result) -> None:
    if arguments.json:
        print(json.dumps({**drift_json(summary), "result": result}, indent=1))
    elif arguments.markdown:
        print_markdown(summary, result)
    else:
        print_drift(summary, result)
