"""What got too dear, as a gate.

One cause is told once: a SPEC speaks for its tests, unless a test broke a limit of its own, and
SPECs and tests speak for the stages, the models and the run.  What was accepted of SPECs is
accepted of each stage, model and run that rose by no more than the SPECs did.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.audit.limits import pct_of, worded
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pytest_specbudget.audit.comparison import (
        Change,
        Comparison,
        RequestChange,
        Said,
        Scope,
    )
    from pytest_specbudget.core.ledger import Ledger

__all__ = ["RegressionGate"]

_MOST = 3
_WHOLE = Fraction(100)
_NOTHING = Fraction(0)
_ZERO = Money()
_COLUMN = "   "
_UNSAFE = frozenset('"\\$`!\n\r')


@dataclass(frozen=True, slots=True)
class RegressionGate:
    """Breached by what costs more than its limit allows, and in doubt where nobody can tell."""

    comparison: Comparison

    def check(self, ledger: Ledger) -> Iterator[Finding]:  # noqa: ARG002 - the shape of a gate
        """Yield a finding for each regression, then one for each subject that cannot be judged."""
        for change in self._regressions():
            yield self._finding(change)
        for change in self._doubts():
            yield self._unavailable(change)

    def _regressions(self) -> Iterator[Change]:
        told = self._of("regressed", "spec")
        spoken = {change.subject for change in (*told, *self._of("acknowledged", "spec"))}
        told += [
            test
            for test in self._of("regressed", "test")
            if self._has_own_limit(test) or not spoken.intersection(_specs(test))
        ]
        yield from told or self._unexplained()

    def _unexplained(self) -> Iterator[Change]:
        """Yield the stages, models and run that no SPEC and no test accounts for."""
        accepted = self._of("acknowledged", "spec", "test")
        specs = [change for change in self.comparison.changes if change.scope == "spec"]
        risen = Money.total(_rise(change) for change in specs if _rise(change) > _ZERO)
        for change in self._of("regressed", "stage", "model", "run"):
            if not accepted or _rise(change) > risen:
                yield change

    def _doubts(self) -> Iterator[Change]:
        accepted = [one for one in self._of("acknowledged", "spec", "test") if _has_unknowns(one)]
        told = [*self._of("inconclusive", "spec"), *accepted]
        spoken = {change.subject for change in (*told, *self._of("regressed", "spec"))}
        tests = self._of("inconclusive", "test")
        yield from told
        yield from (test for test in tests if not spoken.intersection(_specs(test)))

    def _of(self, said: Said, *scopes: Scope) -> list[Change]:
        changes = self.comparison.changes
        return [one for one in changes if one.said == said and one.scope in scopes]

    def _has_own_limit(self, change: Change) -> bool:
        general = (self.comparison.limit, self.comparison.origin)
        return (change.limit, change.origin) != general

    def _finding(self, change: Change) -> Finding:
        tests = self._tests(change)
        return Finding(
            rule="cost-regression",
            subject=change.subject,
            message=f"{_name(change)} {_measured(change)}",
            origin=change.origin,
            details=(*change.why, *_dearest(change, tests), *self._requests(tests)),
            remedy=f"make it cheaper again, or accept it on purpose: {_accepting(change)}",
        )

    def _unavailable(self, change: Change) -> Finding:
        doubted = [test for test in self._tests(change) if test.said == "inconclusive"]
        details = tuple(_COLUMN.join((test.subject, *test.why[:1])) for test in doubted)
        return Finding(
            rule="gate-unavailable",
            subject=change.subject,
            message=f"{_name(change)} cannot be compared with the base: "
            f"{next(iter(change.why), 'a cost is unknown')}",
            origin=change.origin,
            details=details if change.scope != "test" else (),
            remedy="get these calls priced and counted, or declare what such a call costs at most",
            inconclusive=True,
        )

    def _tests(self, change: Change) -> list[Change]:
        """Return the tests that make up *change*; none where that is not known."""
        tests = [one for one in self.comparison.changes if one.scope == "test"]
        if change.scope == "spec":
            return [one for one in tests if change.subject in _specs(one)]
        if change.scope == "test":
            return [one for one in tests if one.subject == change.subject]
        return tests if change.scope == "run" else []

    def _requests(self, tests: Collection[Change]) -> Iterator[str]:
        names = {test.subject for test in tests}
        changed = [one for one in self.comparison.requests if one.test in names]
        for request in changed[:_MOST]:
            yield _request(request)
        if len(changed) > _MOST:
            yield f"and {calls_of(len(changed) - _MOST, 'more request')} that changed"


def _has_unknowns(change: Change) -> bool:
    return change.base.unbounded_calls + change.head.unbounded_calls > 0


def _specs(test: Change) -> list[str]:
    return test.spec.split(", ")


def _rise(change: Change) -> Money:
    return change.head.list_upper - change.base.list_upper


def _name(change: Change) -> str:
    if change.scope == "run":
        return "the whole run"
    return change.subject if change.scope == "spec" else f'{change.scope} "{change.subject}"'


def _measured(change: Change) -> str:
    """Say how far it rose beyond what: `rose from $1.00 to $1.11 (+11 %), the limit is 10 %`."""
    then, now, pct = change.base.list_upper, change.head.list_upper, pct_of(change.limit)
    limit = pct or _NOTHING
    shown_then, shown_now, _ = dollars_of(then, now, _allowed(then, limit))
    if now < then:
        return f"fell from {shown_then} to {shown_now}, but only because its answers are shorter"
    if now == then:
        return f"costs {shown_now} as it did, but asks for more"
    share = f" (+{_percent(Fraction(_rise(change).atto * 100, then.atto), limit)})" if then else ""
    held = "and no limit allows that" if pct is None else f"the limit is {change.limit}"
    return f"rose from {shown_then} to {shown_now}{share}, {held}"


def _allowed(base: Money, limit: Fraction) -> Money:
    """Return what *base* may rise to, rounded down."""
    return Money(int(base.atto * (_WHOLE + limit) / _WHOLE))


def _percent(rise: Fraction, limit: Fraction) -> str:
    """Write a rise with as many places as it takes to be seen beyond *limit*."""
    places = 1
    while round(rise, places) <= limit < rise:
        places += 1
    return worded(round(rise, places))


def _dearest(change: Change, tests: Collection[Change]) -> Iterator[str]:
    """Say which tests rose most, and by what."""
    risen = [test for test in tests if _rise(test) > _ZERO and change.scope != "test"]
    ranked = sorted(risen, key=lambda test: (-_rise(test).atto, test.subject))
    for test in ranked[:_MOST]:
        then, now = dollars_of(test.base.list_upper, test.head.list_upper)
        yield _COLUMN.join(filter(None, (test.subject, f"{then} -> {now}", "; ".join(test.why))))
    if len(ranked) > _MOST:
        yield f"and {calls_of(len(ranked) - _MOST, 'more test')}"


def _request(request: RequestChange) -> str:
    known = [one for one in (request.base, request.head) if one is not None]
    shown = iter(dollars_of(*known) if known else ())
    costs = ["unknown" if one is None else next(shown) for one in (request.base, request.head)]
    differ = f"{', '.join(request.places)} differ{'s' if len(request.places) == 1 else ''}"
    where = f" ({request.cassette})" if request.cassette else ""
    return _COLUMN.join((request.test, " -> ".join(costs), f"{differ}{where}"))


def _accepting(change: Change) -> str:
    """Return the command that accepts *change*; a name is quoted such that a shell runs none."""
    subject = change.subject
    quoted = shlex.quote(subject) if _UNSAFE.intersection(subject) else f'"{subject}"'
    scope = "" if change.scope == "spec" else f" --scope {change.scope}"
    return f"specbudget ack {quoted} --until DATE --reason ...{scope}"
