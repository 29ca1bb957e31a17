"""`specbudget history`: keep months of usage in one folder, and say what lies there.

`add` folds journals, JSON lines, Parquet, cost summaries and telemetry into daily Parquet files,
each call once; `show` says what there is.  What cannot be read, and what is set aside because it
cannot be, is named; the rest is kept.

Exit status: 0 ok; 1 something was damaged or set aside; 2 wrong arguments.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.sources import sources_below
from pytest_specbudget.analysis.store import SOFT_LIMIT, History
from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars
from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pytest_specbudget.analysis.sources import Source
    from pytest_specbudget.analysis.store import Added, Size
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal

__all__ = ["EXAMPLE", "HELP", "HISTORY", "configure", "counted", "run"]

HELP = "keep months of usage in one folder, and say what lies there"
EXAMPLE = "specbudget history add .specbudget/journal && specbudget history show"

HISTORY = Path(".specbudget/history")
"""Where the history of a project lies."""

_DAMAGED, _WRONG = 1, 2
_NAMED = 20
_MEGABYTE = 10**6


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    commands = parser.add_subparsers(metavar="ACTION", required=True)
    add = commands.add_parser("add", help="add usage to the history, each call once")
    add.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="journals, JSON lines, Parquet, cost summaries, telemetry, or folders of them",
    )
    _add_folder(add)
    add.set_defaults(action=_add)
    show = commands.add_parser("show", help="say how much there is, of which days and models")
    _add_folder(show)
    show.add_argument("--json", action="store_true", help="one JSON object on standard output")
    show.set_defaults(action=_show)


def run(arguments: argparse.Namespace) -> int:
    """Run the subcommand and return the exit status."""
    try:
        status: int = arguments.action(arguments)
    except JournalError as problem:
        complain(problem)
        return _WRONG
    except OSError as problem:
        complain(problem)
        return _DAMAGED
    return status


def counted(journals: list[Journal]) -> Iterable[Charge]:
    """Return the calls of one run that count: copies, repeats and replaced attempts left out."""
    return merge(journals).ledger


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--history", type=Path, default=HISTORY, metavar="DIR", help=f"the history ({HISTORY})"
    )


def _add(arguments: argparse.Namespace) -> int:
    history = History(arguments.history)
    sources = [one for path in arguments.paths for one in sources_below(path, history.folder)]
    with _progress(len(sources)) as seen:
        added = history.add(
            dict.fromkeys(sources), settle=counted, today=datetime.now(UTC).date(), seen=seen
        )
    damage = history.damage()
    _tell(added)
    _tell_all([*added.problems, *damage])
    size = history.size()
    print(f"{history.folder}: {_sized(size)}", file=sys.stderr)
    _warn_of_size(size)
    return _DAMAGED if added.problems or added.refused or damage else 0


def _tell(added: Added) -> None:
    for source in added.sources:
        parts = [calls_of(source.new, "new record")]
        parts += [f"{source.duplicate:,} known already"] if source.duplicate else []
        parts += [f"{source.quarantined:,} set aside"] if source.quarantined else []
        print(f"{source.name}: {', '.join(parts)}", file=sys.stderr)
    _tell_all(added.refused)


def _tell_all(sentences: Sequence[str]) -> None:
    for sentence in sentences[:_NAMED]:
        print(sentence, file=sys.stderr)
    if len(sentences) > _NAMED:
        print(f"and {len(sentences) - _NAMED:,} more", file=sys.stderr)


def _show(arguments: argparse.Namespace) -> int:
    history = History(arguments.history)
    if not history.folder.is_dir():
        raise JournalError(
            f"{history.folder}: there is no history; make one with `specbudget history add PATH`"
        )
    size, models, damage = history.size(), _models(history), history.damage()
    if arguments.json:
        print(json.dumps(_document(size, models, damage), indent=1))
    else:
        say(_sized(size))
        print_table(_HEADERS, map(_cells, models), names=2)
    _tell_all(damage)
    _warn_of_size(size)
    return _DAMAGED if damage else 0


_HEADERS = ("provider", "model", "calls", "list USD", "billed USD")
_MODELS = """
SELECT provider, model, count(*) AS records, count(*) FILTER (WHERE part = 0) AS calls,
    sum(list_cost) AS list_cost, sum(billed_cost) AS billed_cost
FROM usage_t GROUP BY provider, model ORDER BY list_cost DESC NULLS LAST, provider, model
"""


def _models(history: History) -> list[dict[str, Any]]:
    """Return what each model was used, the dearest first; amounts in USD, None if none is known."""
    names = ("provider", "model", "records", "calls", "list_cost", "billed_cost")
    rows = history.query(_MODELS)
    return [dict(zip(names, (*row[:4], *map(_money, row[4:])), strict=True)) for row in rows]


def _money(atto: int | None) -> Money | None:
    return None if atto is None else Money(int(atto))


def _cells(model: dict[str, Any]) -> tuple[str, ...]:
    costs = (model["list_cost"], model["billed_cost"])
    shown = ("-" if cost is None else dollars(cost) for cost in costs)
    return model["provider"], model["model"], f"{model['calls']:,}", *shown


def _document(
    size: Size, models: Iterable[dict[str, Any]], damage: Sequence[str]
) -> dict[str, Any]:
    return {
        "records": size.records,
        "days": size.days,
        "first": None if size.first is None else size.first.isoformat(),
        "last": None if size.last is None else size.last.isoformat(),
        "bytes": size.bytes,
        "soft_limit_bytes": SOFT_LIMIT,
        "quarantined": size.quarantined,
        "models": [
            model | {name: _text(model[name]) for name in ("list_cost", "billed_cost")}
            for model in models
        ],
        "damage": list(damage),
    }


def _text(amount: Money | None) -> str | None:
    return None if amount is None else str(amount)


def _sized(size: Size) -> str:
    told = f"{calls_of(size.records, 'record')} of {calls_of(size.days, 'day')}"
    span = "" if size.first is None else f" ({size.first} to {size.last})"
    apart = f", {size.quarantined:,} set aside" if size.quarantined else ""
    return f"{told}{span} in {size.bytes / _MEGABYTE:,.1f} MB{apart}"


def _warn_of_size(size: Size) -> None:
    if size.bytes > SOFT_LIMIT:
        print(
            f"the history takes {size.bytes / _MEGABYTE:,.1f} MB of {SOFT_LIMIT // _MEGABYTE} MB; "
            "keep it out of the repository, as an artefact or in a store of its own",
            file=sys.stderr,
        )


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Source], None]]:
    """Show how far it is, on a terminal and where `rich` is installed."""
    try:
        bars = import_module("rich.progress") if sys.stderr.isatty() else None
        console = import_module("rich.console") if bars else None
    except ModuleNotFoundError:
        bars = console = None
    if bars is None or console is None:
        yield lambda _source: None
        return
    with bars.Progress(console=console.Console(stderr=True), transient=True) as bar:
        task = bar.add_task("history", total=total)
        yield lambda _source: bar.advance(task)
