"""`specbudget cassettes accept`: let an old suite keep what is stale in it today.

It looks at the last run, in its journal, and writes the file of known staleness.  A path is taken
only where the last run found a difference, where that changed no price, and where nothing stands
that a price follows from; so no regression can be accepted by its place alone.

Exit status: 0 ok; 1 the journal cannot be read, or a path changes what calls cost; 2 wrong
arguments.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.known import FILE_NAME, KnownCall, KnownPath, load, save
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli.cassettes._runs import JOURNAL, Past, past_runs, read_run
from pytest_specbudget.core.asking import bears_on_cost
from pytest_specbudget.core.json_paths import JsonPath
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars_of
from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "let known staleness stand: a place that does not count, or what the last run found"
EXAMPLE = "specbudget cassettes accept --path '$.store'"

_ZERO = Money()


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = parser.add_argument_group("what to accept (one of them, or both)")
    what.add_argument(
        "--path",
        action="append",
        type=_path,
        default=[],
        metavar="JSONPATH",
        help="a place in request bodies that does not count any more; repeatable",
    )
    what.add_argument(
        "--known", action="store_true", help="every call that the last run found to be stale"
    )
    parser.add_argument("--reason", default="", help="why, for those who read the file")
    parser.add_argument(
        "--journal",
        type=Path,
        default=JOURNAL,
        metavar="PATH",
        help="where runs left their journals (default: %(default)s)",
    )
    parser.add_argument(
        "--file",
        type=Path,
        default=Path(FILE_NAME),
        metavar="PATH",
        help="where it is written (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the file; return 1, with nothing written, if a path changes what calls cost."""
    if not (arguments.path or arguments.known):
        complain("say what to accept: --path '$.store', or --known")
        return 2
    journals, note = _told(arguments.journal)
    if note:
        complain(note)
    stale = _stale_calls(journals)
    refused = [words for path in arguments.path if (words := _refusal(path, stale))]
    for words in refused:
        complain(words)
    if refused:
        return 1
    known = load(arguments.file)
    folder = arguments.file.resolve().parent
    paths = [KnownPath(path=path, reason=arguments.reason) for path in arguments.path]
    calls = [*_calls(stale, folder)] if arguments.known else []
    more = known.also(paths, calls)
    if more == known:
        complain(f"{arguments.file}: not written; there is nothing to add")
        return 0
    save(arguments.file, more)
    added = len(more.paths) - len(known.paths), len(more.calls) - len(known.calls)
    told = f"{calls_of(added[0], 'path')} and {calls_of(added[1])} added"
    print(f"{arguments.file}: {told}", file=sys.stderr)
    return 0


def _path(text: str) -> JsonPath:
    try:
        return JsonPath.parse(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def _told(journal: Path) -> tuple[list[Journal], str]:
    """Return what tells of the last run, and what to know if that was partial.

    Where a folder holds several runs, older ones tell of the tests that the last one left out.

    Raises:
        JournalError: If there is no run, or it cannot be read.
    """
    if not journal.exists():
        raise JournalError(f"{journal} does not exist; run the tests first, or give --journal")
    past = past_runs([Path()], journal) if journal.name == JOURNAL.name else Past()
    return ([*past.journals], past.note) if past.runs else ([*read_run(journal).journals], "")


def _stale_calls(journals: Iterable[Journal]) -> list[Charge]:
    """Return the calls that recordings of other requests answered."""
    charges = (charge for one in journals for charge in one.charges)
    return [one for one in charges if one.staleness is not None and not one.staleness.excused]


def _touches(path: JsonPath, charge: Charge) -> bool:
    """Whether *path* is among what changed in *charge*; a path may name more than one place."""
    changed = charge.staleness.places if charge.staleness is not None else ()
    return any(
        place == path.text or place.startswith((path.text + ".", path.text + "["))
        for place in changed
    )


def _changes_cost(charge: Charge) -> bool:
    recorded = charge.staleness.list_cost if charge.staleness is not None else None
    return charge.list_cost is None or charge.list_cost != recorded


def _refusal(path: JsonPath, stale: Iterable[Charge]) -> str:
    """Say why *path* is not accepted; empty if it is."""
    group = [one for one in stale if _touches(path, one)]
    dearer = [one for one in group if _changes_cost(one)]
    if bears_on_cost(path.text):
        why = (
            "what a call costs follows from it; record again, accept --known, or set `volatile`, "
            "which prices what is really asked"
        )
    elif not group:
        why = "the last run found no recording that differs there"
    elif dearer:
        why = f"{_money(dearer)}; record them again, or accept --known"
    else:
        return ""
    return f"{path.text} is not accepted: {why}"


def _money(group: list[Charge]) -> str:
    now = Money.total(one.list_cost or _ZERO for one in group)
    then = Money.total(
        (one.staleness.list_cost if one.staleness else None) or _ZERO for one in group
    )
    shown_now, shown_then = dollars_of(now, then)
    return (
        f"{calls_of(len(group))} of the last run cost {shown_now} with it and {shown_then} as "
        "recorded"
    )


def _calls(stale: Iterable[Charge], folder: Path) -> Iterator[KnownCall]:
    for charge in stale:
        where, index, request = charge.cassette, charge.cassette_index, charge.fingerprint
        if where is not None and index is not None and request is not None:
            path = Path(where)
            name = path.relative_to(folder) if path.is_relative_to(folder) else path
            yield KnownCall(cassette=name.as_posix(), interaction=index, request=request)
