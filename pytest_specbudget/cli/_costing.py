"""`specbudget history cost`: recorded usage at other prices, summed up by group.

Journals need no extra.  Exit status: 0 ok; 1 something cannot be read; 2 wrong arguments, or an
extra is lacking; 3 something has no price.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.cli._costs_text import costs_json, print_costs, reason_told
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
from pytest_specbudget.core.names import nearest
from pytest_specbudget.errors import CatalogueError, JournalError, SettingError
from pytest_specbudget.histories.costing import PERIODS, costs_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from pytest_specbudget.histories.costing import Costs
    from pytest_specbudget.settings.settings import Settings

__all__ = ["configure", "run"]

_DAMAGED, _WRONG_ARGUMENTS, _UNKNOWN = 1, 2, 3
_NAMED = 20
_BY = "spec,stage,model"
_NAMES = (*(column.name for column in COLUMNS), *PERIODS)


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--by",
        default=_BY,
        metavar="COLUMNS",
        help=f"what the calls of a group share (default: {_BY}; also provider, day, week, month, "
        "phase, test, tier, source, run, ...)",
    )
    parser.add_argument(
        "--price-at",
        metavar="TIME",
        help="whose prices: a day or time, ahead too, `recorded` (what each call was charged by), "
        "`catalogue` or `now` (default: the setting, else now)",
    )
    add_prices(parser)
    add_history(parser)
    add_table(parser)
    add_engine(parser, None, "which one prices it (default: duckdb, none for journals)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(arguments: argparse.Namespace) -> int:
    """Price, sum up and return 0; 3 if something has no price, 1 if it cannot be read."""
    try:
        costs = _costs(arguments)
    except (SettingError, CatalogueError) as problem:
        complain(problem)
        return _WRONG_ARGUMENTS
    except JournalError as problem:
        complain(problem)
        return status_of(problem)
    if arguments.json:
        print(json.dumps(costs_json(costs), indent=1))
    else:
        print_costs(costs)
    _complain_of(costs.problems)
    _complain_of([*map(reason_told, costs.sums.problems)])
    if costs.problems or not costs.sums.records:
        return _DAMAGED
    return _UNKNOWN if costs.sums.problems else 0


def _complain_of(sentences: Sequence[str]) -> None:
    for sentence in sentences[:_NAMED]:
        complain(sentence)
    if len(sentences) > _NAMED:
        complain(f"and {len(sentences) - _NAMED:,} more; `--json` has them all")


def _costs(arguments: argparse.Namespace) -> Costs:
    by = _columns(arguments.by)
    settings = _settings(arguments)
    where = place_of(arguments, settings) or files_of(settings)
    with working(f"pricing {where} again"):
        return costs_of(where, settings, datetime.now(UTC), by=by)


def _columns(words: str) -> tuple[str, ...]:
    by = tuple(dict.fromkeys(word.strip() for word in words.split(",")))
    unknown = [name for name in by if name not in _NAMES]
    if unknown:
        near = nearest(unknown[0], _NAMES)
        hint = f'did you mean "{near}"? ' if near else ""
        told = f'--by: a history has no column "{unknown[0]}"; {hint}there are {", ".join(_NAMES)}'
        raise SettingError([told])
    stretches = [name for name in by if name == "day" or name in PERIODS]
    if len(stretches) > 1:
        raise SettingError(
            [f"--by: {' and '.join(stretches)} are both days put together; name one"]
        )
    return by


def _settings(arguments: argparse.Namespace) -> Settings:
    return settings_of(arguments, history=arguments.history, price_at=arguments.price_at)
