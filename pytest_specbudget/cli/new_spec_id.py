"""`specbudget new-spec-id`: the id of the next SPEC, without a model and without a wait."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.agents.operations.spec_ids import (
    PREFIX,
    folder_name,
    next_spec_id,
    reserve,
    slug_of,
)
from pytest_specbudget.cli._output import complain
from pytest_specbudget.core.reasons import reason_of

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "name the next SPEC of a folder, and reserve it"
EXAMPLE = 'specbudget new-spec-id docs --title "Model cost" --reserve'


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("docs"),
        metavar="FOLDER",
        help="where the folders of SPECs lie (default: docs)",
    )
    parser.add_argument("--title", default="", help="what the SPEC is about, for its folder's name")
    parser.add_argument("--reserve", action="store_true", help="make the folder, for nobody else")
    parser.add_argument(
        "--prefix", default=PREFIX, help="what ids begin with (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print the id; 1 if the folder cannot be read or made, 2 for a prefix that is no name."""
    prefix = arguments.prefix
    if not prefix or set(prefix) & set("/\\") or prefix[-1:].isdigit():
        complain(f'--prefix "{prefix}" cannot begin an id: it needs a name that ends in no digit')
        return 2
    if arguments.folder.exists() and not arguments.folder.is_dir():
        complain(f'"{arguments.folder}" is no folder; name the one where the folders of SPECs lie')
        return 2
    try:
        made = reserve(arguments.folder, arguments.title, prefix) if arguments.reserve else None
        spec_id = _id_of(made, arguments.title) if made else next_spec_id(arguments.folder, prefix)
    except OSError as problem:
        complain(f"{arguments.folder}: {reason_of(problem)}")
        return 1
    folder = made or arguments.folder / folder_name(spec_id, arguments.title)
    print(_json(arguments, spec_id, folder) if arguments.json else spec_id)
    return 0


def _id_of(made: Path, title: str) -> str:
    return made.name.removesuffix(f"-{slug}") if (slug := slug_of(title)) else made.name


def _json(arguments: argparse.Namespace, spec_id: str, folder: Path) -> str:
    told = {"spec_id": spec_id, "folder": folder.as_posix(), "reserved": arguments.reserve}
    return json.dumps(told)
