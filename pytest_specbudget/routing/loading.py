"""Where a routing table comes from: the shipped one, with what a user wrote laid over it.

Reads one file, the table that is shipped; text of users is handed in.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.reasons import toml_problem
from pytest_specbudget.errors import SettingError
from pytest_specbudget.routing.building import built
from pytest_specbudget.routing.drafting import Draft, drafted
from pytest_specbudget.routing.seeds import seed_draft, seed_limits
from pytest_specbudget.routing.soundness import faults

if TYPE_CHECKING:
    from pytest_specbudget.routing.values import RoutingTable

__all__ = ["SHIPPED", "default_table", "load"]

SHIPPED = "the shipped routing table"
"""What tables that nobody changed call themselves."""

_FILE = Path(__file__).with_name("default.toml")


@cache
def default_table() -> RoutingTable:
    """Return the table that is shipped: appendices 1 and 2 of the requirements."""
    problems: list[str] = []
    return _sound(built(_shipped(), SHIPPED, problems), problems)


def load(text: str, source: str) -> RoutingTable:
    """Read a table that is laid over the shipped one.

    Args:
        text: TOML, ours or the seeds'.
        source: Where it stands, for people: `routing.toml`.

    Raises:
        SettingError: With every problem there is.
    """
    problems: list[str] = []
    raw = _parsed(text, source)
    limits = seed_limits(raw, source, problems)
    base = seed_draft(raw, limits, _shipped(), source, problems).over(_shipped())
    written = drafted(raw, source, problems)
    return _sound(built(written.over(base), source, problems, limits, written), problems)


@cache
def _shipped() -> Draft:
    return drafted(_parsed(_FILE.read_text(encoding="utf-8"), SHIPPED), SHIPPED, [])


def _parsed(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise SettingError([toml_problem(source, error)]) from error


def _sound(table: RoutingTable, problems: list[str]) -> RoutingTable:
    told = problems or [f"{table.source}: {fault}" for fault in faults(table)]
    if told:
        raise SettingError(told)
    return table
