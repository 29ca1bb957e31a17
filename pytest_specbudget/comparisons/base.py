"""What a run is compared with, as the shell hands it over, and what comes of it: values only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from pytest_specbudget.audit.acks import Acknowledgement
    from pytest_specbudget.audit.comparison import Comparison, RequestChange, Side
    from pytest_specbudget.comparisons.sides import OneInstant
    from pytest_specbudget.core.finding import Gate

__all__ = ["RECORDINGS_ONLY", "Against", "Base", "OpenBase", "Opened"]

RECORDINGS_ONLY = "Recordings only: what changed in code since they were made is not seen."
"""What a reader should know where nothing was run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a run is compared with, opened.

    Attributes:
        side: The base.
        requests: The requests that are not asked as they were there.
        unrun: The tests that the run left out, or classes, files and folders of such; None if it
            left some out and nobody knows which.
        unmeasured: Those tests whose absence leaves the verdict open, by what the change does to
            each, such as `edits its code`; empty where nothing tells what it costs now.
        untold: Those tests that were skipped where nobody can tell whether the change did it.
    """

    side: Side
    requests: tuple[RequestChange, ...] = ()
    unrun: frozenset[str] | None = frozenset()
    unmeasured: Mapping[str, str] = field(default_factory=dict)
    untold: frozenset[str] = frozenset()


OpenBase = Callable[["OneInstant", "Side"], Opened]
"""Opens a base for the head that it is given, at the prices that both sides have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What the shell knows of a comparison.

    Attributes:
        open: Opens the base; None where there is none yet, as `notes` say.
        acks: The regressions that were accepted.
        today: The day on which these count.
        ack_file: Where they are written, as one types it here; empty for the usual file.
        notes: Whole sentences that a reader should know.
    """

    open: OpenBase | None = None
    acks: Sequence[Acknowledgement] = ()
    today: date
    ack_file: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """What a comparison comes to.

    Attributes:
        comparison: The two sides, or None where nothing was compared.
        gates: What it holds the run to.
        notes: Whole sentences that a reader should know.
    """

    comparison: Comparison | None = None
    gates: tuple[Gate, ...] = ()
    notes: tuple[str, ...] = ()
