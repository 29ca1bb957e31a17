"""`specbudget cassettes index`: write down whose each recording is, as the newest run used it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.baselines.index import maintain
from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.cli._journaled import newest
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import shown_path, with_shelf

if TYPE_CHECKING:
    import argparse

    from pytest_specbudget.cli._shelf import Shelf
    from pytest_specbudget.core.ledger import Charge

__all__ = ["EXAMPLE", "configure", "run"]

EXAMPLE = "specbudget cassettes index"


def configure(parser: argparse.ArgumentParser) -> None:
    """Take no arguments: the newest journal in this folder tells everything."""
    del parser


@with_shelf
def run(_arguments: argparse.Namespace, shelf: Shelf) -> int:
    """Write the indexes and name them; 1 where no run tells of recordings."""
    used = [_as_recorded(charge) for charge in merge(newest()).ledger if charge.cassette]
    if not used:
        complain("no run in this folder used a recording; run pytest with an option of ours first")
        return 1
    written = maintain(used, shelf.settings.cassette_dir)
    for path in written:
        print(shown_path(Path(path)))
    if not written:
        complain("every index is up to date")
    return 0


def _as_recorded(charge: Charge) -> Charge:
    """Return *charge* as a run that recorded it would have booked it: then it is in the index."""
    return replace(charge, source="record")
