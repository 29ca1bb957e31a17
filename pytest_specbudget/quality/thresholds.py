"""What a mean of scores is held to, and what comes of it.

A replayed suite is a census: its cases are all there are, so their exact mean is the value, and the
threshold itself passes.  A live case is a sample, of which another run may draw another: the
verdict is then inconclusive and never a pass, and a failure only where the replayed cases alone
decide it, whatever the live ones come to.

A threshold for everything holds the whole run and, each by itself, every SPEC, command and tier: a
good average hides no bad command.  A narrower threshold adds to it and never lifts it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["WHOLE_RUN", "Case", "Judgement", "Kind", "Ran", "Said", "Threshold", "judgements"]

Kind = Literal["quality", "agreement", "pass-rate"]
Said = Literal["passed", "failed", "inconclusive"]
_Subject: TypeAlias = "tuple[str, str]"
"""A word for what it is, and its name."""

WHOLE_RUN = "whole run"
_ZERO = Fraction(0)
_ONE = Fraction(1)


class Case(Protocol):
    """One measurement: a `Score`, or a test that `Ran`."""

    @property
    def kind(self) -> Kind:
        """What was measured."""

    @property
    def value(self) -> Fraction:
        """How good it is, exactly, from 0 to 1."""

    @property
    def case(self) -> str:
        """Its name."""

    @property
    def test(self) -> str:
        """The node id."""

    @property
    def spec(self) -> str:
        """The SPEC."""

    @property
    def command(self) -> str | None:
        """The command, or None."""

    @property
    def tier(self) -> str | None:
        """The tier, or None."""

    @property
    def live(self) -> bool:
        """Whether another run may measure something else."""


@value
class Ran:
    """A test that ran, and whether it passed.

    Attributes:
        test: The node id.
        passed: Whether it passed.
        spec: The SPEC, or `(unassigned)`.
        command: The command, or None.
        tier: The tier, or None.
        live: Whether a provider answered it in this run.
    """

    test: str
    passed: bool
    spec: str = UNASSIGNED
    command: str | None = None
    tier: str | None = None
    live: bool = False

    @property
    def kind(self) -> Kind:
        """`pass-rate`."""
        return "pass-rate"

    @property
    def value(self) -> Fraction:
        """1 if it passed."""
        return Fraction(self.passed)

    @property
    def case(self) -> str:
        """The test is the case."""
        return self.test


@value
class Threshold:
    """The least that a mean may be, inclusive.

    With none of the names it holds the whole run, and every SPEC, command and tier by itself; with
    several it holds what all of them name.

    Attributes:
        kind: What is held.
        least: The least mean, from 0 to 1.
        origin: Where it was set, as the user wrote it.
        spec: The SPEC that it holds, or None.
        command: The command, or None.
        tier: The tier, or None.
        test: The node id of a test, class or module, or None.
    """

    kind: Kind
    least: Fraction
    origin: str
    spec: str | None = None
    command: str | None = None
    tier: str | None = None
    test: str | None = None

    @property
    def named(self) -> tuple[_Subject, ...]:
        """What it names, with the word for it; empty if it holds everything."""
        names = {"spec": self.spec, "command": self.command, "tier": self.tier, "test": self.test}
        return tuple((scope, name) for scope, name in names.items() if name is not None)

    def holds(self, test: str) -> bool:
        """Tell whether *test* is what it names, or in the class or module that it names."""
        return self.test is not None and _covers(self.test, test)


@value
class Judgement:
    """What one threshold says of one subject.

    Attributes:
        kind: What was measured.
        scope: What the subject is: `run`, `spec`, `command`, `tier`, `test`, or several with `+`.
        name: Its name, or names with `+`.
        subject: How it is called: `whole run`, `command "plan", tier C`.
        mean: What was measured, exactly; None without a case.
        n: How many cases it is the mean of.
        live: How many of these are live.
        least: The threshold.
        origin: Where that was set.
        said: What comes of it.
        cases: The cases, the lowest first.
    """

    kind: Kind
    scope: str
    name: str
    subject: str
    mean: Fraction | None
    n: int
    live: int
    least: Fraction
    origin: str
    said: Said
    cases: tuple[Case, ...] = ()


def judgements(threshold: Threshold, cases: Iterable[Case]) -> Iterator[Judgement]:
    """Yield what *threshold* says of everything that it holds, the widest first."""
    held = [case for case in cases if case.kind == threshold.kind]
    for subjects, group in _groups(threshold.named, held):
        yield _judged(threshold, subjects, group)


def _groups(
    named: tuple[_Subject, ...], cases: list[Case]
) -> Iterator[tuple[tuple[_Subject, ...], list[Case]]]:
    """Yield what is held with its cases: what is *named*, or everything that the cases name."""
    if named:
        yield named, [case for case in cases if all(_belongs(case, one) for one in named)]
        return
    yield (("run", WHOLE_RUN),), cases
    for scope in ("spec", "command", "tier"):
        names = {getattr(case, scope) for case in cases} - {None, UNASSIGNED}
        for name in sorted(names):
            subject = (scope, name)
            yield (subject,), [case for case in cases if _belongs(case, subject)]


def _belongs(case: Case, subject: _Subject) -> bool:
    scope, name = subject
    if scope == "test":
        return _covers(name, case.test)
    return bool(getattr(case, scope) == name)


def _covers(node: str, test: str) -> bool:
    return test == node or test.startswith(f"{node}::")


def _judged(
    threshold: Threshold, subjects: tuple[_Subject, ...], cases: Sequence[Case]
) -> Judgement:
    return Judgement(
        kind=threshold.kind,
        scope="+".join(scope for scope, _ in subjects),
        name="+".join(name for _, name in subjects),
        subject=", ".join(_shown(*subject) for subject in subjects),
        mean=_mean(case.value for case in cases),
        n=len(cases),
        live=sum(case.live for case in cases),
        least=threshold.least,
        origin=threshold.origin,
        said=_said(cases, threshold.least),
        cases=tuple(sorted(cases, key=lambda case: (case.value, case.case, case.test))),
    )


def _said(cases: Sequence[Case], least: Fraction) -> Said:
    """Judge the mean; with live cases, what it is at best if all of them turn out perfect."""
    at_best = _mean(_ONE if case.live else case.value for case in cases)
    if at_best is None:
        return "inconclusive"
    if at_best < least:
        return "failed"
    return "inconclusive" if any(case.live for case in cases) else "passed"


def _mean(values: Iterable[Fraction]) -> Fraction | None:
    told = [*values]
    return sum(told, _ZERO) / len(told) if told else None


def _shown(scope: str, name: str) -> str:
    if scope in {"command", "test"}:
        return f'{scope} "{name}"'
    return f"tier {name}" if scope == "tier" else name
