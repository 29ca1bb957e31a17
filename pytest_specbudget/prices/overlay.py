"""Overlay TOML: prices, names and discounts that people write, checked whole before any is used.

Numbers are strings or TOML numbers read as exact decimals; none ever passes through a float.  All
problems of all files come in one error, each with its file, entry, line and reason.

Heavy (it imports pydantic), so it is imported only where there is an overlay to read.
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pytest_specbudget.core.money import PLACES
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import (
    ALWAYS,
    FOREVER,
    METERS,
    Discount,
    Free,
    Row,
    Schedule,
)
from pytest_specbudget.prices.layering import Alias, Entry
from pytest_specbudget.prices.names import short_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["Instant", "Number", "Overlay", "Part", "ProviderName", "read_overlays"]

_EACH = ("request", "web_search", "web_fetch", "search_unit", "page", "audio_hour")


def _number(value: object) -> Fraction:
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        try:
            number = Decimal(value)
        except ArithmeticError:
            raise ValueError(f'"{value}" is not a number; write one like "0.80"') from None
        if number.is_finite():
            return Fraction(number)
    raise ValueError(f'{value!r} is not an exact number; write one like "0.80"')


_DAY = len("2026-01-31")


def _instant(value: object) -> datetime:
    if isinstance(value, str):  # a day alone, in quotes or not, begins at midnight UTC
        value = date.fromisoformat(value) if len(value) == _DAY else datetime.fromisoformat(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; write {value.isoformat()}Z for UTC")
        return value.astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(tzinfo=UTC))
    raise ValueError(f"{value!r} is not a date or time")


def _provider(value: object) -> object:
    return short_name(value) if isinstance(value, str) else value


Number = Annotated[Fraction, BeforeValidator(_number)]
"""An exact number, from a string or a TOML number."""
Instant = Annotated[datetime, BeforeValidator(_instant)]
"""An instant in UTC, from a TOML date (its first instant) or a time with an offset."""
ProviderName = Annotated[str, BeforeValidator(_provider)]
"""A provider's short name, from any name it goes by."""


class Part(BaseModel):
    """A table of an overlay: nothing in it is ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class _Price(Part):
    provider: ProviderName
    model: str
    rates: dict[str, Number] = Field(default_factory=dict)
    each: dict[str, Number] = Field(default_factory=dict)
    per: int = Field(default=1_000_000, gt=0)
    service_tier: str = "default"
    region: str = ""
    over: int = Field(default=-1, ge=-1)
    schedule: str = ""
    within: bool = True
    valid_from: Instant = ALWAYS
    valid_to: Instant = FOREVER
    source: str = ""
    checked: date | None = None
    unconfirmed: bool = False

    def entry(self, origin: str) -> Entry:
        if self.valid_from >= self.valid_to:
            raise CatalogueError("valid_to is not after valid_from")
        row = Row(
            rates=dict(self._atto()),
            source=self.source or origin,
            tier=self.service_tier,
            region=self.region,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            over=self.over,
            schedule=self.schedule,
            within=self.within,
        )
        return Entry(model=self.model, row=row, origin=origin)

    def _atto(self) -> Iterator[tuple[str, int]]:
        if not self.rates and not self.each:
            raise CatalogueError('it sets no rate; write rates = { input = "0.80" } in USD')
        for meter, rate in self.rates.items():
            yield meter, _atto(meter, rate / self.per, counted=meter not in _EACH)
        for meter, rate in self.each.items():
            yield meter, _atto(meter, rate, counted=meter in _EACH)


def _atto(meter: str, rate: Fraction, *, counted: bool) -> int:
    if meter not in METERS:
        raise CatalogueError(f'"{meter}" is not a meter; known are {", ".join(METERS)}')
    if not counted:
        other = "each" if meter in _EACH else "rates"
        raise CatalogueError(f'"{meter}" belongs into {other}')
    atto = rate * 10**PLACES
    if atto.denominator != 1 or atto < 0:
        raise CatalogueError(f"{meter} is not a whole number of 10**-{PLACES} USD of 0 or more")
    return int(atto)


class _Alias(Part):
    provider: ProviderName
    name: str = Field(alias="from")
    model: str = Field(alias="to")
    valid_from: Instant = ALWAYS
    valid_to: Instant = FOREVER
    source: str = ""
    checked: date | None = None
    unconfirmed: bool = False


class _Discount(Part):
    provider: ProviderName
    match: str = "*"
    percent: Number
    valid_from: Instant = ALWAYS
    valid_to: Instant = FOREVER
    source: str = ""

    def value(self) -> Discount:
        if self.percent > 100:  # noqa: PLR2004 - percent means of a hundred
            raise CatalogueError("percent is more than 100")
        return Discount(
            provider=self.provider,
            match=self.match,
            pays=1 - self.percent / 100,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )


class _Free(Part):
    provider: ProviderName
    model: str
    reason: str = Field(min_length=1)
    source: str = ""
    checked: date | None = None
    unconfirmed: bool = False


class _Schedule(Part):
    provider: ProviderName
    name: str
    hours: list[tuple[time, time]]
    weekdays: list[int] = Field(default_factory=lambda: list(range(7)))
    except_on: list[date] = Field(default_factory=list)
    source: str = ""
    checked: date | None = None
    unconfirmed: bool = False

    def value(self) -> Schedule:
        return Schedule(
            hours=tuple(self.hours),
            weekdays=frozenset(self.weekdays),
            except_on=frozenset(self.except_on),
        )


class Overlay(Part):
    """One overlay file.

    Attributes:
        price: `[[price]]` tables; `rates` in USD for `per` units, `each` in USD for one.
        alias: `[[alias]]` tables.
        discount: `[[discount]]` tables.
        free: `[[free]]` tables.
        schedule: `[[schedule]]` tables.
    """

    price: list[_Price] = Field(default_factory=list)
    alias: list[_Alias] = Field(default_factory=list)
    discount: list[_Discount] = Field(default_factory=list)
    free: list[_Free] = Field(default_factory=list)
    schedule: list[_Schedule] = Field(default_factory=list)

    def entries(self, provider: str, file: str) -> list[Entry]:
        """Return the price entries of a provider, as rows."""
        numbered = enumerate(self.price, 1)
        return [
            one.entry(f"{file} [[price]] {number}")
            for number, one in numbered
            if one.provider == provider
        ]

    def aliases(self, provider: str, file: str) -> list[Alias]:
        """Return the aliases of a provider."""
        return [
            Alias(
                name=one.name,
                model=one.model,
                origin=f"{file} [[alias]] {number}",
                valid_from=one.valid_from,
                valid_to=one.valid_to,
            )
            for number, one in enumerate(self.alias, 1)
            if one.provider == provider
        ]

    def schedules(self, provider: str) -> dict[str, Schedule]:
        """Return the schedules of a provider, by name."""
        return {one.name: one.value() for one in self.schedule if one.provider == provider}

    def discounts(self) -> tuple[Discount, ...]:
        """Return all discounts."""
        return tuple(one.value() for one in self.discount)

    def frees(self) -> tuple[Free, ...]:
        """Return what is declared free."""
        return tuple(
            Free(provider=one.provider, match=one.model, reason=one.reason) for one in self.free
        )

    def providers(self) -> set[str]:
        """Return whose prices it changes."""
        return {one.provider for table in (self.price, self.alias, self.schedule) for one in table}

    def problems(self) -> Iterator[tuple[str, int, str]]:
        """Find what only shows when the parts of an entry are taken together."""
        tables: dict[str, list[Any]] = {"price": self.price, "discount": self.discount}
        for table, entries in tables.items():
            for index, one in enumerate(entries):
                try:
                    one.entry("") if table == "price" else one.value()
                except CatalogueError as error:
                    yield table, index, str(error)


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
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{path}: cannot be read: {error}") from error
    try:
        overlay = kind.model_validate(tables)
    except ValidationError as error:
        raise CatalogueError("\n".join(_told(path, text, error))) from error
    odd = [_place(path, text, table, index) + why for table, index, why in overlay.problems()]
    if odd:
        raise CatalogueError("\n".join(odd))
    return overlay


def _told(path: Path, text: str, error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        place = [*problem["loc"], "", 0]
        table, index = str(place[0]), place[1] if isinstance(place[1], int) else 0
        inside = ".".join(str(step) for step in problem["loc"][2:])
        what = problem["msg"].removeprefix("Value error, ")
        yield _place(path, text, table, index) + (f"{inside}: {what}" if inside else what)


def _place(path: Path, text: str, table: str, index: int) -> str:
    heads = re.finditer(rf"^[ \t]*\[\[?[ \t]*{re.escape(table)}[ \t]*\]", text, re.MULTILINE)
    starts = [head.start() for head in heads]
    if index >= len(starts):
        return f"{path}: [[{table}]]: "
    line = text.count("\n", 0, starts[index]) + 1
    return f"{path}:{line}: [[{table}]] {index + 1}: "
