"""A history in a store, priced as `looped` prices it, by an engine.

The engine sums up what one record a call tells and was charged for, which is nearly all.  Calls of
several models, and those that were recorded without a cost, go through the loop: what of them
belongs together no sum can tell.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Literal

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.duck import opened
from pytest_specbudget.analysis.looped import looped
from pytest_specbudget.analysis.priced import PricedHistory
from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.repricing import reprice
from pytest_specbudget.analysis.stored_use import uses_of, uses_sql, weeks_of, weeks_sql
from pytest_specbudget.audit.drift import Priced
from pytest_specbudget.core.money import Money
from pytest_specbudget.prices.names import short_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pytest_specbudget.analysis.engine import Engine
    from pytest_specbudget.analysis.repricing import Group, Repriced
    from pytest_specbudget.analysis.store import History
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["priced_store"]

_NAMES = ", ".join(f'"{column.name}"' for column in COLUMNS)
_AT_ITS_PRICES = _NAMES.replace('"at"', 'coalesce("priced_at", "at") as "at"')
_MONEY = [column.name for column in COLUMNS if column.kind == "money"]
_BY = ("provider", "model", "day")
_ZERO = Money()

_OF_SEVERAL = "id in (select id from usage_t where part > 0)"
_TELLS = "outcome = 'answered' and (free or usage_state not in ('none', 'unreadable'))"
_CHARGED = f"{_TELLS} and list_cost is not null"
_DATED = f"{_CHARGED} and (priced_at is not null or source <> 'replay')"
_UNCHARGED = f"{_TELLS} and list_cost is null"
_SILENT = f"outcome <> 'failed' and not ({_TELLS})"


def priced_store(history: History, catalogue: Catalogue, at: datetime) -> PricedHistory:
    """Price a history as of then and at *at*.

    Args:
        history: The store.
        catalogue: The prices.
        at: The instant whose prices count for the second question; aware, UTC.

    Raises:
        JournalError: If DuckDB is not installed, or the history changed meanwhile.
    """
    with opened(history) as engine:
        return _Store(engine, catalogue, at).priced()


class _Store:
    """The questions to one engine; a *part* is what stands after `from`."""

    def __init__(self, engine: Engine, catalogue: Catalogue, at: datetime) -> None:
        self._engine, self._catalogue, self._at = engine, catalogue, at
        self._has_several = bool(self._count("(select * from usage_t where part > 0)"))

    def priced(self) -> PricedHistory:
        """Ask everything."""
        apart = looped(self._apart(), self._catalogue, self._at)
        charged = self._single(_CHARGED)
        told = f"(select * from usage_t where {_TELLS})"  # noqa: S608 - our own words
        return PricedHistory(
            as_of_then=(*self._as_of_then(), *apart.as_of_then),
            repriced=(*self._repriced(charged, self._at), *apart.repriced),
            uses=(*uses_of(self._engine.run(uses_sql(_dated(charged)))), *apart.uses),
            weeks=tuple(weeks_of(self._engine.run(weeks_sql(told)))),
            assumed=apart.assumed,
            untold=apart.untold + self._count(self._single(_SILENT)),
        )

    def _single(self, condition: str) -> str:
        """Return the part with the calls of one model for which *condition* holds."""
        alone = f"not ({_OF_SEVERAL}) and " if self._has_several else ""
        return f"(select * from usage_t where {alone}{condition})"  # noqa: S608 - our own words

    def _as_of_then(self) -> Iterator[Priced]:
        """Price each call at the instant whose prices it was charged."""
        return self._repriced(_dated(self._single(_DATED)), "recorded")

    def _count(self, part: str) -> int:
        return int(self._engine.run(f"select count(*) from {part} u")[0][0])  # noqa: S608 - likewise

    def _repriced(self, part: str, at: datetime | Literal["recorded"]) -> Iterator[Priced]:
        return _priced(reprice(self._engine, self._catalogue, at, by=_BY, usage=part))

    def _apart(self) -> Iterator[dict[str, Any]]:
        """Yield the records that are priced one by one, those of a call together."""
        yield from self._records(self._single(_UNCHARGED))
        if self._has_several:
            several = f"(select * from usage_t where {_OF_SEVERAL})"  # noqa: S608 - our own words
            yield from self._records(f"{several} u order by id, part")

    def _records(self, part: str) -> Iterator[dict[str, Any]]:
        for row in self._engine.run(f"select {_NAMES} from {part}"):  # noqa: S608 - likewise
            told = named(tuple(row))
            for name in _MONEY:  # engines give what has 38 digits as a decimal
                told[name] = None if told[name] is None else int(told[name])
            yield told


def _dated(part: str) -> str:
    """Return *part* with each call at the instant whose prices it was charged."""
    return f"(select {_AT_ITS_PRICES} from {part} d)"  # noqa: S608 - our own words


def _priced(repriced: Repriced) -> Iterator[Priced]:
    reasons: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for problem in repriced.problems:
        reasons[problem.provider, problem.model][problem.reason] = None
    for group in repriced.groups:
        provider, model, day = group.key
        yield Priced(
            model=f"{short_name(provider)}/{model}",
            day=day,
            calls=group.records - group.unpriced_calls,
            recorded=(group.recorded or _ZERO) - group.lost,
            repriced=group.repriced or _ZERO,
            unknown=group.unpriced_calls,
            reasons=_reasons(group, reasons),
        )


def _reasons(group: Group, reasons: dict[tuple[str, str], dict[str, None]]) -> tuple[str, ...]:
    provider, model, _ = group.key
    return tuple(reasons.get((provider, model), ())) if group.unpriced_calls else ()
