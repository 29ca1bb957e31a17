"""What cannot be is set aside, with the reason, before anything is cast or summed.

One absurd count would drown months of usage, and a cast that wraps would hide it.  So every record
arrives as text, is held against what its column may say, and is either typed or kept apart, as it
came (`doubts`).  Counts that contradict each other (`cached 161 > input 10`) are no reason:
providers do report them, and pricing has a rule for that.
"""

# ruff: noqa: S608 - what statements are made of is ours

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.columns import COLUMNS, COUNTS
from pytest_specbudget.analysis.store.embedded import SQL_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from pytest_specbudget.analysis.columns import Column

__all__ = ["CHOICES", "EARLIEST", "MOST_COUNTED", "MOST_PAID", "complaints", "judged_sql"]

MOST_COUNTED = 10**10
"""The most units that one call may have used of anything, inclusive."""

MOST_PAID = 10**24
"""The most that one call may have cost, in attodollars, inclusive: a million dollars."""

EARLIEST = "2020-01-01"
"""No call to a language model was billed before this day."""

_GENERATING = ("chat", "responses", "messages", "generate_content", "text_completion")
"""The operations that always have input and output."""

_HALF_TOLD = f"operation IN {_GENERATING} AND (input_tokens IS NULL) <> (output_tokens IS NULL)"

_DEFAULTS = {
    "part": "'0'",
    "clock": "NULL",  # when it was asked
    "source": "'live'",
    "outcome": "'answered'",
    "free": "'false'",
    "usage_state": f"CASE WHEN coalesce({', '.join(COUNTS)}) IS NULL THEN 'none' "
    f"WHEN {_HALF_TOLD} THEN 'partial' ELSE 'complete' END",
}
"""What a source means that does not have a column at all."""

CHOICES = {
    "source": ("live", "record", "replay"),
    "outcome": ("answered", "failed", "unknown"),
    "usage_state": ("complete", "partial", "none", "estimated", "unreadable"),
}
"""What columns of few values may say."""

_READ = "read_"
_SHOWN = 60
_HAS_COST = "(list_cost IS NOT NULL OR billed_cost IS NOT NULL)"
_REPLAYED = f"{_READ}source = 'replay' AND {_READ}billed_cost > 0"
_REPLAY_BILLED = "and a replayed call bills nothing"
_LATER_PART = "part 1 or later says a cost, and the first part has what was paid for the whole call"


def judged_sql(today: date) -> str:
    """Write the query that types the rows of `incoming`, which are text.

    Its columns are `origin`, those of a history, the `reason` why a row cannot be, or NULL, and the
    `place` of the row in `incoming`.

    Args:
        today: The date; a call made more than a day after it was not made yet.
    """
    read = ", ".join(f'{_read(column)} AS "{_READ}{column.name}"' for column in COLUMNS)
    told = ", ".join(f'{_typed(column)} AS "{column.name}"' for column in COLUMNS)
    once_read = f"SELECT *, rowid AS place, {read} FROM incoming"
    return f"SELECT origin, {told}, {_reason(today)} AS reason, place FROM ({once_read})"


def complaints(told: Mapping[str, Any], today: date) -> Iterator[str]:
    """Say what is absurd about a record in hand, of a journal that could be read.

    Args:
        told: Its values by the names of columns, each of its type.
        today: The date, as in `judged_sql`.
    """
    for most, names in ((MOST_COUNTED, COUNTS), (MOST_PAID, ("list_cost", "billed_cost"))):
        for name in names:
            if told[name] is not None and not 0 <= told[name] <= most:
                yield f"{name} is {told[name]}, no whole number from 0 to {most:,}"
    for name in ("at", "clock"):
        if not EARLIEST <= str(told[name].date()) <= str(today + timedelta(days=1)):
            yield f"{name} is {told[name]}, no time from {EARLIEST} to a day after {today}"
    if told["source"] == "replay" and (told["billed_cost"] or 0) > 0:
        yield f"billed_cost is {told['billed_cost']}, {_REPLAY_BILLED}"


def _reason(today: date) -> str:
    told = [_complaint(column, today) for column in COLUMNS if column.name != "day"]
    told.append(f"CASE WHEN {_READ}part > 0 AND {_HAS_COST} THEN '{_LATER_PART}' END")
    sentence = f"'billed_cost is ' || {_READ}billed_cost || ', {_REPLAY_BILLED}'"
    told.append(f"CASE WHEN {_REPLAYED} THEN {sentence} END")
    return f"nullif(concat_ws('; ', {', '.join(told)}), '')"


def _raw(column: Column) -> str:
    default = _DEFAULTS.get(column.name)
    return f'"{column.name}"' if default is None else f'coalesce("{column.name}", {default})'


def _read(column: Column) -> str:
    """Read the text of a column, widely enough that nothing wraps; NULL for what makes no sense."""
    raw = _raw(column)
    if column.kind == "text":
        return raw
    if column.kind == "switch":
        return f"try_cast({raw} AS BOOLEAN)"
    if column.kind in ("count", "money"):
        return rf"try_cast(regexp_extract({raw}, '^(-?\d+)(\.0*)?$', 1) AS HUGEINT)"
    instant = f'"{"at" if column.kind == "date" else column.name}"'
    # DuckDB 1 takes no offset without seconds before it.
    whole = rf"regexp_replace({instant}, '([T ]\d\d:\d\d)([Z+-]|$)', '\1:00\2')"
    return f"(try_cast({whole} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')"


def _typed(column: Column) -> str:
    read = f'"{_READ}{column.name}"'
    if column.name == "clock":
        return f'coalesce({read}, "{_READ}at")'
    return read if column.kind == "text" else f"try_cast({read} AS {SQL_TYPES[column.kind]})"


def _complaint(column: Column, today: date) -> str:
    """Write the sentence about one column; NULL where there is nothing to complain of."""
    holds, what = _demand(column, today)
    told = f'"{column.name}"'
    unless = "false" if column.required and column.name not in _DEFAULTS else f"{told} IS NULL"
    shown = f"coalesce(nullif(left({told}, {_SHOWN}), ''), CASE {told} WHEN '' THEN 'empty' END"
    sentence = f"'{column.name} is ' || {shown}, 'missing') || '{what}'"
    return f"CASE WHEN NOT ({unless} OR coalesce({holds}, false)) THEN {sentence} END"


def _demand(column: Column, today: date) -> tuple[str, str]:
    """Return what has to hold, and how to say that it does not."""
    name, read = column.name, f'"{_READ}{column.name}"'
    if column.kind == "instant":
        return _instant_demand(name, read, today)
    if column.kind == "count":
        most = f"{MOST_COUNTED:,}"
        return f"{read} BETWEEN 0 AND {MOST_COUNTED}", f", no whole number from 0 to {most}"
    if column.kind == "money":
        what = ", no whole attodollars from 0 to 10^24 (a million dollars)"
        return f"{read} BETWEEN 0 AND {MOST_PAID}", what
    if column.kind == "switch":
        return f"{read} IS NOT NULL", ", neither true nor false"
    if name in CHOICES:
        return f"{read} IN {CHOICES[name]}", f", none of {', '.join(CHOICES[name])}"
    return f"{read} <> ''" if column.required else "true", ""


def _instant_demand(name: str, read: str, today: date) -> tuple[str, str]:
    if name == "priced_at":  # prices may be those of any day, also ahead
        return f"{read} IS NOT NULL", ", no time"
    latest = f"DATE '{today}' + INTERVAL 2 DAY"  # the end of tomorrow
    between = f"{read} >= TIMESTAMP '{EARLIEST}' AND {read} < {latest}"
    return between, f", no time from {EARLIEST} to a day after {today}"
