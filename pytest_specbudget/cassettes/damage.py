"""What is said of a recording that cannot be read: what is wrong, in which line, and what to do.

The same damage is told in the same words, whoever comes upon it: a replay, a command, `lint`.
"""

from __future__ import annotations

import re

import yaml

from pytest_specbudget.cassettes.secrets.hearsay import repeatable
from pytest_specbudget.errors import RecordingError

__all__ = ["REMEDY", "damaged", "reason_of"]

REMEDY = "restore it from version control, or delete it and record again"
"""What to do with a recording that is damaged."""

_CONFLICT = re.compile(rb"^(?:<{7}|={7}|>{7})(?=[ \r\n]|\Z)", re.MULTILINE)
_PLACE = re.compile(r"((?:line|interaction) \d+): ")


def damaged(name: str, problem: Exception, data: bytes = b"") -> RecordingError:
    """Make the error for a recording that holds what makes no sense.

    Args:
        name: The file, as people know it.
        problem: What its reader said.
        data: The file as far as it was read, unpacked.
    """
    conflict = _CONFLICT.search(data)
    if conflict:
        place = f"{name}, line {_line_of(conflict.start(), data)}"
        return RecordingError(
            f"{place}: a merge conflict that nobody resolved; resolve it, or {REMEDY}"
        )
    place, words = _placed(_not_utf8(data) or _no_text(problem, data) or reason_of(problem))
    form = " as YAML" if isinstance(problem, yaml.MarkedYAMLError) else ""
    return RecordingError(f"{name}{place}: cannot be read{form} ({repeatable(words)}); {REMEDY}")


def _placed(reason: str) -> tuple[str, str]:
    """Cut `line 3: ...` into where and what."""
    found = _PLACE.match(reason)
    return (f", {found[1]}", reason[found.end() :]) if found else ("", reason)


def reason_of(problem: Exception) -> str:
    """Say in one line why a recording makes no sense."""
    if isinstance(problem, yaml.MarkedYAMLError) and problem.problem_mark is not None:
        return f"line {problem.problem_mark.line + 1}: {problem.problem or problem}"
    words = " ".join(str(problem).split())
    told = isinstance(problem, OSError | ValueError | TypeError | yaml.YAMLError)
    return words if words and told else f"{type(problem).__name__}: {words}".removesuffix(": ")


def _not_utf8(data: bytes) -> str:
    try:
        data.decode()
    except UnicodeDecodeError as problem:
        return f"line {_line_of(problem.start, data)}: no UTF-8"
    return ""


def _no_text(problem: Exception, data: bytes) -> str:
    """Say where a character stands that no text has: a NUL, say, after a crash of the machine."""
    if not isinstance(problem, yaml.reader.ReaderError) or not isinstance(problem.character, int):
        return ""
    place = data.find(chr(problem.character).encode("utf-8", "surrogatepass"))
    told = f"the character U+{problem.character:04X}"
    return f"line {_line_of(place, data)}: {told}" if place >= 0 else told


def _line_of(place: int, data: bytes) -> int:
    return data.count(b"\n", 0, place) + 1
