"""What cannot be priced is a finding, never a zero.

One finding for each host and model, so that a suite with a thousand such calls says it once.
A call that a declaration bounds is no such finding: the ceilings judge its bound (see `bounded`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.pasting import AT_MOST, ESTIMATED, FREE, host_line
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.wording import calls_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pytest_specbudget.core.finding import Severity
    from pytest_specbudget.core.ledger import Charge, Ledger

__all__ = ["NoCallsGate", "UnknownGate", "named_tests"]

_Key = tuple[str, str, str]
_MOST_FLAGS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownGate:
    """Breached by calls whose cost cannot be known.

    Attributes:
        severity: `error`, unless the user asked to be warned only.
        origin: Where that was asked for, or empty.
    """

    severity: Severity = "error"
    origin: str = ""

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield one finding for each rule, host and model."""
        judged = [charge for charge in ledger if not charge.mocked and not charge.bounded]
        for holds, describe in _RULES:
            for group in _groups(filter(holds, judged)):
                yield describe(group, self.severity, self.origin)


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
                remedy=f"{'nothing, if these tests call none; ' if self.part else ''}"
                "if the tests do call models, see which client they use: "
                "`specbudget explain no-calls-seen`",
                severity="warning",
            )


def _groups(charges: Iterable[Charge]) -> list[list[Charge]]:
    groups: dict[_Key, list[Charge]] = {}
    for charge in charges:
        key = (charge.host, charge.reading.provider, charge.reading.model)
        groups.setdefault(key, []).append(charge)
    return [groups[key] for key in sorted(groups)]


def _unpriced(group: list[Charge], severity: Severity, origin: str) -> Finding:
    first = group[0]
    model, known = first.reading.model, not first.reading.provider.startswith("(")
    provider = first.reading.provider if known else "?"
    return Finding(
        rule="usage-unpriced",
        subject=model,
        message=f"{calls_of(len(group))} to {first.host} cannot be priced: {first.reason}",
        origin=origin,
        details=named_tests(group),
        remedy="declare the price in a TOML file given as --spec-prices=FILE:\n"
        f'    [[price]]\n    provider = "{provider}"\n    model = "{model}"\n{_region(first)}'
        '    valid_from = "2026-01-01"\n    rates = { input = "?", output = "?" }  # USD per 1M\n'
        f"{_by_host(first)}",
        severity=severity,
    )


def _by_host(charge: Charge) -> str:
    """Say what the settings of its host can declare; a call that was booked by hand has none."""
    if charge.host.startswith("("):
        return "or name the provider or model that sells it where the call is booked"
    names = f'provider = "?", models = {{ "{charge.reading.model}" = "?" }}'
    whose = f"or say in [tool.specbudget] whose model it is:{host_line(charge.host, names)}"
    return f"{whose}\n{_declared(charge)}"


def _region(charge: Charge) -> str:
    region = charge.reading.region
    return f'    region = "{region}"\n' if region else ""


def _unreported(group: list[Charge], severity: Severity, origin: str) -> Finding:
    first = group[0]
    found = _uncounted(group, severity, origin, "no token counts")
    return replace(
        found,
        remedy="read streams to their end, and ask for usage where it must be asked for\n"
        '(stream_options={"include_usage": true} for OpenAI-style streams)\n'
        f"{_declared(first)}\n"
        "or let its tokens be estimated from the length of its texts:"
        f"{host_line(first.host, ESTIMATED)}\n{_free(first)}",
    )


def _unreadable(group: list[Charge], severity: Severity, origin: str) -> Finding:
    """Tell of counts that are none; nothing is estimated where something was told."""
    first, told = group[0], sorted({flag for charge in group for flag in charge.reading.flags})
    what = "token counts that make no sense" if told else "an answer that could not be read"
    found = _uncounted(group, severity, origin, what)
    return replace(
        found,
        details=(*_some(told, _MOST_FLAGS, "more count"), *found.details),
        remedy=f"{_CORRECT if told else _LOOK}\n{_declared(first)}\n{_free(first)}",
    )


_CORRECT = "see who sends such counts: a gateway, a fake, or a recording that was edited by hand"
_LOOK = "see what came: an answer that was cut off, or not what its headers say"


def _uncounted(group: list[Charge], severity: Severity, origin: str, what: str) -> Finding:
    first = group[0]
    return Finding(
        rule="usage-unreported",
        subject=first.reading.model,
        message=f"{calls_of(len(group))} to {first.host} came back with {what}",
        origin=origin,
        details=named_tests(group),
        severity=severity,
    )


def _free(charge: Charge) -> str:
    return f"or, if it costs nothing, why:{host_line(charge.host, FREE)}"


def _partial(group: list[Charge], severity: Severity, origin: str) -> Finding:
    first = group[0]
    return Finding(
        rule="usage-partial",
        subject=first.reading.model,
        message=f"{calls_of(len(group))} to {first.host} ended before the final token counts: "
        "what was booked is a lower bound",
        origin=origin,
        details=named_tests(group),
        remedy=f"read streams to their end\n{_declared(first)}\n"
        "or accept it with --spec-unknown=warn",
        severity=severity,
    )


def _unanswered(group: list[Charge], severity: Severity, origin: str) -> Finding:
    first = group[0]
    return Finding(
        rule="call-unanswered",
        subject=first.reading.model,
        message=f"{calls_of(len(group))} to {first.host} {'were' if len(group) > 1 else 'was'} "
        "sent and no answer was seen: what it cost is unknown",
        origin=origin,
        details=tuple(
            f"{charge.attribution.test}   {charge.error or 'cut off'}" for charge in group
        ),
        remedy="find out why the call was cut off (timeout, cancelled task, killed worker)\n"
        f"{_declared(first)}",
        severity=severity,
    )


def _declared(charge: Charge) -> str:
    """Say how to declare what such a call costs at most, so that it can be judged."""
    line = host_line(charge.host, AT_MOST)
    return (
        f"or say in [tool.specbudget] what one call costs at most; the ceilings judge that:{line}"
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


_RULES: tuple[
    tuple[Callable[[Charge], bool], Callable[[list[Charge], Severity, str], Finding]], ...
] = (
    (lambda charge: charge.unpriced, _unpriced),
    (lambda charge: charge.unreported and not _is_unreadable(charge), _unreported),
    (lambda charge: charge.unreported and _is_unreadable(charge), _unreadable),
    (lambda charge: charge.partial, _partial),
    (lambda charge: charge.outcome == "unknown", _unanswered),
)
