"""`specbudget evidence-stats`: how much evidence there is, by SPEC, against its soft limit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.agents.operations.evidence import SOFT_LIMIT, statistics
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._table import print_table, say

if TYPE_CHECKING:
    import argparse

    from pytest_specbudget.agents.operations.evidence import Statistics, Volume

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
    for problem in found.unread:
        complain(problem)
    if arguments.json:
        print(json.dumps(_document(found), indent=1))
    else:
        _print(found)
    if found.is_heavy:
        complain(f"{folder} holds {_megabytes(found.total)}; its soft limit is 25 MB")
    return 1 if found.unread else 0


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
