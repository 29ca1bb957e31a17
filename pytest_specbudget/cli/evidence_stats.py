"""`specbudget evidence-stats`: how much evidence there is, by SPEC, against its soft limit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.agents.operations.evidence import SOFT_LIMIT, Volume, statistics
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.errors import JournalError
from pytest_specbudget.reports.evidence import read_summary

if TYPE_CHECKING:
    import argparse

    from pytest_specbudget.agents.operations.evidence import Statistics

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "count the files of evidence, by SPEC"
EXAMPLE = "specbudget evidence-stats evidence --json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("evidence"),
        metavar="FOLDER",
        help="the folder of evidence (default: evidence)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print the figures; 1 if something could not be measured, 2 without such a folder."""
    folder = arguments.folder
    if not folder.is_dir():
        complain(f'"{folder}" is no folder; name the folder of evidence')
        return 2
    found = statistics(folder)
    found.by_spec = _named(found.by_spec, folder / "costs")
    for problem in found.unread:
        complain(problem)
    if arguments.json:
        print(json.dumps(_document(found), indent=1))
    else:
        _print(found)
    if found.is_heavy:
        complain(f"{folder} holds {_megabytes(found.total)}; its soft limit is 25 MB")
    return 1 if found.unread else 0


def _named(by_spec: dict[str, Volume], costs: Path) -> dict[str, Volume]:
    """Call each SPEC by its own name, where that of its file had to differ (`(unassigned)`)."""
    named: dict[str, Volume] = {}
    for name, each in by_spec.items():
        known = named.setdefault(_own_name(costs / f"{name}_cost_summary.json") or name, Volume())
        known.files += each.files
        known.bytes += each.bytes
    return dict(sorted(named.items()))


def _own_name(summary: Path) -> str | None:
    try:
        told = read_summary(summary)["spec_id"] if summary.is_file() else None
    except (JournalError, KeyError):
        return None
    return told if isinstance(told, str) and told else None


def _print(found: Statistics) -> None:
    rows = [(spec, f"{each.files:,}", _megabytes(each)) for spec, each in found.by_spec.items()]
    print_table(("spec", "files", "size"), [*rows, ("total", *_figures(found.total))])
    say(f"soft limit: {SOFT_LIMIT >> 20} MB")


def _figures(volume: Volume) -> tuple[str, str]:
    return f"{volume.files:,}", _megabytes(volume)


def _megabytes(volume: Volume) -> str:
    """Write a size with as many places as it takes to tell it from the limit and from nothing."""
    places = 1
    while places < _MOST_PLACES and _looks_like_another(volume.bytes, places):
        places += 1
    return f"{volume.bytes / 2**20:.{places}f} MB"


_MOST_PLACES = 6


def _looks_like_another(size: int, places: int) -> bool:
    shown = f"{size / 2**20:.{places}f}"
    others = {f"{other / 2**20:.{places}f}" for other in (0, SOFT_LIMIT) if other != size}
    return shown in others


def _document(found: Statistics) -> dict[str, object]:
    return {
        "files": found.total.files,
        "bytes": found.total.bytes,
        "soft_limit_bytes": SOFT_LIMIT,
        "over_soft_limit": found.is_heavy,
        "specs": {
            spec: {"files": each.files, "bytes": each.bytes} for spec, each in found.by_spec.items()
        },
    }
