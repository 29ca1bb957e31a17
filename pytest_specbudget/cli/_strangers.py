"""Hosts that nobody declared, among those that the newest run called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.errors import JournalError
from pytest_specbudget.journal.reader import journal_files, read_journal
from pytest_specbudget.verdicts.strangers import strangers_among

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.settings.settings import Settings
    from pytest_specbudget.verdicts.strangers import Stranger

__all__ = ["document_of", "find_strangers", "worded"]


def find_strangers(journals: Path, settings: Settings) -> tuple[Stranger, ...]:
    """Look through the newest run in the folder *journals*; what cannot be read tells nothing.

    Of *settings* count what they say of hosts and of prices.
    """
    try:
        read = [read_journal(file) for file in journal_files(journals)]
    except JournalError:
        return ()
    return tuple(strangers_among((one for each in read for one in each.charges), settings))


def worded(stranger: Stranger) -> str:
    """Say what was spent at a host, and what to write down."""
    return f'{stranger.told()}; say whose prices hold: {stranger.line()}, or free = "why"'


def document_of(stranger: Stranger) -> dict[str, Any]:
    """Return it as JSON has it; the cost is what is known of it, in USD."""
    return {
        "host": stranger.host,
        "providers": [*stranger.providers],
        "calls": stranger.calls,
        "list_cost_usd": str(stranger.cost),
    }
