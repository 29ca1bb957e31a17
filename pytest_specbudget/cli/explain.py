"""`specbudget explain`: what a rule checks, why, and how to satisfy it."""

from __future__ import annotations

import difflib
import sys
from typing import TYPE_CHECKING

from pytest_specbudget.cli._output import complain
from pytest_specbudget.reports import rule_pages

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "say what a rule checks, why, and how to satisfy it"
EXAMPLE = "specbudget explain budget-exceeded"


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("rule", nargs="?", metavar="RULE", help="without it, all rules are listed")


def run(arguments: argparse.Namespace) -> int:
    """Print the page, or the list; return 2 if there is no such rule."""
    rules = rule_pages.names()
    if arguments.rule is None:
        sys.stdout.write("".join(map(_entry, rules)))
        return 0
    if arguments.rule not in rules:
        complain(_unknown(arguments.rule, rules))
        return 2
    sys.stdout.write(rule_pages.page(arguments.rule))
    return 0


def _entry(rule: str) -> str:
    return f"{rule:<22}{rule_pages.summary(rule)}\n"


def _unknown(rule: str, rules: list[str]) -> str:
    near = difflib.get_close_matches(rule, rules, n=1, cutoff=0.3)
    hint = f'did you mean "{near[0]}"? ' if near else ""
    return f'no rule is called "{rule}"; {hint}`specbudget explain` lists them all'
