"""Digests of what commands say about usage: all of it that any two engines must agree on.

Sums are put in an order of their own, since engines have none; what is told of one record among
many, as an example, is left out.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.analysis.priced import PricedHistory
    from pytest_specbudget.analysis.supposing import Supposed
    from pytest_specbudget.audit.drift import Priced
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.recordings.comparison import Row

__all__ = ["atto", "digest_of_drift", "digest_of_whatif", "line", "sha_of", "without_instant"]

_INSTANT = re.compile(r" at \d{4}-[^ ]+Z$")


def digest_of_drift(said: PricedHistory) -> str:
    """Return the sha256 of both questions about prices, and of the weeks beside them."""
    lines = [line([name, *sums]) for name, side in _sides(said) for sums in _by_day(side)]
    weeks = ([str(part) for part in week] for week in said.weeks)
    return sha_of([*sorted(lines), *sorted(map(line, weeks)), line(_counts(said))])


def digest_of_whatif(said: Supposed) -> str:
    """Return the sha256 of the sums by SPEC, by model and of all, and of what is not known."""
    rows = sorted(line(_row(row)) for row in said.every_row)
    unpriced = sorted({without_instant(sentence) for sentence in said.unpriced})
    uncached = sorted([*kind, tokens] for kind, tokens in said.uncached.items())
    return sha_of([*rows, line(unpriced), line(uncached)])


def sha_of(lines: Iterable[str]) -> str:
    """Return the digest of *lines*, in their order."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def line(told: Iterable[object]) -> str:
    """Write what is told in one line."""
    return json.dumps([*told], separators=(",", ":"))


def atto(cost: Money | None) -> str | None:
    """Write an amount, so that no reader of JSON rounds it."""
    return None if cost is None else str(cost.atto)


def without_instant(reason: str) -> str:
    """Return a *reason* without the instant at its end, which is that of an example."""
    return _INSTANT.sub("", reason)


def _sides(said: PricedHistory) -> Iterator[tuple[str, Iterable[Priced]]]:
    yield "as of then", said.as_of_then
    yield "repriced", said.repriced


def _by_day(side: Iterable[Priced]) -> Iterator[list[object]]:
    """Yield the sums by model and day, but for those of no call."""
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for one in side:
        held = sums[one.model, one.day.isoformat()]
        amounts = (one.recorded.atto, one.repriced.atto, one.gross.atto)
        for place, added in enumerate((one.calls, one.unknown, *amounts)):
            held[place] += added
    for key, (calls, unknown, *costs) in sums.items():
        if calls or unknown:
            yield [*key, calls, unknown, *map(str, costs)]


def _counts(said: PricedHistory) -> list[object]:
    kept = said.on_record
    counts = (said.assumed, said.untold, said.undated, kept.calls, kept.fetched, kept.failed)
    return [*counts, *map(atto, (said.assumed_cost, kept.cost, kept.failed_cost))]


def _row(row: Row) -> list[object]:
    return [row.name, row.calls, row.mapped, row.unknown, atto(row.now), atto(row.then)]
