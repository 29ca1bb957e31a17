"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

__all__ = ["configure_prices"]


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
