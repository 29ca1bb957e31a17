"""What automating a SPEC costs, over a history: P1 to P5 and P17 of the seeds, and O10.

An *auto* is all that one run spent on one SPEC; a command is counted once in each auto.  A run of a
part of the suite is none: whoever asks leaves it out.  Costs are list cost, as recorded, so that a
replayed run counts as if it had been live.  Each auto is held to the budget of its SPEC: what its
run was held to, else what is set now, else the target.  What has calls of
unknown cost is known to cost at least so much: a target that this already misses is missed, any
other stays open.  A call whose first part is not told, which is the one that says what it cost, is
of unknown cost.

Source: SPEC-KIT-070, PRD of 2025-10-24, lines 17, 317 to 322, 525 to 527 and 646 (read 2026-11-22):
the targets.  The upper end of a range is the target.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from pytest_specbudget.analysis.spending import headless, may_have_cost
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value
from pytest_specbudget.core.wording import calls_of, dollars_beside, exact, percent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

__all__ = ["PHASES", "Auto", "Figure", "HeldBy", "Targets", "autos_of", "figures"]

Verdict = Literal["met", "missed", "open"]
HeldBy = Literal["run", "settings"]
"""Who set the budget of an auto: whoever made its run, or the settings as they are now."""

_HELD_BY: tuple[tuple[HeldBy | None, str], ...] = (
    ("run", "the ceiling of its run"),
    ("settings", "the ceiling that is set now"),
    (None, "{target}"),
)

_TRIED = 20
_MONTHLY = 100
_COMPLIANT = Fraction(95, 100)
_REDUCED = Fraction(70, 100)
_TIMES = 5


@value
class Targets:
    """What an auto should cost.

    Attributes:
        baseline: What it cost before anything was done about it.
        budget: The most that a SPEC should cost that has no budget of its own.
        auto: The most that it should cost on average.
        command: The most that a command of it should cost on average.
    """

    baseline: Money
    budget: Money
    auto: Money
    command: Money


def _phase(auto: str, command: str) -> Targets:
    return Targets(
        baseline=Money.parse("11"),
        budget=Money.parse("2"),
        auto=Money.parse(auto),
        command=Money.parse(command),
    )


PHASES: Mapping[int, Targets] = {
    1: _phase("6", "0.40"),
    2: _phase("3", "0.20"),
    3: _phase("2.50", "0.30"),
}
"""The seeds' targets by phase; the third allows commands up to $0.30."""


@dataclass(slots=True)
class Auto:
    """What one run spent on one SPEC.

    Attributes:
        last: When its last call was made, UTC.
        run: The run.
        spec: The SPEC.
        cost: What is known of it.
        unknown: How many of its calls may have cost more.
        commands: Its commands.
        command_cost: What is known of what they cost.
        budget: The most that it may cost, inclusive, if that was set for it.
        held_by: Who set that, or None.
    """

    last: datetime
    run: str | None = None
    spec: str = ""
    cost: Money = field(default_factory=Money)
    unknown: int = 0
    commands: set[str] = field(default_factory=set)
    command_cost: Money = field(default_factory=Money)
    budget: Money | None = None
    held_by: HeldBy | None = None

    def add(self, told: Mapping[str, Any]) -> None:
        """Add a record of it."""
        cost = Money(told["list_cost"] or 0)
        self.last = max(self.last, told["at"])
        self.cost += cost
        self.unknown += told["part"] == 0 and _doubted(told)
        if told["command"] is not None:
            self.commands.add(told["command"])
            self.command_cost += cost


@value
class Figure:
    """One figure.

    Attributes:
        name: As the seeds number it, or the project: `P5`, `O10`.
        says: What it is.
        value: For people.
        target: What is asked for; nobody is held to it.
        verdict: Whether the target is met; `open` where that is not known.
        n: How many autos, or commands, it rests on.
    """

    name: str
    says: str
    value: str
    target: str
    verdict: Verdict
    n: int


def autos_of(
    records: Iterable[Mapping[str, Any]], several: Collection[str] | None = None
) -> list[Auto]:
    """Sum *records*, values by the names of columns, up; the earliest auto comes first.

    Args:
        records: Each id and part once.
        several: The calls of which a further part than the first is told; None to look for them,
            which takes memory for all records.
    """
    if several is None:
        records = [*records]
        several = {told["id"] for told in records if told["part"]}
    autos: dict[tuple[str | None, str], Auto] = {}
    parted: list[Mapping[str, Any]] = []
    for told in records:
        parted += [told] * (told["id"] in several)
        spec = told["spec"]
        if spec is not None and spec != UNASSIGNED:
            key = (told["run"], spec)
            if key not in autos:
                autos[key] = Auto(told["at"], told["run"], spec)
            autos[key].add(told)
    _add_headless(autos, parted)
    return sorted(autos.values(), key=lambda auto: auto.last)


def _add_headless(
    autos: Mapping[tuple[str | None, str], Auto], parted: Sequence[Mapping[str, Any]]
) -> None:
    """Count the calls of unknown cost among those of several parts that lack the first."""
    least = headless(parted)
    for told in parted:
        auto = autos.get((told["run"], told["spec"]))
        if auto is not None and least.get(told["id"]) == told["part"]:
            auto.unknown += may_have_cost(told)


def figures(autos: Sequence[Auto], targets: Targets) -> Iterator[Figure]:
    """Yield the figures of *autos*, in the order of their numbers; none without one."""
    if autos:
        yield from _of_an_auto(autos, targets)
        yield from _of_commands(autos, targets)
        yield _monthly(autos, targets)
        yield _compliance("P5", "SPECs within their budget", autos, targets.budget, _COMPLIANT)
        yield _volume(autos, targets)
        yield _tried(autos, targets.budget)


def _of_an_auto(autos: Sequence[Auto], targets: Targets) -> Iterator[Figure]:
    mean, n = _mean(autos), len(autos)
    part = 1 - Fraction(mean.atto, targets.baseline.atto)
    shown = percent(part) if part >= 0 else f"{percent(-part)} more"
    yield Figure(
        name="P1",
        says=f"cost reduction from ${exact(targets.baseline)}",
        value=f"{_at_most(autos)}{shown}",
        target=f"{_REDUCED * 100} % or more",
        verdict=_verdict(autos, holds=part >= _REDUCED),
        n=n,
    )
    yield _average("P2", "average cost of an auto", mean, targets.auto, autos, n)


def _of_commands(autos: Sequence[Auto], targets: Targets) -> Iterator[Figure]:
    n = sum(len(auto.commands) for auto in autos)
    if n:
        spent = Money.total(auto.command_cost for auto in autos)
        mean = Money(round(Fraction(spent.atto, n)))
        yield _average("P3", "average cost of a command", mean, targets.command, autos, n)


def _average(  # noqa: PLR0913, PLR0917 - the parts of one value
    name: str, says: str, mean: Money, target: Money, autos: Sequence[Auto], n: int
) -> Figure:
    shown, most = dollars_beside(target, mean)
    return Figure(
        name=name,
        says=says,
        value=f"{_at_least(autos)}{shown}",
        target=f"{most} or less",
        verdict=_verdict(autos, holds=mean <= target),
        n=n,
    )


def _monthly(autos: Sequence[Auto], targets: Targets) -> Figure:
    whole = Money(round(Fraction(_total(autos).atto * _MONTHLY, len(autos))))
    target = targets.auto * _MONTHLY
    return _average("P4", f"{_MONTHLY} autos a month", whole, target, autos, len(autos))


def _volume(autos: Sequence[Auto], targets: Targets) -> Figure:
    mean = _mean(autos)
    times = Fraction(targets.baseline.atto, mean.atto) if mean else None
    tenths = None if times is None else times.numerator * 10 // times.denominator
    shown = "any number" if tenths is None else f"{tenths // 10}.{tenths % 10} times"
    return Figure(
        name="P17",
        says="as many autos for the same money",
        value=f"{_at_most(autos)}{shown}",
        target=f"{_TIMES} times or more",
        verdict=_verdict(autos, holds=times is None or times >= _TIMES),
        n=len(autos),
    )


def _tried(autos: Sequence[Auto], budget: Money) -> Figure:
    newest = autos[-_TRIED:]
    found = _compliance("O10", f"the newest {_TRIED} autos", newest, budget, Fraction(1))
    if len(newest) == _TRIED or found.verdict == "missed":
        return found
    return Figure(
        name=found.name,
        says=found.says,
        value=f"{found.value}; it takes {_TRIED}",
        target=found.target,
        verdict="open",
        n=found.n,
    )


def _compliance(
    name: str, says: str, autos: Sequence[Auto], target: Money, least: Fraction
) -> Figure:
    """Count those within their budgets; of those that may be over, some or none are."""
    over = sum(auto.cost > _budget(auto, target) for auto in autos)
    doubted = sum(auto.cost <= _budget(auto, target) and auto.unknown > 0 for auto in autos)
    within, n = len(autos) - over - doubted, len(autos)
    kept, possible = Fraction(within, n), Fraction(within + doubted, n)
    doubts = f", {doubted:,} of unknown cost" if doubted else ""
    return Figure(
        name=name,
        says=f"{says}, {_held(autos, target)}",
        value=f"{percent(kept)}: {within:,} of {calls_of(n, 'auto')}{doubts}",
        target="all" if least == 1 else f"{least * 100} % or more",
        verdict="met" if kept >= least else "missed" if possible < least else "open",
        n=n,
    )


def _budget(auto: Auto, target: Money) -> Money:
    return target if auto.budget is None else auto.budget


def _held(autos: Iterable[Auto], target: Money) -> str:
    """Say what the autos are held to; how many to which, where not all are held to the same."""
    counts = Counter(auto.held_by for auto in autos)
    flat = f"at most ${exact(target)} each"
    if not counts.keys() - {None}:
        return flat
    told = [(words.format(target=flat), counts[by]) for by, words in _HELD_BY if counts[by]]
    return f"by {', '.join(f'{words} ({n:,})' for words, n in told)}"


def _verdict(autos: Iterable[Auto], *, holds: bool) -> Verdict:
    """Judge what unknown costs can only make worse."""
    if not holds:
        return "missed"
    return "open" if _unknown(autos) else "met"


def _at_least(autos: Iterable[Auto]) -> str:
    return "at least " if _unknown(autos) else ""


def _at_most(autos: Iterable[Auto]) -> str:
    return "at most " if _unknown(autos) else ""


def _unknown(autos: Iterable[Auto]) -> int:
    return sum(auto.unknown for auto in autos)


def _total(autos: Iterable[Auto]) -> Money:
    return Money.total(auto.cost for auto in autos)


def _mean(autos: Sequence[Auto]) -> Money:
    return Money(round(Fraction(_total(autos).atto, len(autos))))


def _doubted(told: Mapping[str, Any]) -> bool:
    if told["free"] or told["outcome"] == "failed":
        return False
    unseen = told["outcome"] == "unknown" or told["usage_state"] == "partial"
    return unseen or told["list_cost"] is None
