"""What is proposed to be recorded anew: each recording with what it would send and cost."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cli._table import say
from pytest_specbudget.cli.cassettes._choosing import BY_ITSELF, ways
from pytest_specbudget.cli.cassettes._figures import dates, known_cost
from pytest_specbudget.core.wording import calls_of, dollars
from pytest_specbudget.recordings.inventory import total_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.cli.cassettes._choosing import Chosen
    from pytest_specbudget.core.ledger import Totals
    from pytest_specbudget.recordings.inventory import Entry

__all__ = ["propose"]

_UNKNOWN = (
    "neither the newest journal in this folder nor its place tells whose it is; "
    "run this in the folder that is pytest's rootdir"
)


def propose(chosen: list[Chosen], *, as_json: bool) -> None:
    """Print what is *chosen*: as text with the sum of it, or one JSON line a recording."""
    for one in chosen:
        if as_json:
            print(json.dumps(_line(one)))
        else:
            for line in _lines(one):
                say(line)
    if not as_json:
        say(_sum(chosen))


def _lines(one: Chosen) -> Iterator[str]:
    entry = one.entry
    about = _about(entry.totals)
    yield f"{entry.name}   {calls_of(entry.totals.calls)}, {about}, recorded {_when(entry)}"
    yield f"    sends    {', '.join(entry.models) or 'no model call'}"
    for reason in entry.unpriced:
        yield f"    unknown  {reason}"
    if one.along:
        yield "    command  one of the above records it along"
        return
    for command in ways(one):
        yield f"    command  {shlex.join(['pytest', *command])}"
    if not one.nodes:
        yield f"    command  unknown: {_UNKNOWN}"
    elif one.option is None:
        yield f"    command  none: {BY_ITSELF}"


def _when(entry: Entry) -> str:
    return "at an unknown date" if entry.first is None else dates(entry.first, entry.last)


def _about(totals: Totals) -> str:
    cost = known_cost(totals)
    if cost is None:
        return "cost unknown"
    unknown = totals.unbounded_calls
    doubt = f" and {calls_of(unknown)} of unknown cost" if unknown else ""
    return f"about {dollars(cost)}{doubt}"


def _sum(chosen: list[Chosen]) -> str:
    whole = total_of(one.entry for one in chosen).totals
    many = calls_of(len(chosen), "recording")
    calls = calls_of(whole.calls)
    return f"{many}, {calls}: {_about(whole)} at today's list prices; new answers may be longer"


def _line(one: Chosen) -> dict[str, Any]:
    totals, cost = one.entry.totals, known_cost(one.entry.totals)
    first = one.entry.first
    return {
        "file": one.entry.name,
        "calls": totals.calls,
        "models": one.entry.models,
        "estimate_usd": None if cost is None else str(cost),
        "calls_unknown": totals.unbounded_calls,
        "recorded_first": None if first is None else first.isoformat(),
        "tests": one.nodes,
        "option": one.option,
        "changed": one.changed,
        "along": one.along,
    }
