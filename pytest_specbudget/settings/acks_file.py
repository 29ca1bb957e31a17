"""The file of regressions that were accepted on purpose, `specbudget-ack.toml`.

    [[ack]]
    subject = "RESEARCH"
    limit = "12%"            # or "$1.20": by how much it may rise
    until = 2026-12-31       # the last day on which that holds
    reason = "longer plans"
    scope = "spec"           # optional: run, spec, stage, model or test
    owner = "ana"            # optional

`acknowledgements` understands a text, `entry` writes one more.  Nothing here opens the file but
`read_acks`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

from pytest_specbudget.audit.acks import Acknowledgement
from pytest_specbudget.audit.comparison import Scope
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.names import nearest
from pytest_specbudget.core.reasons import toml_problem
from pytest_specbudget.errors import SettingError
from pytest_specbudget.settings.amounts import amount_of, percent_of, quoted
from pytest_specbudget.settings.toml_lines import line_numbers, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction
    from pathlib import Path

__all__ = ["FILE_NAME", "acknowledgements", "entry", "limit_of", "read_acks"]

FILE_NAME = "specbudget-ack.toml"
"""Where the file lies unless the setting `acks` names another: beside `pyproject.toml`."""

_TABLE = "ack"
_NEEDED = ("subject", "limit", "until", "reason")
_KEYS = (*_NEEDED, "scope", "owner")
_SCOPES = get_args(Scope)
_HEADER = re.compile(r"""\s*\[\[\s*(?:ack|"ack"|'ack')\s*\]\]""")
_DOLLARS = re.compile(r"(?:\$|USD)\s*(?P<after>[\d.]+)|(?P<before>[\d.]+)\s*USD", re.ASCII)


def read_acks(path: Path) -> tuple[Acknowledgement, ...]:
    """Read the file at *path*; nothing was accepted where there is none.

    Raises:
        SettingError: If it cannot be read, or with all that makes no sense in it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError([toml_problem(path.name, error)]) from error
    return acknowledgements(text, path.name)


def acknowledgements(text: str, name: str) -> tuple[Acknowledgement, ...]:
    """Understand the text of a file called *name*.

    Raises:
        SettingError: With all that makes no sense, each with its line.
    """
    content = _parsed(text, name)
    problems = [f'{name}: "{key}" is unknown; write [[ack]]' for key in content if key != _TABLE]
    tables = content.get(_TABLE, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise SettingError([*problems, f"{name}: ack is no list of tables; write [[ack]]"])
    found = []
    for place, table in zip(_places(text, name, len(tables)), tables, strict=True):
        try:
            found.append(_acknowledgement(table, place))
        except SettingError as error:
            problems += error.problems
    if problems:
        raise SettingError(problems)
    return tuple(found)


def entry(ack: Acknowledgement) -> str:
    """Write *ack* as it stands in the file."""
    limit = f"${ack.limit}" if isinstance(ack.limit, Money) else ack.worded.replace(" ", "")
    values = {"subject": ack.subject, "scope": ack.scope, "limit": limit}
    lines = [f"{key} = {_quoted(value)}" for key, value in values.items() if value]
    lines += [f"until = {ack.until.isoformat()}", f"reason = {_quoted(ack.reason)}"]
    lines += [f"owner = {_quoted(ack.owner)}"] if ack.owner else []
    return "\n".join(["[[ack]]", *lines, ""])


def limit_of(value: object) -> Fraction | Money:
    """Understand how much was accepted: `12%` is percent of the base, `$1.20` or `1.20 USD` money.

    Raises:
        ValueError: If it is neither.
    """
    text = value.strip() if isinstance(value, str) else ""
    if text.endswith("%"):
        return percent_of(text)
    written = _DOLLARS.fullmatch(text)
    if written is None:
        raise ValueError(f'{quoted(value)} is no limit; write "12%" or "$1.20"')
    return amount_of(written["after"] or written["before"])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _parsed(text: str, name: str) -> Mapping[str, Any]:
    import tomllib  # noqa: PLC0415  a run without such a file does not pay for it

    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise SettingError([toml_problem(name, error)]) from error


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one entry stands: the file, the line of its header, and the lines of its keys."""

    name: str
    line: int | None = None
    lines: Mapping[tuple[str, ...], int] | None = None

    def of(self, key: str | None = None) -> str:
        if self.line is None or self.lines is None:
            return self.name
        below = line_of((_TABLE, key), self.lines) if key else None
        return f"{self.name}, line {self.line - 1 + (below or 1)}"


def _places(text: str, name: str, count: int) -> list[_Place]:
    """Return where each of *count* entries stands, as far as that can be told."""
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if _HEADER.match(line)]
    if len(starts) != count:  # written inline, or a header inside of a longer text
        return [_Place(name)] * count
    parts = zip(starts, [*starts[1:], len(lines)], strict=False)
    return [
        _Place(name, first + 1, line_numbers("\n".join(lines[first:end]))) for first, end in parts
    ]


def _acknowledgement(table: Mapping[str, Any], place: _Place) -> Acknowledgement:
    problems = [*_misfits(table, place)]
    values: dict[str, Any] = {}
    for key in _KEYS:
        if key in table:
            try:
                values[key] = _READERS[key](table[key])
            except ValueError as error:
                problems.append(f"{place.of(key)}: {key}: {error}")
    if problems:
        raise SettingError(problems)
    return Acknowledgement(**values, origin=place.of())


def _misfits(table: Mapping[str, Any], place: _Place) -> Iterator[str]:
    for key in table.keys() - set(_KEYS):
        near = nearest(key, _KEYS)
        hint = f'; did you mean "{near}"?' if near else f"; an entry has {', '.join(_KEYS)}"
        yield f'{place.of(key)}: "{key}" is unknown{hint}'
    missing = [key for key in _NEEDED if key not in table]
    if missing:
        yield f"{place.of()}: an entry needs {' and '.join(missing)}"


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{quoted(value)} is no text; write some, in quotes")
    return value.strip()


def _scope(value: object) -> str:
    if value not in _SCOPES:
        raise ValueError(f"{quoted(value)} is no scope; write one of {', '.join(_SCOPES)}")
    return str(value)


def _day(value: object) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    elif isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError(f"{quoted(value)} is no day; write one like 2026-12-31")


_READERS = {
    "subject": _text,
    "scope": _scope,
    "limit": limit_of,
    "until": _day,
    "reason": _text,
    "owner": _text,
}
