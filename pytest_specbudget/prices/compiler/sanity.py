"""What a price sheet looks like when nobody mistyped: the build checks on rows.

Values in, values out.  What is published outside of the usual order is declared `[[unusual]]` in
the corrections, with its reason.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from pytest_specbudget.prices.catalogue import ALWAYS, ANY_LENGTH, LEAST_AUDIO

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from pytest_specbudget.prices.catalogue import Row

__all__ = ["gaps", "out_of_order", "zeros"]

_DEAREST_WRITE = Fraction(5, 2)
_CACHE_WRITES = ("cache_write_5m", "cache_write_1h")


def out_of_order(row: Row, unusual: Collection[str] = ()) -> Iterator[str]:
    """Find rates that contradict `cache read <= input <= cache write <= 2.5 input <= output`.

    The last step is output against input itself: no provider sells output for less.

    Args:
        row: The rates of one kind of request.
        unusual: Meters that are declared to be out of order.
    """
    given = row.rates.get("input")
    if given is None:
        return
    for meter, (fits, order) in _checks(given).items():
        if meter in row.rates and meter not in unusual and not fits(row.rates[meter]):
            yield f"{row.label}: {meter} is not {order}"


def _checks(given: int) -> Mapping[str, tuple[Callable[[int], bool], str]]:
    def written(rate: int) -> bool:
        return given <= rate <= _DEAREST_WRITE * given

    return {
        "cache_read": (lambda rate: rate <= given, "at most input"),
        **dict.fromkeys(_CACHE_WRITES, (written, "from input to 2.5 times input")),
        "output": (lambda rate: rate >= given, "at least input"),
    }


def zeros(rows: Iterable[Row]) -> Iterator[str]:
    """Find rows that cost nothing at all; one without rates has no price."""
    for row in rows:
        if row.rates and not any(row.rates[meter] for meter in row.rates if meter != LEAST_AUDIO):
            yield f"{row.label} costs nothing and is not declared free"


def gaps(rows: Iterable[Row]) -> Iterator[str]:
    """Find times and input lengths, between two that are priced, that have no price."""
    places: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        places.setdefault((row.tier, row.region), []).append(row)
    for (tier, region), level in sorted(places.items()):
        place = f"{tier}/{region}" if region else tier
        for start, end in pairwise(sorted({*_starts(level), *_ends(level)})):
            holding = [row for row in level if row.valid_from <= start and end <= row.valid_to]
            if not holding:
                yield f"{place} has no price from {start:%Y-%m-%d} to {end:%Y-%m-%d}"
            elif not _covered(holding):
                since = "" if start == ALWAYS else f" from {start:%Y-%m-%d}"
                yield f"{place} has no price for some requests{since}"


def _starts(rows: Iterable[Row]) -> set[datetime]:
    return {row.valid_from for row in rows}


def _ends(rows: Iterable[Row]) -> set[datetime]:
    return {row.valid_to for row in rows}


def _covered(rows: list[Row]) -> bool:
    """Tell whether rows that hold at one time price every length, at every hour."""
    edges = sorted({-1, ANY_LENGTH, *(row.over for row in rows), *(row.up_to for row in rows)})
    return all(
        _around_the_clock([row for row in rows if row.over <= low and high <= row.up_to])
        for low, high in pairwise(edges)
    )


def _around_the_clock(rows: list[Row]) -> bool:
    scheduled = {(row.schedule, row.within) for row in rows}
    return any(not name or (name, not within) in scheduled for name, within in scheduled)
