"""`specbudget explain`: what a rule checks, why, and how to satisfy it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pytest_specbudget.cli._output import complain
from pytest_specbudget.core.names import nearest
from pytest_specbudget.recordings.lint import RULES
from pytest_specbudget.reports import rule_pages

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "say what a rule checks, why, and how to satisfy it"
EXAMPLE = "specbudget explain budget-exceeded"

_MOST = 3
"""Rules that a word may have meant, at most."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("rule", nargs="?", metavar="RULE", help="without it, all rules are listed")


def run(arguments: argparse.Namespace) -> int:
    """Print the page, or the list; return 2 if there is no such rule."""
    rules = rule_pages.names()
    if arguments.rule is None:
        width = max(map(len, rules)) + 2
        sys.stdout.write("".join(f"{rule:<{width}}{rule_pages.summary(rule)}\n" for rule in rules))
        return 0
    if arguments.rule not in (*rules, *RULES):
        complain(_unknown(arguments.rule, [*rules, *RULES]))
        return 2
    page = rule_pages.page if arguments.rule in rules else _page_of_lint
    sys.stdout.write(page(arguments.rule))
    return 0


def _page_of_lint(name: str) -> str:
    """Write the page of a rule that `specbudget cassettes lint` checks, and no run."""
    rule = RULES[name]
    return (
        f"# {name}\n\nFound by `specbudget cassettes lint`.\n\nSeverity: {rule.severity}.\n\n"
        f"## How to satisfy it\n\n{rule.remedy[:1].upper()}{rule.remedy[1:]}.\n"
    )


def _unknown(rule: str, rules: list[str]) -> str:
    words = rule.casefold()
    near = nearest(rule, rules)
    alike = [one for one in rules if words and words in one] or ([near] if near else [])
    meant = " or ".join(f'"{one}"' for one in alike[:_MOST])
    hint = f"did you mean {meant}? " if meant else ""
    return f'no rule is called "{rule}"; {hint}`specbudget explain` lists them all'
