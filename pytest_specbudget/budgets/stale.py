"""Replays that are not honest: recordings of other requests, and calls around a cassette.

A recording that answers a changed request repeats yesterday's tokens, so the call is priced as it
would be now, and the run fails for it, once for each kind of change however many calls it touches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.unknowns import named_tests
from pytest_specbudget.core.asking import bears_on_cost
from pytest_specbudget.core.finding import Finding, Severity
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars_of, short_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.ledger import Charge, Ledger
    from pytest_specbudget.core.staleness import Staleness

__all__ = ["BypassGate", "StaleGate"]

_ACCEPT = "\n    specbudget cassettes accept"
_SHOWN = 3
_ZERO = Money()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleGate:
    """Breached by recordings that answer other requests than their own.

    Attributes:
        origin: Where the user asked for it, or empty.
        foreign_too: Whether recordings of another plugin fail the run, too, and not only warn.
    """

    origin: str = ""
    foreign_too: bool = False

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield a finding for each set of places that changed, the dearest change first."""
        groups: dict[tuple[bool, tuple[str, ...]], list[Charge]] = {}
        for charge in ledger:
            stale = charge.staleness
            if stale is not None and not (stale.listed or stale.excused or charge.mocked):
                groups.setdefault((stale.foreign, stale.places), []).append(charge)
        for (foreign, places), group in sorted(groups.items(), key=_dearest_first):
            severity: Severity = "warning" if foreign and not self.foreign_too else "error"
            yield Finding(
                rule="recording-stale",
                subject=_listed(places),
                message=_message(places, group),
                origin=self.origin,
                details=tuple(_details(group)),
                remedy=_remedy(places, group),
                severity=severity,
            )


@dataclass(frozen=True, slots=True)
class BypassGate:
    """Warns of calls that went to the network although a cassette was open."""

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield one warning for all of them."""
        group = [charge for charge in ledger if charge.verdict == "bypass"]
        if group:
            costs = Money.total(charge.list_cost or _ZERO for charge in group)
            hosts = ", ".join(sorted({charge.host for charge in group}))
            yield Finding(
                rule="cassette-bypassed",
                subject=hosts,
                message=f"{calls_of(len(group))} to {hosts} went to the network although a "
                f"cassette was open; list cost {dollars_of(costs)[0]}",
                details=named_tests(group),
                remedy="see what the cassette ignores (ignore_hosts, filters, skip_patchers), or "
                "refuse such calls: --spec-forbid-live",
                severity="warning",
            )


def _dearest_first(
    item: tuple[tuple[bool, tuple[str, ...]], list[Charge]],
) -> tuple[Money, object]:
    key, group = item
    now, then = _costs(group)
    return then - now, key


def _costs(group: Iterable[Charge]) -> tuple[Money, Money]:
    """Return what *group* costs now and what it did as recorded, as far as that is known."""
    group = list(group)
    now = Money.total(charge.list_cost or _ZERO for charge in group)
    then = Money.total(_recorded(charge).list_cost or _ZERO for charge in group)
    return now, then


def _recorded(charge: Charge) -> Staleness:
    assert charge.staleness is not None  # noqa: S101 - only stale charges come here
    return charge.staleness


def _message(places: tuple[str, ...], group: list[Charge]) -> str:
    one = len(group) == 1
    return (
        f"{calls_of(len(group))} {'was' if one else 'were'} answered by "
        f"{'a recording' if one else 'recordings'} of {'another request' if one else 'others'}: "
        f"{_listed(places)} {'differs' if len(places) == 1 else 'differ'}; {_money(group)}"
    )


def _money(group: list[Charge]) -> str:
    now, then = dollars_of(*_costs(group))
    unknown = sum(charge.list_cost is None for charge in group)
    if unknown == len(group):
        return f"list cost {then} as recorded, and unknown now"
    guessed = any(charge.reading.usage_state == "estimated" for charge in group)
    estimated = " (estimated)" if guessed else ""
    unpriced = f", and {calls_of(unknown)} without a price" if unknown else ""
    return f"list cost {then} as recorded, {now} now{estimated}{unpriced}"


def _details(group: list[Charge]) -> Iterator[str]:
    ranked = sorted(group, key=_by_change)
    for charge in ranked[:_SHOWN]:
        yield f"{charge.attribution.test}   {_told(charge)}"
    if len(group) > _SHOWN:
        yield f"and {calls_of(len(group) - _SHOWN, 'more call')}"


def _by_change(charge: Charge) -> tuple[int, str, int]:
    """Put the dearest change first, and those alike in the order in which people read them."""
    return -_change(charge).atto, charge.attribution.test, charge.cassette_index or 0


def _change(charge: Charge) -> Money:
    return (charge.list_cost or _ZERO) - (_recorded(charge).list_cost or _ZERO)


def _told(charge: Charge) -> str:
    then, usage = _recorded(charge), charge.reading.usage
    now, before = dollars_of(charge.list_cost or _ZERO, then.list_cost or _ZERO)
    place = (charge.cassette or "").replace("\\", "/").rpartition("/")[2]
    models = _moved(then.model or "(unnamed)", charge.reading.model)
    tokens = _moved(short_count(then.input_tokens or 0), short_count(usage.input_tokens or 0))
    cost = _moved(before, now) if charge.list_cost is not None else f"{before} -> no price"
    return f"{place}#{charge.cassette_index}: {models}, {tokens} input tokens, {cost}"


def _moved(then: str, now: str) -> str:
    return now if then == now else f"{then} -> {now}"


def _remedy(places: tuple[str, ...], group: list[Charge]) -> str:
    now, then = _costs(group)
    is_known = all(charge.list_cost is not None for charge in group)
    if is_known and now == then and not any(map(bears_on_cost, places)):
        options = " ".join(f"--path '{place}'" for place in places)
        return f"it costs the same; accept it, or record it again:{_ACCEPT} {options}"
    return (
        "record again what changed, which --dry-run only shows:"
        "\n    specbudget cassettes rerecord --changed --dry-run\n"
        f"or let an old suite keep what is known:{_ACCEPT} --known"
    )


def _listed(places: tuple[str, ...]) -> str:
    if len(places) > _SHOWN + 1:
        return f"{', '.join(places[:_SHOWN])} and {len(places) - _SHOWN} more"
    return " and ".join(filter(None, (", ".join(places[:-1]), places[-1])))
