"""Recorded usage at other prices: what it cost, what the same would cost, and whether that is far.

    10 * |repriced - recorded| >= recorded        for a limit of 10 %

holds the whole history to its limit, each model that is no trifle, and the moves of all calls
without their signs, so that opposite ones do not cancel.  A move of just the limit is too far, and
no move never is.  All of it is exact: amounts are whole numbers, and no share is ever rounded.

A call without a price is in no sum; what it would be added to is then in doubt, never zero.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from pytest_specbudget.core.finding import Result

__all__ = [
    "FLOOR",
    "WHOLE_HISTORY",
    "Drift",
    "Moved",
    "Priced",
    "Said",
    "drift",
]

WHOLE_HISTORY = "whole history"

FLOOR = Fraction(1, 100)
"""The share of what was spent from which a model is held to the limit by itself."""

Said = Literal["same", "tolerated", "small", "drifted", "unknown"]
"""It costs what it did; it moved within the limit; beyond it, but it is too little to matter by
itself; beyond it; some of it has no price."""

_NOTHING = Money()
_WHOLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What the calls of one model on one day cost, and what they would cost at other prices.

    Attributes:
        model: As `provider/model`.
        day: The UTC day on which the calls were made.
        calls: How many have a cost on both sides.
        recorded: What these cost as they were recorded.
        repriced: What these cost at the other prices.
        gross: How far these moved, each call without its sign; at least what they moved together.
        unknown: How many more lack a price on a side; they are in neither sum.
        reasons: Why, each once.
    """

    model: str
    day: date
    calls: int = 0
    recorded: Money = _NOTHING
    repriced: Money = _NOTHING
    gross: Money = _NOTHING
    unknown: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What one subject cost, and what it would cost.

    Attributes:
        subject: `provider/model`, or `WHOLE_HISTORY`.
        calls: How many are in the sums.
        recorded: What they cost as recorded.
        repriced: What they would cost.
        said: What that comes to.
        gross: How far its calls moved, each without its sign.
        unknown: How many calls are in neither sum.
        reasons: Why, each once, sorted.
    """

    subject: str
    calls: int
    recorded: Money
    repriced: Money
    said: Said
    gross: Money = _NOTHING
    unknown: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def change(self) -> Money:
        """How much more it would cost; negative for less."""
        return self.repriced - self.recorded

    @property
    def size(self) -> Money:
        """How far it moved, in either direction."""
        return Money(abs(self.change.atto))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A history at other prices, judged.

    Attributes:
        limit: By how many percent anything may move before it is too far; 10 % is `Fraction(10)`.
        total: The whole of it.
        models: Each model, what moved most first.
        gross: How far all calls moved together, without their signs.
        gross_said: Whether that is too far: `same`, `tolerated` or `drifted`.
    """

    limit: Fraction
    total: Moved
    models: tuple[Moved, ...]
    gross: Money
    gross_said: Said

    @property
    def drifted(self) -> tuple[Moved, ...]:
        """The models that moved too far."""
        return tuple(one for one in self.models if one.said == "drifted")

    @property
    def doubted(self) -> tuple[Moved, ...]:
        """The models of which some calls have no price."""
        return tuple(one for one in self.models if one.unknown)

    @property
    def result(self) -> Result:
        """Fail if anything moved too far; else inconclusive if some of it has no price."""
        if self.drifted or "drifted" in (self.total.said, self.gross_said):
            return "fail"
        return "inconclusive" if self.doubted else "pass"


@dataclass(slots=True)
class _Sums:
    calls: int = 0
    recorded: Money = _NOTHING
    repriced: Money = _NOTHING
    gross: Money = _NOTHING
    unknown: int = 0
    reasons: set[str] = field(default_factory=set)

    def add(self, one: Priced | _Sums) -> None:
        self.calls += one.calls
        self.recorded += one.recorded
        self.repriced += one.repriced
        self.gross += max(one.gross, _size(one))
        self.unknown += one.unknown
        self.reasons.update(one.reasons)

    def moved(self, subject: str, said: Said) -> Moved:
        return Moved(
            subject=subject,
            calls=self.calls,
            recorded=self.recorded,
            repriced=self.repriced,
            said="unknown" if self.unknown and said != "drifted" else said,
            gross=self.gross,
            unknown=self.unknown,
            reasons=tuple(sorted(self.reasons)),
        )


def drift(groups: Iterable[Priced], limit: Fraction, floor: Fraction = FLOOR) -> Drift:
    """Hold a history to *limit*.

    Args:
        groups: What was recorded, in any order and cut in any way.
        limit: In percent, 0 or more; a move of just so much is too far.
        floor: A model is judged by itself if its part of what was spent, or would be, is at least
            this share.
    """
    models: defaultdict[str, _Sums] = defaultdict(_Sums)
    whole = _Sums()
    for group in groups:
        models[group.model].add(group)
        whole.add(group)
    ranked = sorted(models.items(), key=lambda named: (-named[1].gross.atto, named[0]))
    return Drift(
        limit=limit,
        total=whole.moved(WHOLE_HISTORY, _said(_size(whole), whole.recorded, limit)),
        models=tuple(
            sums.moved(model, _said_of_model(sums, whole, limit, floor)) for model, sums in ranked
        ),
        gross=whole.gross,
        gross_said=_said(whole.gross, whole.recorded, limit),
    )


def _size(sums: Priced | _Sums) -> Money:
    return Money(abs((sums.repriced - sums.recorded).atto))


def _said(size: Money, recorded: Money, limit: Fraction) -> Said:
    if not size:
        return "same"
    too_far = size.atto * _WHOLE * limit.denominator >= recorded.atto * limit.numerator
    return "drifted" if too_far else "tolerated"


def _said_of_model(sums: _Sums, whole: _Sums, limit: Fraction, floor: Fraction) -> Said:
    said = _said(_size(sums), sums.recorded, limit)
    if said == "same" and sums.gross:  # moves that cancel each other are moves, too
        return "tolerated"
    is_small = (
        sums.recorded.atto < floor * whole.recorded.atto
        and sums.repriced.atto < floor * whole.repriced.atto
    )
    return "small" if said == "drifted" and is_small else said
