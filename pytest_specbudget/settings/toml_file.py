"""Values as they were given in `pyproject.toml` or `specbudget.toml`, not yet understood.

A file that does not mention us is not parsed, so that a bare `pytest` start pays for one read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.names import SURE, nearest
from pytest_specbudget.core.reasons import toml_problem
from pytest_specbudget.errors import SettingError
from pytest_specbudget.settings.asked import mentions_us
from pytest_specbudget.settings.given import Given
from pytest_specbudget.settings.table import OPTIONS, SETTINGS_ONLY
from pytest_specbudget.settings.toml_lines import line_numbers, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["in_file"]

_OWN = "specbudget.toml"
_FILES = {"pyproject.toml": ("tool", "specbudget"), _OWN: ()}
_BOTH = (
    "settings stand both in pyproject.toml [tool.specbudget] and in specbudget.toml;"
    " move them into one of the two"
)
_LINE = re.compile(r"at line (\d+)")
_BARE_KEY = re.compile(r"[\w-]+", re.ASCII)
_LARGEST_PLAIN = 2**63
_MOST_DIGITS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Our table, and how to say where something in it stands."""

    path: Path
    prefix: tuple[str, ...]
    content: Mapping[str, Any]
    lines: Mapping[tuple[str, ...], int]

    def given(self, key: str, value: object, *, entry: str | None = None) -> Given:
        return Given(
            key=key,
            value=value,
            origin=self._origin(key, entry),
            place="file",
            entry=entry,
            folder=self.path.parent,
        )

    def _origin(self, key: str, entry: str | None) -> str:
        keys = (key,) if entry is None else (key, entry)
        value = self.content[key] if entry is None else self.content[key][entry]
        where = f"{self.path.name} [{'.'.join(self.prefix)}]" if self.prefix else self.path.name
        line = line_of(self.prefix + keys, self.lines)
        place = where if line is None else f"{where}, line {line}"
        name = _shown_key(key) if entry is None else f'{key}."{entry}"'
        return f"{name} = {_shown(value)} in {place}"


def in_file(rootdir: Path, problems: list[str], notes: list[str]) -> list[Given]:
    """Return what the file of settings in *rootdir* holds; nothing if there is none.

    A file that cannot be read or understood, and two files with settings, are added to *problems*;
    a table that is almost named as ours, and has no effect, to *notes*.
    """
    tables = [*_tables(rootdir, problems, notes)]
    if len(tables) > 1:
        problems.append(_BOTH)
    return [given for table in tables for given in _entries(table)]


def _tables(rootdir: Path, problems: list[str], notes: list[str]) -> Iterator[_Table]:
    for name, prefix in _FILES.items():
        try:
            table = _table(rootdir / name, prefix, notes)
        except SettingError as error:
            problems += error.problems
        else:
            if table is not None:
                yield table


def _table(path: Path, prefix: tuple[str, ...], notes: list[str]) -> _Table | None:
    text = _text(path)
    if text is None or (prefix and not mentions_us(text)):
        return None
    whole = _parsed(text, path.name)
    notes += _misnamed(path.name, _descend(whole, prefix[:-1]), prefix)
    content = _descend(whole, prefix)
    if content is None:
        return None
    if not isinstance(content, dict):
        shown = f"specbudget = {_shown(content)} in {path.name} [tool]"
        raise SettingError([f"{shown}: is no table; write settings below [tool.specbudget]"])
    return _Table(path=path, prefix=prefix, content=content, lines=line_numbers(text))


def _misnamed(name: str, beside: Any, prefix: tuple[str, ...]) -> Iterator[str]:
    """Find the tables that are almost named as ours."""
    for key in beside if prefix and isinstance(beside, dict) else ():
        if key != prefix[-1] and _is_almost(prefix[-1], key):
            ours, other = (".".join((*prefix[:-1], each)) for each in (prefix[-1], key))
            yield f"[{other}] in {name} has no effect; did you mean [{ours}]?"


def _is_almost(ours: str, key: str) -> bool:
    """Tell whether *key* is *ours* with a slip, with dashes in it, or with the package's name."""
    plain = key.casefold().replace("_", "").replace("-", "")
    return nearest(plain.removeprefix("pytest"), [ours], SURE) is not None


def _text(path: Path) -> str | None:
    if path.exists() and not (path.is_file() or path.is_dir()):
        # To open a named pipe is to wait for somebody who writes.
        raise SettingError([f"{path.name} cannot be read: it is no file"])
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if path.name != _OWN or not path.is_symlink():
            return None
        why = f"{path.name} is a link to nothing ({path.readlink()}); fetch what it stands for"
        raise SettingError([why]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError([toml_problem(path.name, error)]) from error


def _parsed(text: str, name: str) -> Mapping[str, Any]:
    import tomllib  # noqa: PLC0415  a bare start without such a file does not pay for it

    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise SettingError([toml_problem(name, error) + _quoted(text, error)]) from error


def _quoted(text: str, error: Exception) -> str:
    match = _LINE.search(str(error))
    if match is None:
        return ""
    line = text.split("\n")[int(match[1]) - 1]
    return f": {line.strip()}"


def _descend(content: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return content


def _entries(table: _Table) -> Iterator[Given]:
    tables = {setting.key for setting in SETTINGS_ONLY if setting.table}
    arrays = {option.key for option in OPTIONS if option.takes_array}
    for key, value in table.content.items():
        if key in tables and isinstance(value, dict):
            yield from (table.given(key, each, entry=name) for name, each in value.items())
        elif key in arrays and isinstance(value, list):
            yield from (table.given(key, each) for each in value)
        else:
            yield table.given(key, value)


def _shown_key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else f'"{key}"'


def _shown(value: object) -> str:
    """Write a TOML value as it would stand in a file."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case int() | Decimal():
            return _shown_number(value)
        case list():
            return f"[{', '.join(map(_shown, value))}]"
        case dict():
            pairs = ", ".join(f"{_shown_key(key)} = {_shown(each)}" for key, each in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
    return str(value)


def _shown_number(number: int | Decimal) -> str:
    """Write a number without an exponent, unless that would be longer than anybody writes it."""
    if isinstance(number, int):  # str() refuses thousands of digits
        return f"{number:#x}" if abs(number) > _LARGEST_PLAIN else str(number)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -_MOST_DIGITS < exponent <= 0:
        return f"{number:f}"
    return str(number).lower().replace("infinity", "inf")
