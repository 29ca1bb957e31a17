"""How long a provider asks to be left alone: in headers, in the body, in plain words.

Source: RFC 9110, section 10.2.3 (`Retry-After`: seconds, or a date); openai 3.54.0, which knows
`retry-after-ms`; the answers of OpenAI ("try again in 6m0s"), Groq ("in 2m59.56s"), Google
(`"retryDelay": "34s"`) and Azure ("retry after 6 seconds") to too many requests.
"""

from __future__ import annotations

import math
import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

__all__ = ["wait_in"]

_SECONDS: Mapping[str, float] = {
    "ms": 0.001,
    "millisecond": 0.001,
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hr": 3600,
    "hour": 3600,
    "d": 86_400,
    "day": 86_400,
    "w": 604_800,
    "week": 604_800,
}
_UNITS = "|".join(sorted(_SECONDS, key=len, reverse=True))
_AMOUNT = rf"(\d{{1,12}}(?:\.\d{{1,12}})?)\s{{0,3}}({_UNITS})s?(?![a-z])"
_ONE = re.compile(_AMOUNT, re.IGNORECASE)
_SEVERAL = rf"(?:{_AMOUNT}(?:[\s,]|and){{0,6}}){{1,8}}"
_PLEA = re.compile(
    rf"(?:try again|retry|wait|available|reset)\D{{0,24}}?({_SEVERAL})", re.IGNORECASE
)
_READ = 16 << 10
_LONGEST = 366 * 86_400.0
"""Whatever is longer is the same to anybody who waits."""


def wait_in(headers: Mapping[str, str], body: bytes, now: datetime | None) -> float | None:
    """Return the longest wait that a refusal names, in seconds from 0 to a year; None for none.

    Args:
        headers: Of the answer, by names in lower case.
        body: Of the answer, in plain.
        now: When it came, aware; only for a date, and only where the answer has no `Date`.
    """
    text = body[:_READ].decode("utf-8", "replace")
    told = [*_in_headers(headers, now), *_in_words(text)]
    return min(max(told), _LONGEST) if told else None


def _in_headers(headers: Mapping[str, str], now: datetime | None) -> Iterator[float]:
    for name, factor in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        seconds = _number(headers.get(name, ""))
        if seconds is not None:
            yield max(0.0, seconds * factor)
    until, since = _date(headers.get("retry-after", "")), _date(headers.get("date", "")) or now
    if until is not None and since is not None:
        yield max(0.0, (until - since).total_seconds())


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return None if math.isnan(number) else number


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _in_words(text: str) -> Iterator[float]:
    for plea in _PLEA.finditer(text):
        yield sum(float(amount) * _SECONDS[unit.lower()] for amount, unit in _ONE.findall(plea[1]))
