"""Write the pages of docs/ that are made from the code: `python ci/generate_docs.py`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.reference import render_columns
from pytest_specbudget.settings.reference import render_configuration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAGES: Mapping[str, Callable[[], str]] = {
    "docs/configuration.md": render_configuration,
    "docs/history-columns.md": render_columns,
}


def main() -> None:
    """Write every page, with the same bytes on every system."""
    root = Path(__file__).resolve().parent.parent
    for name, render in PAGES.items():
        (root / name).write_text(render(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
