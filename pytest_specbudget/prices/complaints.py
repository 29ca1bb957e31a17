"""What is wrong with the tables of an overlay, in our words and not in pydantic's.

Heavy (it imports pydantic), so it is imported only where there is an overlay to read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from pytest_specbudget.core.names import nearest

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

__all__ = ["complaint"]

_EXTRA = "extra_forbidden"
_WORDS = {
    "string_type": "{value!r} is no text; write it in quotes",
    "string_too_short": 'is empty; write what holds, like "our own machines"',
    "string_pattern_mismatch": '"{value}" is no currency; write its three capitals, like "EUR"',
    "int": "{value!r} is no whole number; write one without quotes, like 1000000",
    "bool": "{value!r} is no truth value; write true or false",
    "list": "is no list; write it in [ ]",
    "tuple": "is no list; write it in [ ]",
    "dict": 'is no table; write it in {{ }}, like {{ input = "0.80" }}',
    "greater_than_equal": "{value!r} is too small; write {ge} or more",
    "greater_than": "{value!r} is too small; write more than {gt}",
    "date": '"{value}" is no date; write one like 2026-01-31',
    "time": '"{value}" is no time of day; write one like 08:30:00',
    "too_short": "has too few parts; write a beginning and an end",
    "too_long": "has too many parts; write a beginning and an end",
}
"""What to say, by how pydantic's name of the mistake begins; the first that fits."""


def complaint(problem: ErrorDetails, overlay: type[BaseModel]) -> str:
    """Say what is wrong, why, and what to do; where it is, the reader of the file knows.

    Args:
        problem: One mistake, as pydantic found it.
        overlay: What the file was read as.
    """
    table, key = str(problem["loc"][0]), problem["loc"][-1]
    if len(problem["loc"]) <= len(("table", 0)):
        return _about_table(problem, table, overlay)
    inside = ".".join(str(step) for step in problem["loc"][2:])
    if problem["type"] == _EXTRA:
        likely = nearest(str(key), _keys(overlay, table))
        hint = f'did you mean "{likely}"?' if likely else "docs/prices.md lists its keys"
        return f'there is no key "{key}"; {hint}'
    if problem["type"] == "missing":
        return f'"{inside}" is missing; a [[{table}]] needs it'
    return f"{inside}: {_said(problem)}"


def _about_table(problem: ErrorDetails, table: str, overlay: type[BaseModel]) -> str:
    if problem["type"] != _EXTRA:
        return f"it is no list of tables; write [[{table}]], in two brackets"
    likely = nearest(table, overlay.model_fields)
    hint = f"did you mean [[{likely}]]?" if likely else "docs/prices.md lists them all"
    return f"there is no table of this name; {hint}"


def _keys(overlay: type[BaseModel], table: str) -> list[str]:
    (entry,) = get_args(overlay.model_fields[table].annotation)
    return [field.alias or name for name, field in entry.model_fields.items()]


def _said(problem: ErrorDetails) -> str:
    kind, told = problem["type"], problem["msg"].removeprefix("Value error, ")
    words = next((words for name, words in _WORDS.items() if kind.startswith(name)), None)
    return words.format(value=problem["input"], **problem.get("ctx", {})) if words else told
