"""`specbudget combine`: merge the journals of several machines, each charge once.

What is incomplete is refused, so that a verdict on the whole is never one on a part: nothing is
written then, unless that was allowed.  What is missing stays told in the combined journal, and is
not green there.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.endings import BEGAN, ENDED, unended
from pytest_specbudget.cli._output import complain
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.journal.combining import write_combined
from pytest_specbudget.journal.reader import Journal, journal_files, older_runs, read_journal
from pytest_specbudget.journal.shards import Shards, oddities

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.journal.schema import HeaderLine

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "merge the journals of several machines, each charge once"
EXAMPLE = "specbudget combine shard-*/.specbudget --shards 4 -o all.jsonl"
_DAMAGED, _WRONG, _INCOMPLETE = 1, 2, 4
_ADVICE = "name what a run left in .specbudget, or what `combine` wrote"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="journals, or folders that hold them"
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="the combined journal"
    )
    parser.add_argument(
        "--shards",
        type=_count,
        metavar="N",
        help="how many shards there should be (default: as their names say, such as 3/8)",
    )
    parser.add_argument(
        "--allow-incomplete",
        action="store_true",
        help="combine what there is; the result tells what is missing, and is not green",
    )


def run(arguments: argparse.Namespace) -> int:
    """Combine; 1 if a line was damaged, 2 if nothing fits, 4 if something is missing."""
    try:
        found = _look(arguments.paths)
        shards = Shards.of(found.headers, arguments.shards)
    except JournalError as error:
        complain(error)
        return _WRONG
    if shards.too_many:
        complain(f"{shards.too_many}; correct --shards")
        return _WRONG
    if shards.missing:
        found.incomplete.append(f"{shards.missing}; their calls are not in the sums")
    _tell(found, arguments.paths)
    if found.incomplete and not arguments.allow_incomplete:
        complain(_refusal(arguments.output))
        return _INCOMPLETE
    write_combined(found.files, arguments.output, found.problems)
    told = calls_of(len(found.files), "journal")
    print(f"{told} combined into {arguments.output}", file=sys.stderr)
    return _DAMAGED if found.damaged and not arguments.allow_incomplete else 0


@dataclass(slots=True)
class _Found:
    """The journals below some paths, and what is wrong with them, a sentence each."""

    files: list[Path] = field(default_factory=list)
    headers: list[HeaderLine] = field(default_factory=list)
    ends: list[Journal] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)

    def add(self, file: Path, journal: Journal) -> None:
        self.files.append(file)
        self.headers += [journal.header] if journal.header is not None else []
        ends = [event for event in journal.events if event.event in (BEGAN, ENDED)]
        self.ends.append(Journal(name=journal.name, header=journal.header, events=ends))
        self.damaged += [journal.damaged] if journal.damaged is not None else []
        self.incomplete += [journal.incomplete] if journal.incomplete is not None else []

    @property
    def problems(self) -> list[str]:
        return [*self.damaged, *self.incomplete]


def _look(paths: Iterable[Path]) -> _Found:
    """Read the journals below *paths*; one of several that holds none is an incomplete shard.

    Raises:
        JournalError: If none holds any, or a journal was written by a later version.
    """
    found, empty = _Found(), list[JournalError]()
    for path in paths:
        try:
            files = journal_files(path)
        except JournalError as error:
            empty.append(error)
        else:
            for file in files:
                journal = read_journal(file)
                if file == path and _is_foreign(journal):
                    empty.append(JournalError(f"{file} holds no journal; {_ADVICE}"))
                else:
                    found.add(file, journal)
    if not found.files:
        raise empty[0]
    found.incomplete += map(str, empty)
    found.incomplete += (one.message for one in unended(found.ends))
    return found


def _is_foreign(journal: Journal) -> bool:
    """Tell whether a file has lines, none of which is one of a journal."""
    lines = (journal.header, journal.footer, *journal.charges, *journal.events, *journal.starts)
    return bool(journal.damage) and not any(line is not None for line in lines)


def _tell(found: _Found, paths: Iterable[Path]) -> None:
    older = sum(map(older_runs, paths))
    if older:
        told = calls_of(older, "older run")
        complain(f"of each folder the newest run is taken, {told} left out")
    for sentence in (*oddities(found.headers), *found.problems):
        complain(sentence)


def _refusal(output: Path) -> str:
    return (
        f"{output} is not written, because a verdict on a part is none on the whole; run what is "
        "missing again, or combine what there is with --allow-incomplete"
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f'"{text}" is no number of shards; write 1 or more')
    return int(text)
