"""Which prices a history asks for: its models, and what was consumed of each.

There are some hundred different models, service tiers and regions in millions of records, so names
are resolved once for each and not for each record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_specbudget.analysis.columns import COUNTS
from pytest_specbudget.core.reading import BEGIN, RETRIEVE, Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.pricing import asks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pytest_specbudget.prices.pricing import Ask

__all__ = ["IS_CALL", "NO_DAYS", "Place", "Profile", "answered_sql", "profile_of", "profile_sql"]

IS_CALL = f"u.part = 0 and coalesce(u.operation, '') not in ('{RETRIEVE}', '{BEGIN}')"
"""Whether a record `u` stands for a model call."""


Span = tuple[date, date]
"""A first and a last day."""

NO_DAYS: Span = (date.max, date.min)
"""What no day lies in."""


class Place(NamedTuple):
    """Where in a catalogue a record looks for its price, in the words of the record.

    Attributes:
        provider: By any of its names.
        model: The one that is charged.
        service_tier: Empty if none is stated.
        region: Empty if none is stated.
    """

    provider: str
    model: str
    service_tier: str
    region: str

    @property
    def name(self) -> tuple[str, str]:
        """The provider and the model."""
        return self.provider, self.model

    def reading(self, usage: Usage) -> Reading:
        """Return what a record with *usage* says was consumed."""
        return Reading(
            provider=self.provider,
            operation="chat",
            response_model=self.model,
            usage=usage,
            usage_state="complete",
            service_tier=self.service_tier,
            region=self.region,
        )

    def ask(self, length: int, at: datetime, clock: datetime) -> Ask:
        """Return the question that a record with *length* tokens of input asks."""
        return asks_of(self.reading(Usage(input_tokens=length)), at, clock)[0]


@dataclass(slots=True)
class Profile:
    """What a history asks for.

    Attributes:
        most: For each place, the greatest number of each count; what was never above 0 is left out.
        records: How many records there are.
        untold: How many of them report no count at all.
        beside: How many are no call: a further model of one, or a question about one.
        asked: The days of the first of them and of the last; none if that was not asked.
        answered: The days of the first answer and of the last; likewise.
    """

    most: dict[Place, dict[str, int]] = field(default_factory=dict)
    records: int = 0
    untold: int = 0
    beside: int = 0
    asked: Span = NO_DAYS
    answered: Span = NO_DAYS

    def telling(self) -> tuple[str, ...]:
        """Return the names of `Place` that tell its places apart; the model always does."""
        told = {name: {getattr(one, name) for one in self.most} for name in Place._fields}
        models = {(one.provider, one.model) for one in self.most}
        shared = len(models) > len(told["model"])
        names = ("service_tier", "region")
        return (
            *(["provider"] if shared else []),
            "model",
            *(name for name in names if len(told[name]) > 1),
        )

    def greatest(self) -> dict[str, int]:
        """Return the greatest number of each count anywhere; only those above 0."""
        whole: dict[str, int] = {}
        for most in self.most.values():
            for name, count in most.items():
                whole[name] = max(count, whole.get(name, 0))
        return whole


def profile_sql(usage: str, *, dated: bool) -> str:
    """Write the query whose rows `profile_of` takes.

    Args:
        usage: The relation with the records.
        dated: Whether days are asked for; two more columns have to be read for these.
    """
    place = "u.provider, u.model, coalesce(u.service_tier, ''), coalesce(u.region, '')"
    reported = f"coalesce({', '.join(f'u.{name}' for name in COUNTS)})"
    beside = f"sum(case when {IS_CALL} then 0 else 1 end)"
    days = f"{_days('at')}, {_days('clock')}" if dated else "null, null, null, null"
    most = ", ".join(f"max(u.{name})" for name in COUNTS)
    return (
        f"select {place}, count(*), count({reported}), {beside}, {days}, {most} "  # noqa: S608 - names of columns
        f"from {usage} u group by {place}"
    )


def profile_of(rows: Iterable[Sequence[Any]]) -> Profile:
    """Read the answer to `profile_sql`."""
    profile = Profile()
    for row in rows:
        place, (records, told, beside), days, most = row[:4], row[4:7], row[7:11], row[11:]
        profile.most[Place(*place)] = {
            name: int(count) for name, count in zip(COUNTS, most, strict=True) if count
        }
        profile.records += int(records)
        profile.untold += int(records) - int(told)
        profile.beside += int(beside)
        if None not in days:
            profile.asked = _both(profile.asked, days[:2])
            profile.answered = _both(profile.answered, days[2:])
    return profile


def answered_sql(usage: str) -> str:
    """Write the query for the days of the first answer and of the last."""
    return f"select {_days('clock')} from {usage} u"  # noqa: S608 - our own name


def _days(instant: str) -> str:
    return f"cast(min(u.{instant}) as date), cast(max(u.{instant}) as date)"


def _both(span: Span, other: Sequence[date]) -> Span:
    return min(span[0], other[0]), max(span[1], other[1])
