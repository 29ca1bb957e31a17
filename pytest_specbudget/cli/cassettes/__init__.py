"""`specbudget cassettes`: look at recordings, find what is wrong with them, keep them fresh.

Each action is a module of this package, made as a command is (see `cli`).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cli._options import add_actions
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._parser import Parser
from pytest_specbudget.errors import SpecBudgetError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

__all__ = ["ACTIONS", "EXAMPLE", "HELP", "configure", "run"]

HELP = "list, show, check and refresh recordings"
EXAMPLE = "specbudget cassettes list tests"

ACTIONS: Mapping[str, str] = {
    "accept": "let known staleness stand: a place that does not count, or what the last run found",
    "index": "write down which test and SPEC each recording is of, for comparisons without a run",
    "list": "one row a recording: calls, models, tokens, list cost, date, size",
    "lint": "find secrets, unused, orphaned and old recordings, and models past their end",
    "migrate": "write recordings of any shape anew, scrubbed, in the form that replays fastest",
    "rerecord": "which recordings to make anew, for about how much, and by which tests",
    "show": "what each interaction of a recording asked and answered",
    "stats": "recordings by provider and model, repeats, and the largest files",
}
"""The actions and what each does; the module of each has its name."""


class _Action(Parser):
    """The parser of one action, which loads its module only if it is asked for."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Declare the arguments of the action, and parse them."""
        name = self.prog.rpartition(" ")[2]
        module = importlib.import_module(f"{__name__}.{name}")
        self.show(module.EXAMPLE)
        module.configure(self)
        self.set_defaults(action=module.run)
        return super().parse_known_args(args, namespace)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the actions."""
    commands = add_actions(parser, _Action)
    for name, summary in ACTIONS.items():
        commands.add_parser(name, help=summary, description=summary)


def run(arguments: argparse.Namespace) -> int:
    """Run the action and return the exit status."""
    try:
        status: int = arguments.action(arguments)
    except SpecBudgetError as problem:
        complain(problem)
        return 1
    return status
