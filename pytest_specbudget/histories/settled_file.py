"""The file of what calls of unknown cost count as, `specbudget-settled.toml`.

    [[settled]]
    calls = ["20261122T213626.016029Z-9db0647c/main/17165/2"]
    usd = "0.05"             # what each of them counts as
    reason = "the provider's bill of November"
    by = "ana"
    on = 2026-11-22

It lies beside `pyproject.toml`, under version control like what else was accepted on purpose.
`specbudget history settle` adds to it; whoever takes an entry out has the call open again.  A call
that two entries name is an error: nobody knows which one is meant.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.names import nearest
from pytest_specbudget.core.reasons import toml_problem
from pytest_specbudget.core.wording import exact
from pytest_specbudget.errors import SettingError
from pytest_specbudget.histories.settled import Settlement, Settlements
from pytest_specbudget.reports.writing import write_whole
from pytest_specbudget.settings.amounts import amount_of, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = ["FILE_NAME", "add_settlement", "read_settlements"]

FILE_NAME = "specbudget-settled.toml"
"""Its name, beside the settings."""

_TABLE = "settled"


def read_settlements(path: Path) -> Settlements:
    """Read the file at *path*; nothing was settled where there is none.

    Raises:
        SettingError: If it cannot be read, or with all that makes no sense in it.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Settlements()
    except OSError as error:
        raise SettingError([toml_problem(path.name, error)]) from error
    return _settlements(data, path.name)


def add_settlement(path: Path, one: Settlement) -> None:
    """Add *one* to what the file at *path* holds, none of which is touched; all of it or nothing.

    Raises:
        SettingError: If the file makes no sense, or would not make any then.
        OSError: If it cannot be written.
    """
    old = path.read_bytes() if path.exists() else b""
    gap = "" if not old else "\n" if old.endswith(b"\n") else "\n\n"
    added = f"{gap}{_entry(one)}".encode()
    _settlements(old + added, path.name)
    write_whole(path, old + added)


def _entry(one: Settlement) -> str:
    lines = (
        "[[settled]]",
        f"calls = {_calls(one.calls)}",
        f"usd = {_text_in_toml(exact(one.usd))}",
        f"reason = {_text_in_toml(one.reason)}",
        f"by = {_text_in_toml(one.by)}",
        f"on = {one.on.isoformat()}",
    )
    return "".join(f"{line}\n" for line in lines)


def _calls(calls: tuple[str, ...]) -> str:
    names = [*map(_text_in_toml, calls)]
    if len(names) == 1:
        return f"[{names[0]}]"
    return "".join(("[\n", *(f"    {name},\n" for name in names), "]"))


def _text_in_toml(text: str) -> str:
    """Write *text* as TOML: JSON writes it in a way that TOML reads."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _settlements(data: bytes, name: str) -> Settlements:
    content = _parsed(data, name)
    problems = [
        f'{name}: "{key}" is unknown; write [[settled]]' for key in content.keys() - {_TABLE}
    ]
    tables = content.get(_TABLE, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise SettingError([*problems, f"{name}: settled is no list of tables; write [[settled]]"])
    found = []
    for number, table in enumerate(tables, 1):
        wrong = [*_misfits(table)]
        problems += (f"{name}, [[settled]] number {number}: {one}" for one in wrong)
        if not wrong:
            found.append(Settlement(**{key: read(table[key]) for key, read in _READERS.items()}))
    problems += _twice(found, name)
    if problems:
        raise SettingError(problems)
    return Settlements(found)


def _parsed(data: bytes, name: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise SettingError([toml_problem(name, error)]) from error


def _misfits(table: Mapping[str, Any]) -> Iterator[str]:
    """Say what makes no sense in one entry."""
    for key in sorted(table.keys() - _READERS.keys()):
        near = nearest(key, [*_READERS])
        hint = f'did you mean "{near}"?' if near else f"an entry has {', '.join(_READERS)}"
        yield f'"{key}" is unknown; {hint}'
    missing = [key for key in _READERS if key not in table]
    if missing:
        yield f"an entry needs {' and '.join(missing)}"
    for key in _READERS.keys() & table.keys():
        try:
            _READERS[key](table[key])
        except ValueError as error:
            yield f"{key}: {error}"


def _twice(found: list[Settlement], name: str) -> Iterator[str]:
    """Say which calls are settled more than once."""
    times = Counter(call for one in found for call in one.calls)
    for call, count in times.items():
        if count > 1:
            yield f"{name}: {call} is settled {count} times; take all but one out"


def _call_ids(told: object) -> tuple[str, ...]:
    if not isinstance(told, list) or not told:
        raise ValueError(f'{quoted(told)} is no list of calls; write calls = ["ID", ...]')
    return tuple(map(_text, told))


def _text(told: object) -> str:
    if not isinstance(told, str) or not told.strip():
        raise ValueError(f"{quoted(told)} is no text; write some, in quotes")
    return told.strip()


def _day(told: object) -> date:
    if isinstance(told, date) and not isinstance(told, datetime):
        return told
    raise ValueError(f"{quoted(told)} is no day; write one like 2026-11-22, without quotes")


_READERS: Mapping[str, Callable[[object], Any]] = {
    "calls": _call_ids,
    "usd": amount_of,
    "reason": _text,
    "by": _text,
    "on": _day,
}
