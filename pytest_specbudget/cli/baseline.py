"""`specbudget baseline`: look at a stored baseline, or store one from the journal of a run.

As `--spec-save-baseline` does, it stores only what passed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.baselines.stored import read_baseline
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.bookkeeping.endings import unrun_of
from pytest_specbudget.bookkeeping.recall import recalled
from pytest_specbudget.cli._options import add_action, add_actions
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.comparisons.saving import Ran, save_baseline
from pytest_specbudget.comparisons.sides import OneInstant
from pytest_specbudget.core.ledger import Ledger, Totals
from pytest_specbudget.core.wording import calls_of, places_for, plain
from pytest_specbudget.errors import BaselineError, CatalogueError, JournalError, SettingError
from pytest_specbudget.journal.reader import journal_files, read_journal
from pytest_specbudget.reports.figures import with_unknown
from pytest_specbudget.settings.settings import read_settings
from pytest_specbudget.verdicts.closing import judged_again

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable

    from pytest_specbudget.core.money import Money
    from pytest_specbudget.journal.reader import Journal

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "show a stored baseline, or store one from a journal"
EXAMPLE = "specbudget baseline save specbudget-baseline.json"

_DAMAGED, _WRONG_ARGUMENTS = 1, 2
_JOURNAL = Path(".specbudget/journal")


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    actions = add_actions(parser)
    show = add_action(
        actions,
        "show",
        "print what a baseline holds, by SPEC",
        "specbudget baseline show baseline.json",
    )
    show.add_argument("path", type=Path, metavar="PATH", help="a stored baseline")
    show.set_defaults(action=_show)
    save = add_action(
        actions,
        "save",
        "store what a run that passed consumed",
        "specbudget baseline save baseline.json",
    )
    save.add_argument("path", type=Path, metavar="PATH", help="the file; made, or renewed")
    save.add_argument(
        "--journal",
        type=Path,
        default=_JOURNAL,
        metavar="PATH",
        help=f"a journal, or a folder of journals (default: the newest run in {_JOURNAL})",
    )
    save.set_defaults(action=_save)


def run(arguments: argparse.Namespace) -> int:
    """Do it and return 0; 1 if a file cannot be read or written, or the run did not pass."""
    try:
        settings = read_settings(options={}, environment=os.environ, rootdir=Path.cwd())
        action: Callable[[argparse.Namespace, PriceDesk], int] = arguments.action
        return action(arguments, PriceDesk(settings))
    except (SettingError, CatalogueError) as problem:
        complain(problem)
        return _WRONG_ARGUMENTS
    except (BaselineError, JournalError) as problem:
        complain(problem)
        return _DAMAGED


def _show(arguments: argparse.Namespace, desk: PriceDesk) -> int:
    side = read_baseline(arguments.path, OneInstant.of(desk).quote)
    ledger = Ledger([*side.charges])
    specs = ledger.by(lambda charge: charge.attribution.spec)
    rows = [*specs.items(), ("total", ledger.totals())]
    places = places_for(totals.list_upper for _, totals in rows)
    tests = {spec: _tests(ledger, spec) for spec in specs} | {"total": _tests(ledger, None)}
    print_table(
        ("spec", "tests", "calls", "in", "out", "list USD"),
        [(name, f"{tests[name]:,}", *_cells(totals, places)) for name, totals in rows],
    )
    for note in side.notes:
        say(note)
    return 0


def _tests(ledger: Ledger, spec: str | None) -> int:
    return len({one.attribution.test for one in ledger if spec in (None, one.attribution.spec)})


def _cells(totals: Totals, places: int) -> tuple[str, ...]:
    cost: Money = totals.list_upper
    shown = with_unknown(plain(cost, places), cost, totals)
    return (
        f"{totals.calls:,}",
        f"{totals.input_tokens:,}",
        f"{totals.output_tokens:,}",
        shown,
    )


def _save(arguments: argparse.Namespace, desk: PriceDesk) -> int:
    journals = [read_journal(file) for file in journal_files(arguments.journal)]
    report = judged_again(journals, recalled(journals))
    if not report.verdict.passed:
        found = report.verdict.findings
        why = f": {found[0].message}" if found else ""
        complain(f"{arguments.journal}: the run did not pass, so nothing is stored{why}")
        return _DAMAGED
    partial = any(event.event == "partial" for one in journals for event in one.events)
    tests = [row.name for row in report.tests] if partial else None
    ran = Ran(tests=tests, paths=_chosen(journals), unrun=unrun_of(journals))
    save_baseline(arguments.path, journals, desk.settings, Path.cwd(), ran)
    complain(f"{arguments.path}: stored {calls_of(report.totals.calls)} of {report.run}")
    return 0


def _chosen(journals: Iterable[Journal]) -> tuple[str, ...] | None:
    """Return the files and folders that the run was of; None for all, as of an older journal."""
    events = (event for one in journals for event in one.events if event.event == "chosen")
    paths = dict.fromkeys(str(path) for event in events for path in event.values.get("paths", ()))
    return tuple(paths) or None
