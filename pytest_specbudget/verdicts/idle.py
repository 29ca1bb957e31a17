"""Notes about what was asked for and had nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_specbudget.budgets.gate import SpendGate
    from pytest_specbudget.settings.settings import Settings

__all__ = ["stop_loss_notes"]

_JUDGED_AT_THE_END = ("day", "month")


def stop_loss_notes(settings: Settings, spending: Sequence[SpendGate]) -> Iterator[str]:
    """Say that a stop-loss refused nothing, because nothing told it what to hold.

    Args:
        settings: As the user made them, with the mode that somebody set, or None.
        spending: The gates of all ceilings, those of markers among them.
    """
    if not settings.stop_loss or settings.disabled:
        return
    held = f"{settings.origin_of('stop_loss')} holds nothing"
    if not spending:
        yield f"{held}: there is no ceiling; set one, like --spec-session-budget=2.00"
    elif settings.explicit_mode in ("observe", "warn"):
        yield f"{held}: {settings.mode_origin} fails no run; only enforce refuses calls"
    for limit in settings.limits:
        if limit.scope in _JUDGED_AT_THE_END:
            yield f"{limit.origin} is judged when the run has ended: a stop-loss does not hold it"
