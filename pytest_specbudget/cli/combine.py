"""`specbudget combine`: merge the journals of several machines, each charge once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.journal.combining import write_combined
from pytest_specbudget.journal.reader import journal_files, older_runs, read_journal

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "merge the journals of several machines, each charge once"
EXAMPLE = "specbudget combine shard-1/.specbudget shard-2/.specbudget -o all.jsonl"
_DAMAGED, _WRONG, _INCOMPLETE = 1, 2, 4


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="journals, or folders that hold them"
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="the combined journal"
    )


def run(arguments: argparse.Namespace) -> int:
    """Combine; 1 if a line was damaged, 4 if a process did not end well."""
    try:
        files = [file for path in arguments.paths for file in journal_files(path)]
        problems = [problem for file in files for problem in _problems(file)]
    except JournalError as error:
        print(error, file=sys.stderr)
        return _WRONG
    older = sum(map(older_runs, arguments.paths))
    if older:
        told = calls_of(older, "older run")
        print(f"of each folder the newest run is taken, {told} left out", file=sys.stderr)
    write_combined(files, arguments.output, [sentence for _, sentence in problems])
    for _, sentence in problems:
        print(sentence, file=sys.stderr)
    told = calls_of(len(files), "journal")
    print(f"{told} combined into {arguments.output}", file=sys.stderr)
    return min((status for status, _ in problems), default=0)


def _problems(file: Path) -> Iterator[tuple[int, str]]:
    journal = read_journal(file)
    for sentence in journal.damage:
        yield _DAMAGED, sentence
    if journal.incomplete is not None:
        yield _INCOMPLETE, journal.incomplete
