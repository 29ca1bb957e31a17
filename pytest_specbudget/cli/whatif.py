"""`specbudget whatif`: what recorded usage would cost on other models.

Prices are exact, and nothing else is known: counts are as recorded, and whether the other model
would do is not said (see `BASIS`).  Exit 3 if a model or its price is unknown.
"""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.cli._kept import status_of
from pytest_specbudget.cli._newest_run import newest_run_told
from pytest_specbudget.cli._options import configure_prices
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import with_shelf
from pytest_specbudget.cli._supposing import (
    basis_of,
    configure_suppositions,
    is_of_a_history,
    only_of_a_history,
    supposed,
)
from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.cli._unreadable import A_REPORT, named_text
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.names import nearest
from pytest_specbudget.core.rises import percent_more, signed
from pytest_specbudget.core.wording import calls_of, places_for, plain, tight
from pytest_specbudget.errors import JournalError, SettingError
from pytest_specbudget.journal.reader import journal_files, read_journal
from pytest_specbudget.prices.pricing import price
from pytest_specbudget.recordings.comparison import Comparison
from pytest_specbudget.recordings.valuation import charges_of
from pytest_specbudget.recordings.whatif import BASIS, Ambiguous, Mapping
from pytest_specbudget.reports import json_report
from pytest_specbudget.reports.figures import lower_bound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_specbudget.analysis.supposing import Supposed
    from pytest_specbudget.cli._shelf import Shelf
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.prices.pricing import Quote
    from pytest_specbudget.recordings.comparison import Row

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "re-price recorded usage on other models; their quality is not verified"
EXAMPLE = "specbudget whatif --map gpt-4o=gpt-4o-mini --cassettes tests/cassettes"

_WRONG_ARGUMENTS, _UNKNOWN = 2, 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--map",
        dest="mappings",
        action="append",
        default=[],
        type=_mapping,
        metavar="OLD=NEW",
        help='models like OLD (a pattern of "model" or "provider/model") on NEW; repeatable,'
        " the first that fits counts",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--cassettes",
        dest="paths",
        nargs="+",
        type=Path,
        default=[],
        metavar="PATH",
        help='recordings, or folders of them (default: each folder "cassettes" below this one)',
    )
    where.add_argument(
        "--journal",
        type=Path,
        metavar="PATH",
        help="the calls of a run, by SPEC: a journal, its folder, or a JSON report that names it;"
        " of several runs in a folder the newest",
    )
    configure_suppositions(parser, where)
    configure_prices(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")


@with_shelf
def run(arguments: argparse.Namespace, shelf: Shelf) -> int:
    """Print now, then and the change; 3 if a model or a price is unknown."""
    wrong = _contradiction(arguments)
    if wrong:
        complain(wrong)
        return _WRONG_ARGUMENTS
    try:
        comparison, basis = _both_sides(arguments, shelf)
    except JournalError as problem:
        complain(problem)
        return status_of(problem)
    except (Ambiguous, SettingError) as problem:
        complain(problem)
        return _WRONG_ARGUMENTS
    unknown = [*comparison.unpriced, *_unmet(comparison)]
    for sentence in unknown:
        complain(sentence)
    if unknown:
        return _UNKNOWN
    if arguments.json:
        print(json.dumps(_document(comparison, basis)))
    else:
        _print(comparison, basis)
    return 0


def _contradiction(arguments: argparse.Namespace) -> str:
    """Return what is wrong with the arguments together, or nothing."""
    lonely = only_of_a_history(arguments)
    if lonely:
        return f"{lonely} is about a history; name it with --history PATH"
    if not (arguments.mappings or arguments.tiers or arguments.price_at or arguments.discounts):
        return "nothing is supposed to be otherwise: name a model with --map OLD=NEW"
    return ""


def _both_sides(arguments: argparse.Namespace, shelf: Shelf) -> tuple[Comparison | Supposed, str]:
    """Work out what usage costs now and then, and on what basis."""
    if not is_of_a_history(arguments):
        return _compared([*_charges(arguments, shelf)], arguments.mappings, shelf), BASIS
    told = supposed(arguments, shelf)
    return told, basis_of(told.suppose)


def _mapping(words: str) -> Mapping:
    old, equals, new = words.partition("=")
    if not (old and equals and new):
        raise argparse.ArgumentTypeError(f"{words!r}: write OLD=NEW, as in gpt-4o=gpt-4o-mini")
    return Mapping(old=old, new=new)


def _charges(arguments: argparse.Namespace, shelf: Shelf) -> Iterator[Charge]:
    if arguments.journal is not None:
        yield from _of_run(arguments.journal)
        return
    for _, recording in shelf.recordings(arguments.paths):
        yield from charges_of(recording, shelf.desk.quote)


def _of_run(path: Path) -> Iterable[Charge]:
    """Return the charges that were judged in a run."""
    if path.suffix == ".json":
        path = _journal_of(path)
    taken = newest_run_told(path)
    if taken is not None:
        complain(f"{taken}; `--history` takes all runs of a folder")
    journals = [read_journal(file) for file in journal_files(path)]
    for told in filter(None, (journal.damaged for journal in journals)):
        complain(told)
    return merge(journals).ledger


def _journal_of(report: Path) -> Path:
    """Return the journal that a report names; a report itself holds only sums."""
    text = named_text(report, "a report", f"{A_REPORT}, or a journal")
    named = json_report.load(text, str(report)).journal
    places = [Path(named), report.parent / named] if named else []
    found = next((place for place in places if place.exists()), None)
    if found is None:
        told = f'names the journal "{named}", which is not there' if named else "names no journal"
        raise JournalError(f"{report}: holds only sums and {told}; give the journal itself")
    return found


def _compared(charges: list[Charge], mappings: list[Mapping], shelf: Shelf) -> Comparison:
    comparison = Comparison(
        mappings=mappings,
        catalogue=shelf.desk.catalogue,
        by_spec=any(charge.attribution.spec != UNASSIGNED for charge in charges),
    )
    for charge in charges:
        if not charge.mocked:
            comparison.add(charge, _quoter(charge, shelf))
    return comparison


def _unmet(comparison: Comparison | Supposed) -> Iterator[str]:
    if not comparison.total.calls:
        yield "no call is recorded there; name recordings, the journal of a run, or a history"
        return
    names = [] if comparison.by_spec else [*comparison.rows]
    for one in comparison.unmet:
        if isinstance(one, Mapping):
            near = nearest(one.old, names)
            hint = f'; did you mean "{near}"?' if near else ""
            yield f'no recorded call is of a model like "{one.old}"{hint}'
        else:
            yield f'no recorded call is of tier "{one.tier}"'


def _quoter(charge: Charge, shelf: Shelf) -> Callable[[Reading], Quote]:
    """Price now and then at one instant: when a live call was made, else that of the catalogue."""
    desk, asked = shelf.desk, shelf.settings.price_at
    hour = datetime.fromisoformat(charge.at) if charge.at else desk.as_of
    dated = charge.source in {"live", "record"} or asked.kind == "recorded"
    at = asked.time or (hour if dated else desk.as_of)
    return lambda reading: price(reading, desk.catalogue, at, clock=hour)


def _print(comparison: Comparison | Supposed, basis: str) -> None:
    rows = [*sorted(comparison.rows.values(), key=lambda row: (-row.now.atto, row.name))]
    rows = [*rows, comparison.total] if len(rows) != 1 else rows
    headers = (_by(comparison), "calls", "mapped", "now USD", "then USD", "change USD", "change")
    print_table(headers, _cells(rows))
    say()
    for line in _remarks(comparison, basis):
        say(line)


def _by(comparison: Comparison | Supposed) -> str:
    return "spec" if comparison.by_spec else "model"


def _cells(rows: list[Row]) -> Iterator[tuple[str, ...]]:
    places = places_for(amount for row in rows for amount in (row.now, row.then))
    for row in rows:
        yield (
            row.name,
            f"{row.calls:,}",
            f"{row.mapped:,}",
            _amount(row, row.now, places),
            _amount(row, row.then, places),
            signed(row.change, places),
            tight(percent_more(row.now, row.then)),
        )


def _amount(row: Row, amount: Money, places: int) -> str:
    if not row.unknown:
        return plain(amount, places)
    return lower_bound(plain(amount, places), amount, unknown=row.unknown > 0)


def _remarks(comparison: Comparison | Supposed, basis: str) -> Iterator[str]:
    for (model, name), count in sorted(comparison.uncached.items()):
        yield f"{model} has no price for {name}: {count:,} of them are priced as fresh input"
    if comparison.total.unknown:
        yield f"{calls_of(comparison.total.unknown)} of unknown cost, in neither sum"
    yield basis


def _document(comparison: Comparison | Supposed, basis: str) -> dict[str, Any]:
    return {
        "by": _by(comparison),
        "rows": [_line(row) for _, row in sorted(comparison.rows.items())],
        "total": _line(comparison.total),
        "uncached": [
            {"model": model, "usage": name, "tokens": count}
            for (model, name), count in sorted(comparison.uncached.items())
        ],
        "basis": basis,
    }


def _line(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "calls": row.calls,
        "calls_mapped": row.mapped,
        "calls_unknown": row.unknown,
        "now_usd": str(row.now),
        "then_usd": str(row.then),
        "change_usd": str(row.change),
    }
