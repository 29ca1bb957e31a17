"""Overlay TOML: prices, names and terms that people write, checked whole before any is used.

All problems of all files come in one error, each with its file, entry, line and reason.

Heavy (it imports pydantic), so it is imported only where there is an overlay to read.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeVar

from pydantic import Field, PrivateAttr, ValidationError

from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.complaints import complaint
from pytest_specbudget.prices.tables import (
    AliasTable,
    DiscountTable,
    FallbackTable,
    FreeTable,
    FxTable,
    Part,
    PriceTable,
    ScheduleTable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pytest_specbudget.prices.catalogue import Discount, Fallback, Free, Schedule
    from pytest_specbudget.prices.exchange import Exchange, ExchangeRate
    from pytest_specbudget.prices.layering import Alias, Entry

__all__ = ["Overlay", "read_overlays"]


class Overlay(Part):
    """One overlay file.

    Attributes:
        price: `[[price]]` tables: published prices; `rates` for `per` units, `each` for one.
        contract: `[[contract]]` tables: prices agreed with a provider, written like published ones.
        alias: `[[alias]]` tables.
        discount: `[[discount]]` tables.
        fx: `[[fx]]` tables.
        free: `[[free]]` tables.
        fallback: `[[fallback]]` tables.
        schedule: `[[schedule]]` tables.
    """

    price: list[PriceTable] = Field(default_factory=list)
    contract: list[PriceTable] = Field(default_factory=list)
    alias: list[AliasTable] = Field(default_factory=list)
    discount: list[DiscountTable] = Field(default_factory=list)
    fx: list[FxTable] = Field(default_factory=list)
    free: list[FreeTable] = Field(default_factory=list)
    fallback: list[FallbackTable] = Field(default_factory=list)
    schedule: list[ScheduleTable] = Field(default_factory=list)
    _lines: dict[str, list[int]] = PrivateAttr(default_factory=dict)

    def stands_in(self, text: str) -> None:
        """Learn on which lines of *text* the tables begin."""
        self._lines = {table: _heads(text, table) for table in type(self).model_fields}

    def entries(self, provider: str, file: str, exchange: Exchange) -> list[Entry]:
        """Return the published prices of a provider, as rows in USD."""
        return self._entries("price", provider, file, exchange)

    def contracts(self, provider: str, file: str, exchange: Exchange) -> list[Entry]:
        """Return the prices agreed with a provider, as rows in USD."""
        return self._entries("contract", provider, file, exchange)

    def _entries(self, table: str, provider: str, file: str, exchange: Exchange) -> list[Entry]:
        prices: list[PriceTable] = getattr(self, table)
        return [
            entry
            for index, one in enumerate(prices)
            if one.provider == provider
            for entry in one.entries(self._origin(table, index, file), exchange)
        ]

    def _origin(self, table: str, index: int, file: str) -> str:
        """Say where a table stands; without a line where it was not written as one of its own."""
        lines = self._lines.get(table, [])
        place = f"{file}:{lines[index]}" if index < len(lines) else file
        return f"{place} [[{table}]] {index + 1}"

    def aliases(self, provider: str, file: str) -> list[Alias]:
        """Return the aliases of a provider."""
        return [
            one.value(f"{file} [[alias]] {number}")
            for number, one in enumerate(self.alias, 1)
            if one.provider == provider
        ]

    def schedules(self, provider: str) -> dict[str, Schedule]:
        """Return the schedules of a provider, by name."""
        return {one.name: one.value() for one in self.schedule if one.provider == provider}

    def discounts(self) -> tuple[Discount, ...]:
        """Return all discounts."""
        return tuple(one.value() for one in self.discount)

    def exchange_rates(self, file: str) -> list[ExchangeRate]:
        """Return all exchange rates."""
        return [one.value(f"{file} [[fx]] {number}") for number, one in enumerate(self.fx, 1)]

    def frees(self) -> tuple[Free, ...]:
        """Return what is declared free."""
        return tuple(one.value() for one in self.free)

    def fallbacks(self, file: str) -> tuple[Fallback, ...]:
        """Return what models without a price are taken to cost."""
        numbered = enumerate(self.fallback, 1)
        return tuple(one.value(f"{file} [[fallback]] {number}") for number, one in numbered)

    def providers(self) -> set[str]:
        """Return whose published prices it changes."""
        return {one.provider for table in (self.price, self.alias, self.schedule) for one in table}

    def contractors(self) -> set[str]:
        """Return with whom prices are agreed."""
        return {one.provider for one in self.contract}

    def notes(self, file: str) -> Iterator[str]:
        """Say what is declared that overrides no price: what is free or guessed, and why."""
        for free in self.free:
            yield f"{file}: {free.provider}/{free.model} is free: {free.reason}"
        for one in (*self.price, *self.contract):
            if one.reason and one.unpaid():
                free_of = ", ".join(one.unpaid())
                yield f"{file}: {free_of} of {one.provider}/{one.model} costs nothing: {one.reason}"
        for fallback in self.fallback:
            models = f"{fallback.provider}/{fallback.model}"
            yield f"{file}: {models} without a price has a fallback: {fallback.reason}"

    def problems(self) -> Iterator[tuple[str, int, str]]:
        """Find what only shows when the parts of an entry are taken together."""
        for table in ("price", "contract", "discount", "fx", "fallback"):
            for index, one in enumerate(getattr(self, table)):
                try:
                    one.check()
                except CatalogueError as error:
                    yield table, index, str(error)
        yield from self._given_away()

    def _given_away(self) -> Iterator[tuple[str, int, str]]:
        """Find prices of nothing that nobody gives a reason for."""
        for table, prices in (("price", self.price), ("contract", self.contract)):
            for index, one in enumerate(prices):
                unpaid = one.unpaid()
                if unpaid and not one.reason.strip() and not self._is_free(one):
                    what = f"{' and '.join(unpaid)} of {one.provider}/{one.model}"
                    yield table, index, f"{what} would cost nothing; {_SAY_WHY}"

    def _is_free(self, price: PriceTable) -> bool:
        return any(
            free.provider == price.provider and fnmatchcase(price.model, free.model)
            for free in self.free
        )


_SAY_WHY = 'say why with reason = "...", or leave out a rate that is unknown'
_Kind = TypeVar("_Kind", bound=Overlay)


def read_overlays(paths: Iterable[Path], kind: type[_Kind]) -> dict[Path, _Kind]:
    """Read overlay files.

    Raises:
        CatalogueError: With every problem of every file, a line each.
    """
    read: dict[Path, _Kind] = {}
    problems: list[str] = []
    for path in paths:
        try:
            read[path] = _read(path, kind)
        except CatalogueError as error:
            problems.append(str(error))
    if problems:
        raise CatalogueError("\n".join(problems))
    return read


def _read(path: Path, kind: type[_Kind]) -> _Kind:
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text, parse_float=Decimal)
    except (OSError, ValueError, ArithmeticError, RecursionError) as error:
        raise CatalogueError(f"{path}: cannot be read: {reason_of(error)}") from error
    try:
        overlay = kind.model_validate(tables)
    except ValidationError as error:
        raise CatalogueError("\n".join(_told(path, text, error, kind))) from error
    odd = [_place(path, text, table, index) + why for table, index, why in overlay.problems()]
    if odd:
        raise CatalogueError("\n".join(odd))
    overlay.stands_in(text)
    return overlay


def _told(path: Path, text: str, error: ValidationError, kind: type[Overlay]) -> Iterator[str]:
    for problem in error.errors():
        place = [*problem["loc"], "", 0]
        table, index = str(place[0]), place[1] if isinstance(place[1], int) else 0
        yield _place(path, text, table, index) + complaint(problem, kind)


def _place(path: Path, text: str, table: str, index: int) -> str:
    lines = _heads(text, table)
    if index >= len(lines):
        return f"{path}: [[{table}]]: "
    return f"{path}:{lines[index]}: [[{table}]] {index + 1}: "


def _heads(text: str, table: str) -> list[int]:
    """Return the lines, from 1, on which tables called *table* begin."""
    heads = re.finditer(rf"^[ \t]*\[\[?[ \t]*{re.escape(table)}[ \t]*\]", text, re.MULTILINE)
    return [text.count("\n", 0, head.start()) + 1 for head in heads]
