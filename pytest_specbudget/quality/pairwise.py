"""How far several answers to the same question agree, and how far that is more than chance.

Gate on the raw agreement; alpha and kappa stand beside it, since where nearly all answers are alike
raw agreement flatters.  All three are undefined, and None here, where chance alone explains
everything: if all answers are of one category.

Sources: K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), nominal data; J. Cohen,
A Coefficient of Agreement for Nominal Scales (1960); J. L. Fleiss, Measuring Nominal Scale
Agreement Among Many Raters (1971): formulae from the notes of this project on quality, 2.6.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from pytest_specbudget.quality.metric import Metric

__all__ = ["agreement_of", "cohen_kappa", "fleiss_kappa", "krippendorff_alpha"]

_ENOUGH = 2
"""How many answers it takes to agree."""


def agreement_of(answers: Iterable[str], metric: Metric) -> Fraction | None:
    """Return how far *answers* agree on the mean of all pairs, or None if there is no pair.

    By a metric that says 0 or 1 this is the share of equal pairs.
    """
    told = [metric(first, second) for first, second in combinations(answers, 2)]
    return sum(told, Fraction(0)) / len(told) if told else None


def krippendorff_alpha(units: Iterable[Sequence[Hashable | None]]) -> Fraction | None:
    """Return Krippendorff's alpha for nominal data, at most 1; a missing answer is None.

    Args:
        units: For each question, the category of each answer to it.
    """
    answered = [[one for one in unit if one is not None] for unit in units]
    usable = [unit for unit in answered if len(unit) >= _ENOUGH]
    totals = Counter(category for unit in usable for category in unit)
    n = totals.total()
    expected = n * n - sum(count * count for count in totals.values())
    if not expected:
        return None
    observed = sum((_disagreeing(unit) / (len(unit) - 1) for unit in usable), Fraction(0))
    return 1 - observed * (n - 1) / expected


def cohen_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> Fraction | None:
    """Return Cohen's kappa of two raters of the same questions, at most 1.

    Raises:
        ValueError: If they did not rate equally many.
    """
    n = len(first)
    agreed = sum(one == other for one, other in zip(first, second, strict=True))
    ones, others = Counter(first), Counter(second)
    by_chance = sum(ones[category] * others[category] for category in ones)
    if by_chance == n * n:
        return None
    return (Fraction(agreed, n) - Fraction(by_chance, n * n)) / (1 - Fraction(by_chance, n * n))


def fleiss_kappa(units: Sequence[Sequence[Hashable]]) -> Fraction | None:
    """Return Fleiss' kappa, at most 1.

    Raises:
        ValueError: If the questions do not have equally many answers, two at least.
    """
    sizes = {len(unit) for unit in units}
    if not units:
        return None
    if len(sizes) > 1 or min(sizes) < _ENOUGH:
        raise ValueError("every question needs equally many answers, two at least")
    (size,) = sizes
    totals = Counter(category for unit in units for category in unit)
    n = totals.total()
    by_chance = Fraction(sum(count * count for count in totals.values()), n * n)
    if by_chance == 1:
        return None
    disagreeing = sum((_disagreeing(unit) for unit in units), Fraction(0))
    agreed = 1 - disagreeing / (n * (size - 1))
    return (agreed - by_chance) / (1 - by_chance)


def _disagreeing(unit: Sequence[Hashable]) -> Fraction:
    """Return how many ordered pairs of answers are of different categories."""
    same = sum(count * count for count in Counter(unit).values())
    return Fraction(len(unit) ** 2 - same)
