"""What markers limit, and which of several markers on one node sets a limit.

Limits add and none lifts another.  So where a test carries several markers, a decorator and one of
its case of `parametrize`, each limit is the strictest that any of them sets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from fractions import Fraction

    from pytest_specbudget.core.money import Money

__all__ = ["Limits", "strictest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one marker limits, for the journal.

    Attributes:
        node: The node that carries the marker.
        single: Whether that is a test, not a class or module.
        origin: Where the marker stands.
        budget: The ceiling, or None.
        max_calls: The most calls, or None.
        allow_tiers: The tiers whose models may be called, or None for all.
        min_quality: The least mean quality score, 0 to 1, or None.
        min_agreement: The least mean agreement, 0 to 1, or None.
        max_regression: By how many percent each test may be dearer than its baseline, or None.
    """

    node: str
    single: bool
    origin: str
    budget: Money | None = None
    max_calls: int | None = None
    allow_tiers: tuple[str, ...] | None = None
    min_quality: Fraction | None = None
    min_agreement: Fraction | None = None
    max_regression: Fraction | None = None

    @property
    def scored(self) -> bool:
        """Whether it asks for scores."""
        return self.min_quality is not None or self.min_agreement is not None


def strictest(limits: Iterable[Limits]) -> Iterator[Limits]:
    """Yield *limits*, by node, with each limit of a node left to the marker that is strictest."""
    for _, several in groupby(sorted(limits, key=_NODE), key=_NODE):
        yield from _without_laxer(list(several))


_NODE = attrgetter("node")
_CHOICES: dict[str, Callable[..., Limits]] = {
    "budget": min,
    "max_calls": min,
    "min_quality": max,
    "min_agreement": max,
    "max_regression": min,
}


def _without_laxer(several: Sequence[Limits]) -> Iterator[Limits]:
    if len(several) == 1:
        return iter(several)
    setters = {name: _setter(name, choose, several) for name, choose in _CHOICES.items()}
    setters["allow_tiers"] = _of_fewest_tiers(several)
    return (_with_only(one, setters) for one in several)


def _with_only(limits: Limits, setters: dict[str, Limits | None]) -> Limits:
    laxer: dict[str, Any] = {name: None for name, one in setters.items() if one is not limits}
    return replace(limits, **laxer)


def _setter(name: str, choose: Callable[..., Limits], several: Sequence[Limits]) -> Limits | None:
    value = attrgetter(name)
    setting = [one for one in several if value(one) is not None]
    return choose(setting, key=value) if setting else None


def _of_fewest_tiers(several: Sequence[Limits]) -> Limits | None:
    setting = [one for one in several if one.allow_tiers is not None]
    return min(setting, key=lambda one: len(one.allow_tiers or ())) if setting else None
