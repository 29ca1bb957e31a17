"""A stored JSON report as one side of a comparison: coarse, because a report holds no calls.

A report says what each test consumed, not by which calls.  So each of its tests becomes as many
calls as it made, of which one carries all tokens and the whole cost: every sum is right, and what
is below a test is not known.  A test of several SPECs or models belongs to all of them together
(`A, B`), since nobody can tell which call was whose.  The other side is made as coarse.

Nothing in a report can be priced anew.  Its costs stand beside those of the same prices, and are
unknown beside others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count, repeat
from typing import TYPE_CHECKING, Any

from pytest_specbudget.audit.comparison import Side
from pytest_specbudget.core.attribution import Attribution
from pytest_specbudget.core.bound import Bound
from pytest_specbudget.core.ledger import Charge, Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import RETRIEVE, Reading
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pytest_specbudget.reports.report import Report

__all__ = ["REPORTED", "Prices", "coarse", "prices_of", "reported_side", "without_costs"]

REPORTED = "reported"
"""The operation of a call that stands for others, of which only the sums are known."""

_ZERO = Money()
_HOST = "(reported)"
_SEVERAL = "(several)"
_REASON = "it was reported at other prices"
_COUNTS = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_write_input_tokens",
    "reasoning_output_tokens",
)

_Model = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """The prices of what cannot be priced anew; costs of equal ones may be compared.

    Attributes:
        sha256: Digest of the catalogue with everything laid over it.
        as_of: RFC 3339, the instant at which replayed calls are priced.
        price_at: The instant whose prices count, as it was asked for.
    """

    sha256: str
    as_of: str
    price_at: str


@dataclass(frozen=True, slots=True)
class _Sums:
    """What is known of one test: whose it is, the models it called, and its sums."""

    test: str
    spec: str
    models: tuple[_Model, ...]
    totals: Totals


def prices_of(report: Report) -> Prices | None:
    """Return the prices of *report*; None if nothing in it had to be priced."""
    facts = report.catalogue
    if facts is None:
        return None
    return Prices(sha256=facts.sha256, as_of=facts.as_of, price_at=report.price_at)


def reported_side(report: Report, name: str) -> Side:
    """Make a side of the tests of *report*, at the prices that the report has."""
    sellers = {model: row.name.removesuffix(model) for row in report.models for model in row.models}
    tests = (
        _Sums(
            row.name,
            row.spec,
            tuple((sellers.get(model, "").removesuffix("/"), model) for model in row.models),
            row.totals,
        )
        for row in report.tests
    )
    return Side(
        name=name,
        charges=tuple(_calls_of(tests, name)),
        unrun=None if report.partial else frozenset(),
        notes=(*_notes(report, name),),
    )


def coarse(side: Side) -> Side:
    """Return *side* with no more told of it than a report would tell."""
    tests: dict[str, list[Charge]] = {}
    for charge in side.charges:
        tests.setdefault(charge.attribution.test, []).append(charge)
    calls = tuple(_calls_of((_summed(test, made) for test, made in tests.items()), side.name))
    return replace(side, charges=calls, own_costs={})


def without_costs(side: Side) -> Side:
    """Return *side*, of a report, with its costs unknown, because the other has other prices."""
    note = (
        f"{side.name} was reported at other prices and cannot be priced anew; give the journal of "
        "the run, or a stored baseline"
    )
    charges = tuple(map(_without_cost, side.charges))
    return replace(side, charges=charges, notes=(*side.notes, note))


def _without_cost(charge: Charge) -> Charge:
    if not charge.list_cost:
        return charge
    return replace(charge, list_cost=None, contracted_cost=None, bound=None, reason=_REASON)


def _notes(report: Report, name: str) -> Iterator[str]:
    yield (
        f"{name} is a report, which holds no calls: nothing below a test can be told, such as "
        "which request changed, or what each of its SPECs and models cost"
    )
    if report.sources.get("live") or report.sources.get("record"):
        yield f"the live calls of {name} are priced as of when they were made"


def _summed(test: str, made: list[Charge]) -> _Sums:
    totals = Totals()
    for charge in made:
        totals.add(charge)
    specs = sorted({charge.attribution.spec for charge in made})
    models = sorted({(charge.reading.provider, charge.reading.model) for charge in made})
    return _Sums(test, ", ".join(specs), tuple(models), totals)


def _calls_of(tests: Iterable[_Sums], name: str) -> Iterator[Charge]:
    ids = (f"{name}#{number}" for number in count(1))
    for sums in tests:
        for charge in _calls(sums):
            yield replace(charge, id=next(ids))


def _calls(sums: _Sums) -> list[Charge]:
    """Return calls that add up to *sums*, of which the first that has a price carries all."""
    totals = sums.totals
    usual = totals.calls - sum(getattr(totals, name) for name in _UNUSUAL)
    made = [*repeat(_call(sums), usual)]
    for name, change in _UNUSUAL.items():
        made += repeat(change(_call(sums)), getattr(totals, name))
    carrier = next((place for place, one in enumerate(made) if one.list_cost is not None), None)
    if carrier is None and (totals.list_cost or totals.input_tokens):
        carrier = len(made)
        made.append(_changed(_call(sums), operation=RETRIEVE))  # so it is no call of its own
    if carrier is not None:
        made[carrier] = _carrying(made[carrier], totals)
    replayed = repeat("replay", totals.replayed_calls)
    for place, _ in enumerate(replayed):
        if place < len(made):
            made[place] = replace(made[place], source="replay", verdict="hit")
    return _bounded(made, totals)


def _call(sums: _Sums) -> Charge:
    provider, model = sums.models[0] if len(sums.models) == 1 else (_SEVERAL, _named(sums.models))
    return Charge(
        id="",
        at="",
        host=_HOST,
        reading=Reading(
            provider=provider, operation=REPORTED, response_model=model, usage_state="complete"
        ),
        attribution=Attribution(test=sums.test, spec=sums.spec, when="call"),
        source="live",
        outcome="answered",
        list_cost=_ZERO,
        contracted_cost=_ZERO,
        billed_cost=_ZERO,
    )


def _named(models: Iterable[_Model]) -> str:
    return ", ".join(model for _, model in models)


def _changed(charge: Charge, **reading: Any) -> Charge:
    return replace(charge, reading=replace(charge.reading, **reading))


def _without_price(charge: Charge) -> Charge:
    return replace(charge, list_cost=None, contracted_cost=None, billed_cost=None)


_UNUSUAL: Mapping[str, Callable[[Charge], Charge]] = {
    "estimated_calls": lambda call: _changed(call, usage_state="estimated"),
    "failed_calls": lambda call: replace(call, outcome="failed"),
    "partial_calls": lambda call: _changed(call, usage_state="partial"),
    "unpriced_calls": _without_price,
    "unreported_calls": lambda call: _changed(_without_price(call), usage_state="none"),
    "unknown_calls": lambda call: replace(_without_price(call), outcome="unknown"),
}
"""What a call is made of that is counted so, beside those that are answered, told and priced."""


def _carrying(charge: Charge, totals: Totals) -> Charge:
    usage = Usage(**{name: getattr(totals, name) for name in _COUNTS})
    return replace(
        _changed(charge, usage=usage),
        list_cost=totals.list_cost,
        contracted_cost=totals.contracted_cost,
        billed_cost=totals.billed_cost,
    )


def _bounded(made: list[Charge], totals: Totals) -> list[Charge]:
    """Bound as many of the uncertain calls as there were; the last one has the whole spread."""
    places = [place for place, one in enumerate(made) if one.uncertain]
    spread = totals.list_spread
    for place in places[len(places) - totals.bounded_calls :]:
        known = made[place].list_cost or _ZERO
        made[place] = replace(made[place], bound=Bound(usd=known + spread, by=_HOST))
        spread = _ZERO
    return made
