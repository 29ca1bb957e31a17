"""When a recorded answer was given, as far as the recording tells; no clock is read.

The answer's own `Date` header comes first, then what its body says of itself, then what the file
says.  In a body only the times at which an answer is said to be made count, never that of a file
or a container which it names: `created` and `created_at` of OpenAI's shapes (Unix seconds) and of
Ollama's and Google's (RFC 3339), and `createTime` of Gemini.

Source: answers of these providers as recorded in other projects' tests, read on 2026-11-22.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.documents import decode
from pytest_specbudget.core.moments import in_utc
from pytest_specbudget.providers.body import Body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.cassettes.shapes import Interaction

__all__ = ["date_of"]

_FIELDS = ("created", "created_at", "createTime", "create_time")
_WITHIN = ("response", "interaction")
"""What the events of a stream put the answer into."""
_TELLING = re.compile(rb'"(?:created|created_at|createTime|create_time)"')
_EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""A time outside of these was never when an answer of a model was given."""


def date_of(interaction: Interaction) -> datetime | None:
    """Return when an answer was given, in UTC; None if neither it nor its file tells."""
    return _in_header(interaction) or _in_body(interaction) or interaction.recorded_at


def _in_header(interaction: Interaction) -> datetime | None:
    try:
        date = parsedate_to_datetime(interaction.headers.get("date", ""))
        return in_utc(date) if date.tzinfo else None
    except ValueError:
        return None


def _in_body(interaction: Interaction) -> datetime | None:
    heard = _Dates()
    body = Body(interaction.headers, heard)
    try:
        body.feed(interaction.body)
        body.close()
    except Exception:  # noqa: BLE001 - a body that cannot be read tells what it told until then
        return heard.first
    return heard.first


class _Dates:
    """Hears a body, and keeps the first date in it.

    Attributes:
        first: The date, or None so far.
    """

    first: datetime | None = None

    def event(self, data: bytes) -> None:
        """Take one event of a stream."""
        if self.first is None and _TELLING.search(data):
            self.first = _first_in(data)

    last_event = event
    document = event


def _first_in(data: bytes) -> datetime | None:
    try:
        stated = _stated(decode(data))
    except ValueError:
        return None
    return next((date for one in stated if (date := _instant(one))), None)


def _stated(told: Any) -> Iterator[Any]:
    """Yield what stands where an answer tells its time: in itself, or in what an event holds."""
    if isinstance(told, dict):
        for place in (told, *(told.get(key) for key in _WITHIN)):
            if isinstance(place, dict):
                yield from (place[key] for key in _FIELDS if key in place)


def _instant(stated: Any) -> datetime | None:
    """Read Unix seconds or RFC 3339; None for what is neither, or makes no sense."""
    try:
        date = _written(stated) if isinstance(stated, str) else datetime.fromtimestamp(stated, UTC)
    except (ArithmeticError, OSError, TypeError, ValueError):
        return None
    return date if _EARLIEST <= date < _LATEST else None


def _written(text: str) -> datetime:
    date = datetime.fromisoformat(text)
    if date.tzinfo is None:
        raise ValueError("a time without a zone is no instant")
    return in_utc(date)
