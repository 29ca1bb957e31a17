"""Prices laid over prices: what is on top holds, what it does not reach stays.

Values in, values out; the user's overlays and our own corrections both go through here.

* An entry for a model's own id goes for the model and all names that follow it.  An entry for one
  of its other names sets that name apart first, and leaves the others alone.
* An entry replaces whatever held for its service tier and region during its time, for requests of
  every length: what it does not price is then unknown, not half old and half new.
* An entry for the region `*` goes for every region that the provider names, and for none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import (
    ALWAYS,
    ANY_LENGTH,
    FOREVER,
    ModelPrices,
    ProviderPrices,
    Row,
    check_overlaps,
)
from pytest_specbudget.prices.units import said, usd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

__all__ = ["EVERYWHERE", "Alias", "Entry", "Layers", "clip", "without"]

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One price on top: a row, the model it is for, where it was written, and why.

    One that says why is meant to differ from what it lies on.
    """

    model: str
    row: Row
    origin: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """That a name stands for a model, always or for a time."""

    name: str
    model: str
    origin: str
    valid_from: datetime = ALWAYS
    valid_to: datetime = FOREVER


class Layers:
    """The prices of one provider while others are laid over them.

    Attributes:
        notes: One line for each thing that was there before and is changed.
        disagreements: One line for each price that was there before and was another, with the
            sources of both.
        meant: The same for prices that say why they are others, with the reason.
    """

    def __init__(self, base: ProviderPrices) -> None:
        self._base = base
        self.models = dict(base.models)
        self.names = dict(base.names)
        self.notes: list[str] = []
        self.disagreements: list[str] = []
        self.meant: list[str] = []

    def result(self) -> ProviderPrices:
        """Return the prices as they are now."""
        return replace(self._base, models=self.models, names=self.names)

    def lay(self, entries: Iterable[Entry]) -> None:
        """Lay prices on top.

        Raises:
            CatalogueError: If two of them hold at once for the same request.
        """
        ordered = sorted(entries, key=attrgetter("model"))
        for model, group in groupby(ordered, key=attrgetter("model")):
            self._lay(model, list(group))

    def _lay(self, model: str, entries: list[Entry]) -> None:
        entries = [everywhere for entry in entries for everywhere in self._placed(entry)]
        rows = _stacked([entry.row for entry in entries])
        origins = ", ".join(dict.fromkeys(entry.origin for entry in entries))
        try:
            check_overlaps(f"{self._base.name}/{model}", rows, self._base.schedules)
        except CatalogueError as error:
            raise CatalogueError(f"{origins}: {error}") from error
        self._set_apart(model)
        below = self.models[model]
        kept = without(below.rows, rows)
        if kept != below.rows:
            self.notes.append(f"{origins} overrides prices of {self._base.name}/{model}")
            self._compare(f"{self._base.name}/{model}", below.rows, entries)
        self.models[model] = replace(below, rows=(*kept, *rows))

    def _compare(self, model: str, old: Iterable[Row], entries: Iterable[Entry]) -> None:
        for entry in entries:
            told = _disagreements(model, old, entry)
            if entry.reason:
                self.meant += (f"{each}, and says why: {entry.reason}" for each in told)
            else:
                self.disagreements += told

    def _placed(self, entry: Entry) -> list[Entry]:
        """Return an entry for each region that is meant."""
        if entry.row.region != EVERYWHERE:
            return [entry]
        labels = sorted({"", *self._base.regions.values()})
        return [replace(entry, row=replace(entry.row, region=label)) for label in labels]

    def _set_apart(self, name: str) -> None:
        """Give *name* rows of its own; those it had so far, or none if it is new."""
        if name in self.models:
            return
        key = self.names.get(name)
        below = self.models[key] if key else ModelPrices(name, ())
        self.models[name] = replace(below, name=name)
        self.names[name] = name

    def rename(self, alias: Alias) -> None:
        """Let a name stand for another model.

        Raises:
            CatalogueError: If there is no such model.
        """
        key = self.names.get(alias.model)
        if key is None:
            raise CatalogueError(
                f'{alias.origin}: "{alias.name}" cannot stand for "{alias.model}": '
                f"{self._base.name} has no such model"
            )
        if self.names.get(alias.name) not in (None, key):
            self.notes.append(f"{alias.origin} changes what {self._base.name}/{alias.name} means")
        if (alias.valid_from, alias.valid_to) == (ALWAYS, FOREVER):
            self.names[alias.name] = key
        else:
            self._rename_for_a_time(alias, self.models[key].rows)

    def _rename_for_a_time(self, alias: Alias, rows: tuple[Row, ...]) -> None:
        self._leave_family(alias.name)
        self._set_apart(alias.name)
        borrowed = clip(rows, alias.valid_from, alias.valid_to)
        kept = without(self.models[alias.name].rows, borrowed)
        self.models[alias.name] = replace(self.models[alias.name], rows=(*kept, *borrowed))

    def _leave_family(self, name: str) -> None:
        """Give the family of *name* another id, if it goes by this one."""
        followers = sorted(other for other, key in self.names.items() if key == name != other)
        if followers:
            heir = followers[0]
            self.models[heir] = replace(self.models[name], name=heir)
            self.names |= dict.fromkeys(followers, heir)


def _disagreements(model: str, old: Iterable[Row], entry: Entry) -> list[str]:
    return [
        f"{entry.origin} and {was.source} disagree on {model}/{was.label}: {told}; the first holds"
        for was in old
        if was.holds_with(entry.row) and (told := _differing(entry.row.rates, was.rates))
    ]


def _differing(ours: Mapping[str, int], theirs: Mapping[str, int]) -> str:
    return ", ".join(
        f"{meter} {usd(meter, ours[meter])} or {usd(meter, theirs[meter])} {said(meter)}"
        for meter in ours
        if meter in theirs and ours[meter] != theirs[meter]
    )


def _stacked(rows: list[Row]) -> tuple[Row, ...]:
    """Let each row of a stack end where the next longer input begins."""

    def stack(row: Row) -> tuple[object, ...]:
        return (row.tier, row.region, row.valid_from, row.valid_to, row.schedule, row.within)

    stacked: list[Row] = []
    for _, group in groupby(sorted(rows, key=lambda row: (*stack(row), row.over)), key=stack):
        level = list(group)
        for row in level:
            end = min((one.over for one in level if one.over > row.over), default=ANY_LENGTH)
            stacked.append(replace(row, up_to=end))
    return tuple(stacked)


def clip(rows: Iterable[Row], start: datetime, end: datetime) -> tuple[Row, ...]:
    """Keep what *rows* say about the time from *start* until *end*."""
    return tuple(
        replace(row, valid_from=max(row.valid_from, start), valid_to=min(row.valid_to, end))
        for row in rows
        if row.valid_from < end and start < row.valid_to
    )


def without(rows: Iterable[Row], top: Iterable[Row]) -> tuple[Row, ...]:
    """Keep what *rows* say about times of which *top* says nothing, by service tier and region."""
    kept = tuple(rows)
    for row in top:
        kept = tuple(piece for old in kept for piece in _outside(old, row))
    return kept


def _outside(old: Row, top: Row) -> tuple[Row, ...]:
    apart = old.valid_to <= top.valid_from or top.valid_to <= old.valid_from
    if apart or (old.tier, old.region) != (top.tier, top.region):
        return (old,)
    return clip((old,), old.valid_from, top.valid_from) + clip((old,), top.valid_to, old.valid_to)
