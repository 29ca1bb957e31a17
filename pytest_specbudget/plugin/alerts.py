"""Says while the tests still run that a SPEC comes close to its ceiling, once a level.

It counts what the verdict will count: what every worker calls in its own copy of a shared fixture
counts once, and of copies that cost differently the dearest.  Where ceilings judge what is billed,
every copy was paid, and counts.  A worker takes back what replayed calls of an attempt cost that a
rerun replaced (see `replaced`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_specbudget.budgets.gate import level_of
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import dollars_beside
from pytest_specbudget.reports.figures import WHOLE_RUN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.settings.settings import Settings
    from pytest_specbudget.settings.values import Limit

__all__ = ["Alert", "Alerts", "spent_so_far"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A SPEC has come close to its ceiling, or a call could not be priced.

    Attributes:
        level: `warning`, `critical`, `exceeded` or `unpriced`.
        spec_id: Which SPEC.
        message: What was measured against what.
    """

    level: str
    spec_id: str
    message: str

    def __str__(self) -> str:
        """Return it as one line for a terminal."""
        return f"spec budget {self.level}: {self.message}"


def spent_so_far(name: str, spent: Money, limit: Limit) -> str:
    """Say how much of its *limit* something has spent."""
    have, most = dollars_beside(limit.ceiling, spent)
    whole = ", all of it" if spent == limit.ceiling else ""
    return f"{name} has spent {have} of {most}{whole} ({limit.origin})"


class Alerts:
    """Adds up what workers report, and speaks when a SPEC reaches the next level."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._spent: dict[tuple[str, str], Money] = {}
        self._copies = _Copies()
        self._told: set[tuple[str, str]] = set()

    def after(self, so_far: dict[str, Any]) -> Iterator[Alert]:
        """Take what a worker booked so far, and yield an alert for each new level."""
        for spec, call, cost in so_far["shared"]:
            self._copies.add(so_far["worker"], spec, call, Money.parse(cost))
        for spec, cost in so_far["specs"].items():
            self._spent[so_far["worker"], spec] = Money.parse(cost)
            limit = self._settings.ceiling_of(spec)
            if limit is not None:
                yield from self._speak(spec, limit)

    def _speak(self, spec: str, limit: Limit) -> Iterator[Alert]:
        spent = self._judged(spec)
        share = spent.share_of(limit.ceiling)
        level = level_of(share, self._settings.alert_warning, self._settings.alert_critical)
        if level is not None and (spec, level) not in self._told:
            self._told.add((spec, level))
            message = spent_so_far(self._name(spec), spent, limit)
            yield Alert(level=level, spec_id=spec, message=message)

    def _judged(self, spec: str) -> Money:
        """Add up what all workers spent, less the copies of what is judged once."""
        spent = Money.total(cost for (_, name), cost in self._spent.items() if name == spec)
        return spent - self._copies.surplus[spec]

    def _name(self, spec: str) -> str:
        """Return how tables call *spec*, as far as SPECs are known by now."""
        alone = all(name == UNASSIGNED for _, name in self._spent)
        return WHOLE_RUN if spec == UNASSIGNED and alone else spec


class _Copies:
    """Calls that every worker makes for itself, as they come.

    Attributes:
        surplus: What they cost by SPEC, but for the dearest copy of each, which is judged.
    """

    def __init__(self) -> None:
        self.surplus: defaultdict[str, Money] = defaultdict(Money)
        self._dearest: dict[tuple[str, str, int], Money] = {}
        self._made: Counter[tuple[str, str, str]] = Counter()

    def add(self, worker: str, spec: str, call: str, cost: Money) -> None:
        """Take a call; one that *worker* repeats is a copy of what others repeated as often."""
        place = (spec, call, self._made[worker, spec, call])
        self._made[worker, spec, call] += 1
        known = self._dearest.get(place)
        if known is not None:
            self.surplus[spec] += min(known, cost)
        self._dearest[place] = cost if known is None else max(known, cost)
