"""Names of commands and stages that a table does not have, and what was probably meant."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_specbudget.core.names import LIKELY, SURE, nearest
from pytest_specbudget.routing.naming import plain_name, rule_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.routing.values import CommandRule, RoutingTable

__all__ = ["doubts_of_names", "no_command", "no_stage"]


def no_command(table: RoutingTable, command: str) -> str:
    """Say that *table* has no such command, and which one was probably meant."""
    return f'no command is called "{plain_name(command)}"{_hint(_meant(table, command, LIKELY))}'


def no_stage(rule: CommandRule, stage: str) -> str | None:
    """Say that a command has no such stage; None where it has, or where it is the command."""
    if stage in (*rule.stages, *rule.pipeline) or plain_name(stage) == rule.command:
        return None
    hint = _hint(nearest(stage, (*rule.stages, *rule.pipeline)))
    return f'command "{rule.command}" has no plan for a stage "{stage}"{hint}'


def doubts_of_names(table: RoutingTable, charges: Iterable[Charge]) -> Iterator[str]:
    """Yield a sentence for each name that *charges* have and the table has not.

    Where routing was not asked, a name may well be somebody's own: then it is told only if it is
    very much like one of the table.
    """
    told: dict[str, None] = {}
    for charge in charges:
        owner = charge.attribution
        if owner.command is not None:
            routed = charge.routed is not None
            doubt = _doubt(table, owner.command, owner.stage, routed=routed)
            told |= {doubt: None} if doubt else {}
    yield from told


def _doubt(table: RoutingTable, command: str, stage: str | None, *, routed: bool) -> str | None:
    rule = rule_of(table.commands, command)
    if rule is None and routed:
        return f"{no_command(table, command)}: it was routed as tier {table.default}"
    if rule is None and _meant(table, command, SURE):
        return f"{no_command(table, command)}: the routing table says nothing of it"
    near = rule is not None and stage is not None and nearest(stage, (*rule.stages, *rule.pipeline))
    if rule is None or stage is None or not (routed and near):
        return None
    doubt = no_stage(rule, stage)
    return doubt and f"{doubt}: it was routed as the command is"


def _meant(table: RoutingTable, command: str, alike: float) -> str | None:
    known = {*table.commands, *(alias for one in table.commands.values() for alias in one.aliases)}
    return _nearest(plain_name(command), frozenset(known), alike)


@lru_cache(maxsize=256)
def _nearest(name: str, known: frozenset[str], alike: float) -> str | None:
    """Return what `nearest` does; a suite mistypes the same few names again and again."""
    return nearest(name, sorted(known), alike)


def _hint(meant: str | None) -> str:
    return f' (did you mean "{meant}"?)' if meant else ""
