"""A gate of somebody else's, which may raise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.core.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.core.ledger import Ledger

__all__ = ["Guarded", "Raising"]


@dataclass(frozen=True, slots=True)
class Guarded:
    """Asks a gate, and makes a finding of what it raises: a gate that broke is not green.

    Attributes:
        gate: Whom to ask.
        words: Says what was raised, as far as it may be shown.
    """

    gate: Gate
    words: Callable[[Exception], str]

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield what the gate finds."""
        try:
            yield from self.gate.check(ledger)
        except Exception as error:  # noqa: BLE001 - whatever it is, the run must be judged
            name = getattr(self.gate, "name", type(self.gate).__name__)
            yield Finding(
                rule="gate-failed",
                subject=name,
                message=f"the gate {name} raised {self.words(error)}",
                remedy="mend the gate; until then nobody knows what it would have said",
                inconclusive=True,
            )


@dataclass(frozen=True, slots=True)
class Raising:
    """Stands for gates that could not even be asked for.

    Attributes:
        name: What raised.
        error: What it raised.
    """

    name: str
    error: Exception

    def check(self, _ledger: Ledger) -> Iterator[Finding]:
        """Raise it again, for `Guarded` to tell."""
        raise self.error
