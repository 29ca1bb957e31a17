"""What settings hold: values only, each with its origin where somebody may ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from pytest_specbudget.core.money import Money

__all__ = ["BaselineSource", "Limit", "PriceAt", "ReportTarget", "Scope", "baseline_of"]

Scope = Literal["spec", "session", "test", "command", "stage", "day", "month"]


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
            the answer was recorded, or as `catalogue` where it does not tell; `now`: when the run
            started; `time`: the one in `time`.
        time: Aware UTC for the kind `time`, otherwise None.
    """

    kind: Literal["catalogue", "recorded", "now", "time"] = "catalogue"
    time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineSource:
    """What a run is compared with; just one of `path` and `revision` is set.

    Attributes:
        path: A stored baseline, relative to the current directory, or absolute.
        revision: A revision of git, whose merge base with this one is meant.
        origin: Where it was asked for, as the user wrote it.
    """

    path: Path | None = None
    revision: str | None = None
    origin: str

    def __str__(self) -> str:
        """Write it as the user does."""
        return f"git:{self.revision}" if self.path is None else str(self.path)


def baseline_of(text: str, origin: str, folder: Path | None = None) -> BaselineSource:
    """Understand `PATH` or `git:REV`; a relative path begins in *folder*, if there is one.

    Raises:
        ValueError: If no revision is named, or one that git would take for an option.
    """
    revision = text.removeprefix("git:")
    if revision == text:
        path = Path(text) if folder is None else folder / text
        return BaselineSource(path=path, origin=origin)
    if not revision.strip() or revision.startswith("-"):
        raise ValueError(f'"{text}" names no revision; write it like git:origin/main')
    return BaselineSource(revision=revision.strip(), origin=origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTarget:
    """A report that was asked for.

    Attributes:
        format: One of `reports.FORMATS`.
        path: Where it goes; relative to the current directory, or absolute.
        origin: Where it was asked for, as the user wrote it.
    """

    format: str
    path: Path
    origin: str
