"""The calls of unknown cost, one by one: those that leave a day or month undecided.

`analysis.spending` counts them; here they have names, so that somebody can find out what they cost
and say it.  Both mean the same calls: a call that was never answered, that told no counts or has no
price, that was cut off, or of which only a further part is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.spending import doubted, headless, may_have_cost
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from pytest_specbudget.analysis.store.history import History
    from pytest_specbudget.histories.telling import Told

    Asked = Collection[str]

__all__ = ["MOST", "Doubted", "Doubts", "doubted_in", "doubted_of"]

MOST = 1_000
"""How many calls are told one by one; of months without costs there are millions."""

_COLUMNS = (
    *("id", "part", "at", "run", "spec", "test", "provider", "model"),
    *("outcome", "usage_state", "billed_cost"),
)
_UNPAID = ("none", "unreadable")


@value
class Doubted:
    """One call that may have cost more than is known.

    Attributes:
        id: Its id.
        at: When it was sent; naive, UTC.
        run: The run that made it, if that is told.
        spec: The SPEC that it was made for, if that is told.
        test: The test that made it, if that is told.
        provider: Who was asked.
        model: The model that was asked.
        why: Why nobody knows what it cost.
        known: What is known to be billed for it.
    """

    id: str
    at: datetime
    run: str | None
    spec: str | None
    test: str | None
    provider: str
    model: str
    why: str
    known: Money = Money()

    def __str__(self) -> str:
        """Say which call it is, in one line."""
        return f"{self.id}   {self.test or '-'}   {self.at:%Y-%m-%d %H:%M}   {self.why}"


@value
class Doubts:
    """Calls of unknown cost.

    Attributes:
        calls: Those that are told, the newest first.
        left_out: How many more there are.
    """

    calls: tuple[Doubted, ...] = ()
    left_out: int = 0


def doubted_of(records: Iterable[Told]) -> Iterator[Doubted]:
    """Yield the calls of unknown cost among *records*, values by the names of columns."""
    paid = [one for one in records if one["source"] != "replay"]
    least = headless(paid)
    for one in paid:
        first = one["part"] == least.get(one["id"], 0)
        if first and (may_have_cost(one) if one["part"] else doubted(one)):
            yield _made(one)


def doubted_in(history: History, *, but: Asked, without: Asked, named: Asked) -> Doubts:
    """Return the calls of unknown cost of *history*: the newest, and those that are named.

    Args:
        history: Where they are.
        but: The ids of calls that are told of elsewhere.
        without: The ids of runs that do not count.
        named: Ids of calls and of runs, of which all are wanted.

    Raises:
        JournalError: If it cannot be read; names the file and the reason.
    """
    asked = {"but": [*but], "without": [*without], "named": [*named], "most": MOST}
    with history.opened() as connection:
        rows = connection.execute(_ASKED, asked).fetchall()
    found = (dict(zip(_TOLD, row, strict=True)) for row in rows)
    calls = tuple((_made(one), one["many"]) for one in found)
    left_out = calls[0][1] - len(calls) if calls else 0
    return Doubts(calls=tuple(one for one, _ in calls), left_out=left_out)


def _quoted(column: str) -> str:
    return f'"{column}"'


_TOLD = (*_COLUMNS, "many")
_ASKED = f"""\
with counted as not materialized (
    select *, coalesce(id in (select unnest($named)) or run in (select unnest($named)), false)
        as is_named
    from usage_t where source <> 'replay' and not free and outcome <> 'failed'
        and id not in (select unnest($but))
        and (run is null or run not in (select unnest($without)))
),
further as (
    select id, min(part) as part from counted where part > 0
    and id not in (select id from usage_t where source <> 'replay' and part = 0) group by id
),
doubted as (
    select * from counted where
        part = 0 and (outcome = 'unknown' or billed_cost is null or usage_state = 'partial')
        or (id, part) in (select id, part from further)
)
select {", ".join(map(_quoted, _COLUMNS))}, count(*) over () from doubted
qualify is_named or row_number() over (partition by is_named order by "at" desc, id) <= $most"""  # noqa: S608 - names of ours
"""What `doubted_of` finds, of records that lie in a database; and how many there are in all."""


def _made(told: Told) -> Doubted:
    names = ("id", "at", "run", "spec", "test", "provider", "model")
    known = Money(int(told["billed_cost"] or 0))
    return Doubted(**{name: told[name] for name in names}, why=_why(told), known=known)


def _why(told: dict[str, Any] | Told) -> str:
    """Say why nobody knows what a call cost."""
    if told["part"]:
        return "only a further part of it is told"
    if told["outcome"] == "unknown":
        return "no answer was seen"
    if told["usage_state"] in _UNPAID:
        return "the answer told no counts"
    if told["billed_cost"] is None:
        return "it had no price"
    return "it was cut off before its final counts"
