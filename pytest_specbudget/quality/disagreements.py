"""In what two answers disagree, and how much that matters.

Two independent axes.  The type says what is other: the structure of a plan (`structural`), what it
covers (`scope`), or how it is done and what is decided (`technical`); None if only the wording is.
The severity says how far that reaches: `cosmetic`, `structural`, or `logical` where verdicts or
numbers contradict each other or another way is taken.

The rules look at the form of words, so they are wrong now and then: on the forty pairs that were
labelled by hand in the tests of this project, as its documentation says.  Every figure behind a
label is kept, so that another rule can label the past again.

Source: the notes of this project on quality, 2.4, and its register, X-12 (checked 2026-11-22).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.core.value import value
from pytest_specbudget.quality.items import parts_of
from pytest_specbudget.quality.mates import mates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_specbudget.quality.items import Item, Parts

__all__ = [
    "Compared",
    "Disagreement",
    "Limits",
    "Severity",
    "Substance",
    "Type",
    "compared",
    "disagreement",
]

Type = Literal["structural", "scope", "technical"]
Severity = Literal["cosmetic", "structural", "logical"]

_ONE = Fraction(1)


@value
class Limits:
    """From where on a difference counts; each a share from 0 to 1.

    Attributes:
        item: The least likeness of two items that are the same.
        unmatched: The largest share of items without a counterpart, and by which the numbers of
            items differ, within the same scope.
        outline: The least likeness of two outlines that are the same structure.
        terms: The least share of terms in common that is the same way.
    """

    item: Fraction = Fraction(8, 10)
    unmatched: Fraction = Fraction(3, 10)
    outline: Fraction = Fraction(7, 10)
    terms: Fraction = Fraction(6, 10)


@value
class Compared:
    """The figures of a pair.

    Attributes:
        same: Whether the texts are the same but for their spelling.
        outline: How alike the outlines are, 0 to 1.
        unmatched: The share of items without a counterpart.
        counts: By which share the numbers of items differ.
        terms: The share of terms that both name, of those that either does.
        words: How alike the sets of words are.
        verdicts: Whether both decide, and not alike.
        numbers: Whether an item has other numbers than its counterpart.
    """

    same: bool
    outline: Fraction
    unmatched: Fraction
    counts: Fraction
    terms: Fraction
    words: Fraction
    verdicts: bool
    numbers: bool


@value
class Disagreement:
    """In what the answers of two agents differ.

    Attributes:
        agents: Who gave them.
        type: What is other, or None if only the wording is.
        severity: How far that reaches.
        point: What differs, in one sentence.
        figures: What it was seen by.
    """

    agents: tuple[str, str]
    type: Type | None
    severity: Severity
    point: str
    figures: Compared


@dataclass(frozen=True, slots=True)
class Substance:
    """Whether two texts differ in wording alone, as a metric: 1, or 0.

    Attributes:
        limits: From where on a difference counts.
    """

    limits: Limits = Limits()  # noqa: RUF009 - a value that nobody changes

    @property
    def name(self) -> str:
        """`substance/1`."""
        return "substance/1"

    def __call__(self, first: str, second: str) -> Fraction:
        """Return 1 if *first* and *second* say the same."""
        figures = compared(first, second, self.limits)
        type_ = _type(figures, self.limits)
        return Fraction(_severity(figures, type_) == "cosmetic")


def disagreement(
    first: tuple[str, str], second: tuple[str, str], limits: Limits | None = None
) -> Disagreement | None:
    """Say in what two answers differ, or return None if they are the same.

    Args:
        first: An agent and its answer.
        second: Another.
        limits: From where on a difference counts.
    """
    limits = limits or Limits()
    figures = compared(first[1], second[1], limits)
    if figures.same:
        return None
    type_ = _type(figures, limits)
    return Disagreement(
        agents=(first[0], second[0]),
        type=type_,
        severity=_severity(figures, type_),
        point=_point(figures, type_),
        figures=figures,
    )


def compared(first: str, second: str, limits: Limits | None = None) -> Compared:
    """Measure how two texts differ."""
    one, other = parts_of(first), parts_of(second)
    pairs = _counterparts(one.items, other.items, (limits or Limits()).item)
    items = len(one.items) + len(other.items)
    most = max(len(one.items), len(other.items))
    return Compared(
        same=one.text == other.text and one.outline == other.outline,
        outline=_in_order(one.outline, other.outline),
        unmatched=1 - Fraction(2 * len(pairs), items) if items else Fraction(0),
        counts=Fraction(abs(len(one.items) - len(other.items)), most) if most else Fraction(0),
        terms=_in_common(one.terms, other.terms),
        words=_likeness(one.words, other.words),
        verdicts=_contradict(one, other),
        numbers=any(_differ(left, right) for left, right in pairs),
    )


def _type(figures: Compared, limits: Limits) -> Type | None:
    if figures.same:
        return None
    if figures.verdicts:
        return "technical"
    if figures.unmatched > limits.unmatched or figures.counts > limits.unmatched:
        return "scope"
    if figures.outline < limits.outline:
        return "structural"
    if figures.terms < limits.terms or figures.numbers:
        return "technical"
    return None


def _severity(figures: Compared, type_: Type | None) -> Severity:
    if figures.verdicts or figures.numbers or type_ == "technical":
        return "logical"
    return "cosmetic" if type_ is None else "structural"


def _point(figures: Compared, type_: Type | None) -> str:
    if figures.verdicts:
        return "the verdicts contradict each other"
    if type_ == "scope":
        return f"{_percent(figures.unmatched)} of the items have no counterpart"
    if figures.numbers:
        return "the same items have other numbers"
    if type_ == "structural":
        return f"the outlines are {_percent(figures.outline)} alike"
    if type_ == "technical":
        return f"{_percent(figures.terms)} of the terms are in both"
    return f"the wording: {_percent(figures.words)} of the words are the same"


def _percent(share: Fraction) -> str:
    return f"{round(share * 100)} %"


def _counterparts(
    first: Sequence[Item], second: Sequence[Item], least: Fraction
) -> list[tuple[Item, Item]]:
    """Pair the items that are alike enough, the likest first, each with one at most."""
    ranked = sorted(_alike(first, second, least))
    return [(first[one], second[other]) for one, other in mates(ranked).items()]


def _alike(
    first: Sequence[Item], second: Sequence[Item], least: Fraction
) -> Iterator[tuple[Fraction, int, int]]:
    """Yield how unlike two items are, and their places, for all that are alike enough."""
    for (one, left), (other, right) in product(enumerate(first), enumerate(second)):
        both = len(left.words) + len(right.words)
        common = 2 * len(left.words & right.words)
        if common * least.denominator >= both * least.numerator:  # whole numbers: a thousand items
            yield 1 - _likeness(left.words, right.words), one, other


def _likeness(first: frozenset[str], second: frozenset[str]) -> Fraction:
    both = len(first) + len(second)
    return Fraction(2 * len(first & second), both) if both else _ONE


def _in_common(first: frozenset[str], second: frozenset[str]) -> Fraction:
    either = first | second
    return Fraction(len(first & second), len(either)) if either else _ONE


def _in_order(first: Sequence[str], second: Sequence[str]) -> Fraction:
    """Return the length of the longest common subsequence, as a share of both."""
    both = len(first) + len(second)
    lengths = [0] * (len(second) + 1)
    for one in first:
        before = 0
        for place, other in enumerate(second, start=1):
            above = lengths[place]
            lengths[place] = before + 1 if one == other else max(above, lengths[place - 1])
            before = above
    return Fraction(2 * lengths[-1], both) if both else _ONE


def _contradict(first: Parts, second: Parts) -> bool:
    return None not in {first.verdict, second.verdict} and first.verdict is not second.verdict


def _differ(first: Item, second: Item) -> bool:
    return bool(first.numbers and second.numbers) and first.numbers != second.numbers
