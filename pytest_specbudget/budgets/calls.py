"""How many calls a test may make."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.wording import calls_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.core.ledger import Ledger

__all__ = ["MaxCallsGate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxCallsGate:
    """Breached by a test that makes more calls than its marker allows; failed ones count.

    Attributes:
        limits: The most calls, inclusive, and where that was set, by node id.
    """

    limits: Mapping[str, tuple[int, str]]

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield an error for each test with too many calls."""
        made = Counter(charge.attribution.test for charge in ledger if not charge.mocked)
        for test, (most, origin) in sorted(self.limits.items()):
            if made[test] > most:
                yield Finding(
                    rule="max-calls-exceeded",
                    subject=test,
                    message=f'test "{test}" made {calls_of(made[test])} of {most} allowed',
                    origin=origin,
                    remedy="look for retries and repeated questions, or raise max_calls",
                )
