"""What cannot be priced is a finding, never a zero.

One finding for each host and model, so that a suite with a thousand such calls says it once.
A call that a declaration bounds is no such finding: the ceilings judge its bound (see `bounded`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.pasting import (
    ONE_LINE,
    UNKNOWN,
    WHY_FREE,
    bound_added,
    line_for,
)
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.reading import BEGIN
from pytest_specbudget.core.wording import calls_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pytest_specbudget.budgets.pasting import Declared, Entry
    from pytest_specbudget.core.finding import Severity
    from pytest_specbudget.core.ledger import Charge, Ledger

__all__ = ["NoCallsGate", "UnknownGate", "named_tests"]

_Key = tuple[str, str, str]
_MOST_FLAGS = 6
_ESTIMATED = "chars/4"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownGate:
    """Breached by calls whose cost cannot be known.

    Attributes:
        severity: `error`, unless the user asked to be warned only.
        origin: Where that was asked for, or empty.
        declared: What settings say of a host already, so that remedies keep it; None if that is
            not known here.
    """

    severity: Severity = "error"
    origin: str = ""
    declared: Declared | None = None

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield one finding for each rule, host and model."""
        judged = [charge for charge in ledger if not charge.mocked and not charge.bounded]
        for holds, describe in _RULES:
            for group in _groups(filter(holds, judged)):
                yield describe(_Group(group, self.declared, self.severity, self.origin))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoCallsGate:
    """Says that a ceiling was asked for while no model call was seen; it never fails a run.

    Attributes:
        origin: Where the ceiling was set.
        part: What was run, to be put at the end of a sentence; empty for the whole suite.
    """

    origin: str
    part: str = ""

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield one warning if *ledger* has no call that can be judged."""
        if all(charge.mocked for charge in ledger):
            mocked = len(ledger.charges)
            seen = f", only {calls_of(mocked, 'mocked call')}" if mocked else ""
            yield Finding(
                rule="no-calls-seen",
                subject="whole run",
                message=f"a ceiling was set, and no model call was seen{seen}{self.part}",
                origin=self.origin,
                remedy=self._remedy(mocked),
                severity="warning",
            )

    def _remedy(self, mocked: int) -> str:
        none = "nothing, if these tests call none; " if self.part else ""
        judged = "to have mocked calls judged, set count_mocked = true; " if mocked else ""
        return (
            f"{none}{judged}if the tests do call models, see which client they use: "
            "`specbudget explain no-calls-seen`"
        )


@dataclass(frozen=True, slots=True)
class _Group:
    """Calls of one host and model that share a finding, and what that is to say beside them."""

    charges: list[Charge]
    declared: Declared | None
    severity: Severity
    origin: str

    @property
    def first(self) -> Charge:
        """One of them."""
        return self.charges[0]

    @property
    def known(self) -> Entry | None:
        """What settings say of their host."""
        return None if self.declared is None else self.declared(self.first.host)

    @property
    def calls(self) -> str:
        """How many they are."""
        return calls_of(len(self.charges))

    def line(self, **added: str | Mapping[str, str]) -> str:
        """Write the entry of their host that says what is *added*, too."""
        line = line_for(self.first.host, self.known, added)
        return line if self.declared is not None else f"{line}{ONE_LINE}"


def _groups(charges: Iterable[Charge]) -> list[list[Charge]]:
    groups: dict[_Key, list[Charge]] = {}
    for charge in charges:
        key = (charge.host, charge.reading.provider, charge.reading.model)
        groups.setdefault(key, []).append(charge)
    return [groups[key] for key in sorted(groups)]


def _unpriced(group: _Group) -> Finding:
    first = group.first
    model, known = first.reading.model, not first.reading.provider.startswith("(")
    provider = first.reading.provider if known else "?"
    return Finding(
        rule="usage-unpriced",
        subject=model,
        message=f"{group.calls} to {first.host} cannot be priced: {first.reason}",
        origin=group.origin,
        details=named_tests(group.charges),
        remedy="declare the price in a TOML file, and add that to those which `prices` in\n"
        '[tool.specbudget] names, as in prices = ["prices.toml"]:\n'
        f'    [[price]]\n    provider = "{provider}"\n    model = "{model}"\n{_region(first)}'
        '    valid_from = "2026-01-01"\n    rates = { input = "?", output = "?" }  # USD per 1M\n'
        f"{_by_host(group)}",
        severity=group.severity,
    )


def _by_host(group: _Group) -> str:
    """Say what the settings of its host can declare; a call that was booked by hand has none."""
    first = group.first
    if first.host.startswith("("):
        return "or name the provider or model that sells it where the call is booked"
    line = group.line(provider=UNKNOWN, models={first.reading.model: UNKNOWN})
    return f"or say in [tool.specbudget] whose model it is:{line}\n{_declared(group)}"


def _region(charge: Charge) -> str:
    region = charge.reading.region
    return f'    region = "{region}"\n' if region else ""


def _unreported(group: _Group) -> Finding:
    found = _uncounted(group, "no token counts")
    if group.first.reading.operation == BEGIN:
        return replace(found, remedy=f"{_ASK_LATER}\n{_declared(group)}\n{_free(group)}")
    return replace(
        found,
        remedy="read streams to their end, and ask for usage where it must be asked for\n"
        '(stream_options={"include_usage": true} for OpenAI-style streams)\n'
        f"{_declared(group)}\n"
        "or let its tokens be estimated from the length of its texts:"
        f"{group.line(estimate=_ESTIMATED)}\n{_free(group)}",
    )


def _unreadable(group: _Group) -> Finding:
    """Tell of counts that are none; nothing is estimated where something was told."""
    told = sorted({flag for charge in group.charges for flag in charge.reading.flags})
    what = "token counts that make no sense" if told else "an answer that could not be read"
    found = _uncounted(group, what)
    return replace(
        found,
        details=(*_some(told, _MOST_FLAGS, "more count"), *found.details),
        remedy=f"{_CORRECT if told else _LOOK}\n{_declared(group)}\n{_free(group)}",
    )


_ASK_LATER = (
    "ask for what was begun until it is done, in the same run: a batch tells its counts then;\n"
    "what tells none, such as a training, stays unknown"
)
_CORRECT = "see who sends such counts: a gateway, a fake, or a recording that was edited by hand"
_LOOK = "see what came: an answer that was cut off, or not what its headers say"


def _uncounted(group: _Group, what: str) -> Finding:
    first = group.first
    return Finding(
        rule="usage-unreported",
        subject=first.reading.model,
        message=f"{group.calls} to {first.host} came back with {what}",
        origin=group.origin,
        details=named_tests(group.charges),
        severity=group.severity,
    )


def _free(group: _Group) -> str:
    return f"or, if it costs nothing, why:{group.line(free=WHY_FREE)}"


def _partial(group: _Group) -> Finding:
    first = group.first
    return Finding(
        rule="usage-partial",
        subject=first.reading.model,
        message=f"{group.calls} to {first.host} ended before the final token counts: "
        "what was booked is a lower bound",
        origin=group.origin,
        details=named_tests(group.charges),
        remedy=f"read streams to their end\n{_declared(group)}\n"
        "or accept it with --spec-unknown=warn",
        severity=group.severity,
    )


def _unanswered(group: _Group) -> Finding:
    first = group.first
    return Finding(
        rule="call-unanswered",
        subject=first.reading.model,
        message=f"{group.calls} to {first.host} {'was' if len(group.charges) == 1 else 'were'} "
        "sent and no answer was seen: what it cost is unknown",
        origin=group.origin,
        details=tuple(
            f"{charge.attribution.test}   {charge.error or 'cut off'}" for charge in group.charges
        ),
        remedy="find out why the call was cut off (timeout, cancelled task, killed worker)\n"
        f"{_declared(group)}",
        severity=group.severity,
    )


def _declared(group: _Group) -> str:
    """Say how to declare what such a call costs at most, so that it can be judged."""
    bound = bound_added(group.first.reading.model, group.known)
    return (
        "or say in [tool.specbudget] what one call costs at most; the ceilings judge that:"
        f"{group.line(bound_usd=bound)}"
    )


def named_tests(group: Iterable[Charge], most: int = 3) -> tuple[str, ...]:
    """Name *most* of the tests that made the calls of *group*, and count the rest."""
    names = sorted({charge.attribution.test for charge in group})
    return _some(names, most, "more test")


def _some(words: Sequence[str], most: int, more: str) -> tuple[str, ...]:
    rest = (f"and {calls_of(len(words) - most, more)}",) if len(words) > most else ()
    return (*words[:most], *rest)


def _is_unreadable(charge: Charge) -> bool:
    return charge.reading.usage_state == "unreadable"


_RULES: tuple[tuple[Callable[[Charge], bool], Callable[[_Group], Finding]], ...] = (
    (lambda charge: charge.unpriced, _unpriced),
    (lambda charge: charge.unreported and not _is_unreadable(charge), _unreported),
    (lambda charge: charge.unreported and _is_unreadable(charge), _unreadable),
    (lambda charge: charge.partial, _partial),
    (lambda charge: charge.outcome == "unknown", _unanswered),
)
