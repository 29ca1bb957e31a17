"""`specbudget kpi`: what automating SPECs costs over a history, beside the seeds' targets.

Nobody is held to a target.  Where something could not be read, all of them stay open: what is
missing may be dear calls of autos that are known, or cheap autos that nobody knows.  A run of a
part of the suite is no auto, as far as its journal is still there to tell.

Exit status: 0 all is known; 1 something could not be read; 2 wrong arguments, or nothing was ever
kept; 3 a call has an unknown cost.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.autos import PHASES, autos_of, figures
from pytest_specbudget.analysis.store.changing import steadily
from pytest_specbudget.cli._kept import DAMAGED, UNKNOWN, add_history, listed, places_of
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import now
from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.cli._words import amount
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.errors import JournalError, SettingError
from pytest_specbudget.histories.run_facts import facts_of_runs
from pytest_specbudget.histories.spent import usage
from pytest_specbudget.settings.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.analysis.autos import Auto, Figure, Targets
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.histories.run_facts import RunFacts
    from pytest_specbudget.settings.settings import Settings

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "what automating SPECs costs, beside the targets"
EXAMPLE = "specbudget kpi --history .specbudget/history --phase 2"

_HEADERS = ("kpi", "what", "verdict", "target", "value", "n")


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_history(parser)
    parser.add_argument(
        "--phase", type=int, choices=PHASES, default=2, help="whose targets hold (default: 2)"
    )
    parser.add_argument(
        "--baseline", type=_cost, metavar="USD", help="what an auto cost before (default: 11.00)"
    )
    parser.add_argument(
        "--budget",
        type=amount,
        metavar="USD",
        help="what each SPEC may cost (default: its own ceiling, of its run or else as set now, or "
        "2.00)",
    )
    parser.add_argument(
        "--partial",
        action="store_true",
        help="count runs of a part of the suite, too: for a suite that always leaves tests out",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object for each figure")


def run(arguments: argparse.Namespace) -> int:
    """Print the figures."""
    try:
        found = _found(arguments)
    except (SettingError, JournalError) as problem:
        complain(problem)
        return 2
    for damage in found.problems:
        complain(damage)
    told = figures(found.autos, _targets(arguments))
    if found.problems:
        told = (replace(one, verdict="open") for one in told)
    _print([*told], as_json=arguments.json, parts=found.parts)
    _tell(found)
    unknown = any(auto.unknown for auto in found.autos)
    return UNKNOWN if unknown else DAMAGED if found.problems else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What counts.

    Attributes:
        autos: Each with the budget that it is held to.
        parts: How many were left out, since their run was of a part of the suite.
        problems: What could not be read, one sentence each.
        places: Where all this is from.
    """

    autos: list[Auto]
    parts: int
    problems: tuple[str, ...]
    places: str


def _found(arguments: argparse.Namespace) -> _Found:
    settings = read_settings(options={}, environment=os.environ, rootdir=Path.cwd())
    places = places_of(arguments, settings)
    every, problems = steadily(lambda: _summed(places))
    runs = facts_of_runs(places)
    autos = [auto for auto in every if arguments.partial or not _is_part(auto, runs)]
    if arguments.budget is None:
        _hold(autos, runs, settings)
    left = len(every) - len(autos)
    return _Found(autos=autos, parts=left, problems=problems, places=listed(places))


def _summed(places: tuple[Path, ...]) -> tuple[list[Auto], tuple[str, ...]]:
    with usage(*places, today=now().date()) as found:
        return autos_of(found.records, found.several), found.problems


def _is_part(auto: Auto, runs: Mapping[str, RunFacts]) -> bool:
    known = runs.get(auto.run or "")
    return known is not None and known.is_part


def _hold(autos: Iterable[Auto], runs: Mapping[str, RunFacts], settings: Settings) -> None:
    """Hold each auto to what its run was held to, else to what is set now, if anything."""
    for auto in autos:
        known = runs.get(auto.run or "")
        then = None if known is None else known.ceiling_of(auto.spec)
        now_set = settings.ceiling_of(auto.spec)
        auto.budget = then if then is not None or now_set is None else now_set.ceiling
        if auto.budget is not None:
            auto.held_by = "settings" if then is None else "run"


def _targets(arguments: argparse.Namespace) -> Targets:
    targets = PHASES[arguments.phase]
    return replace(
        targets,
        baseline=arguments.baseline or targets.baseline,
        budget=targets.budget if arguments.budget is None else arguments.budget,
    )


def _tell(found: _Found) -> None:
    parts = f"{found.parts:,} left out, of runs of a part of the suite (--partial counts them)"
    complain(
        f"{calls_of(len(found.autos), 'auto')}, from {found.places}: what one run spent on one "
        "SPEC, at list cost, replayed calls as if they had been live"
        f"{f'; {parts}' if found.parts else ''}"
    )


def _print(found: list[Figure], *, as_json: bool, parts: int) -> None:
    if as_json:
        for one in found:
            print(json.dumps(asdict(one)))
    elif found:
        rows = [
            (one.name, one.says, one.verdict, one.target, one.value, str(one.n)) for one in found
        ]
        print_table(_HEADERS, rows, names=5)
    else:
        say(
            "no call here belongs to a SPEC"
            if not parts
            else "no whole run here has a call of a SPEC"
        )


def _cost(words: str) -> Money:
    cost = amount(words)
    if not cost:
        raise argparse.ArgumentTypeError("nothing was saved where nothing was spent: above 0")
    return cost
