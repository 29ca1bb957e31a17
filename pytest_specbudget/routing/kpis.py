"""How a suite is routed, in five figures: P6 to P10 of the seeds.

They count operations: calls that were answered, or may have been.  A call that failed did nothing.
What is unknown is said beside each figure, and counts for none of them.

Source: SPEC-KIT-070, PRD of 2025-10-24, lines 532 to 535 and 721 (read 2026-11-22): the targets.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import PLACES, Money
from pytest_specbudget.core.wording import calls_of, dollars, percent
from pytest_specbudget.routing.naming import rule_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.core.ledger import Charge, Ledger
    from pytest_specbudget.routing.standing import Standings
    from pytest_specbudget.routing.values import RoutingTable

__all__ = ["Kpi", "kpis"]

_CHEAP = "M"
_ALL = Fraction(1)
_MOST = Fraction(4, 5)
_FEW = Fraction(5, 100)
_LOW = Money.parse("0.30")


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure of how a suite is routed.

    Attributes:
        name: As the seeds number it: `P8`.
        says: What it is.
        value: For people, with what it is counted over.
        target: What the seeds ask for; nobody is held to it.
        met: Whether the target is known to be met.
    """

    name: str
    says: str
    value: str
    target: str
    met: bool


def kpis(ledger: Ledger, standings: Standings) -> tuple[Kpi, ...]:
    """Return the figures of the calls of *ledger*; none without calls.

    They count operations, each a call, and not commands.
    """
    called = [charge for charge in ledger if not charge.mocked and charge.reading.called]
    if not called:
        return ()
    done = [charge for charge in called if charge.outcome != "failed"]
    figures = (_tracked(done), _cheap(done, standings), _premium(done, standings))
    if not any(charge.attribution.command for charge in called):
        return figures
    return (_routed(called, standings.table), *figures, _average(done))


def _routed(called: Iterable[Charge], table: RoutingTable) -> Kpi:
    """Count the commands that the table knows, and all of whose calls routing chose."""
    commands: dict[str, bool] = {}
    for charge in called:
        command = charge.attribution.command
        if command is not None:
            chosen = charge.routed is not None and rule_of(table.commands, command) is not None
            commands[command] = commands.get(command, True) and chosen
    part = Fraction(sum(commands.values()), len(commands))
    value = f"{percent(part)} of {calls_of(len(commands), 'command')}"
    return Kpi("P6", "commands whose calls routing chose", value, "100 %", part == _ALL)


def _tracked(done: list[Charge]) -> Kpi:
    doubted = sum(charge.uncertain for charge in done)
    part = _part(len(done) - doubted, done)
    says = "operations of known cost"
    return Kpi("P7", says, _shown(part, done, 0), "100 %", part == _ALL)


def _cheap(done: list[Charge], standings: Standings) -> Kpi:
    told = [standings.is_within(charge, _CHEAP) for charge in done]
    unknown = told.count(None)
    part = _part(told.count(True), done)
    met = part is not None and part >= _MOST
    says = "operations on tiers S and M"
    return Kpi("P8", says, _shown(part, done, unknown), "80 % or more", met)


def _premium(done: list[Charge], standings: Standings) -> Kpi:
    told = [standings.of(charge).premium for charge in done]
    unknown = told.count(None)
    part = _part(told.count(True), done)
    most = _part(told.count(True) + unknown, done)
    met = most is not None and most < _FEW
    says = "operations on premium models"
    return Kpi("P9", says, _shown(part, done, unknown), "below 5 %", met)


def _average(done: Iterable[Charge]) -> Kpi:
    counted = [charge for charge in done if charge.attribution.command is not None]
    commands = len({charge.attribution.command for charge in counted})
    doubted = sum(charge.uncertain for charge in counted)
    spent = Money.total(charge.list_cost or Money() for charge in counted)
    each = Money.of_fraction(Fraction(spent.atto, 10**PLACES) / commands) if commands else None
    met = each is not None and not doubted and each < _LOW
    value = _cost(each, commands, len(counted), doubted)
    return Kpi("P10", "average list cost of a command", value, "below $0.30", met)


def _cost(each: Money | None, commands: int, calls: int, doubted: int) -> str:
    if each is None:
        return "unknown (no call of a command was answered)"
    over = f"over {calls_of(commands, 'command')}"
    if not doubted:
        return f"{dollars(each)} {over}"
    unknown = f"{calls_of(doubted)} of unknown cost"
    known = f"at least {dollars(each)} {over}, " if doubted < calls or each else "unknown: "
    return f"{known}{unknown}"


def _part(count: int, done: list[Charge]) -> Fraction | None:
    return Fraction(count, len(done)) if done else None


def _shown(part: Fraction | None, done: list[Charge], unknown: int) -> str:
    if part is None:
        return "unknown (no call was answered)"
    doubts = f", {unknown:,} of unknown price and tier" if unknown else ""
    return f"{percent(part)} of {calls_of(len(done))}{doubts}"
