"""What earlier runs have to say to this one: what they spent, and what it would cost today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.finding import Finding, Found

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.histories.places import Kept
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Past", "past_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was found out of recorded usage.

    Attributes:
        gates: What it holds this run to.
        drift: How prices moved since, as a report has it; None where nobody asked.
        notes: Whole sentences that a reader should know.
    """

    gates: tuple[Gate, ...] = ()
    drift: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()


def past_of(
    settings: Settings,
    rootdir: Path,
    runs: Collection[str],
    now: datetime,
    *,
    again: bool = False,
) -> Past:
    """Look at recorded usage as *settings* ask; at nothing where they don't.

    Args:
        settings: What was asked for.
        rootdir: Where the project keeps its history, unless one was named.
        runs: What is judged, which counts once even if the history has it already.
        now: This instant; aware, UTC.
        again: Whether the runs are judged from their journals, perhaps where no other run is kept:
            then that leaves in doubt what the first run of a project is only told.
    """
    spent = _spent(settings, rootdir, runs, now, again=again)
    kept = _kept(settings, rootdir, runs)
    if settings.history is None and kept is None:
        moved = Past(gates=tuple(_no_history(settings, again=again)))
    else:
        moved = _moved(settings, now, kept)
    return Past(
        gates=(*spent.gates, *moved.gates),
        drift=moved.drift,
        notes=(*spent.notes, *moved.notes),
    )


def _spent(
    settings: Settings, rootdir: Path, runs: Collection[str], now: datetime, *, again: bool
) -> Past:
    """Say what days and months have left for this run, where they are limited."""
    if not any(limit.scope in ("day", "month") for limit in settings.limits):
        return Past()
    from pytest_specbudget.histories.calendar_gates import calendar_of  # noqa: PLC0415 - few ask

    calendar = calendar_of(settings, rootdir, today=now.date(), runs=runs, again=again)
    return Past(gates=calendar.gates, notes=calendar.notes)


def _moved(settings: Settings, now: datetime, kept: Kept | None) -> Past:
    """Say how prices moved what earlier runs cost."""
    from pytest_specbudget.histories.drifting import drift_gate  # noqa: PLC0415 - few ask
    from pytest_specbudget.reports.drifted import (  # noqa: PLC0415 - likewise
        drift_json,
        headline,
        remarks,
    )

    findings, summary = drift_gate(settings, now, kept)
    gates = (Found(findings),)
    if summary is None:
        return Past(gates=gates)
    notes = (headline(summary), *remarks(summary))
    return Past(gates=gates, drift=drift_json(summary), notes=notes)


def _kept(settings: Settings, rootdir: Path, but: Collection[str]) -> Kept | None:
    """Return what the project keeps, where only a limit for drift was given.

    What keeps no run *but* these is nothing.
    """
    if settings.history is not None or settings.max_drift is None:
        return None
    from pytest_specbudget.histories.places import kept_in  # noqa: PLC0415 - few ask
    from pytest_specbudget.histories.usage import keeps_others  # noqa: PLC0415 - likewise

    kept = kept_in(rootdir)
    if kept is None or not any(keeps_others(place, but) for place in kept.places):
        return None
    return kept


def _no_history(settings: Settings, *, again: bool) -> Iterator[Gate]:
    if settings.max_drift is None:
        return
    yield Found(
        (
            Finding(
                rule="price-drift",
                subject="history",
                message="no other run is kept here, so there is nothing whose prices could drift",
                origin=settings.origin_of("max_drift"),
                remedy="keep what runs consume, as with `specbudget history add`, and name it: "
                "--spec-history=PATH",
                severity="error" if again else "warning",
                inconclusive=again,
            ),
        )
    )
