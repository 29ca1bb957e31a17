"""The tables of an overlay file, each checked by itself.

Numbers are strings or TOML numbers read as exact decimals; none ever passes through a float.

Heavy (it imports pydantic), so it is imported only where there is an overlay to read.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from pytest_specbudget.core.moments import in_utc
from pytest_specbudget.core.money import PLACES
from pytest_specbudget.core.names import nearest
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import (
    ALWAYS,
    FOREVER,
    LEAST_AUDIO,
    METERS,
    Discount,
    Fallback,
    Free,
    ModelPrices,
    Row,
    Schedule,
)
from pytest_specbudget.prices.exchange import Exchange, ExchangeRate, Span
from pytest_specbudget.prices.layering import Alias, Entry
from pytest_specbudget.prices.names import short_name
from pytest_specbudget.prices.units import EACH

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "AliasTable",
    "Cited",
    "DiscountTable",
    "FallbackTable",
    "FreeTable",
    "FxTable",
    "Instant",
    "Number",
    "Part",
    "PriceTable",
    "ProviderName",
    "Rates",
    "Reason",
    "ScheduleTable",
]

_DAY = len("2026-01-31")
_LIKE_THIS = "write one like 2026-01-31 or 2026-01-31T09:30:00Z"
_USD = "USD"
_PAR = Fraction(1)
_TOKENS = frozenset({"input", "output"})


def _number(value: object) -> Fraction:
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        try:
            number = Decimal(value)
        except ArithmeticError:
            raise ValueError(f'"{value}" is not a number; write one like "0.80"') from None
        if number.is_finite():
            return Fraction(number)
    raise ValueError(f'{value!r} is not an exact number; write one like "0.80"')


def _instant(value: object) -> datetime:
    if isinstance(value, str):
        value = _written(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; write {value.isoformat()}Z for UTC")
        return in_utc(value)
    if isinstance(value, date):
        return datetime.combine(value, time(tzinfo=UTC))
    raise ValueError(f"{value!r} is no date or time; {_LIKE_THIS}")


def _written(text: str) -> date:
    """Read a time in quotes; a day alone, in quotes or not, begins at midnight UTC."""
    try:
        return date.fromisoformat(text) if len(text) == _DAY else datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is no date or time; {_LIKE_THIS}') from None


def _provider(value: object) -> object:
    return short_name(value) if isinstance(value, str) else value


Number = Annotated[Fraction, BeforeValidator(_number)]
"""An exact number, from a string or a TOML number."""
Instant = Annotated[datetime, BeforeValidator(_instant)]
"""An instant in UTC, from a TOML date (its first instant) or a time with an offset."""
ProviderName = Annotated[str, BeforeValidator(_provider)]
"""A provider's short name, from any name it goes by."""
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Why something holds, in words; blanks are none."""


class Part(BaseModel):
    """A table of an overlay: nothing in it is ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Rates(Part):
    """What units cost.

    Attributes:
        rates: By meter, for *per* units.
        each: By meter, for one unit; beside them the seconds that audio is billed as at least.
        per: How many units a rate is for.
    """

    rates: dict[str, Number] = Field(default_factory=dict)
    each: dict[str, Number] = Field(default_factory=dict)
    per: int = Field(default=1_000_000, gt=0)

    def atto(self, usd: Fraction = _PAR) -> dict[str, int]:
        """Return attodollars a unit, by meter, where one unit of the currency is *usd* dollars.

        Raises:
            CatalogueError: If there is no rate, or one makes no sense.
        """
        return dict(self._atto(usd))

    def _atto(self, usd: Fraction) -> Iterator[tuple[str, int]]:
        if not self.rates and not self.each:
            raise CatalogueError('it sets no rate; write rates = { input = "0.80" } in USD')
        for meter, rate in self.rates.items():
            _check_rate(meter, rate, counted=meter not in EACH)
            yield meter, _atto(meter, rate / self.per * usd)
        for meter, rate in self.each.items():
            _check_rate(meter, rate, counted=meter in EACH)
            yield meter, _atto(meter, rate if meter == LEAST_AUDIO else rate * usd)


def _check_rate(meter: str, rate: Fraction, *, counted: bool) -> None:
    known = (*METERS, LEAST_AUDIO)
    if meter not in known:
        likely = nearest(meter, known)
        hint = f'did you mean "{likely}"?' if likely else f"known are {', '.join(known)}"
        raise CatalogueError(f'"{meter}" is not a meter; {hint}')
    if not counted:
        other = "each" if meter in EACH else "rates"
        raise CatalogueError(f'"{meter}" belongs into {other}')
    if rate < 0:
        raise CatalogueError(f"the rate of {meter} is below 0; write what it costs, 0 or more")
    if meter == LEAST_AUDIO and rate.denominator != 1:
        raise CatalogueError(f"{meter} is no whole number of seconds; a part counts as a whole one")


def _atto(meter: str, rate: Fraction) -> int:
    atto = rate * 10**PLACES
    if atto.denominator != 1:
        raise CatalogueError(
            f"the rate of {meter} cannot be kept exactly: one unit costs no whole number of "
            f"10**-{PLACES} USD; write it with fewer decimal places"
        )
    return int(atto)


class Cited(Part):
    """What names where it stands published.

    Attributes:
        source: Where it stands published.
        checked: The day on which it was last read there, or at the witness.
        witness: What was read in place of the source, with its version: a catalogue that says
            the same. "" if the source itself was read.
        unconfirmed: It was read neither there nor elsewhere.
    """

    source: str = ""
    checked: date | None = None
    witness: str = ""
    unconfirmed: bool = False

    @property
    def cited(self) -> str:
        """The source, and who told what stands there, if it was not read itself."""
        return " as told by ".join(filter(None, (self.source, self.witness)))


class PriceTable(Rates, Cited):
    """`[[price]]` or `[[contract]]`: what a model costs, for a time and a kind of request.

    Attributes:
        reason: Why it is right although it looks wrong: it costs nothing, for instance.
    """

    provider: ProviderName
    model: str
    currency: str = _USD
    service_tier: str = "default"
    region: str = ""
    over: int = Field(default=-1, ge=-1)
    schedule: str = ""
    within: bool = True
    valid_from: Instant = ALWAYS
    valid_to: Instant = FOREVER
    reason: str = ""

    def unpaid(self) -> list[str]:
        """Return the meters that cost nothing and seldom do so: tokens, or all that there are."""
        rates = {**self.rates, **self.each}
        rates.pop(LEAST_AUDIO, None)
        counted = rates if not any(rates.values()) else rates.keys() & _TOKENS
        return [meter for meter in METERS if meter in counted and not rates[meter]]

    def check(self) -> None:
        """Find what only shows when the parts are taken together.

        Raises:
            CatalogueError: If the time runs backwards, or a rate makes no sense.
        """
        if self.valid_from >= self.valid_to:
            raise CatalogueError("valid_to is not after valid_from")
        self.atto()

    def entries(self, origin: str, exchange: Exchange) -> list[Entry]:
        """Return the price in USD, one entry for each stretch of time with one exchange rate."""
        try:
            return [
                Entry(
                    model=self.model,
                    row=self._row(span, origin),
                    origin=origin,
                    reason=self.reason.strip(),
                )
                for span in self._spans(exchange)
            ]
        except CatalogueError as error:
            raise CatalogueError(f"{origin}: {error}") from error

    def as_written(self, origin: str) -> Row:
        """Return the price as if its currency were USD, to hold its rates against each other."""
        return self._row(Span(self.valid_from, self.valid_to, _PAR), origin)

    def _spans(self, exchange: Exchange) -> list[Span]:
        if self.currency == _USD:
            return [Span(self.valid_from, self.valid_to, _PAR)]
        return exchange.spans(self.currency, self.valid_from, self.valid_to)

    def _row(self, span: Span, origin: str) -> Row:
        return Row(
            rates=self.atto(span.usd),
            source=self.cited or origin,
            checked=self.checked,
            tier=self.service_tier,
            region=self.region,
            valid_from=span.start,
            valid_to=span.end,
            over=self.over,
            schedule=self.schedule,
            within=self.within,
        )


class AliasTable(Cited):
    """`[[alias]]`: that a name stands for a model."""

    provider: ProviderName
    name: str = Field(alias="from")
    model: str = Field(alias="to")
    valid_from: Instant = ALWAYS
    valid_to: Instant = FOREVER

    def value(self, origin: str) -> Alias:
        """Return it as a value."""
        return Alias(
            name=self.name,
            model=self.model,
            origin=origin,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )


class DiscountTable(Part):
    """`[[discount]]`: what is taken off the published price."""

    provider: ProviderName
    match: str = "*"
    percent: Number
    valid_from: Instant = ALWAYS
    valid_to: Instant = FOREVER
    source: str = ""

    def check(self) -> None:
        """Find what only shows when the parts are taken together.

        Raises:
            CatalogueError: If less than nothing is taken off, or more than everything.
        """
        if self.percent < 0:
            raise CatalogueError(
                "percent is below 0; write what is taken off, and what costs more as a [[contract]]"
            )
        if self.percent > 100:  # noqa: PLR2004 - percent means of a hundred
            raise CatalogueError("percent is more than 100; write what is taken off, 100 at most")

    def value(self) -> Discount:
        """Return it as a value."""
        return Discount(
            provider=self.provider,
            match=self.match,
            pays=1 - self.percent / 100,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )


class FxTable(Part):
    """`[[fx]]`: what one unit of a currency is worth in USD, from a date on."""

    currency: str = Field(pattern="^[A-Z]{3}$")
    date: Instant
    rate: Number
    source: str = ""

    def check(self) -> None:
        """Find what only shows when the parts are taken together.

        Raises:
            CatalogueError: If a dollar is said to be worth something else, or money nothing.
        """
        if self.rate <= 0 or (self.currency == _USD and self.rate != 1):
            raise CatalogueError(f'one "{self.currency}" cannot be {self.rate} USD')

    def value(self, origin: str) -> ExchangeRate:
        """Return it as a value."""
        return ExchangeRate(
            currency=self.currency, since=self.date, usd=self.rate, origin=self.source or origin
        )


class FreeTable(Cited):
    """`[[free]]`: models that cost nothing, and why."""

    provider: ProviderName
    model: str
    reason: Reason

    def value(self) -> Free:
        """Return it as a value."""
        return Free(provider=self.provider, match=self.model, reason=self.reason)


class FallbackTable(Rates):
    """`[[fallback]]`: what models without a price are taken to cost, and why."""

    provider: ProviderName = "*"
    model: str = "*"
    reason: Reason
    source: str = ""

    def check(self) -> None:
        """Find what only shows when the parts are taken together.

        Raises:
            CatalogueError: If a rate makes no sense.
        """
        self.atto()

    def value(self, origin: str) -> Fallback:
        """Return it as a value."""
        row = Row(rates=self.atto(), source=self.source or origin)
        return Fallback(provider=self.provider, model=ModelPrices(self.model, (row,)))


class ScheduleTable(Cited):
    """`[[schedule]]`: hours of the week that have prices of their own."""

    provider: ProviderName
    name: str
    hours: list[tuple[time, time]]
    weekdays: list[int] = Field(default_factory=lambda: list(range(7)))
    except_on: list[date] = Field(default_factory=list)

    def value(self) -> Schedule:
        """Return it as a value."""
        return Schedule(
            hours=tuple(self.hours),
            weekdays=frozenset(self.weekdays),
            except_on=frozenset(self.except_on),
        )
