"""What routing says of one run; nothing where no test and no setting speaks of tiers.

The table is the one that the run had, kept in its journal, so that another machine judges the same.

Why this stands apart from `routing_gates`: most runs are not routed, and need none of its rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.verdicts.routed import Routing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_specbudget.core.ledger import Charge, Ledger
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.settings.settings import Settings
    from pytest_specbudget.verdicts.routed import Allowed, Told

__all__ = ["routing_of"]


def routing_of(
    journals: Iterable[Journal],
    ledger: Ledger,
    settings: Settings,
    nodes: Callable[[Charge], Iterable[str]],
) -> Routing:
    """Return what routing says of *ledger*; nothing where no test and no setting speaks of tiers.

    Args:
        journals: Those of the run.
        ledger: What is judged.
        settings: What was asked for.
        nodes: The nodes that a charge counts for.
    """
    told, allowed = _told(journals), _allowed(journals)
    has_tiers = any(charge.tier or charge.routed is not None for charge in ledger)
    if not (told or allowed or has_tiers or settings.max_premium_share is not None):
        return Routing()
    from pytest_specbudget.verdicts.routing_gates import held_to  # noqa: PLC0415 # takes 40 ms

    return held_to(ledger, settings, told=told, allowed=allowed, nodes=nodes)


def _told(journals: Iterable[Journal]) -> Told | None:
    """Return the text of the run's own table, and where it stood; None if it had none."""
    for values in _events(journals, "routing_table"):
        return str(values["text"]), str(values["source"])
    return None


def _allowed(journals: Iterable[Journal]) -> Allowed:
    return {
        str(values["node"]): (tuple(values["allow_tiers"]), str(values["origin"]))
        for values in _events(journals, "limit")
        if values.get("allow_tiers")
    }


def _events(journals: Iterable[Journal], name: str) -> Iterable[dict[str, Any]]:
    return (one.values for journal in journals for one in journal.events if one.event == name)
