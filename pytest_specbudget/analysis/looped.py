"""A history priced call by call, by `price` itself: the one that needs no database.

Right for the histories of a test suite, and what every other engine is held against.  One call
takes some thirty microseconds; for millions of them there is a store.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.explained import Use
from pytest_specbudget.analysis.priced import WEEK, OnRecord, PricedHistory
from pytest_specbudget.analysis.records import reading_of
from pytest_specbudget.audit.drift import Priced
from pytest_specbudget.audit.shift import Week, median, monday
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import BEGIN, RETRIEVE
from pytest_specbudget.prices.names import short_name
from pytest_specbudget.prices.pricing import Quote, asks_of, price

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime

    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.prices.catalogue import Catalogue
    from pytest_specbudget.prices.pricing import Ask

    Told = Mapping[str, Any]
    _Asked = tuple[Reading, datetime]

__all__ = ["NO_COUNTS", "looped", "merged"]

NO_COUNTS = "no counts were recorded, only what it cost"
"""Why a call has no price that was charged and told no counts."""

_UNTOLD = ("none", "unreadable")


def looped(records: Iterable[Told], catalogue: Catalogue, at: datetime) -> PricedHistory:
    """Price *records* as of then and at *at*.

    Args:
        records: Values by the names of columns, each (id, part) once; the parts of a call follow
            each other in their order.
        catalogue: The prices.
        at: The instant whose prices count for the second question; aware, UTC.
    """
    loop = _Loop(catalogue, at)
    for _, parts in groupby(records, key=itemgetter("id")):
        loop.add([*parts])
    return loop.priced()


@dataclass(slots=True)
class _Sum:
    calls: int = 0
    recorded: int = 0
    repriced: int = 0
    gross: int = 0
    unknown: int = 0
    reasons: dict[str, None] = field(default_factory=dict)

    def add(self, recorded: Quote, repriced: Quote) -> None:
        known, then = recorded.list_cost, repriced.list_cost
        if known is None or then is None:
            self.unknown += 1
            self.reasons[repriced.reason or recorded.reason or ""] = None
        else:
            self.calls += 1
            self.recorded += known.atto
            self.repriced += then.atto
            self.gross += abs(then.atto - known.atto)

    def priced(self, model: str, day: date) -> Priced:
        return Priced(
            model=model,
            day=day,
            calls=self.calls,
            recorded=Money(self.recorded),
            repriced=Money(self.repriced),
            gross=Money(self.gross),
            unknown=self.unknown,
            reasons=tuple(self.reasons),
        )


_Sums = defaultdict[tuple[str, "date"], _Sum]


@dataclass(slots=True)
class _OnRecord:
    calls: int = 0
    fetched: int = 0
    cost: int = 0
    failed: int = 0
    failed_cost: int = 0

    def add(self, parts: list[Told]) -> None:
        cost = sum(part["list_cost"] or 0 for part in parts)
        is_call = parts[0]["operation"] not in (RETRIEVE, BEGIN)
        self.calls += is_call
        self.fetched += not is_call
        self.cost += cost
        if parts[0]["outcome"] == "failed":
            self.failed += 1
            self.failed_cost += cost

    def told(self) -> OnRecord:
        return OnRecord(
            calls=self.calls,
            fetched=self.fetched,
            cost=Money(self.cost),
            failed=self.failed,
            failed_cost=Money(self.failed_cost),
        )


@dataclass(slots=True)
class _Loop:
    """Sums of calls."""

    catalogue: Catalogue
    at: datetime
    as_of_then: _Sums = field(default_factory=lambda: defaultdict(_Sum))
    repriced: _Sums = field(default_factory=lambda: defaultdict(_Sum))
    uses: dict[object, Use] = field(default_factory=dict)
    tokens: defaultdict[tuple[str, str, date], list[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    on_record: _OnRecord = field(default_factory=_OnRecord)
    assumed: int = 0
    assumed_cost: int = 0
    untold: int = 0
    undated: int = 0

    def add(self, parts: list[Told]) -> None:
        """Add one call: the record of each model that it used, the first one first."""
        first = parts[0]
        self.on_record.add(parts)
        if first["outcome"] == "failed":
            return
        model = f"{short_name(first['provider'])}/{first['model']}"
        if _tells_nothing(first):
            self._add_untold((model, first["day"]), first)
            return
        asked = [(reading_of(part), _aware(part["clock"])) for part in parts]
        self._add_costs((model, first["day"]), first, asked)
        self._add_tokens(model, first)
        for reading, _ in asked:
            self._add_use(model, reading, _dated(first))

    def _add_untold(self, key: tuple[str, date], first: Told) -> None:
        """Count a call that told no counts; what it is known to have cost is in doubt."""
        if not first["list_cost"]:
            self.untold += 1
            return
        for sums in (self.as_of_then, self.repriced):
            sums[key].add(Quote(list_cost=Money(first["list_cost"])), Quote(reason=NO_COUNTS))

    def _add_costs(self, key: tuple[str, date], first: Told, asked: list[_Asked]) -> None:
        then, now = self._quoted(asked, _dated(first)), self._quoted(asked, self.at)
        recorded = _recorded(first)
        if recorded is None:
            self._assume(then, now)
        elif first["priced_at"] or first["source"] != "replay":
            self.as_of_then[key].add(recorded, then)
        else:
            self.undated += 1
        self.repriced[key].add(recorded or then, now)

    def _assume(self, then: Quote, now: Quote) -> None:
        if then.list_cost is not None and now.list_cost is not None:
            self.assumed += 1
            self.assumed_cost += then.list_cost.atto

    def _quoted(self, asked: list[_Asked], at: datetime) -> Quote:
        quotes = [price(reading, self.catalogue, at, clock=clock) for reading, clock in asked]
        unknown = next((quote for quote in quotes if quote.list_cost is None), None)
        return unknown or Quote(list_cost=Money.total(one.list_cost or Money() for one in quotes))

    def _add_tokens(self, model: str, first: Told) -> None:
        counts = first["input_tokens"], first["output_tokens"]
        if None not in counts:
            week = (first["stage"] or "", model, monday(first["day"]))
            self.tokens[week].append(counts)

    def _add_use(self, model: str, reading: Reading, at: datetime) -> None:
        for ask in asks_of(reading, at, None):
            key = (model, ask.provider, ask.model, ask.tier, ask.region)
            used = _use(model, ask)
            self.uses[key] = _both(self.uses[key], used) if key in self.uses else used

    def priced(self) -> PricedHistory:
        """Return the sums."""
        return PricedHistory(
            as_of_then=tuple(_told(self.as_of_then)),
            repriced=tuple(_told(self.repriced)),
            uses=tuple(self.uses.values()),
            weeks=tuple(self._weeks()),
            on_record=self.on_record.told(),
            assumed=self.assumed,
            assumed_cost=Money(self.assumed_cost),
            untold=self.untold,
            undated=self.undated,
        )

    def _weeks(self) -> Iterator[Week]:
        newest = max((day for _, _, day in self.tokens), default=None)
        for (stage, model, day), counts in self.tokens.items():
            if newest is not None and newest - day <= WEEK:
                given, made = zip(*counts, strict=True)
                yield Week(stage, model, day, len(counts), median(given), median(made))


def _told(sums: _Sums) -> Iterator[Priced]:
    return (one.priced(model, day) for (model, day), one in sums.items())


def _tells_nothing(first: Told) -> bool:
    untold = first["usage_state"] in _UNTOLD and not first["free"]
    return untold or first["outcome"] != "answered"


def _recorded(first: Told) -> Quote | None:
    cost = first["list_cost"]
    return None if cost is None else Quote(list_cost=Money(cost))


def _dated(first: Told) -> datetime:
    """Return the instant whose prices a call was charged."""
    return _aware(first["priced_at"] or first["at"])


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


def _use(model: str, ask: Ask) -> Use:
    counts = ask.usage.reported()
    length = counts.get("input_tokens", 0)
    counted = frozenset(name for name, count in counts.items() if count)
    names = (model, ask.provider, ask.model, ask.tier, ask.region)
    return Use(*names, ask.at, ask.at, length, length, counted)


def merged(uses: Iterable[Use]) -> tuple[Use, ...]:
    """Return *uses* with those of the same model, tier and region in one."""
    found: dict[object, Use] = {}
    for use in uses:
        key = (use.model, use.provider, use.name, use.tier, use.region)
        found[key] = _both(found[key], use) if key in found else use
    return tuple(found.values())


def _both(one: Use, other: Use) -> Use:
    return one._replace(
        first=min(one.first, other.first),
        last=max(one.last, other.last),
        shortest=min(one.shortest, other.shortest),
        longest=max(one.longest, other.longest),
        counted=one.counted | other.counted,
    )
