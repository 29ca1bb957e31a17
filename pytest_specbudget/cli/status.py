"""`specbudget status`: the SPECs, how far they are, and what they have cost; one screen, no model.

Costs are those of the newest journal where it charged the SPEC, else those of its cost summary.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.operations.status import Costs, costs_of, in_order, spec_folders
from pytest_specbudget.cli._loading import load_report
from pytest_specbudget.cli._month import configure_month, tell_month
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.core.wording import dollars, dollars_of, percent
from pytest_specbudget.errors import JournalError, SettingError
from pytest_specbudget.reports.evidence import read_summary
from pytest_specbudget.reports.figures import judged_cost
from pytest_specbudget.settings.settings import read_settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.agents.operations.status import SpecFolder
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.settings.settings import Settings
    from pytest_specbudget.settings.values import Limit

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "list the SPECs: how far they are, and what they have cost"
EXAMPLE = "specbudget status SPEC-KIT-070"

_HEADERS = ("spec", "stages", "from", "calls", "spent USD", "ceiling", "used")
_JOURNALS = Path(".specbudget/journal")
_LEAST_TENTH = Fraction(1, 1_000)
_TWO_DIGITS = 10


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("spec", nargs="?", metavar="SPEC", help="show this one alone")
    parser.add_argument(
        "--specs", type=Path, default=Path("docs"), metavar="FOLDER", help="where SPECs lie (docs)"
    )
    parser.add_argument(
        "--evidence",
        type=Path,
        default=Path("evidence"),
        metavar="FOLDER",
        help="where evidence lies (evidence)",
    )
    configure_month(parser)
    parser.add_argument(
        "--json", action="store_true", help="one JSON object for each SPEC, and one for the month"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the rows; 1 if a file could not be read, 2 for a SPEC that is nowhere."""
    try:
        settings = read_settings(options={}, environment=os.environ, rootdir=Path.cwd())
    except SettingError as problem:
        complain(problem)
        return 2
    sources = _Sources()
    rows = sources.rows(arguments.specs, arguments.evidence, settings)
    if arguments.spec is not None:
        rows = [row for row in rows if row.spec == arguments.spec]
        if not rows:
            complain(
                f'nothing is known of "{arguments.spec}": no folder, no document, no cost, no call'
            )
            return 2
    _print(rows, as_json=arguments.json, alone=arguments.spec is not None)
    whole = arguments.spec is not None or tell_month(arguments, settings)
    return 1 if sources.damaged or not whole else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What is known of one SPEC."""

    spec: str
    folders: tuple[SpecFolder, ...]
    costs: Costs | None
    source: str
    limit: Limit | None

    @property
    def stages(self) -> tuple[str, ...]:
        written = (stage for folder in self.folders for stage in folder.stages)
        return in_order((*written, *(self.costs.stages if self.costs else ())))

    @property
    def ceiling(self) -> Money | None:
        """The ceiling that holds now, else the one that held when the costs were written."""
        if self.limit is not None:
            return self.limit.ceiling
        return None if self.costs is None else self.costs.budget


@dataclass(slots=True)
class _Sources:
    """Reads what there is, and counts what cannot be read."""

    damaged: int = 0

    def rows(self, specs: Path, evidence: Path, settings: Settings) -> list[_Row]:
        folders = spec_folders(specs)
        summaries = {costs.spec: costs for costs in self._summaries(evidence / "costs")}
        charged = {costs.spec: costs for costs in self._charged()}
        limits = {limit.subject: limit for limit in settings.limits if limit.scope == "spec"}
        names = {*(one.spec for one in folders), *summaries, *charged, *filter(None, limits)}
        return [
            _Row(
                spec=spec,
                folders=tuple(one for one in folders if one.spec == spec),
                costs=charged.get(spec, summaries.get(spec)),
                source="journal" if spec in charged else "evidence" if spec in summaries else "",
                limit=limits.get(spec, limits.get(None)),
            )
            for spec in sorted(names)
        ]

    def _summaries(self, folder: Path) -> Iterator[Costs]:
        for path in sorted(folder.glob("*_cost_summary.json")):
            try:
                yield costs_of(read_summary(path))
            except JournalError as problem:
                self._complain(problem)
            except ValueError as problem:
                self._complain(f"{path}: not a cost summary: {problem}")

    def _charged(self) -> Iterator[Costs]:
        if not _JOURNALS.is_dir():
            return
        try:
            report = load_report(_JOURNALS)
        except JournalError as problem:
            self._complain(problem)
            return
        yield from _costs_in(report)

    def _complain(self, problem: object) -> None:
        self.damaged += 1
        complain(problem)


def _costs_in(report: Report) -> Iterator[Costs]:
    for row in report.specs:
        totals = row.totals
        if totals.calls:
            doubted = totals.unpriced_calls + totals.unreported_calls + totals.unknown_calls
            yield Costs(
                spec=row.name,
                run=report.run,
                spent=judged_cost(report, totals),
                budget=row.ceiling,
                calls=totals.calls,
                doubted=doubted,
                stages=in_order(stage for stage in row.stages if not stage.startswith("(")),
                by_stage=row.stages,
                by_model=row.model_costs,
            )


def _print(rows: list[_Row], *, as_json: bool, alone: bool) -> None:
    if as_json:
        for row in rows:
            print(json.dumps(_document(row)))
    elif not rows:
        say("no SPEC is known here: no folder, no document, no cost, no ceiling")
    else:
        print_table(_HEADERS, [_cells(row) for row in rows], names=3)
        if alone:
            _details(rows[0])


def _cells(row: _Row) -> tuple[str, ...]:
    costs, ceiling = row.costs, row.ceiling
    spent, most = _amounts(costs, ceiling)
    return (
        row.spec,
        ", ".join(row.stages) or "-",
        row.source or "-",
        "-" if costs is None else f"{costs.calls:,}",
        f"{spent} + ?" if costs is not None and costs.doubted else spent,
        most,
        _used(costs, ceiling),
    )


def _amounts(costs: Costs | None, ceiling: Money | None) -> tuple[str, str]:
    """Write what was spent and its ceiling, each with two digits at least, so that they differ."""
    spent = "-" if costs is None else dollars_of(costs.spent)[0]
    most = "-" if ceiling is None else dollars_of(ceiling)[0]
    if costs is None or ceiling is None or costs.spent + costs.spent < ceiling:
        return spent, most
    close, to = dollars_of(costs.spent, ceiling)
    return max(spent, close, key=len), max(most, to, key=len)


def _used(costs: Costs | None, ceiling: Money | None) -> str:
    share = None if costs is None or ceiling is None else costs.spent.share_of(ceiling)
    if costs is None or share is None:
        return "-"
    return f"{_percent(share)}{' + ?' if costs.doubted else ''}"


def _percent(share: Fraction) -> str:
    """Write *share* with one decimal, or with as many as show two digits of it."""
    if not 0 < share < _LEAST_TENTH:
        return percent(share)
    places = 2
    while share * 100 * 10**places < _TWO_DIGITS:
        places += 1
    return f"0.{int(share * 100 * 10**places):0{places}d} %"


def _details(row: _Row) -> None:
    for folder in row.folders:
        say(f"{folder.path.as_posix()}: {', '.join(folder.documents) or 'no file'}")
    if row.costs is None:
        return
    for what, amounts in (("stage", row.costs.by_stage), ("model", row.costs.by_model)):
        for name, amount in sorted(amounts.items()):
            say(f"{what} {name}: {dollars(amount)}")
    if row.limit is not None:
        say(f"ceiling set by {row.limit.origin}")
    if row.costs.run is not None:
        say(f"run {row.costs.run}")


def _document(row: _Row) -> dict[str, Any]:
    costs, ceiling = row.costs, row.ceiling
    return {
        "spec_id": row.spec,
        "folders": [folder.path.as_posix() for folder in row.folders],
        "stages": row.stages,
        "source": row.source or None,
        "run": None if costs is None else costs.run,
        "call_count": None if costs is None else costs.calls,
        "calls_of_unknown_cost": None if costs is None else costs.doubted,
        "spent_usd": None if costs is None else str(costs.spent),
        "ceiling_usd": None if ceiling is None else str(ceiling),
        "ceiling_origin": None if row.limit is None else row.limit.origin,
        "per_stage_usd": {} if costs is None else _written(costs.by_stage),
        "per_model_usd": {} if costs is None else _written(costs.by_model),
    }


def _written(amounts: Mapping[str, Money]) -> dict[str, str]:
    return {name: str(amount) for name, amount in sorted(amounts.items())}
