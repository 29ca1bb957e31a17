"""What several places tell of the same calls: each call once, and not what is not yet.

A project's history is made of its journals, so that most calls lie in both and are told alike.  Of
two tellings one that knows how the call ended counts before one that does not; of two that differ
all the same the dearer, so that no ceiling is kept by an error.  What sums up calls that are told
of one by one counts for nothing.

A call that is dated more than a day ahead was made when nobody knows.  It is set aside, as a
history does when it is added, and whoever sums up days has to say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.spending import doubted
from pytest_specbudget.analysis.store.documents import SUMS
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import dollars

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date
    from pathlib import Path

__all__ = ["Key", "Tellings", "Told", "latest"]

Told = Mapping[str, Any]
"""A record: values by the names of columns."""

Key = tuple[str, int]
"""A call, and which part of it."""

_SOON = timedelta(days=1)


def latest(today: date) -> date:
    """Return the last day that a call may claim; clocks differ a little."""
    return today + _SOON


@dataclass(slots=True)
class Tellings:
    """Records of several places, without those of some runs.

    Attributes:
        today: The date.
        without: Ids of runs.
        records: Each call and part once.
        ahead: What is dated too far ahead, by the place that tells it.
        contradictions: What two places tell differently, one sentence each.
    """

    today: date
    without: Collection[str] = ()
    records: dict[Key, Told] = field(default_factory=dict)
    ahead: dict[Path, list[Told]] = field(default_factory=dict)
    contradictions: dict[Key, str] = field(default_factory=dict)

    def add(self, place: Path, several: Iterable[Told]) -> None:
        """Add what *place* tells."""
        last = latest(self.today)
        for told in several:
            if told["run"] in self.without:
                continue
            if told["day"] > last:
                self.ahead.setdefault(place, []).append(told)
            else:
                self.records[_key(told)] = self._counting(place, told)

    def days(self) -> dict[date, list[str]]:
        """Return the ids of the calls, by the days on which they were made."""
        days: defaultdict[date, list[str]] = defaultdict(list)
        for told in self.records.values():
            days[told["day"]].append(told["id"])
        return dict(days)

    def runs(self) -> set[tuple[str | None, str | None]]:
        """Return the runs and SPECs that calls are told of."""
        told_of = (told for told in self.records.values() if told["operation"] not in SUMS)
        return {(told["run"], told["spec"]) for told in told_of}

    def merged(self, place: Path, several: Iterable[Told]) -> Iterator[Told]:
        """Yield each call once, of those that *place* tells and of those that are told here."""
        left, runs = dict(self.records), self.runs()
        for told in several:
            if told["operation"] in SUMS and (told["run"], told["spec"]) in runs:
                continue
            yield self._counting(place, told)
            left.pop(_key(told), None)
        yield from left.values()

    def _counting(self, place: Path, told: Told) -> Told:
        """Return what counts of what *place* tells and what is told here of the same call."""
        known = self.records.get(_key(told), told)
        if _ended(known) != _ended(told):
            return known if _ended(known) else told
        if _dearness(known) != _dearness(told):
            self.contradictions[_key(told)] = _contradiction(place, told, known)
        return max(known, told, key=_dearness)


def _key(told: Told) -> Key:
    return told["id"], told["part"]


def _ended(told: Told) -> bool:
    return bool(told["outcome"] != "unknown")


def _dearness(told: Told) -> tuple[Any, ...]:
    """Order tellings: paid before replayed, of unknown cost before known, then by the cost."""
    paid = told["source"] != "replay"
    return paid, doubted(told), told["billed_cost"] or 0, told["list_cost"] or 0, told["day"]


def _contradiction(place: Path, told: Told, known: Told) -> str:
    return (
        f"{told['id']} cost {_cost(told)} by {place} and {_cost(known)} by a journal; the dearer "
        "counts"
    )


def _cost(told: Told) -> str:
    cost = told["billed_cost"]
    return "nobody knows what" if cost is None else dollars(Money(cost), 2)
