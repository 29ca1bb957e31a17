"""Declared answers: what of a text is the answer, and whether two are the same."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.json_paths import JsonPath
from pytest_specbudget.quality.canonical import canonical, number
from pytest_specbudget.quality.documents import parsed, unfenced
from pytest_specbudget.quality.places import values_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

__all__ = ["NAME", "VERSION", "Answers", "How", "extracted", "same"]

NAME = "answer"
VERSION = 1

How: TypeAlias = "re.Pattern[str] | JsonPath | Callable[[str], object]"
"""Where the answer stands: a pattern, a place in a JSON document, or a function that finds it."""

_GROUP = "answer"


@dataclass(frozen=True, slots=True)
class Answers:
    """Whether two texts declare the same answer: 1, or 0.

    Attributes:
        how: Where the answer stands; None takes the whole text.
    """

    how: How | None = None

    @property
    def name(self) -> str:
        """`answer/1`."""
        return f"{NAME}/{VERSION}"

    def __call__(self, first: str, second: str) -> Fraction:
        """Return 1 if both declare the same answer; a text without one agrees with none."""
        one, other = (extracted(text, self.how) for text in (first, second))
        return Fraction(one is not None and other is not None and same(one, other))


def extracted(text: str, how: How | None = None) -> str | None:
    """Return the answer that *text* declares, or None if it declares none.

    A pattern that matches several times means the last one, because models think first and answer
    then.  Its group `answer` is taken, else its first group, else all of it.
    """
    if how is None:
        return text
    if isinstance(how, re.Pattern):
        return _last(text, how)
    if isinstance(how, JsonPath):
        return _at(text, how)
    told = how(text)
    return None if told is None else str(told)


def same(first: str, second: str) -> bool:
    """Tell whether two answers are the same but for case, spaces, punctuation and spelling."""
    return canonical(first) == canonical(second)


def _last(text: str, pattern: re.Pattern[str]) -> str | None:
    matches = [*pattern.finditer(text)]
    if not matches:
        return None
    group = _GROUP if _GROUP in pattern.groupindex else min(pattern.groups, 1)
    answer: str | None = matches[-1][group]
    return answer


def _at(text: str, path: JsonPath) -> str | None:
    try:
        document = parsed(unfenced(text))
    except ValueError:
        return None
    values = [_written(value) for value in values_at(document, path.steps)]
    return "\n".join(values) if values else None


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return number(str(value).casefold()) or str(value)
    return json.dumps(value, sort_keys=True, default=str)
