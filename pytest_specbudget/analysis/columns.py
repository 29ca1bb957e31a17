"""The columns of a history: one record is one model that one call used.

A call whose answer names several models (a fall-back inside a gateway, an advisor) is as many
records, numbered by `part`; its first one carries what was paid for the whole.  Counts are those of
`Usage`, inclusive, and null where nothing was reported.  Times are UTC without an offset, to the
microsecond.  Money is whole attodollars (10**-18 USD).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from pytest_specbudget.core.usage import USAGE_FIELDS

__all__ = ["COLUMNS", "COUNTS", "Column", "Kind"]

Kind = Literal["text", "instant", "date", "count", "money", "switch"]
"""`count` is a whole number of 64 bits, `money` one of 38 decimal digits."""


class Column(NamedTuple):
    """One column.

    Attributes:
        name: Its name in every file and on every engine.
        kind: What it holds.
        required: Whether a record without it is no record.
    """

    name: str
    kind: Kind
    required: bool = False


COUNTS = USAGE_FIELDS
"""The columns that hold counts, in the order of `Usage`."""

COLUMNS: tuple[Column, ...] = (
    Column("id", "text", required=True),
    Column("part", "count", required=True),
    Column("day", "date", required=True),  # of `at`; what files are partitioned by
    Column("at", "instant", required=True),
    Column("clock", "instant", required=True),  # when the answer was made: for time-of-day rates
    Column("run", "text"),
    Column("provider", "text", required=True),
    Column("model", "text", required=True),  # the one that is charged
    Column("request_model", "text"),
    Column("operation", "text"),
    Column("service_tier", "text"),
    Column("region", "text"),
    Column("spec", "text"),
    Column("command", "text"),
    Column("stage", "text"),
    Column("phase", "text"),
    Column("test", "text"),
    Column("tier", "text"),
    Column("source", "text", required=True),  # live, record or replay; mocked calls are no history
    Column("outcome", "text", required=True),
    Column("usage_state", "text", required=True),
    Column("free", "switch", required=True),  # whether the user declared it to cost nothing
    *(Column(name, "count") for name in COUNTS),
    Column("list_cost", "money"),  # as it was charged; null if that was unknown
    Column("billed_cost", "money"),
    Column("price_id", "text"),
    Column("priced_at", "instant"),  # whose prices `list_cost` has; null if those of `at`
)
"""Every column, in the order in which files have them."""
