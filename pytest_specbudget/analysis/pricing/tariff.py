"""`catalogue_t`: the cells that a history asks for, as a table of whole numbers.

Its rates are attodollars divided by the greatest power of ten that divides them all (`unit`), so
that the price of a record fits into 64 bits; where it may not, everything is reckoned in 38 digits
(`wide`).  Only meters that the history uses are in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.analysis.columns import Column
from pytest_specbudget.analysis.engine import Table
from pytest_specbudget.prices.buckets import CACHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.analysis.pricing.asked import Profile
    from pytest_specbudget.analysis.pricing.cells import Cell
    from pytest_specbudget.analysis.pricing.hours import Hours

__all__ = ["ANSWER", "LIST", "PAID", "REASONING", "REQUEST", "UNITS", "Tariff", "tariff_of"]

_WRITTEN = ("cache_write_input_tokens", "cache_write_5m_input_tokens")
UNITS: dict[str, tuple[str, ...]] = {
    "web_search": ("web_search_requests",),
    "web_fetch": ("web_fetch_requests",),
    "search_unit": ("search_units",),
    "tool_call": ("tool_calls",),
    "page": ("pages",),
    "cache_read": ("cache_read_input_tokens",),
    "cache_read_audio": ("input_audio_tokens", "input_image_tokens"),
    "cache_read_image": ("input_audio_tokens", "input_image_tokens"),
    "cache_write_5m": _WRITTEN,
    "cache_write_1h": ("cache_write_1h_input_tokens",),
    "input_audio": ("input_audio_tokens",),
    "input_image": ("input_image_tokens",),
    "input": ("input_tokens",),
    "output_audio": ("output_audio_tokens",),
    "output_image": ("output_image_tokens",),
    "output": ("output_tokens",),
}
"""The counts that bring a meter into play, in the order of `buckets.split`: where several meters of
a call lack a rate, its reason names the first."""

REASONING, ANSWER = "reasoning", "answer"
"""The rates of an answer that reasoned: of its reasoning, and of the rest of its output.  They are
there only where some model has such a rate; for the others they are that of plain output."""

REQUEST = "request"
"""The fee for a call that consumed anything; there only where some model has one, else 0."""

LIST, PAID = "p_", "q_"
"""What columns of rates begin with: as published, at the user's own terms."""

_THINKING = "output_thinking"
_REASONED = "reasoning_output_tokens"
_MOST_64 = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """A table of prices, and what statements have to mind.

    Attributes:
        table: `catalogue_t`.
        cells: What its rows are made of, by their number `cell`.
        unit: Attodollars that its rates are whole numbers of.
        counts: The counts that are above 0 somewhere.
        meters: The meters in it, in the order of `UNITS`.
        gaps: Those of them that some record may use where they have no rate.
        telling: The columns that tell the places of the history apart.
        reasons: Whether some model has a rate for answers that reasoned.
        fees: Whether some model has a fee for each call.
        terms: Whether what is paid may differ from what is published.
        odd: Whether a cell is too odd for rates, so that its records are priced one by one.
        timed: Whether prices depend on when a call was made.
        hours: Whose prices depend on the hour of the day, and for how long; None if none do.
        untold: Whether some record reports no counts.
        beside: Whether some record is no call of its own.
        many: Whether 64 bits may not hold the sum of a count.
        wide: Whether 64 bits may not hold the price of a record.
    """

    table: Table
    cells: tuple[Cell, ...]
    unit: int
    counts: frozenset[str]
    meters: tuple[str, ...]
    gaps: frozenset[str]
    telling: tuple[str, ...]
    reasons: bool
    fees: bool
    terms: bool
    odd: bool
    timed: bool
    hours: Hours | None
    untold: bool
    beside: bool
    many: bool
    wide: bool


_Said = dict[str, int | None]
"""Attodollars a unit by column, without its prefix; None where a record may lack the rate."""

_KEYS = (
    Column("cell", "count"),
    Column("provider", "text"),
    Column("model", "text"),
    Column("service_tier", "text"),
    Column("region", "text"),
    Column("valid_from", "instant"),
    Column("valid_to", "instant"),
    Column("longer_than", "count"),
    Column("up_to", "count"),
    Column("slot", "count"),
    Column("base", "count"),  # 0, or null where nothing has a price
    Column("free", "switch"),
    Column("odd", "switch"),
    Column("doubtful", "switch"),  # whether some record in it may have no price
)


class _Line(NamedTuple):
    """A cell and its rates; odd if rates do not say what its records cost."""

    cell: Cell
    listed: _Said
    paid: _Said
    odd: bool

    @property
    def doubtful(self) -> bool:
        """Whether some record in it may have no price."""
        lacks = None in self.listed.values()
        return lacks or (self.cell.rates is None and not self.cell.free)

    def both(self, column: str) -> tuple[int | None, int | None]:
        """Return the published rate and that which is paid; 0 where nothing has a price."""
        return self.listed.get(column, 0), self.paid.get(column, 0)


def tariff_of(cells: Iterable[Cell], profile: Profile, hours: Hours, *, terms: bool) -> Tariff:
    """Make the table of *cells*.

    Args:
        cells: Of every place of the history.
        profile: What the history asks for.
        hours: The slots of its models.
        terms: Whether the catalogue has the user's own terms.
    """
    greatest = profile.greatest()
    meters = tuple(meter for meter in UNITS if _uses(greatest, meter))
    lines = [_line(cell, meters, profile.most[cell.place]) for cell in cells]
    names = _all_rates(lines)
    reasons = _REASONED in greatest and bool(names & {REASONING, _THINKING})
    fees = REQUEST in names
    columns = (*meters, *((REASONING, ANSWER) if reasons else ()), *((REQUEST,) if fees else ()))
    unit = _unit(lines, columns)
    wide = _dearest(lines, columns, greatest) > _MOST_64 * unit
    heads = [
        Column(f"{mark}{one}", "money" if wide else "count")
        for mark in ((LIST, PAID) if terms else (LIST,))
        for one in columns
    ]
    rows = [
        (number, *_keys(line), *_rates(line, columns, unit)[: len(heads)])
        for number, line in enumerate(lines)
    ]
    return Tariff(
        table=Table("catalogue_t", (*_KEYS, *heads), rows),
        cells=tuple(line.cell for line in lines),
        unit=unit,
        counts=frozenset(greatest),
        meters=meters,
        gaps=frozenset(meter for meter in meters for line in lines if None in line.both(meter)),
        telling=profile.telling(),
        reasons=reasons,
        fees=fees,
        terms=terms,
        odd=any(line.odd for line in lines),
        timed=len({line.cell.start for line in lines}) > 1,
        hours=hours if any(line.cell.slot for line in lines) else None,
        untold=profile.untold > 0,
        beside=profile.beside > 0,
        many=profile.records * max(greatest.values(), default=0) > _MOST_64,
        wide=wide,
    )


def _uses(most: Mapping[str, int], meter: str) -> bool:
    return any(name in most for name in UNITS[meter])


def _all_rates(lines: list[_Line]) -> set[str]:
    rates = (each for line in lines for each in (line.cell.rates, line.cell.paid))
    return {name for each in rates for name in each or ()}


def _line(cell: Cell, meters: tuple[str, ...], most: Mapping[str, int]) -> _Line:
    if cell.rates is None:
        return _Line(cell, {}, {}, odd=False)
    listed = _said(cell.rates, meters, most)
    paid = listed if cell.paid is None else _said(cell.paid, meters, most)
    # Reasoning that is set apart leaves an output of nothing, which has to have a rate as well.
    set_apart = bool({REASONING, _THINKING} & {*cell.rates, *(cell.paid or ())})
    alone = any(_lacks_text(each) for each in (cell.rates, cell.paid or {}))
    odd = cell.paid is None or alone or (set_apart and listed.get("output") is None)
    return _Line(cell, listed, paid, odd)


def _said(rates: Mapping[str, int], meters: tuple[str, ...], most: Mapping[str, int]) -> _Said:
    told = {meter: rates.get(meter, None if _uses(most, meter) else 0) for meter in meters}
    told |= {meter: _beyond_text(rates, meter) for meter in CACHED if meter in told}
    plain = told.get("output", 0)
    answer = rates.get(_THINKING, plain)
    reasoning = rates.get(REASONING, plain) if _THINKING not in rates else answer
    return {**told, ANSWER: answer, REASONING: reasoning, REQUEST: rates.get(REQUEST, 0)}


def _lacks_text(rates: Mapping[str, int]) -> bool:
    """Tell whether audio or images have a price that were read from a cache, and text has none."""
    return "cache_read" not in rates and any(meter in rates for meter in CACHED)


def _beyond_text(rates: Mapping[str, int], meter: str) -> int:
    """Return what audio or images that were read from a cache cost beyond what text costs there."""
    return rates[meter] - rates["cache_read"] if meter in rates and "cache_read" in rates else 0


def _unit(lines: list[_Line], columns: tuple[str, ...]) -> int:
    """Return the greatest power of ten that divides all rates."""
    whole = gcd(*(rate or 0 for line in lines for column in columns for rate in line.both(column)))
    unit = 1
    while whole and whole % (unit * 10) == 0:
        unit *= 10
    return unit


def _dearest(lines: list[_Line], columns: tuple[str, ...], greatest: Mapping[str, int]) -> int:
    """Return attodollars that no record costs more than."""
    return sum(
        max((rate or 0 for line in lines for rate in line.both(column)), default=0)
        * max(1, sum(greatest.get(name, 0) for name in UNITS.get(column, UNITS["output"])))
        for column in columns
    )


def _keys(line: _Line) -> tuple[object, ...]:
    cell = line.cell
    return (
        *cell.place,
        cell.start.replace(tzinfo=None),
        cell.end.replace(tzinfo=None),
        cell.over,
        cell.up_to,
        cell.slot,
        None if cell.rates is None and not cell.free else 0,
        cell.free,
        line.odd,
        line.doubtful,
    )


def _rates(line: _Line, columns: tuple[str, ...], unit: int) -> list[int | None]:
    """Return the published rates, then those that are paid."""
    pairs = [line.both(column) for column in columns]
    told = [listed for listed, _ in pairs] + [paid for _, paid in pairs]
    return [None if rate is None else rate // unit for rate in told]
