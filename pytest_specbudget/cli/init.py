"""`specbudget init`: look at a repository, and propose the settings that fit it.

Nothing of the repository is run, nothing is sent and no key is needed.  A file that exists is only
appended to, and a table of ours in it is never changed.

Status 1 says that a recording or setting could not be read, after the rest was done.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cli._output import complain
from pytest_specbudget.errors import SpecBudgetError

if TYPE_CHECKING:
    import argparse

    from pytest_specbudget.cli._init.proposal import Proposal
    from pytest_specbudget.cli._init.survey import Survey
    from pytest_specbudget.cli._init.writing import Draft

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "look at a repository, and propose the settings that fit it"
EXAMPLE = "specbudget init --dry-run"

_WRONG = 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="where you run pytest; its rootdir is looked at (default: this folder)",
    )
    parser.add_argument("--dry-run", action="store_true", help="show everything and write nothing")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a text")


def run(arguments: argparse.Namespace) -> int:
    """Look, write unless told not to, and say what was found and done."""
    from pytest_specbudget.cli._init.proposal import propose  # noqa: PLC0415 - `--help` needs none
    from pytest_specbudget.cli._init.pytest_files import find_rootdir  # noqa: PLC0415 - likewise
    from pytest_specbudget.cli._init.survey import survey  # noqa: PLC0415 - likewise
    from pytest_specbudget.cli._init.writing import draft, write  # noqa: PLC0415 - likewise

    if not arguments.folder.is_dir():
        complain(f'"{arguments.folder}" is no folder; name the one where you run pytest')
        return _WRONG
    start = arguments.folder.resolve()
    rootdir = find_rootdir(start)
    try:
        found = survey(rootdir, start)
        proposal = propose(found)
        plan = draft(rootdir, proposal.lines)
        written = bool(plan.added) and not plan.exists and not arguments.dry_run
        if written:
            write(plan)
    except SpecBudgetError as problem:
        complain(problem)
        return 1
    _show(found, proposal, plan, written=written, as_json=arguments.json)
    return 1 if found.damage else 0


def _show(found: Survey, proposal: Proposal, plan: Draft, *, written: bool, as_json: bool) -> None:
    if as_json:
        from pytest_specbudget.cli._init.document import document  # noqa: PLC0415 - as above

        print(json.dumps(document(found, proposal, plan, written=written), indent=1))
        return
    from pytest_specbudget.cli._init.text import (  # noqa: PLC0415 - as above
        found_lines,
        next_lines,
        settings_lines,
    )
    from pytest_specbudget.reports.figures import visible  # noqa: PLC0415 - as above
    from pytest_specbudget.reports.terminal import takes_unicode  # noqa: PLC0415 - as above

    unicode = takes_unicode(sys.stdout.encoding)
    settings = settings_lines(found, plan, written=written)
    after = next_lines(found, proposal, plan, written=written)
    for line in (*found_lines(found), "", *settings, "", *after):
        print(visible(line, unicode=unicode))
