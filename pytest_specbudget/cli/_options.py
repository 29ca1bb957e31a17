"""What several commands have in common: actions with an example, options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cli._parser import Parser

if TYPE_CHECKING:
    import argparse
    from argparse import _SubParsersAction

__all__ = ["add_action", "add_actions", "configure_prices"]


def add_actions(
    parser: argparse.ArgumentParser, parser_class: type[Parser] = Parser
) -> _SubParsersAction[Parser]:
    """Let a command have actions, one of which is to be named."""
    return parser.add_subparsers(
        title="actions", metavar="ACTION", required=True, parser_class=parser_class
    )


def add_action(actions: _SubParsersAction[Parser], name: str, summary: str, example: str) -> Parser:
    """Add one of the actions of a command, with an *example* in its help."""
    parser = actions.add_parser(name, help=summary, description=summary)
    parser.show(example)
    return parser


def configure_prices(parser: argparse.ArgumentParser) -> None:
    """Let the command take price files of the user's own."""
    parser.add_argument(
        "--prices",
        metavar="PATH",
        type=Path,
        action="append",
        default=[],
        help="overlay TOML, or the name of a shipped one; repeatable, the later on top",
    )
