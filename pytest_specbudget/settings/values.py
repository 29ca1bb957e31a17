"""What settings hold: values only, each with its origin where somebody may ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from pytest_specbudget.core.money import Money

__all__ = ["Limit", "PriceAt", "ReportTarget", "Scope"]

Scope = Literal["spec", "session", "test", "command", "stage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A ceiling on what some charges may cost together.

    Attributes:
        scope: What is summed up.
        subject: The one SPEC, command or stage that is meant; None means each.
        ceiling: The most it may cost, inclusive.
        origin: Where it was set, as the user wrote it: `--spec-budget=2.00`.
    """

    scope: Scope
    subject: str | None = None
    ceiling: Money
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAt:
    """The instant whose prices count.

    Attributes:
        kind: `catalogue`: the catalogue's `as_of`, or the setting `prices_as_of`; `recorded`: when
            the answer was recorded; `now`: when the run started; `time`: the one in `time`.
        time: Aware UTC for the kind `time`, otherwise None.
    """

    kind: Literal["catalogue", "recorded", "now", "time"] = "catalogue"
    time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTarget:
    """A report that was asked for.

    Attributes:
        format: `json`, `markdown` or `junit`.
        path: Where it goes; relative to the current directory, or absolute.
        origin: Where it was asked for, as the user wrote it.
    """

    format: str
    path: Path
    origin: str
