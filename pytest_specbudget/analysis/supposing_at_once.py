"""A history under other terms, summed up by an engine: what `Supposed` sums up record by record.

What is supposed depends on a few columns, and there are some hundred different values of these in
millions of records: `classes_t`.  Each class is told once who would have answered; the records are
priced twice by the statements of `repricing`, as they are and as supposed.

A sum cannot tell which records have a price on one side alone, and no statement leaves out the
caches that another model has no price for.  So the classes with a record that has no price on
either side go through the loop, whole; all others are summed up, to the attodollar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_specbudget.analysis.columns import COLUMNS, Column
from pytest_specbudget.analysis.engine import USAGE, Table
from pytest_specbudget.analysis.pricing.repricing import reprice
from pytest_specbudget.analysis.records import fetched
from pytest_specbudget.analysis.supposing import Change, Supposed
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.analysis.engine import Engine
    from pytest_specbudget.analysis.pricing.repricing import Group
    from pytest_specbudget.analysis.supposing import Suppositions
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["supposed_on"]

_CLASSES, _SLOW = "classes_t", "slow_t"
_TELLING = ("provider", "model", "request_model", "tier", "service_tier", "region")
"""What it depends on whose prices count for a record."""

_CLASS = "test"
"""The column that says the class of a record; nobody asks for its test here."""

_BY = ("spec", _CLASS, "outcome", "usage_state")
_FATE = (_CLASS, "outcome", "usage_state")
_Fate = tuple[str, str, str]
_ZERO = Money()


class _Class(NamedTuple):
    """Records of which the same is supposed.

    Attributes:
        told: The values of `_TELLING`, empty where nothing is.
        change: What is supposed of them.
    """

    told: tuple[str, ...]
    change: Change


def supposed_on(
    engine: Engine, suppose: Suppositions, catalogue: Catalogue, usage: str = USAGE
) -> Supposed:
    """Sum up both sides for all records of an engine.

    Args:
        engine: Where the records are.
        suppose: What is otherwise.
        catalogue: The prices as they are.
        usage: The relation with the records.

    Raises:
        Ambiguous: If it is not clear whose model is meant.
        JournalError: If the records changed meanwhile.
        Exception: What the engine raises if it cannot read them.
    """
    return _AtOnce(engine, Supposed(suppose=suppose, catalogue=catalogue), usage).told()


class _AtOnce:
    """The questions to one engine."""

    def __init__(self, engine: Engine, sums: Supposed, usage: str) -> None:
        self._engine, self._sums, self._usage = engine, sums, usage
        self._classes = {str(place): one for place, one in enumerate(self._met())}

    def told(self) -> Supposed:
        """Ask everything."""
        self._engine.load([_table(self._classes)])
        now = self._priced(_AS_IS, then=False)
        then = self._priced(_AS_SUPPOSED, then=True)
        slow = {key[1:] for side in (now, then) for key, one in side.items() if one.unpriced_calls}
        for *key, calls in self._engine.run(self._calls()):
            if tuple(key[1:]) not in slow:
                self._add(tuple(key), int(calls), now, then)
        for told in self._one_by_one(slow):
            self._sums.add(told)
        return self._sums

    def _met(self) -> Iterator[_Class]:
        names = ", ".join(_plain("u", name) for name in _TELLING)
        asked = f"select {names} from {self._usage} u group by {names}"  # noqa: S608 - our own names
        for row in sorted(map(tuple, self._engine.run(asked))):
            told = dict(zip(_TELLING, row, strict=True))
            reading = Reading(
                provider=told["provider"],
                operation="",
                request_model=told["request_model"],
                response_model=told["model"],
                usage=Usage(),
                usage_state="complete",
                region=told["region"] or None,
            )
            yield _Class(row, self._sums.changed(reading, told["tier"]))

    def _priced(self, columns: dict[str, str], *, then: bool) -> dict[tuple[Any, ...], Group]:
        suppose = self._sums.suppose
        repriced = reprice(
            self._engine,
            self._sums.discounted if then else self._sums.catalogue,
            (then and suppose.price_at) or "recorded",
            by=_BY,
            usage=self._relation(columns),
            tokens=False,
        )
        return {group.key: group for group in repriced.groups}

    def _relation(self, columns: dict[str, str]) -> str:
        """Write the records with their class, and with other values in some *columns*."""
        told = ", ".join(
            f"{columns.get(one.name, f'u.{_quoted(one.name)}')} as {_quoted(one.name)}"
            for one in COLUMNS
        )
        same = " and ".join(f"{_plain('u', name)} = k.{name}" for name in _TELLING)
        return f"(select {told} from {self._usage} u join {_CLASSES} k on {same})"  # noqa: S608 - our own names

    def _calls(self) -> str:
        keys = ", ".join(f"x.{name}" for name in _BY)
        calls = "sum(case when x.part = 0 then 1 else 0 end)"
        return f"select {keys}, {calls} from {self._relation(_AS_IS)} x group by {keys}"  # noqa: S608 - our own names

    def _add(
        self,
        key: tuple[Any, ...],
        calls: int,
        now: dict[tuple[Any, ...], Group],
        then: dict[tuple[Any, ...], Group],
    ) -> None:
        spec, name, *_ = key
        was, would = (side[key].contracted or _ZERO for side in (now, then))
        self._sums.add_sum(spec, self._classes[name].change, calls, was, would)

    def _one_by_one(self, slow: Iterable[_Fate]) -> Iterator[dict[str, Any]]:
        """Yield the records that no sum can tell, as they are."""
        rows = sorted(slow)
        if not rows:
            return
        self._engine.load([Table(_SLOW, tuple(Column(name, "text") for name in _FATE), rows)])
        told = ", ".join(f"x.{_quoted(one.name)}" for one in COLUMNS)
        same = " and ".join(f"x.{name} = s.{name}" for name in _FATE)
        asked = f"select {told} from {self._relation(_AS_IS)} x join {_SLOW} s on {same}"  # noqa: S608 - our own names
        yield from map(fetched, self._engine.run(asked))


_AS_IS = {_CLASS: "k.class"}
_AS_SUPPOSED = {
    **_AS_IS,
    **{name: f"k.new_{name}" for name in ("provider", "model", "region")},
    "free": "case when k.mapped = 1 then false else u.free end",
}


def _table(classes: dict[str, _Class]) -> Table:
    heads = ("class", *_TELLING, "new_provider", "new_model", "new_region")
    columns = (*(Column(name, "text") for name in heads), Column("mapped", "count"))
    return Table(_CLASSES, columns, [(name, *_row(one)) for name, one in classes.items()])


def _row(one: _Class) -> tuple[Any, ...]:
    told, other = dict(zip(_TELLING, one.told, strict=True)), one.change.other
    if other is None:
        return (*one.told, told["provider"], told["model"], told["region"], 0)
    return (*one.told, other.provider, other.model, other.region or "", 1)


def _plain(relation: str, name: str) -> str:
    """Write a column that has to be told, or may be null; an empty text is nothing, too."""
    column = f"{relation}.{name}"
    return column if name in ("provider", "model") else f"coalesce({column}, '')"


def _quoted(name: str) -> str:
    return f'"{name}"'
