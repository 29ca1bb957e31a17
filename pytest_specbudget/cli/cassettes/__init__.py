"""`specbudget cassettes`: look at recordings, find what is wrong with them, keep them fresh.

Each action is a module of this package, made as a command is (see `cli`).
"""

from __future__ import annotations

import argparse
import importlib
from typing import TYPE_CHECKING

from pytest_specbudget.cli._output import complain
from pytest_specbudget.errors import SpecBudgetError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ACTIONS", "EXAMPLE", "HELP", "configure", "run"]

HELP = "list, show, check and refresh recordings"
EXAMPLE = "specbudget cassettes list tests"

ACTIONS: Mapping[str, str] = {}
"""The actions and what each does; the module of each has its name."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the actions."""
    commands = parser.add_subparsers(metavar="ACTION", required=True)
    for name, summary in ACTIONS.items():
        module = importlib.import_module(f"{__name__}.{name}")
        one = commands.add_parser(
            name,
            help=summary,
            description=summary,
            epilog=f"example:\n  {module.EXAMPLE}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.configure(one)
        one.set_defaults(action=module.run)


def run(arguments: argparse.Namespace) -> int:
    """Run the action and return the exit status."""
    try:
        status: int = arguments.action(arguments)
    except SpecBudgetError as problem:
        complain(problem)
        return 1
    return status
