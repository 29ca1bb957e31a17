"""What is said of a recording that cannot be read: what is wrong, in which line, and what to do.

The same damage is told in the same words, whoever comes upon it: a replay, a command, `lint`.
"""

from __future__ import annotations

import binascii
import gzip
import re
import zlib

import yaml

from pytest_specbudget.cassettes.secrets.hearsay import repeatable
from pytest_specbudget.core import reasons
from pytest_specbudget.errors import RecordingError

__all__ = ["REMEDY", "damaged", "reason_of"]

REMEDY = "restore it from version control, or delete it and record again"
"""What to do with a recording that is damaged."""

_CONFLICT = re.compile(rb"^(?:<{7}|={7}|>{7})(?=[ \r\n]|\Z)", re.MULTILINE)
_PLACE = re.compile(r"((?:line|interaction) \d+): ")
_GZIP = b"\x1f\x8b"
_PACKED = "it is compressed with gzip; unpack it, since only plain files are replayed"
_NEEDED = frozenset({"request", "response", "method", "uri", "status", "code"})
"""What an interaction must have."""
_MISSHAPEN = "it has not the shape of a recording"
_OF_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (EOFError, "it is compressed, and cut off"),
    (gzip.BadGzipFile, "it is compressed, and damaged"),
    (zlib.error, "it is compressed, and damaged"),
    (binascii.Error, "a body in it is no base64"),
    (IndexError, _MISSHAPEN),
    (TypeError, _MISSHAPEN),
    (AttributeError, _MISSHAPEN),
)
_OF_PYTHON: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"invalid literal for int\(\).*?: (.*)"), r"\1 is no whole number"),
    (re.compile(r"could not convert string to float: (.*)"), r"\1 is no number"),
    (re.compile(r"(?:not enough|too many) values to unpack.*"), _MISSHAPEN),
    (
        re.compile(r"(?:year|month|day|hour|minute|second)\b.*(?:must be in|out of range).*"),
        "there is no such date",
    ),
)
"""What Python says of a value that makes no sense, and what a reader of the recording can use."""


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
    told = _packed(problem, data) or _not_utf8(data) or _no_text(problem, data)
    place, words = _placed(told or reason_of(problem))
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
    if isinstance(problem, KeyError):
        return _unfound(problem)
    for kind, told in _OF_KINDS:
        if isinstance(problem, kind):
            return told
    words = " ".join(reasons.reason_of(problem).split())
    return _translated(words) if words else type(problem).__name__


def _unfound(problem: KeyError) -> str:
    key = str(problem.args[0]) if problem.args else ""
    return f'it has no "{key}"' if key in _NEEDED else f'"{key}" makes no sense there'


def _translated(words: str) -> str:
    for pattern, told in _OF_PYTHON:
        found = pattern.fullmatch(words)
        if found:
            return found.expand(told)
    return words


def _packed(problem: Exception, data: bytes) -> str:
    """Say why a file that is still packed cannot be read: it is damaged, or nobody unpacks it."""
    if not data.startswith(_GZIP):
        return ""
    return _PACKED if isinstance(problem, UnicodeDecodeError) else reason_of(problem)


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
