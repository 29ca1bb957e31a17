"""Why a file cannot be read, in the words of whoever has to put that right.

What Python says of it (`[Errno 2] No such file or directory: 'x'`, `'utf-8' codec can't decode byte
0x86 in position 0`) names the file again, or what nobody can act on.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_specbudget.core.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["reason_of", "toml_problem"]

_OF_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (FileNotFoundError, "there is no such file or folder"),
    (IsADirectoryError, "it is a folder"),
    (NotADirectoryError, "it is no folder"),
    (FileExistsError, "a file is in the way"),
    (PermissionError, "permission is denied"),
    (RecursionError, "it is nested too deep"),
    (ArithmeticError, "a number in it is too large or too small"),
)
_MOST_DIGITS = "Exceeds the limit"
"""How Python begins to say that a number has more digits than it reads."""


def reason_of(problem: Exception, beside: Iterable[str] = ()) -> str:
    """Say why something could not be read or written: `it is a folder`.

    Args:
        problem: What was raised: by the file system, while bytes were decoded, or by a parser.
        beside: Names of what is there, one of which was perhaps meant, where nothing is found.
    """
    for kind, told in _OF_KINDS:
        if isinstance(problem, kind):
            return told + (_meant(problem, beside) if kind is FileNotFoundError else "")
    if isinstance(problem, UnicodeDecodeError):
        return f"it is no UTF-8 text, at byte {problem.start}"
    if isinstance(problem, json.JSONDecodeError):
        return f"it is no JSON, at line {problem.lineno}, column {problem.colno} ({problem.msg})"
    if _is_of_toml(problem):
        return f"it is no TOML: {problem}"
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror[0].lower() + problem.strerror[1:]
    told = str(problem)
    return "a number in it has too many digits" if told.startswith(_MOST_DIGITS) else told


def toml_problem(name: str, problem: Exception) -> str:
    """Say in one sentence why the TOML file called *name* cannot be used.

    Args:
        name: The file, as people know it.
        problem: What was raised while it was opened, decoded or parsed.
    """
    if isinstance(problem, UnicodeDecodeError):
        return f"{name} is not UTF-8, at byte {problem.start}; save it as UTF-8"
    if _is_of_toml(problem):
        return f"{name} is not valid TOML: {problem}"
    return f"{name} cannot be read: {reason_of(problem)}"


def _is_of_toml(problem: Exception) -> bool:
    from tomllib import TOMLDecodeError  # noqa: PLC0415 - a run without a slip does not pay for it

    return isinstance(problem, TOMLDecodeError)


def _meant(problem: Exception, beside: Iterable[str]) -> str:
    """Name what was probably meant; nothing where nothing is alike."""
    filename = getattr(problem, "filename", None)
    if not isinstance(filename, str):
        return ""
    name = filename.replace("\\", "/").rpartition("/")[2]
    near = nearest(name, beside)
    return f'; did you mean "{near}"?' if near else ""
