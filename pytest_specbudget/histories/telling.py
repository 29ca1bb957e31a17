"""What several places tell of the same calls: each call once, and not what is not yet.

A project's history is made of its journals, so that most calls lie in both and are told alike.  Of
two tellings one that knows how the call ended counts before one that does not; of two that differ
all the same the dearer, so that no ceiling is kept by an error.  What sums up calls that are told
of one by one counts for nothing.

A call that is dated more than a day ahead was made when nobody knows.  It is set aside, as a
history does when it is added, and whoever sums up days has to say so.  Whoever prices calls sets
aside what is absurd, too: one count of 10^15 would drown all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.spending import doubted
from pytest_specbudget.analysis.store.documents import SUMS
from pytest_specbudget.analysis.store.missing_calls import missing_of
from pytest_specbudget.analysis.store.quarantine import complaints
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

    def set_absurd_aside(self) -> tuple[str, ...]:
        """Forget what no history would take, and say what that is, one sentence each."""
        found = ((key, complaints(told, self.today)) for key, told in self.records.items())
        reasons = ((key, "; ".join(several)) for key, several in found)
        absurd = {key: reason for key, reason in reasons if reason}
        for key in absurd:
            del self.records[key]
        return tuple(f"{call}: {reason}; it is in no sum" for (call, _), reason in absurd.items())

    def by_call(self) -> Iterator[Told]:
        """Yield the records, those of a call together and in the order of its parts."""
        calls: dict[str, list[int]] = {}
        for call, part in self.records:
            calls.setdefault(call, []).append(part)
        for call, parts in calls.items():
            yield from (self.records[call, part] for part in sorted(parts))

    def ids(self) -> set[str]:
        """Return the ids of the calls."""
        return {call for call, _ in self.records}

    def several(self) -> frozenset[str]:
        """Return the calls of which a further part than the first is told."""
        return frozenset(call for call, part in self.records if part)

    def runs(self) -> set[tuple[str | None, str | None]]:
        """Return the runs and SPECs that calls are told of."""
        told_of = (told for told in self.records.values() if told["operation"] not in SUMS)
        return {(told["run"], told["spec"]) for told in told_of}

    def missing(self, place: Path, several: Iterable[Told]) -> tuple[str, ...]:
        """Say what sums that *place* has tell beyond the calls here, which take their place."""
        runs = self.runs()
        sums = [one for one in several if _is_outdone(one, runs)]
        calls = self.records.values() if sums else ()
        return missing_of(sums, calls, str(place))

    def merged(self, place: Path, several: Iterable[Told]) -> Iterator[Told]:
        """Yield each call once, of those that *place* tells and of those that are told here."""
        left, runs = dict(self.records), self.runs()
        for told in several:
            if _is_outdone(told, runs):
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


def _is_outdone(told: Told, runs: Collection[tuple[str | None, str | None]]) -> bool:
    """Tell whether a record sums up calls that are told of one by one."""
    return told["operation"] in SUMS and (told["run"], told["spec"]) in runs


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
