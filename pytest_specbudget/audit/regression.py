"""What got too dear, as a gate.

One cause is told once: a SPEC speaks for its tests, unless a test broke a limit of its own, and
SPECs and tests speak for the stages, the models and the run.  What was accepted of SPECs is
accepted of each stage, model and run that rose by no more than the SPECs did.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from pytest_specbudget.audit.effects import WHOLE_RUN
from pytest_specbudget.audit.limits import pct_of, worded
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.money import PLACES, Money
from pytest_specbudget.core.rises import percent_more
from pytest_specbudget.core.wording import calls_of, dollars, dollars_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pytest_specbudget.audit.comparison import (
        Change,
        Comparison,
        RequestChange,
        Said,
        Scope,
    )
    from pytest_specbudget.core.ledger import Ledger

__all__ = ["RegressionGate", "limit_for"]

_MOST = 3
_PARTS = 100
_MOST_LINES = 8
"""As many as a block in the terminal and in a comment shows."""
_WHOLE = Fraction(100)
_NOTHING = Fraction(0)
_ZERO = Money()
_COLUMN = "   "
_UNSAFE = frozenset('"\\$`!\n\r')


@dataclass(frozen=True, slots=True)
class RegressionGate:
    """Breached by what costs more than its limit allows, and in doubt where nobody can tell.

    Attributes:
        comparison: The two sides.
        ack_file: Where to accept a rise, as one types it here; empty for the usual file.
    """

    comparison: Comparison
    ack_file: str = ""

    def check(self, ledger: Ledger) -> Iterator[Finding]:  # noqa: ARG002 - the shape of a gate
        """Yield a finding for each regression, then one for each subject that cannot be judged."""
        for change in self._regressions():
            yield self._finding(self._as_shown(change))
        for change in self._doubts():
            yield self._unavailable(self._as_shown(change))

    def _as_shown(self, change: Change) -> Change:
        """Call what belongs to no SPEC the whole run, as people do where no SPEC exists at all."""
        if change.scope != "spec" or not self.comparison.without_specs:
            return change
        return replace(change, scope="run", subject=WHOLE_RUN)

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
            details=self._details(change, tests),
            remedy=_remedy(change, self.ack_file),
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

    def _details(self, change: Change, tests: Collection[Change]) -> tuple[str, ...]:
        """Say why, in no more lines than a format shows, so that what is left out is counted once.

        A test that rose stands with its requests; those of the other tests have lines of their own.
        """
        changed = self._changed(tests)
        risen = _dearest(tests) if change.scope != "test" else []
        listed = [_risen(test, changed.get(test.subject, [])) for test in risen]
        names = {test.subject for test in risen}
        others = [one for name, found in changed.items() if name not in names for one in found]
        shown = _short(listed, _MOST + 1, "more test")
        whys = _short(change.why, _MOST_LINES - len(shown) - bool(others), "more cause")
        room = _MOST_LINES - len(whys) - len(shown)
        return *whys, *shown, *_short([*map(_request, others)], room, "more changed request")

    def _changed(self, tests: Collection[Change]) -> dict[str, list[RequestChange]]:
        """Return the requests that changed, by their test."""
        found: dict[str, list[RequestChange]] = {test.subject: [] for test in tests}
        for request in self.comparison.requests:
            if request.test in found:
                found[request.test].append(request)
        return found


def limit_for(change: Change) -> Fraction | Money:
    """Return what covers the rise of *change*: percent rounded up to a hundredth, or dollars.

    What cost nothing rose by no percentage, so that is in dollars.
    """
    rise, base = max(_rise(change), _ZERO), change.base.list_upper
    if not base:
        return rise
    return Fraction(ceil(Fraction(rise.atto * 100 * _PARTS, base.atto)), _PARTS)


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
    """Say how far it rose beyond what: `rose from $1.00 to $1.11 (+11.0 %), the limit is 10 %`."""
    then, now, pct = change.base.list_upper, change.head.list_upper, pct_of(change.limit)
    shown_then, shown_now = _told_apart(then, now, change.limit)
    if now < then:
        return f"fell from {shown_then} to {shown_now}, but only because its answers are shorter"
    if now == then:
        return f"costs {shown_now} as it did, but asks for more"
    share = f" ({percent_more(then, now, change.limit)})" if then else ""
    held = "and no limit allows that" if pct is None else f"the limit is {change.limit}"
    return f"rose from {shown_then} to {shown_now}{share}, {held}"


def _allowed(base: Money, limit: Fraction) -> Money:
    """Return what *base* may rise to, rounded down."""
    return Money(int(base.atto * (_WHOLE + limit) / _WHOLE))


def _told_apart(then: Money, now: Money, limit: str) -> tuple[str, str]:
    """Write both with as many digits as it takes to see the rise, and to reckon its percentage."""
    allowed = _allowed(then, pct_of(limit) or _NOTHING)
    usual = dollars_of(then, now, allowed)
    if not then <= now or not then:
        return usual[0], usual[1]
    share = percent_more(then, now, limit)
    for places in range(len(usual[0].partition(".")[2]), PLACES):
        was, is_now, most = (dollars(amount, places) for amount in (then, now, allowed))
        shown = Money.parse(was[1:]), Money.parse(is_now[1:])
        if percent_more(*shown, limit) == share and (now <= allowed or is_now != most):
            return was, is_now
    return dollars(then, PLACES), dollars(now, PLACES)


def _dearest(tests: Collection[Change]) -> list[Change]:
    """Return the tests that rose, the dearest rise first."""
    risen = [test for test in tests if _rise(test) > _ZERO]
    return sorted(risen, key=lambda test: (-_rise(test).atto, test.subject))


def _risen(test: Change, requests: Sequence[RequestChange]) -> str:
    """Say by what *test* rose, why, and where its requests differ."""
    then, now = dollars_of(test.base.list_upper, test.head.list_upper)
    differ = [_differ(requests)] if requests else []
    told = "; ".join((*test.why, *differ))
    return _COLUMN.join(filter(None, (test.subject, f"{then} -> {now}", told)))


def _request(request: RequestChange) -> str:
    known = [one for one in (request.base, request.head) if one is not None]
    shown = iter(dollars_of(*known) if known else ())
    costs = ["unknown" if one is None else next(shown) for one in (request.base, request.head)]
    return _COLUMN.join((request.test, " -> ".join(costs), _differ([request])))


def _differ(requests: Sequence[RequestChange]) -> str:
    """Say where *requests* of one test differ, and which recordings hold them."""
    places = [*dict.fromkeys(place for one in requests for place in one.places)]
    files = [*dict.fromkeys(one.cassette for one in requests if one.cassette)]
    many = f"{len(requests):,} requests: " if len(requests) > 1 else ""
    where = f" ({', '.join(_short(files, _MOST, 'more recording'))})" if files else ""
    differ = "differs" if len(places) == 1 else "differ"
    return f"{many}{', '.join(_short(places, _MOST, 'more place'))} {differ}{where}"


def _short(lines: Sequence[str], most: int, noun: str) -> list[str]:
    """Return at most so many of *lines*; the last of them says how many more there are."""
    if len(lines) <= most:
        return [*lines]
    shown = lines[: most - 1]
    return [*shown, f"and {calls_of(len(lines) - len(shown), noun)}"]


def _remedy(change: Change, ack_file: str) -> str:
    """Say what to do, the command on a line of its own, which no format breaks."""
    own_line = " " if len(change.subject.splitlines()) > 1 else "\n"
    return (
        f"make it cheaper again, or accept it on purpose:{own_line}{_accepting(change, ack_file)}"
    )


def _accepting(change: Change, ack_file: str) -> str:
    """Return the command that accepts *change*; a name is quoted such that a shell runs none."""
    subject = change.subject
    quoted = shlex.quote(subject) if _UNSAFE.intersection(subject) else f'"{subject}"'
    scope = "" if change.scope == "spec" else f" --scope {change.scope}"
    limit = _typed(limit_for(change))
    file = f" --file {shlex.quote(ack_file)}" if ack_file else ""
    return f"specbudget ack {quoted} --limit {limit} --until DATE --reason ...{scope}{file}"


def _typed(limit: Fraction | Money) -> str:
    """Write *limit* as a shell takes it."""
    return f"{limit}USD" if isinstance(limit, Money) else worded(limit).replace(" ", "")
