"""How a history in a store used its models: what tells price changes, and what usual calls took.

Statements for any engine, and how their answers become what `looped` tells of records in hand.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.columns import COUNTS
from pytest_specbudget.analysis.explained import Use
from pytest_specbudget.analysis.priced import WEEK
from pytest_specbudget.analysis.pricing.asked import Place
from pytest_specbudget.audit.shift import Week, median, monday
from pytest_specbudget.prices.names import OTHER_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

__all__ = ["newest_sql", "uses_of", "uses_sql", "weeks_of", "weeks_sql"]

_SHORT = " ".join(f"when '{other}' then '{short}'" for other, short in OTHER_NAMES.items())
_SELLER = f"case u.provider {_SHORT} else u.provider end"
_PLACE = "u.provider, u.model, coalesce(u.service_tier, ''), coalesce(u.region, '')"
_LENGTH = "coalesce(u.input_tokens, 0)"
_COUNTED = "u.part = 0 and u.input_tokens is not null and u.output_tokens is not null"
_WEEK = "w.stage, w.seller, w.model, w.newer"
_MIDDLE = "2 * w.{} - w.calls in (0, 1, 2)"  # one record of an odd number, two of an even one


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


def newest_sql(usage: str) -> str:
    """Write the question on which day the newest call was made that tells its tokens.

    Args:
        usage: The relation with the records.
    """
    return f"select max(u.day) from {usage} u where {_COUNTED}"  # noqa: S608 - our own names


def weeks_sql(usage: str, newest: date) -> str:
    """Write the question that `weeks_of` reads the answer to.

    A median is told by the records in the middle of their week by rank, the lesser and the greater
    one, since engines differ about quantiles and about the first day of a week.

    Args:
        usage: The relation with the records.
        newest: The day of the newest record; only its week and the one before are asked about.
    """
    turn = monday(newest)
    counted = (
        f"select coalesce(u.stage, '') as stage, {_SELLER} as seller, u.model as model, "  # noqa: S608 - our own names
        f"case when u.day < date '{turn}' then 0 else 1 end as newer, "
        "u.input_tokens as given, u.output_tokens as made "
        f"from {usage} u where {_COUNTED} and u.day >= date '{turn - WEEK}'"
    )
    ranked = (
        f"select w.*, {_rank('given')} as given_rank, {_rank('made')} as made_rank, "  # noqa: S608 - likewise
        f"count(*) over (partition by {_WEEK}) as calls from ({counted}) w"
    )
    return (
        f"select {_WEEK}, count(*), {_middle('given')}, {_middle('made')} "  # noqa: S608 - likewise
        f"from ({ranked}) w group by {_WEEK}"
    )


def weeks_of(rows: Iterable[Sequence[Any]], newest: date) -> Iterator[Week]:
    """Yield what usual calls consumed, by stage, model and week; *newest* as in `weeks_sql`."""
    for stage, seller, model, newer, calls, *middles in rows:
        start = monday(newest) if newer else monday(newest) - WEEK
        given, made = median([*map(int, middles[:2])]), median([*map(int, middles[2:])])
        yield Week(stage, f"{seller}/{model}", start, int(calls), given, made)


def _rank(count: str) -> str:
    return f"row_number() over (partition by {_WEEK} order by w.{count})"


def _middle(count: str) -> str:
    middle = f"case when {_MIDDLE.format(f'{count}_rank')} then w.{count} end"
    return f"min({middle}), max({middle})"


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
