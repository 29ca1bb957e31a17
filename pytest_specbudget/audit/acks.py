"""Regressions that somebody accepted on purpose: how much, until when, and why.

An acknowledgement covers a rise of its subject up to its limit, in percent or in dollars, until the
end of its last day.  It lifts no ceiling, and it covers nothing that cannot be judged.  What was
accepted of a SPEC is accepted of its tests, but for those with a limit of their own; and of each
stage, model and run that rose by nothing else, as `RegressionGate` has it.

One that has expired, or that nothing needs, is a warning, so that the file stays short and true.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.audit.effects import WHOLE_RUN
from pytest_specbudget.audit.limits import worded
from pytest_specbudget.audit.regression import RegressionGate
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.names import nearest
from pytest_specbudget.core.wording import dollars_beside, dollars_of, exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from pytest_specbudget.audit.comparison import Change, Comparison, Scope

__all__ = ["Acknowledgement", "acknowledged", "rise_of"]

_WIDE = ("run", "stage", "model")


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """One rise that was accepted.

    Attributes:
        subject: What may be dearer: a SPEC, stage, model or test, or `whole run`.
        scope: What the subject is; None if it may be any of them.
        limit: By how much it may rise, inclusive: percent of the base (12 % is `Fraction(12)`), or
            dollars.
        until: The last day on which it holds.
        reason: Why it was accepted.
        owner: Who answers for it; empty if nobody is named.
        origin: Where it stands: `specbudget-ack.toml, line 3`.
    """

    subject: str
    scope: Scope | None = None
    limit: Fraction | Money
    until: date
    reason: str
    owner: str = ""
    origin: str = ""

    @property
    def worded(self) -> str:
        """The limit as people write it: `12 %`, `$1.20`."""
        return worded(self.limit) if isinstance(self.limit, Fraction) else f"${exact(self.limit)}"

    @property
    def words(self) -> str:
        """Where it stands, until when it holds, and why it was accepted."""
        return f"{self.origin}, until {self.until}: {self.reason}"

    def means(self, change: Change, comparison: Comparison) -> bool:
        """Tell whether *change* is of its subject; a renamed test may have its old name.

        Where no SPEC exists at all, what belongs to none is also the whole run.
        """
        named = {(change.scope, change.subject)}
        if change.scope == "test":
            renamed = comparison.renamed
            named |= {("test", was) for was, now in renamed if now == change.subject}
        if change.scope == "spec" and comparison.without_specs:
            named.add(("run", WHOLE_RUN))
        return any(self.scope in (None, scope) and self.subject == name for scope, name in named)

    def covers(self, change: Change) -> bool:
        """Tell whether *change* rose by no more than was accepted, exactly."""
        return rise_of(change) <= self.allowance(change)

    def allowance(self, change: Change) -> Money:
        """Return by how much *change* may rise, rounded down to what money can be."""
        if isinstance(self.limit, Money):
            return self.limit
        return Money(int(change.base.list_upper.atto * self.limit / 100))


def rise_of(change: Change) -> Money:
    """Return how much dearer *change* makes its subject; of bounded calls the upper end counts."""
    return change.head.list_upper - change.base.list_upper


def acknowledged(
    comparison: Comparison, acks: Sequence[Acknowledgement], today: date
) -> tuple[Comparison, list[Finding]]:
    """Say of the regressions that somebody accepted that they are `acknowledged`.

    Args:
        comparison: As it was judged.
        acks: What was accepted; of several for one subject any may cover it.
        today: The day on which they count.

    Returns:
        The comparison, and a warning for each acknowledgement that expired or that nothing needs.
    """
    current = [ack for ack in acks if ack.until >= today]
    settled = replace(
        comparison, changes=tuple(_accepted(one, current, comparison) for one in comparison.changes)
    )
    findings = [_expired(ack) for ack in acks if ack.until < today]
    findings += (found for ack in current if (found := _unused(ack, comparison)) is not None)
    return _with_what_follows(settled), findings


def _accepted(change: Change, acks: Iterable[Acknowledgement], comparison: Comparison) -> Change:
    if change.said != "regressed":
        return change
    for ack in acks:
        if ack.means(change, comparison) and ack.covers(change):
            limit = f"{ack.worded} (acknowledged)"
            return replace(change, said="acknowledged", limit=limit, origin=ack.words)
    return change


def _with_what_follows(comparison: Comparison) -> Comparison:
    """Accept whatever the accepted SPECs and tests account for, too."""
    of_tests = replace(
        comparison, changes=tuple(_following(one, comparison) for one in comparison.changes)
    )
    changes = of_tests.changes
    if any(one.said == "regressed" and one.scope not in _WIDE for one in changes):
        return of_tests
    found = RegressionGate(of_tests).check(Ledger())
    left = {one.subject for one in found if one.rule == "cost-regression"}
    return replace(
        of_tests,
        changes=tuple(
            replace(one, said="acknowledged")
            if one.said == "regressed" and one.subject not in left
            else one
            for one in changes
        ),
    )


def _following(change: Change, comparison: Comparison) -> Change:
    """Accept a test that is held to no limit of its own, if one of its SPECs was accepted."""
    own = (change.limit, change.origin) != (comparison.limit, comparison.origin)
    if change.scope != "test" or change.said != "regressed" or own:
        return change
    names = change.spec.split(", ")
    said = {one.said for one in comparison.changes if one.scope == "spec" and one.subject in names}
    if "acknowledged" in said and "regressed" not in said:
        return replace(change, said="acknowledged")
    return change


def _expired(ack: Acknowledgement) -> Finding:
    return Finding(
        rule="ack-expired",
        subject=ack.subject,
        message=f'what was accepted of "{ack.subject}" ({ack.worded}) expired on {ack.until}',
        origin=ack.origin,
        details=tuple(_facts(ack)),
        remedy="make it cheaper again, or accept it anew; and take the entry away",
        severity="warning",
    )


def _unused(ack: Acknowledgement, comparison: Comparison) -> Finding | None:
    why = _needless(ack, comparison)
    if why is None:
        return None
    return Finding(
        rule="ack-unused",
        subject=ack.subject,
        message=f'what was accepted of "{ack.subject}" ({ack.worded}) {why}',
        origin=ack.origin,
        details=tuple(_facts(ack)),
        remedy="take the entry away, or correct it",
        severity="warning",
    )


def _needless(ack: Acknowledgement, comparison: Comparison) -> str | None:
    """Say why *ack* accepts nothing; None if it does, or if nobody can tell today."""
    meant = [one for one in comparison.changes if ack.means(one, comparison)]
    if not meant:
        return None if _is_absent(ack, comparison) else f"fits nothing{_hint(ack, comparison)}"
    regressed = [one for one in meant if one.said == "regressed"]
    if any(one.said == "inconclusive" for one in meant) or any(map(ack.covers, regressed)):
        return None
    if not regressed:
        return "is not needed: it did not get dearer than the limit allows"
    risen, allowed = _compared(rise_of(regressed[0]), ack.allowance(regressed[0]), ack.limit)
    return f"does not cover it: it rose by {risen}, and {allowed} were accepted"


def _compared(risen: Money, allowed: Money, limit: Fraction | Money) -> tuple[str, ...]:
    """Write both; what was accepted in dollars as it was set."""
    if isinstance(limit, Fraction):
        return dollars_of(risen, allowed)
    return dollars_beside(allowed, risen)


def _is_absent(ack: Acknowledgement, comparison: Comparison) -> bool:
    """Tell whether the subject merely was not run, so that nothing can be said of it."""
    listed = (one.test for one in (*comparison.new, *comparison.vanished))
    return not comparison.changes or ack.subject in (*comparison.unrun, *listed)


def _hint(ack: Acknowledgement, comparison: Comparison) -> str:
    scopes = [one for one in comparison.changes if ack.scope in (None, one.scope)]
    near = nearest(ack.subject, [one.subject for one in scopes])
    return f'; did you mean "{near}"?' if near else ""


def _facts(ack: Acknowledgement) -> Iterator[str]:
    yield f"reason: {ack.reason}"
    if ack.owner:
        yield f"owner: {ack.owner}"
