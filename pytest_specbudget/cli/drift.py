"""`specbudget drift`: what recorded usage would cost at other prices, and what moved.

Nothing is sent and no test is run.  Exit 1 if prices moved too far or a file cannot be read, 3 if
usage has no price.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cli._drift_text import print_drift, print_markdown
from pytest_specbudget.cli._output import complain
from pytest_specbudget.errors import CatalogueError, JournalError, SettingError
from pytest_specbudget.histories.drifting import drift_of
from pytest_specbudget.histories.spent import kept_at
from pytest_specbudget.reports.drifted import drift_json
from pytest_specbudget.settings.settings import read_settings

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
    parser.add_argument(
        "--history",
        metavar="PATH",
        help="a history, a journal, or a folder of journals (default: the setting, else "
        ".specbudget/history or .specbudget/journal)",
    )
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
    parser.add_argument(
        "--prices",
        metavar="PATH",
        action="append",
        default=[],
        help="overlay TOML, or the name of a shipped one; repeatable, the later on top",
    )
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
        summary = drift_of(_path(settings), settings, datetime.now(UTC))
    except (SettingError, CatalogueError) as problem:
        complain(problem)
        return _WRONG_ARGUMENTS
    except JournalError as problem:
        complain(problem)
        return _DAMAGED
    for sentence in summary.problems:
        complain(sentence)
    result, status = _judged(summary, exact=arguments.exact)
    _print(arguments, summary, result)
    return status


def _settings(arguments: argparse.Namespace) -> Settings:
    """Read what is set here; what is typed comes first."""
    typed = {
        "spec_history": arguments.history,
        "spec_max_drift": arguments.max_drift,
        "spec_price_at": arguments.price_at,
    }
    if arguments.price_at == "recorded":
        raise SettingError(["--price-at recorded: that is always told; --exact fails by it"])
    settings = read_settings(options=typed, environment=os.environ, rootdir=Path.cwd())
    overlays = tuple(map(Path, arguments.prices))
    settings = replace(settings, prices=(*settings.prices, *overlays))
    if arguments.max_drift is None:
        return settings
    origins = {**settings.origins, "max_drift": f"--max-drift {arguments.max_drift}"}
    return replace(settings, origins=origins)


def _path(settings: Settings) -> Path:
    path = settings.history or kept_at(Path())
    if path is None:
        raise SettingError(["there is no history here; name one, or journals, with --history"])
    if not path.exists():
        raise SettingError([f'"{path}" does not exist; name a history, or journals'])
    return path


def _judged(summary: DriftSummary, *, exact: bool) -> tuple[Result, int]:
    """Return the verdict and the exit status, which also says why a verdict is open."""
    now, then = summary.now, summary.as_of_then
    if now.result == "fail" or (exact and then.gross):
        return "fail", _DRIFTED
    if now.result == "inconclusive" or (exact and then.doubted):
        return "inconclusive", _UNKNOWN
    if summary.problems or summary.first is None:
        return "inconclusive", _DAMAGED
    return "pass", 0


def _print(arguments: argparse.Namespace, summary: DriftSummary, result: Result) -> None:
    if arguments.json:
        print(json.dumps({**drift_json(summary), "result": result}, indent=1))
    elif arguments.markdown:
        print_markdown(summary, result)
    else:
        print_drift(summary, result)
