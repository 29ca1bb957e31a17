"""The columns of a history for those who write its lines: a JSON Schema, and a page of docs/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.store.quarantine import CHOICES, EARLIEST, MOST_COUNTED, MOST_PAID

if TYPE_CHECKING:
    from pytest_specbudget.analysis.columns import Column, Kind

__all__ = ["line_schema", "render_columns"]

_MUST = ("id", "at", "provider", "model")
_DEFAULTS: dict[str, str] = {
    "part": "0",
    "day": "that of `at`",
    "clock": "`at`",
    "source": "`live`",
    "outcome": "`answered`",
    "usage_state": "`complete` with a count (`partial` for a chat without input or output), "
    "else `none`",
    "free": "`false`",
}
"""What it means that a line does not have a column; of all others, that nobody knows."""

_SHAPES: dict[Kind, dict[str, Any]] = {
    "text": {"type": "string"},
    "instant": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "count": {"type": "integer", "minimum": 0, "maximum": MOST_COUNTED},
    "money": {
        "type": ["integer", "string"],
        "minimum": 0,
        "maximum": MOST_PAID,
        "pattern": "^[0-9]+$",
    },
    "switch": {"type": "boolean"},
}
_KINDS: dict[Kind, str] = {
    "text": "text",
    "instant": "instant",
    "date": "date",
    "count": "count",
    "money": "attodollars",
    "switch": "true or false",
}

_HEAD = f"""\
# The columns of a history

<!-- Made by ci/generate_docs.py from pytest_specbudget/analysis; change it there. -->

These are the keys of a JSON line, and the columns of Parquet, that `specbudget history add` takes.
A key that is not here is ignored, and `add` says so.
`specbudget schema history` prints the JSON Schema of a line.

* An instant is RFC 3339 (`2026-11-02T10:00:00Z`), from {EARLIEST} to the end of tomorrow.
  Without an offset it is UTC, and `priced_at` may lie further ahead.
* A count is a whole number from 0 to {MOST_COUNTED:,}.
  The totals are inclusive: cached, written, spoken and reasoned tokens are inside them.
* Attodollars are 10^-18 USD, a whole number from 0 to 10^24: $0.25 is `250000000000000000`.
  Only part 0 of a call has a cost.
* What is null or missing is unknown, and never zero, unless the table says otherwise.

| column | holds | if it is missing | meaning |
|---|---|---|---|
"""


def line_schema() -> dict[str, Any]:
    """Return the JSON Schema of one JSON line that a history takes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A record of a history: one model that one call used",
        "type": "object",
        "required": list(_MUST),
        "properties": {column.name: _property(column) for column in COLUMNS},
    }


def render_columns() -> str:
    """Write docs/history-columns.md."""
    return _HEAD + "".join(map(_row, COLUMNS))


def _property(column: Column) -> dict[str, Any]:
    told: dict[str, Any] = {"description": column.meaning}
    if column.name in CHOICES:
        told["enum"] = [*CHOICES[column.name], None]
        return told
    told |= _SHAPES[column.kind]
    if column.name in _MUST:
        return told | ({"minLength": 1} if column.kind == "text" else {})
    kinds = told["type"] if isinstance(told["type"], list) else [told["type"]]
    return told | {"type": [*kinds, "null"]}


def _row(column: Column) -> str:
    missing = "refused" if column.name in _MUST else _DEFAULTS.get(column.name, "unknown")
    choices = " or ".join(f"`{one}`" for one in CHOICES.get(column.name, ()))
    holds = choices or _KINDS[column.kind]
    return f"| `{column.name}` | {holds} | {missing} | {column.meaning} |\n"
