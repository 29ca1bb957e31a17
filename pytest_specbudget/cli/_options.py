"""What several commands have in common: actions with an example, options."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _SubParsersAction

__all__ = ["add_action", "configure_prices"]


def add_action(
    actions: _SubParsersAction[argparse.ArgumentParser], name: str, summary: str, example: str
) -> argparse.ArgumentParser:
    """Add one of the actions of a command, with an *example* in its help."""
    return actions.add_parser(
        name,
        help=summary,
        description=summary,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"example:\n  {example}",
    )


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
