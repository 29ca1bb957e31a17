"""What an inner run booked, as its journals tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.journal.reader import journal_files, read_journal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.suites import Suite

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal

__all__ = ["charges", "journals"]


def journals(suite: Suite) -> list[Journal]:
    """Read the journals of the newest run of *suite*."""
    newest = max((suite.folder / ".specbudget" / "journal").iterdir())
    return [read_journal(file) for file in journal_files(newest)]


def charges(suite: Suite) -> list[Charge]:
    """Return every charge of the newest run of *suite*, in order of time."""
    return sorted(_charges(suite), key=lambda charge: charge.at)


def _charges(suite: Suite) -> Iterator[Charge]:
    for journal in journals(suite):
        yield from journal.charges
