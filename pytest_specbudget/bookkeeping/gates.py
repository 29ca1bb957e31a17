"""From settings and markers to gates."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.bounded import BoundedGate
from pytest_specbudget.budgets.calls import MaxCallsGate
from pytest_specbudget.budgets.estimated import EstimatedGate
from pytest_specbudget.budgets.gate import Ceiling, SpendGate
from pytest_specbudget.budgets.pasting import nothing_declared
from pytest_specbudget.budgets.stale import BypassGate, StaleGate
from pytest_specbudget.budgets.unknowns import NoCallsGate, UnknownGate
from pytest_specbudget.budgets.unused import UnusedCeilings
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pytest_specbudget.budgets.pasting import Declared
    from pytest_specbudget.core.attribution import Attribution
    from pytest_specbudget.core.finding import Gate, Severity
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.settings.settings import Settings
    from pytest_specbudget.settings.values import Scope

__all__ = ["WHOLE_RUN", "Marked", "declared_by", "gates", "marked", "nodes_of", "spend_gates"]

WHOLE_RUN = "whole run"
_NAMED_BY_SETTINGS = ("spec", "command", "stage")
_Subjects = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """What the markers of the suite limit, by node id.

    Attributes:
        tests: Ceilings of single tests.
        groups: Ceilings of classes and modules, for what each covers together.
        calls: The most calls of a test.
        origins: Where each of these was set.
    """

    tests: Mapping[str, Ceiling] = field(default_factory=dict)
    groups: Mapping[str, Ceiling] = field(default_factory=dict)
    calls: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Where the first ceiling was set, or empty if no marker sets one."""
        ceilings = (*self.tests.values(), *self.groups.values())
        return ceilings[0].origin if ceilings else ""


def marked(journals: Iterable[Journal]) -> Marked:
    """Collect what the markers limit; every worker wrote down the same."""
    tests: dict[str, Ceiling] = {}
    groups: dict[str, Ceiling] = {}
    calls: dict[str, tuple[int, str]] = {}
    for journal in journals:
        for event in journal.events:
            if event.event == "limit":
                node, origin = str(event.values["node"]), str(event.values["origin"])
                if "max_calls" in event.values:
                    calls[node] = (int(event.values["max_calls"]), origin)
                if "budget" in event.values:
                    amount = Money.parse(event.values["budget"])
                    kind = tests if event.values.get("single") else groups
                    kind[node] = Ceiling(amount=amount, origin=origin)
    return Marked(tests, groups, calls)


def gates(
    settings: Settings, marks: Marked, *, has_specs: bool, stopped: bool = False
) -> list[Gate]:
    """Return every gate that the run is held to, in the order people read their findings.

    Args:
        settings: What was asked for.
        marks: What markers limit.
        has_specs: Whether any charge belongs to a SPEC.
        stopped: Whether calls were stopped before they were sent, so that it is no wonder if none
            was seen.
    """
    severity: Severity = "error" if settings.unknown == "error" else "warning"
    ceilings = spend_gates(settings, marks, has_specs=has_specs)
    by_name = (gate for gate in ceilings if gate.scope in _NAMED_BY_SETTINGS)
    found: list[Gate] = [*ceilings, *map(UnusedCeilings, by_name)]
    origin = settings.limits[0].origin if settings.limits else marks.origin
    if not stopped and (settings.limits or marks.tests or marks.groups):
        found.append(NoCallsGate(origin=origin))
    found.append(MaxCallsGate(limits=marks.calls, subjects=nodes_of))
    unknown_origin = settings.origin_of("unknown") if settings.explicit_unknown else ""
    unknown = UnknownGate(severity=severity, origin=unknown_origin, declared=declared_by(settings))
    found += [unknown, BoundedGate(), EstimatedGate(), _stale_gate(settings), BypassGate()]
    return found


def declared_by(settings: Settings) -> Declared:
    """Return what finds the entry of a host; the readers of providers come along with it."""
    if not settings.hosts:
        return nothing_declared
    from pytest_specbudget.providers.hosts import rule_for  # noqa: PLC0415 - only for such entries

    return partial(rule_for, rules=settings.hosts)


def _stale_gate(settings: Settings) -> StaleGate:
    asked = settings.explicit_stale is not None
    return StaleGate(origin=settings.origins.get("stale", ""), foreign_too=asked)


def spend_gates(settings: Settings, marks: Marked, *, has_specs: bool) -> list[SpendGate]:
    """Return one gate for each kind of scope that has a ceiling."""
    built = (_gate(settings, marks, scope, has_specs=has_specs) for scope in _SUBJECTS)
    covered = _group(settings, marks)
    return [gate for gate in (*built, covered) if gate.each is not None or gate.named]


def _gate(settings: Settings, marks: Marked, scope: Scope, *, has_specs: bool) -> SpendGate:
    limits = [limit for limit in settings.limits if limit.scope == scope]
    ceilings = {
        limit.subject: Ceiling(amount=limit.ceiling, origin=limit.origin) for limit in limits
    }
    each = ceilings.pop(None, None)
    named = {subject: ceiling for subject, ceiling in ceilings.items() if subject is not None}
    if scope == "test":
        named |= marks.tests
    show = _shown_spec(has_specs=has_specs) if scope == "spec" else str
    return _spend_gate(settings, scope, _SUBJECTS[scope], each, named, show)


def _group(settings: Settings, marks: Marked) -> SpendGate:
    def covering(charge: Charge) -> _Subjects:
        return tuple(node for node in _around(charge.attribution) if node in marks.groups)

    return _spend_gate(settings, "class or module", covering, None, dict(marks.groups), str)


def _spend_gate(  # noqa: PLR0913, PLR0917 - the parts of one value, named where they are used
    settings: Settings,
    scope: str,
    subjects: Callable[[Charge], _Subjects],
    each: Ceiling | None,
    named: dict[str, Ceiling],
    show: Callable[[str], str],
) -> SpendGate:
    return SpendGate(
        scope=scope,
        subjects=subjects,
        each=each,
        named=named,
        basis=settings.judge,
        warning=settings.alert_warning,
        critical=settings.alert_critical,
        show=show,
    )


def _shown_spec(*, has_specs: bool) -> Callable[[str], str]:
    def show(spec: str) -> str:
        return WHOLE_RUN if spec == UNASSIGNED and not has_specs else spec

    return show


def _around(owner: Attribution) -> _Subjects:
    """Return the class and module that a call counts for, outermost first.

    They are those around its test; for a fixture that they share, itself and what is around it.
    """
    if owner.within is None:
        return _parents(owner.test)
    return (*_parents(owner.within), owner.within)


def _parents(node: str) -> _Subjects:
    """Return the node ids of the class and module around *node*, outermost first."""
    path, _, names = node.partition("::")
    parts = [path, *names.partition("[")[0].split("::")] if names else [path]
    return tuple("::".join(parts[:end]) for end in range(1, len(parts)))


def nodes_of(charge: Charge) -> _Subjects:
    """Return the nodes that a charge counts for: its test, and the classes and module around."""
    owner = charge.attribution
    return (*_around(owner), owner.test)


def _some(subject: str | None) -> _Subjects:
    return () if subject is None else (subject,)


def _test(charge: Charge) -> _Subjects:
    test = charge.attribution.test
    return () if test.startswith("<") else (test,)


_SUBJECTS: dict[Scope, Callable[[Charge], _Subjects]] = {
    "spec": lambda charge: (charge.attribution.spec,),
    "session": lambda _charge: (WHOLE_RUN,),
    "command": lambda charge: _some(charge.attribution.command),
    "stage": lambda charge: _some(charge.attribution.stage),
    "test": _test,
}
