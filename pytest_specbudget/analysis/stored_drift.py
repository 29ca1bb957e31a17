"""A history in a store or a warehouse, priced as `looped` prices it, by an engine.

The engine sums up what one record a call tells and was charged for, which is nearly all, and what
was recorded without a cost since the prices of its model changed last: that costs now what it cost
then (`steady`).  Calls of several models, and those without a cost from before such a change, go
through the loop: what of them belongs together no sum can tell.  Statements are such as every
engine reads alike.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.engine import USAGE
from pytest_specbudget.analysis.looped import NO_COUNTS, looped, merged
from pytest_specbudget.analysis.priced import OnRecord, PricedHistory
from pytest_specbudget.analysis.pricing.asked import IS_CALL
from pytest_specbudget.analysis.pricing.repricing import reprice
from pytest_specbudget.analysis.records import fetched
from pytest_specbudget.analysis.steady import among, places_sql, since_last_change
from pytest_specbudget.analysis.stored_use import (
    newest_sql,
    uses_of,
    uses_sql,
    weeks_of,
    weeks_sql,
)
from pytest_specbudget.audit.drift import Priced
from pytest_specbudget.core.money import Money
from pytest_specbudget.prices.names import short_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pytest_specbudget.analysis.engine import Engine
    from pytest_specbudget.analysis.explained import Use
    from pytest_specbudget.analysis.pricing.repricing import Group, Repriced
    from pytest_specbudget.audit.shift import Week
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["dated", "priced_on"]

_NAMES = ", ".join(f'"{column.name}"' for column in COLUMNS)
_AT_ITS_PRICES = _NAMES.replace('"at"', 'coalesce("priced_at", "at") as "at"')
_BY = ("provider", "model", "day")
_ZERO = Money()

_TELLS = "outcome = 'answered' and (free or usage_state not in ('none', 'unreadable'))"
_CHARGED = f"{_TELLS} and list_cost is not null"
_DATED = f"{_CHARGED} and (priced_at is not null or source <> 'replay')"
_UNDATED = f"{_CHARGED} and priced_at is null and source = 'replay'"
_UNCHARGED = f"{_TELLS} and list_cost is null"
_SILENT = f"outcome <> 'failed' and not ({_TELLS})"
_FAILED = "u.outcome = 'failed'"
_ON_RECORD = (
    "sum(case when u.part = 0 then 1 else 0 end), "
    f"sum(case when {IS_CALL} then 1 else 0 end), "
    f"sum(case when u.part = 0 and {_FAILED} then 1 else 0 end), "
    "sum(cast(u.list_cost as decimal(38,0))), "
    f"sum(cast(case when {_FAILED} then u.list_cost end as decimal(38,0)))"
)
_PAID = "list_cost is not null and list_cost > 0"


def priced_on(
    engine: Engine, catalogue: Catalogue, at: datetime, usage: str = USAGE
) -> PricedHistory:
    """Price the records of an engine as of then and at *at*.

    Args:
        engine: Where the records are.
        catalogue: The prices.
        at: The instant whose prices count for the second question; aware, UTC.
        usage: The relation with the records.

    Raises:
        JournalError: If the records changed meanwhile.
        Exception: What the engine raises if it cannot read them.
    """
    return _Priced(engine, catalogue, at, usage).history()


class _Priced:
    """The questions to one engine; a *part* is what stands after `from`."""

    def __init__(self, engine: Engine, catalogue: Catalogue, at: datetime, usage: str) -> None:
        self._engine, self._catalogue, self._at = engine, catalogue, at
        self._usage = usage
        self._of_several = f"id in (select id from {usage} where part > 0)"  # noqa: S608 - a checked name
        self._has_several = bool(self._count(self._part("part > 0")))
        places = engine.run(places_sql(self._single(_UNCHARGED)))
        self._is_steady = among(since_last_change(places, catalogue, at)) if places else ""

    def history(self) -> PricedHistory:
        """Ask everything."""
        apart = looped(self._apart(), self._catalogue, self._at)
        charged, countless = self._single(_CHARGED), tuple(self._countless())
        steady = tuple(self._steady())
        return PricedHistory(
            as_of_then=(*self._as_of_then(), *countless, *apart.as_of_then),
            repriced=(*self._repriced(charged, self._at), *countless, *steady, *apart.repriced),
            uses=merged((*self._uses(charged), *self._steady_uses(), *apart.uses)),
            weeks=tuple(self._weeks()),
            on_record=self._on_record(),
            assumed=apart.assumed + sum(one.calls for one in steady),
            assumed_cost=Money.total((apart.assumed_cost, *(one.repriced for one in steady))),
            undated=apart.undated + self._count(self._single(_UNDATED)),
            untold=apart.untold + self._count(self._single(f"{_SILENT} and not ({_PAID})")),
        )

    def _part(self, condition: str) -> str:
        return f"(select * from {self._usage} where {condition})"  # noqa: S608 - a checked name

    def _single(self, condition: str) -> str:
        """Return the part with the calls of one model for which *condition* holds."""
        alone = f"not ({self._of_several}) and " if self._has_several else ""
        return self._part(f"{alone}{condition}")

    def _as_of_then(self) -> Iterator[Priced]:
        """Price each call at the instant whose prices it was charged."""
        return self._repriced(dated(self._single(_DATED)), "recorded")

    def _steady(self) -> Iterator[Priced]:
        """Price the calls that were recorded without a cost and cost now what they cost then."""
        if self._is_steady:
            for one in self._repriced(self._uncharged_steadily(), self._at):
                yield replace(one, recorded=one.repriced, gross=_ZERO)

    def _steady_uses(self) -> Iterator[Use]:
        if self._is_steady:
            yield from self._uses(self._uncharged_steadily())

    def _uncharged_steadily(self) -> str:
        return self._single(f"{_UNCHARGED} and {self._is_steady}")

    def _uses(self, part: str) -> Iterator[Use]:
        return uses_of(self._engine.run(uses_sql(dated(part))))

    def _countless(self) -> Iterator[Priced]:
        """Yield the calls that told no counts, and were charged all the same."""
        keys = ", ".join(f"u.{name}" for name in _BY)
        part = self._single(f"{_SILENT} and {_PAID}")
        asked = f"select {keys}, count(*) from {part} u group by {keys}"  # noqa: S608 - our own words
        for provider, model, day, calls in self._engine.run(asked):
            name = f"{short_name(provider)}/{model}"
            yield Priced(model=name, day=day, unknown=int(calls), reasons=(NO_COUNTS,))

    def _count(self, part: str) -> int:
        return int(self._engine.run(f"select count(*) from {part} u")[0][0])  # noqa: S608 - our own words

    def _on_record(self) -> OnRecord:
        asked = f"select {_ON_RECORD} from {self._usage} u"  # noqa: S608 - a checked name
        ((firsts, calls, failed, *costs),) = self._engine.run(asked)
        cost, failed_cost = (Money(int(one or 0)) for one in costs)
        return OnRecord(
            calls=int(calls or 0),
            fetched=int(firsts or 0) - int(calls or 0),
            cost=cost,
            failed=int(failed or 0),
            failed_cost=failed_cost,
        )

    def _repriced(self, part: str, at: datetime | Literal["recorded"]) -> Iterator[Priced]:
        return _priced(reprice(self._engine, self._catalogue, at, by=_BY, usage=part, moves=True))

    def _weeks(self) -> Iterator[Week]:
        told = self._part(_TELLS)
        ((newest,),) = self._engine.run(newest_sql(told))
        if newest is not None:
            yield from weeks_of(self._engine.run(weeks_sql(told, newest)), newest)

    def _apart(self) -> Iterator[dict[str, Any]]:
        """Yield the records that are priced one by one, those of a call together."""
        if self._is_steady:
            yield from self._records(self._single(f"{_UNCHARGED} and not {self._is_steady}"))
        if self._has_several:
            yield from self._records(f"{self._part(self._of_several)} u order by id, part")

    def _records(self, part: str) -> Iterator[dict[str, Any]]:
        asked = f"select {_NAMES} from {part}"  # noqa: S608 - our own words
        return map(fetched, self._engine.run(asked))


def dated(part: str) -> str:
    """Return *part* with each call at the instant, and on the day, whose prices it was charged.

    Args:
        part: What stands after `from`: the name of a relation, or a query in brackets.
    """
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
            gross=group.moved,
            unknown=group.unpriced_calls,
            reasons=_reasons(group, reasons),
        )


def _reasons(group: Group, reasons: dict[tuple[str, str], dict[str, None]]) -> tuple[str, ...]:
    provider, model, _ = group.key
    return tuple(reasons.get((provider, model), ())) if group.unpriced_calls else ()
