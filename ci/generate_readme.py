"""Writes the README's tables from the settings table, between the comments that mark them.

`--check` writes nothing and ends with 1 where the README is not current.
"""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING

from clone import ROOT

from pytest_specbudget.cli import COMMANDS
from pytest_specbudget.settings.table import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_specbudget.settings.table import Option

__all__ = ["commands_table", "options_table", "renewed"]

README = ROOT / "README.md"
_PART = re.compile(r"(<!-- (\w+):begin -->\n).*?(<!-- \2:end -->)", re.DOTALL)


def main() -> int:
    """Write the README, or only compare it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only compare")
    old = README.read_text(encoding="utf-8")
    new = renewed(old)
    if parser.parse_args().check:
        if new != old:
            print("README.md is not current; run: python ci/generate_readme.py", file=sys.stderr)
        return int(new != old)
    README.write_text(new, encoding="utf-8", newline="\n")
    return 0


def renewed(text: str) -> str:
    """Return *text* with every table that is marked in it written anew."""
    return _PART.sub(lambda found: found[1] + _TABLES[found[2]]() + found[3], text)


def options_table() -> str:
    """Write all options as a Markdown table."""
    rows = [(f"`{_usage(option)}`", option.help, option.default) for option in OPTIONS]
    return _table(("option", "what it does", "if not given"), rows)


def commands_table() -> str:
    """Write all commands as a Markdown table."""
    rows = [(f"`specbudget {name}`", summary) for name, summary in COMMANDS.items()]
    return _table(("command", "what it does"), rows)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    rule = ("---",) * len(heads)
    return "".join(f"| {' | '.join(row)} |\n" for row in (heads, rule, *rows))


def _usage(option: Option) -> str:
    value = f"={option.metavar}" if option.metavar else ""
    return f"{option.flag_name}{value}".replace("|", "\\|")


_TABLES: dict[str, Callable[[], str]] = {"commands": commands_table, "options": options_table}


if __name__ == "__main__":
    sys.exit(main())
