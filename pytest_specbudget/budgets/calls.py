"""How many calls a test may make, or a class or module together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.wording import calls_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pytest_specbudget.core.ledger import Charge, Ledger

__all__ = ["MaxCallsGate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxCallsGate:
    """Breached by a node that makes more calls than its marker allows; failed ones count.

    Attributes:
        limits: The most calls, inclusive, and where that was set, by node id.
        subjects: The nodes that a charge counts for: its test, and what is around that.
    """

    limits: Mapping[str, tuple[int, str]]
    subjects: Callable[[Charge], Iterable[str]]

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield an error for each node with too many calls."""
        judged = (one for one in ledger if one.reading.called and not one.mocked)
        made = Counter(node for charge in judged for node in self.subjects(charge))
        for node, (most, origin) in sorted(self.limits.items()):
            if made[node] > most:
                yield Finding(
                    rule="max-calls-exceeded",
                    subject=node,
                    message=f'"{node}" made {calls_of(made[node])} of {most} allowed',
                    origin=origin,
                    remedy="look for retries and repeated questions, or raise max_calls",
                )
