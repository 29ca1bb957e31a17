"""Where a model stands among the tiers of a table: by the plans that name it, and by what it costs.

A model is of the lowest tier in which a plan names it, or whose dearest model costs at least as
much for the same tokens.  So a dated id, an alias and a model that no plan names stand somewhere
too; what has no price and stands in no plan is unknown, and that is no tier.

Prices are asked of a `Market`; nothing here knows where they come from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value
from pytest_specbudget.routing.deciding import alternates_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.routing.values import Plan, RoutingTable

__all__ = ["UNPRICED", "Market", "Standing", "Standings", "Tokens"]

Tokens = tuple[int, int]
"""How many tokens went in, and came out."""

_LIKE_ANY: Tokens = (1_000, 1_000)
"""What models are compared by where a call tells no tokens."""

_DATE = re.compile(r"[-@]\d{4}-?\d{2}-?\d{2}")
_ANY_ROLE = ""
_ROLES = ("primary", "validator", "aggregator")


class Market(Protocol):
    """What models are called, and what they cost."""

    def name_of(self, provider: str, model: str) -> str | None:
        """Return the one name of a model that has several, or None for a model without a price."""

    def cost_of(self, provider: str, model: str, tokens: Tokens) -> Money | None:
        """Return what *tokens* of a model cost at its usual rates, or None if that is unknown."""


class _NoMarket:
    """Knows no name and no price."""

    def name_of(self, provider: str, model: str) -> str | None:  # noqa: ARG002 - a `Market`
        return None

    def cost_of(
        self,
        provider: str,  # noqa: ARG002 - likewise
        model: str,  # noqa: ARG002 - likewise
        tokens: Tokens,  # noqa: ARG002 - likewise
    ) -> Money | None:
        return None


UNPRICED: Market = _NoMarket()
"""A market where nothing is known of any price: models stand by the plans that name them alone."""


@value
class Standing:
    """Where the model of one call stands.

    Attributes:
        tier: The lowest tier that it is of; None if it is of none, or nobody knows.
        named: Every tier in whose plans it stands, the cheapest first.
        doubtful: The lowest tier that it may be of, though prices are missing to tell; None if
            there is no such doubt.
        premium: Whether it is a premium model: one that the table calls so, or one that no table
            names and that is dearer than every other model there; None if nobody knows.
    """

    tier: str | None
    named: tuple[str, ...] = ()
    doubtful: str | None = None
    premium: bool | None = None


@dataclass(frozen=True, slots=True)
class Standings:
    """Says where models stand in one table.

    Attributes:
        table: The table.
        market: Their prices.
    """

    table: RoutingTable
    market: Market = UNPRICED
    _known: dict[tuple[object, ...], Standing] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _same: dict[tuple[str, str], frozenset[str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _members: dict[tuple[str, str], tuple[str, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def of(self, charge: Charge) -> Standing:
        """Return where the model stands that was called."""
        reading = charge.reading
        role = charge.routed.role if charge.routed is not None else _ANY_ROLE
        seat = role if role in _ROLES else _ANY_ROLE
        tokens = _tokens(reading)
        own = charge.list_cost if tokens is not _LIKE_ANY else None
        key = (reading.provider, _names(reading), tokens, own, seat, bool(reading.free))
        if key not in self._known:
            self._known[key] = self._standing(reading, seat, tokens, own)
        return self._known[key]

    def is_within(self, charge: Charge, tier: str) -> bool | None:
        """Whether the model that was called is of *tier*, or a cheaper one; None if unknown.

        Args:
            charge: The call.
            tier: A tier of the table.
        """
        standing = self.of(charge)
        if self._at_most(standing.tier, tier):
            return True
        return None if self._at_most(standing.doubtful, tier) else False

    def _at_most(self, tier: str | None, most: str) -> bool:
        order = [*self.table.tiers]
        return tier is not None and order.index(tier) <= order.index(most)

    def _standing(self, reading: Reading, role: str, tokens: Tokens, own: Money | None) -> Standing:
        profiles, cost = self._identified(reading, tokens)
        cost = Money() if reading.free else own if cost is None else cost
        tiers = self.table.tiers
        named = tuple(one for one in tiers if profiles & {*self._models(one, role)})
        anywhere = named or tuple(one for one in tiers if profiles & {*self._models(one)})
        by_price, doubtful = self._by_price(cost, role, tokens)
        found = [tier for tier in tiers if tier in (by_price, *anywhere)]
        return Standing(
            tier=found[0] if found else None,
            named=anywhere,
            doubtful=None if anywhere else doubtful,
            premium=self._is_premium(profiles, cost, tokens),
        )

    def _identified(self, reading: Reading, tokens: Tokens) -> tuple[set[str], Money | None]:
        """Return the profiles of the model, and its price, by the first of its names that tells.

        Who is asked for by a name and answers with a date behind it is still the one asked for.
        """
        for model in _names(reading):
            names = {model, reading.request_model or ""} if _is_dated(reading, model) else {model}
            profiles = {one for name in names for one in self._profiles(reading.provider, name)}
            cost = self.market.cost_of(reading.provider, model, tokens)
            if profiles or cost is not None:
                return profiles, cost
        return set(), None

    def _profiles(self, provider: str, model: str) -> frozenset[str]:
        """Return the names of the profiles that stand for a model, whatever it is called."""
        asked = (provider, model)
        if asked not in self._same:
            name = self.market.name_of(provider, model)
            self._same[asked] = frozenset(
                profile.name
                for profile in self.table.profiles.values()
                if (profile.provider, profile.model) == asked
                or (name and name == self.market.name_of(profile.provider, profile.model))
            )
        return self._same[asked]

    def _by_price(
        self, cost: Money | None, role: str, tokens: Tokens
    ) -> tuple[str | None, str | None]:
        """Return the lowest tier whose dearest model costs as much, and the lowest in doubt."""
        doubtful: str | None = None
        for tier in self.table.tiers:
            models = self._models(tier, role)
            costs = self._costs(models, tokens)
            if cost is not None and costs and cost <= max(costs):
                return tier, doubtful
            if models and (cost is None or len(costs) < len(models)):
                doubtful = doubtful or tier
        return None, doubtful

    def _is_premium(self, profiles: set[str], cost: Money | None, tokens: Tokens) -> bool | None:
        if profiles:
            return any(self.table.profiles[name].premium for name in profiles)
        usual = [name for name, profile in self.table.profiles.items() if not profile.premium]
        costs = self._costs(usual, tokens)
        return None if cost is None or not costs else cost > max(costs)

    def _costs(self, names: Iterable[str], tokens: Tokens) -> list[Money]:
        profiles = (self.table.profiles[name] for name in names)
        costs = (self.market.cost_of(one.provider, one.model, tokens) for one in profiles)
        return [cost for cost in costs if cost is not None]

    def _models(self, tier: str, role: str = _ANY_ROLE) -> tuple[str, ...]:
        """Return whom plans of *tier* ask in a role; in any, where none has that role."""
        key = (tier, role)
        if key not in self._members:
            plans = [plan for plan in _plans(self.table) if plan.tier == tier]
            seats = [name for plan in plans for name in _seats(plan, role)]
            others = [
                other
                for plan in plans
                for name in _seats(plan, role)
                for other in alternates_of(self.table, plan, name)
            ]
            found = tuple(dict.fromkeys((*seats, *others)))
            self._members[key] = found or (self._models(tier) if role else ())
        return self._members[key]


def _plans(table: RoutingTable) -> Iterator[Plan]:
    yield from table.tiers.values()
    for rule in table.commands.values():
        yield rule.plan
        yield from rule.stages.values()


def _seats(plan: Plan, role: str) -> tuple[str, ...]:
    match role:
        case "primary":
            return plan.primaries
        case "validator":
            return () if plan.validator is None else (plan.validator,)
        case "aggregator":
            return () if plan.aggregator is None else (plan.aggregator,)
    return plan.models


def _names(reading: Reading) -> tuple[str, ...]:
    """Return what the model was called: as declared, as it answered, as it was asked for."""
    told = (reading.real_model, reading.response_model, reading.request_model)
    return tuple(dict.fromkeys(name for name in told if name))


def _is_dated(reading: Reading, model: str) -> bool:
    """Whether *model* is the one that was asked for, with the date of a snapshot."""
    asked = reading.request_model
    return bool(asked) and _DATE.fullmatch(model.removeprefix(asked or "")) is not None


def _tokens(reading: Reading) -> Tokens:
    usage = reading.usage
    told = (usage.input_tokens or 0, usage.output_tokens or 0)
    return told if any(told) else _LIKE_ANY
