"""`specbudget status`: the SPECs, how far they are, and what they have cost; one screen, no model.

Two things stand below each other and are told apart: what each SPEC cost in its newest run, at the
cost that ceilings judge, and what all runs together were billed on this day and in its month.  Of a
history that is named, a SPEC has the sum of all runs.  The ceiling of a SPEC is the one that is set
now; where its run was judged by another one, that stands beside it.

Exit status: 0 all is known; 1 a part of what is kept could not be read, or is dated ahead; 2 wrong
arguments, or a SPEC that is nowhere; 3 a call has an unknown cost (shown as `+ ?`).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cli._kept import DAMAGED, UNKNOWN, nothing_kept
from pytest_specbudget.cli._month import configure_month, tell_month
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._spec_rows import Sources
from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.names import nearest
from pytest_specbudget.core.wording import dollars, exact
from pytest_specbudget.errors import SettingError
from pytest_specbudget.histories.spent import kept
from pytest_specbudget.reports.figures import beside, lower_bound, share_used
from pytest_specbudget.settings.settings import read_settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from pytest_specbudget.agents.operations.status import Costs
    from pytest_specbudget.cli._spec_rows import Row

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "list the SPECs: how far they are, and what they have cost"
EXAMPLE = "specbudget status SPEC-KIT-070"

_HEADERS = ("spec", "stages", "from", "calls", "spent USD", "ceiling", "used")
_OF_THEN = "its run's"
_FROM = {"history": "all runs", "journal": "newest run", "evidence": "evidence"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("spec", nargs="?", metavar="SPEC", help="show this one alone")
    parser.add_argument(
        "--specs",
        type=Path,
        default=Path("docs"),
        metavar="FOLDER",
        help="where SPECs lie (default: docs)",
    )
    parser.add_argument(
        "--evidence",
        type=Path,
        default=Path("evidence"),
        metavar="FOLDER",
        help="where evidence lies (default: evidence)",
    )
    configure_month(parser)
    parser.add_argument(
        "--json", action="store_true", help="one JSON object for each SPEC, and one for the month"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the rows, and return the exit status."""
    try:
        settings = read_settings(options={}, environment=os.environ, rootdir=Path.cwd())
    except SettingError as problem:
        complain(problem)
        return 2
    if arguments.history is not None and not arguments.history.exists():
        complain(f"{arguments.history} does not exist; name a history, or a folder of journals")
        return 2
    sources = Sources(settings)
    rows = sources.rows(arguments.specs, arguments.evidence, arguments.history)
    if arguments.spec is not None:
        known = [row.spec for row in rows]
        rows = [row for row in rows if row.spec == arguments.spec]
        if not rows:
            near = nearest(arguments.spec, known)
            hint = f'; did you mean "{near}"?' if near else ""
            complain(
                f'nothing is known of "{arguments.spec}": no folder, no document, no cost, no call'
                f"{hint}"
            )
            tell_month(arguments, settings, {*sources.said, *_tell_where(arguments, rows)})
            return 2
    _print(rows, as_json=arguments.json, alone=arguments.spec is not None)
    told = _tell_where(arguments, rows)
    month = tell_month(arguments, settings, {*sources.said, *told})
    unknown = any(row.costs is not None and row.costs.doubted for row in rows)
    return max(month, UNKNOWN if unknown else 0, DAMAGED if sources.said else 0)


def _print(rows: list[Row], *, as_json: bool, alone: bool) -> None:
    if as_json:
        for row in rows:
            print(json.dumps(_document(row)))
    elif not rows:
        say("no SPEC is known here: no folder, no document, no cost, no ceiling")
    else:
        _print_table(rows)
        if alone:
            _details(rows[0])


def _tell_where(arguments: argparse.Namespace, rows: Sequence[Row]) -> list[str]:
    """Say where was looked for costs, if nothing has any and nothing is kept here."""
    if any(row.costs is not None for row in rows) or arguments.history or kept(Path()):
        return []
    folders = f"{arguments.specs} (--specs) and {arguments.evidence / 'costs'} (--evidence)"
    told = [f"looked for SPECs and their costs in {folders}", nothing_kept()]
    for line in told:
        complain(line)
    return told


def _print_table(rows: Sequence[Row]) -> None:
    """Print *rows*; with the ceilings that runs were judged by, where one is not that of now."""
    if all(row.ceiling_then in (None, row.ceiling) for row in rows):
        print_table(_HEADERS, map(_cells, rows), names=3)
        return
    cells = [(*_cells(row), _shown(row.ceiling_then)) for row in rows]
    print_table((*_HEADERS, _OF_THEN), cells, names=3)


def _cells(row: Row) -> tuple[str, ...]:
    costs, ceiling = row.costs, row.ceiling
    return (
        row.spec,
        ", ".join(row.stages) or "-",
        _from(row),
        "-" if costs is None else f"{costs.calls:,}",
        "-" if costs is None else _spent(costs, ceiling),
        _shown(ceiling),
        _used(costs, ceiling),
    )


def _shown(ceiling: Money | None) -> str:
    return "-" if ceiling is None else exact(ceiling)


def _from(row: Row) -> str:
    if row.source is None:
        return "-"
    return f"{_FROM[row.source]}{' (a part)' if row.partial else ''}"


def _spent(costs: Costs, ceiling: Money | None) -> str:
    return lower_bound(beside(costs.spent, ceiling), costs.spent, unknown=costs.doubted > 0)


def _used(costs: Costs | None, ceiling: Money | None) -> str:
    if costs is None or ceiling is None:
        return "-"
    used = share_used(costs.spent, ceiling)
    return lower_bound(used, costs.spent, unknown=costs.doubted > 0)


def _details(row: Row) -> None:
    for folder in row.folders:
        say(f"{folder.path.as_posix()}: {', '.join(folder.documents) or 'no file'}")
    if row.costs is None:
        return
    costs = row.costs
    _say_parts("stage", costs.by_stage, costs.doubted_stages)
    _say_parts("model", costs.by_model, costs.doubted_models)
    if row.limit is not None:
        say(f"ceiling set by {row.limit.origin}")
    if row.costs.run is not None:
        say(f"run {row.costs.run}{_judged(row)}")


def _say_parts(what: str, known: Mapping[str, Money], doubted: Mapping[str, int]) -> None:
    for name in sorted({*known, *doubted}):
        amount = known.get(name, Money())
        shown = lower_bound(dollars(amount), amount, unknown=doubted.get(name, 0) > 0)
        say(f"{what} {name}: {shown}")


def _judged(row: Row) -> str:
    """Say which ceiling the run of *row* was judged by, if one."""
    if row.ceiling_then is None:
        return ""
    by = f" ({row.judged_by})" if row.judged_by else ""
    return f", judged by a ceiling of {exact(row.ceiling_then)}{by}"


def _document(row: Row) -> dict[str, Any]:
    costs, ceiling = row.costs, row.ceiling
    return {
        "spec_id": row.spec,
        "folders": [folder.path.as_posix() for folder in row.folders],
        "stages": row.stages,
        "source": row.source,
        "partial": row.partial,
        "run": None if costs is None else costs.run,
        "call_count": None if costs is None else costs.calls,
        "calls_of_unknown_cost": None if costs is None else costs.doubted,
        "spent_usd": None if costs is None else str(costs.spent),
        "ceiling_usd": None if ceiling is None else str(ceiling),
        "ceiling_origin": None if row.limit is None else row.limit.origin,
        "run_ceiling_usd": None if row.ceiling_then is None else str(row.ceiling_then),
        "run_ceiling_origin": row.judged_by or None,
        "per_stage_usd": {} if costs is None else _written(costs.by_stage, costs.doubted_stages),
        "per_model_usd": {} if costs is None else _written(costs.by_model, costs.doubted_models),
        "unknown_calls_per_stage": {} if costs is None else dict(costs.doubted_stages),
        "unknown_calls_per_model": {} if costs is None else dict(costs.doubted_models),
    }


def _written(known: Mapping[str, Money], doubted: Mapping[str, int]) -> dict[str, str]:
    """Write what is *known*; what is not even that stands among the *doubted* alone."""
    told = sorted(known.items())
    return {name: str(amount) for name, amount in told if amount or name not in doubted}
