"""How a history in a store used its models: what tells price changes, and what usual calls took.

Statements for any engine, and how their answers become what `looped` tells of records in hand.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.asked import Place
from pytest_specbudget.analysis.columns import COUNTS
from pytest_specbudget.analysis.explained import Use
from pytest_specbudget.audit.shift import Week
from pytest_specbudget.prices.names import OTHER_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

__all__ = ["uses_of", "uses_sql", "weeks_of", "weeks_sql"]

_SHORT = " ".join(f"when '{other}' then '{short}'" for other, short in OTHER_NAMES.items())
_SELLER = f"case u.provider {_SHORT} else u.provider end"
_PLACE = "u.provider, u.model, coalesce(u.service_tier, ''), coalesce(u.region, '')"
_LENGTH = "coalesce(u.input_tokens, 0)"
_WEEK = f"coalesce(u.stage, ''), {_SELLER}, u.model, cast(date_trunc('week', u.day) as date)"


def uses_sql(usage: str) -> str:
    """Write the question that `uses_of` reads the answer to.

    Args:
        usage: The relation with the records.
    """
    most = ", ".join(f"max(u.{name})" for name in COUNTS)
    return (
        f"select {_PLACE}, min(u.at), max(u.at), min({_LENGTH}), max({_LENGTH}), {most} "  # noqa: S608 - our own names
        f"from {usage} u group by {_PLACE}"
    )


def uses_of(rows: Iterable[Sequence[Any]]) -> Iterator[Use]:
    """Yield how each model of a service tier and region was used."""
    for row in rows:
        place, (first, last, shortest, longest), most = Place(*row[:4]), row[4:8], row[8:]
        ask = place.ask(int(longest), _aware(first), _aware(first))
        yield Use(
            model=f"{ask.provider}/{place.model}",
            provider=ask.provider,
            name=ask.model,
            tier=ask.tier,
            region=ask.region,
            first=_aware(first),
            last=_aware(last),
            shortest=int(shortest),
            longest=int(longest),
            counted=frozenset(name for name, count in zip(COUNTS, most, strict=True) if count),
        )


def weeks_sql(usage: str) -> str:
    """Write the question that `weeks_of` reads the answer to.

    Args:
        usage: The relation with the records.
    """
    told = "u.input_tokens is not null and u.output_tokens is not null"
    medians = "quantile_disc(u.input_tokens, 0.5), quantile_disc(u.output_tokens, 0.5)"
    return (
        f"select {_WEEK}, count(*), {medians} "  # noqa: S608 - our own names
        f"from {usage} u where u.part = 0 and {told} group by {_WEEK}"
    )


def weeks_of(rows: Iterable[Sequence[Any]]) -> Iterator[Week]:
    """Yield what usual calls consumed, by stage, model and week."""
    for stage, seller, model, monday, *counts in rows:
        yield Week(stage, f"{seller}/{model}", monday, *map(int, counts))


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
