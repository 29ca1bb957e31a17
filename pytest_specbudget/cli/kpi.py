"""`specbudget kpi`: what automating SPECs costs over a history, beside the seeds' targets.

Nobody is held to a target.  Where something could not be read, all of them stay open: what is
missing may be dear calls of autos that are known, or cheap autos that nobody knows.

Exit status: 0 all is known; 1 something could not be read; 2 wrong arguments, or nothing was ever
kept; 3 a call has an unknown cost.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.autos import PHASES, autos_of, figures
from pytest_specbudget.analysis.store.changing import steadily
from pytest_specbudget.cli._kept import DAMAGED, UNKNOWN, add_history, listed, places_of
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import now
from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.errors import JournalError, MoneyError, SettingError
from pytest_specbudget.histories.spent import usage
from pytest_specbudget.settings.settings import read_settings

if TYPE_CHECKING:
    from pytest_specbudget.analysis.autos import Auto, Figure, Targets

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "what automating SPECs costs, beside the targets"
EXAMPLE = "specbudget kpi --history .specbudget/history --phase 2"

_HEADERS = ("kpi", "what", "verdict", "target", "value", "n")


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_history(parser)
    parser.add_argument(
        "--phase", type=int, choices=PHASES, default=2, help="whose targets hold (2)"
    )
    parser.add_argument(
        "--baseline", type=_cost, metavar="USD", help="what an auto cost before (11.00)"
    )
    parser.add_argument(
        "--budget", type=_dollars, metavar="USD", help="what a SPEC may cost (2.00)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object for each figure")


def run(arguments: argparse.Namespace) -> int:
    """Print the figures."""
    try:
        autos, problems, places = _autos(arguments)
    except (SettingError, JournalError) as problem:
        complain(problem)
        return 2
    for damage in problems:
        complain(damage)
    found = figures(autos, _targets(arguments))
    if problems:
        found = (replace(one, verdict="open") for one in found)
    _print([*found], as_json=arguments.json)
    _tell(autos, places)
    return UNKNOWN if any(auto.unknown for auto in autos) else DAMAGED if problems else 0


def _autos(arguments: argparse.Namespace) -> tuple[list[Auto], tuple[str, ...], str]:
    settings = read_settings(options={}, environment=os.environ, rootdir=Path.cwd())
    places = places_of(arguments, settings)
    return steadily(lambda: _summed(places))


def _summed(places: tuple[Path, ...]) -> tuple[list[Auto], tuple[str, ...], str]:
    with usage(*places, today=now().date()) as found:
        return autos_of(found.records, found.several), found.problems, listed(places)


def _targets(arguments: argparse.Namespace) -> Targets:
    targets = PHASES[arguments.phase]
    return replace(
        targets,
        baseline=arguments.baseline or targets.baseline,
        budget=targets.budget if arguments.budget is None else arguments.budget,
    )


def _tell(autos: list[Auto], places: str) -> None:
    complain(
        f"{calls_of(len(autos), 'auto')}, from {places}: what one run spent on one SPEC, at list"
        " cost, replayed calls as if they had been live"
    )


def _print(found: list[Figure], *, as_json: bool) -> None:
    if as_json:
        for one in found:
            print(json.dumps(asdict(one)))
    elif found:
        rows = [
            (one.name, one.says, one.verdict, one.target, one.value, str(one.n)) for one in found
        ]
        print_table(_HEADERS, rows, names=5)
    else:
        say("no call here belongs to a SPEC")


def _cost(words: str) -> Money:
    amount = _dollars(words)
    if not amount:
        raise argparse.ArgumentTypeError("nothing was saved where nothing was spent: above 0")
    return amount


def _dollars(words: str) -> Money:
    try:
        return Money.parse(words)
    except MoneyError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem
