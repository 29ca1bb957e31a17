"""Priced readings, and how they add up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import quick_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_specbudget.core.attribution import Attribution
    from pytest_specbudget.core.bound import Bound
    from pytest_specbudget.core.exchange import CallVerdict, Outcome, Source
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.core.routed import Routed
    from pytest_specbudget.core.staleness import Staleness

__all__ = ["Charge", "Ledger", "Totals"]

_ZERO = Money()
_AS_A_RULE: tuple[CallVerdict, ...] = ("live", "hit")


@quick_value
class Charge:
    """One model call: read, priced and attributed.

    Attributes:
        id: Unique among all runs that may ever be combined.
        at: When it was sent, RFC 3339, UTC.
        host: Who was asked.
        fingerprint: The same for the same request, whatever the order of its keys; or None where
            the request could not be seen.
        reading: What it consumed.
        attribution: Whom it belongs to.
        source: Who answered.
        outcome: Answered, failed (it cost nothing) or unknown (sent, no answer seen).
        status: The HTTP status, or None.
        list_cost: At published prices, exact; None if it could not be priced.
        contracted_cost: At our rates; None if it could not be priced.
        billed_cost: What the provider bills for it: $0 for a replayed or mocked answer.
        price_id: Which price was used, or None.
        reason: Why it has no price, or None.
        worker: Which process of the run made it: `main`, `gw0`, ...
        duration_s: In seconds, or None if it never ended.
        first_byte_s: Of a live call, the time to the first byte of its body, in seconds; None where
            that says nothing about the provider: while recording, streams are read whole first.
        error: What broke it, or None.
        cassette: The recording that answered, or None.
        cassette_index: Its place there, from 0, or None.
        role: What the model was asked as (`primary`, `validator`, ...), or None.
        tier: The task tier that its test declares, or None; `routed` has the one it was made by.
        bound: What such a call costs at most, as the user declared it, or None.
        verdict: What answered it, of a replayed suite: its own recording, another's, ...
        routed: Why it was made with just this model, where routing chose it, or None.
        staleness: What was recorded, where a recording of another request answered, or None.
        answered_at: Of a replayed answer, when it was recorded, RFC 3339, UTC; None where that is
            unknown.
        priced_at: The instant whose prices it has, RFC 3339, UTC; None where that is `at`, or
            where no price was used.
        workers: How many workers made the same call in their own copy of a shared fixture.
    """

    id: str
    at: str
    host: str
    reading: Reading
    attribution: Attribution
    source: Source
    outcome: Outcome
    fingerprint: str | None = None
    status: int | None = None
    list_cost: Money | None = None
    contracted_cost: Money | None = None
    billed_cost: Money | None = None
    price_id: str | None = None
    reason: str | None = None
    worker: str = "main"
    duration_s: float | None = None
    first_byte_s: float | None = None
    error: str | None = None
    cassette: str | None = None
    cassette_index: int | None = None
    role: str | None = None
    tier: str | None = None
    bound: Bound | None = None
    verdict: CallVerdict = "live"
    routed: Routed | None = None
    staleness: Staleness | None = None
    answered_at: str | None = None
    priced_at: str | None = None
    workers: int = 1

    @property
    def mocked(self) -> bool:
        """Whether a fake answered; such a charge is shown and never judged."""
        return self.source == "mock"

    @property
    def unreported(self) -> bool:
        """Whether a model answered and told no counts that can be used."""
        untold = self.reading.usage_state in ("none", "unreadable")
        return self.outcome == "answered" and untold and self.reading.free is None

    @property
    def unpriced(self) -> bool:
        """Whether it consumed something that has no price."""
        return self.outcome == "answered" and not self.unreported and self.list_cost is None

    @property
    def partial(self) -> bool:
        """Whether its counts are a lower bound of what it consumed."""
        cut = self.reading.usage_state == "partial"
        return self.outcome == "answered" and cut and self.reading.free is None

    @property
    def uncertain(self) -> bool:
        """Whether it may have cost more than is known."""
        return self.outcome == "unknown" or self.unreported or self.unpriced or self.partial

    @property
    def bounded(self) -> bool:
        """Whether nobody knows what it cost, and a declaration says what that is at most.

        A declaration that the known part of the cost exceeds already holds nothing.
        """
        if self.bound is None or self.mocked or not self.uncertain:
            return False
        known = max(self.list_cost or _ZERO, self.contracted_cost or _ZERO)
        return known <= self.bound.usd

    @property
    def list_spread(self) -> Money:
        """How much more than its known list cost it may have cost, as far as that is bounded."""
        return self._spread(self.list_cost, 1)

    @property
    def billed_spread(self) -> Money:
        """How much more may be billed; what was replayed is known to be billed nothing."""
        return _ZERO if self.source == "replay" else self._spread(self.billed_cost, self.workers)

    def _spread(self, known: Money | None, times: int) -> Money:
        if self.bound is None or not self.bounded:
            return _ZERO
        return max(_ZERO, self.bound.usd * times - (known or _ZERO))


@dataclass(slots=True)
class Totals:
    """Charges, summed; every figure is a plain sum, so that parts always add up to the whole.

    What bounded calls cost lies between what is known of it, which is inside the costs, and that
    and the spread together.  A partial call is a priced one whose counts are a lower bound.
    """

    calls: int = 0
    replayed_calls: int = 0
    failed_calls: int = 0
    unknown_calls: int = 0
    mocked_calls: int = 0
    unpriced_calls: int = 0
    unreported_calls: int = 0
    partial_calls: int = 0
    bounded_calls: int = 0
    estimated_calls: int = 0
    stale_calls: int = 0
    bypassed_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_input_tokens: int = 0
    cache_write_input_tokens: int = 0
    reasoning_output_tokens: int = 0
    list_cost: Money = _ZERO
    contracted_cost: Money = _ZERO
    billed_cost: Money = _ZERO
    list_spread: Money = _ZERO
    billed_spread: Money = _ZERO

    @property
    def unbounded_calls(self) -> int:
        """How many calls may have cost more than is known, with nothing to say how much."""
        doubted = self.unpriced_calls + self.unreported_calls + self.unknown_calls
        return doubted + self.partial_calls - self.bounded_calls

    @property
    def list_upper(self) -> Money:
        """The most that it can have cost at published prices, unbounded calls aside."""
        return self.list_cost + self.list_spread

    @property
    def billed_upper(self) -> Money:
        """The most that can be billed for it, unbounded calls aside."""
        return self.billed_cost + self.billed_spread

    def add(self, charge: Charge) -> None:
        """Add *charge*; a mocked one is only counted as such."""
        called = charge.reading.called
        if charge.mocked:
            self.mocked_calls += called
            return
        if called:
            self._add_call(charge)
        if charge.list_cost is None:
            self.unpriced_calls += charge.unpriced
        if charge.reading.usage_state != "complete":
            self._add_doubts(charge)
        if charge.bound is not None:
            self._add_spread(charge)
        self._add_tokens(charge)
        self._add_costs(charge)

    def _add_call(self, charge: Charge) -> None:
        self.calls += 1
        self.replayed_calls += charge.source == "replay"
        if charge.verdict not in _AS_A_RULE:
            self.stale_calls += charge.verdict == "stale"
            self.bypassed_calls += charge.verdict == "bypass"
        if charge.outcome != "answered":
            self.failed_calls += charge.outcome == "failed"
            self.unknown_calls += charge.outcome == "unknown"

    def _add_doubts(self, charge: Charge) -> None:
        self.unreported_calls += charge.unreported
        self.partial_calls += charge.partial and charge.list_cost is not None
        self.estimated_calls += charge.reading.usage_state == "estimated"

    def _add_spread(self, charge: Charge) -> None:
        self.bounded_calls += charge.bounded
        self.list_spread += charge.list_spread
        self.billed_spread += charge.billed_spread

    def _add_costs(self, charge: Charge) -> None:
        if charge.list_cost is not None:
            self.list_cost += charge.list_cost
        if charge.contracted_cost is not None:
            self.contracted_cost += charge.contracted_cost
        if charge.billed_cost is not None:
            self.billed_cost += charge.billed_cost

    def _add_tokens(self, charge: Charge) -> None:
        usage = charge.reading.usage
        self.input_tokens += usage.input_tokens or 0
        self.output_tokens += usage.output_tokens or 0
        self.cache_read_input_tokens += usage.cache_read_input_tokens or 0
        self.cache_write_input_tokens += usage.cache_write_input_tokens or 0
        self.reasoning_output_tokens += usage.reasoning_output_tokens or 0


@dataclass(slots=True)
class Ledger:
    """Charges in the order they were booked."""

    charges: list[Charge] = field(default_factory=list)

    def __iter__(self) -> Iterator[Charge]:
        return iter(self.charges)

    def only(self, covers: Callable[[Charge], bool]) -> Ledger:
        """Return the charges that *covers* accepts."""
        return Ledger([charge for charge in self.charges if covers(charge)])

    def totals(self) -> Totals:
        """Add all charges up."""
        return _sum(self.charges)

    def by(self, key: Callable[[Charge], str]) -> dict[str, Totals]:
        """Add charges up by *key*, in the order of the keys."""
        groups: dict[str, Totals] = {}
        for charge in self.charges:
            groups.setdefault(key(charge), Totals()).add(charge)
        return dict(sorted(groups.items()))


def _sum(charges: Iterable[Charge]) -> Totals:
    totals = Totals()
    for charge in charges:
        totals.add(charge)
    return totals
