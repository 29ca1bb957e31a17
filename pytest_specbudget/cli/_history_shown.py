"""What a history holds, as `specbudget history show` tells it: a table, or one JSON object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.store.history import SOFT_LIMIT, Size
from pytest_specbudget.cli._kept import account
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.cli._unknown_calls import print_unknown
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, places_for, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pytest_specbudget.analysis.store.history import History
    from pytest_specbudget.cli._unknown_calls import UnknownCalls

__all__ = ["show", "sized", "warn_of_size"]

_MEGABYTE = 10**6
_EMPTY = Size(records=0, days=0, first=None, last=None, bytes=0, quarantined=0)


def show(
    history: History | None, places: Sequence[Path], unknown: UnknownCalls, *, as_json: bool
) -> Sequence[str]:
    """Print what a project keeps.

    Args:
        history: Its history, or None where it has only journals.
        places: Where it keeps what it spent.
        unknown: Its calls of unknown cost.
        as_json: Whether one JSON object is wanted.

    Returns:
        What is damaged, of its history or else of its journals, a sentence each.
    """
    size = _EMPTY if history is None else history.size()
    models = [] if history is None else _models(history)
    damage = account(places).problems if history is None else history.damage()
    if as_json:
        print(json.dumps(_document(size, models, damage) | _unknown(unknown), indent=1))
        return damage
    if history is None:
        journals = " and ".join(map(str, places))
        say(f"no history, only journals, in {journals}; `specbudget history add` makes one of them")
    else:
        say(sized(size))
        print_table(_HEADERS, _cells(models), names=2)
    print_unknown(unknown)
    warn_of_size(size)
    return damage


def _unknown(unknown: UnknownCalls) -> dict[str, Any]:
    return {
        "unknown_calls": [one.document() for one in unknown.open],
        "settled_calls": [one.document() for one in unknown.settled],
        "unknown_calls_left_out": unknown.left_out,
    }


_HEADERS = ("provider", "model", "calls", "list USD", "billed USD")
_MODELS = """
SELECT provider, model, count(*) AS records, count(*) FILTER (WHERE part = 0) AS calls,
    sum(list_cost) AS list_cost, sum(billed_cost) AS billed_cost
FROM usage_t GROUP BY provider, model ORDER BY list_cost DESC NULLS LAST, provider, model
"""


def _models(history: History) -> list[dict[str, Any]]:
    """Return what each model was used, the dearest first; amounts in USD, None if none is known."""
    names = ("provider", "model", "records", "calls", "list_cost", "billed_cost")
    rows = history.query(_MODELS)
    return [dict(zip(names, (*row[:4], *map(_money, row[4:])), strict=True)) for row in rows]


def _money(atto: int | None) -> Money | None:
    return None if atto is None else Money(int(atto))


def _cells(models: Sequence[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    names = ("list_cost", "billed_cost")
    places = places_for(cost for one in models for name in names if (cost := one[name]) is not None)
    for model in models:
        shown = ("-" if model[name] is None else plain(model[name], places) for name in names)
        yield model["provider"], model["model"], f"{model['calls']:,}", *shown


def _document(
    size: Size, models: Iterable[dict[str, Any]], damage: Sequence[str]
) -> dict[str, Any]:
    return {
        "records": size.records,
        "days": size.days,
        "first": None if size.first is None else size.first.isoformat(),
        "last": None if size.last is None else size.last.isoformat(),
        "bytes": size.bytes,
        "soft_limit_bytes": SOFT_LIMIT,
        "quarantined": size.quarantined,
        "closed": size.closed,
        "models": [
            model | {name: _text(model[name]) for name in ("list_cost", "billed_cost")}
            for model in models
        ],
        "damage": list(damage),
    }


def _text(amount: Money | None) -> str | None:
    return None if amount is None else str(amount)


def sized(size: Size) -> str:
    """Say how large a history is."""
    told = f"{calls_of(size.records, 'record')} of {calls_of(size.days, 'day')}"
    span = "" if size.first is None else f" ({size.first} to {size.last})"
    apart = f", {size.quarantined:,} set aside" if size.quarantined else ""
    apart += f", {size.closed:,} corrected or dismissed" if size.closed else ""
    return f"{told}{span} in {size.bytes / _MEGABYTE:,.1f} MB{apart}"


def warn_of_size(size: Size) -> None:
    """Say that a history should not lie in a repository, where that is so."""
    if size.bytes > SOFT_LIMIT:
        complain(
            f"the history takes {size.bytes / _MEGABYTE:,.1f} MB of {SOFT_LIMIT // _MEGABYTE} MB; "
            "keep it out of the repository, as an artefact or in a store of its own"
        )
