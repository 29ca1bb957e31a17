"""What every report is summed up by, whether of a run or of a comparison without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.core.finding import Verdict
    from pytest_specbudget.core.ledger import Charge, Ledger
    from pytest_specbudget.settings.settings import Settings

__all__ = ["command_of", "exitstatus_of", "model_of", "price_at_of", "sources_of", "stage_of"]

_NONE = "(none)"


def command_of(charge: Charge) -> str:
    """Return the command that *charge* belongs to, `(none)` without one."""
    return charge.attribution.command or _NONE


def stage_of(charge: Charge) -> str:
    """Return the stage that *charge* belongs to, `(none)` without one."""
    return charge.attribution.stage or _NONE


def model_of(charge: Charge) -> str:
    """Return who was charged for, as `provider/model`."""
    return f"{charge.reading.provider}/{charge.reading.model}"


def sources_of(ledger: Ledger) -> Mapping[str, int]:
    """Count judged calls by who answered."""
    counts = dict.fromkeys(("live", "record", "replay"), 0)
    for charge in ledger:
        if not charge.mocked and charge.reading.called:
            counts[charge.source] += 1
    return counts


def price_at_of(settings: Settings) -> str:
    """Return the instant whose prices count, as it was asked for."""
    asked = settings.price_at
    return asked.time.isoformat() if asked.time is not None else asked.kind


def exitstatus_of(verdict: Verdict, settings: Settings) -> int:
    """Return what a process exits with: 1 for a breach, and for doubts that are not tolerated."""
    tolerated = verdict.result == "inconclusive" and settings.on_inconclusive != "fail"
    return 0 if verdict.passed or tolerated else 1
