"""Sends a call of a matrix and says how that went; knows no money and writes no file.

A call that the provider refuses for now (429, 5xx) is sent once more, after the time that it asks
for.  One that was sent and whose answer never came is not: it may have been paid for.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx

from pytest_specbudget.cassettes.interaction import Answer
from pytest_specbudget.cassettes.scrub import scrubbed_body
from pytest_specbudget.cassettes.secrets.hearsay import repeatable
from pytest_specbudget.meters.clock import Clock
from pytest_specbudget.recordings.matrix_folder import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from pytest_specbudget.cassettes.interaction import Asked

__all__ = ["Sender", "Sent"]

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""What httpx raises before a request is out; after everything else it may have arrived.

Source: https://www.python-httpx.org/exceptions/ and the code of httpx 0.28.1."""

_PAUSE_S = 1.0
"""The wait before a call is sent again, where nothing else is asked for."""
_LONGEST_PAUSE_S = 60.0
_SHOWN = 200
_ANSWERED = range(200, 300)
_READABLE = {"accept-encoding": "gzip, deflate"}
"""What recordings can undo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How a call went.

    Attributes:
        sent_at: When its last attempt was sent, aware UTC.
        duration_s: How long that took, in seconds.
        answer: What came back, with nothing secret in it; None for what is no answer.
        lost: Whether it was sent and nobody knows what came of it.
        why: What went wrong, for people; empty for an answer.
    """

    sent_at: datetime
    duration_s: float
    answer: Answer | None = None
    lost: bool = False
    why: str = ""


@dataclass(slots=True)
class Sender:
    """Sends calls; safe for threads.

    Attributes:
        timeout_s: How long to wait for any part of an answer.
        sleep: Waits so many seconds.
    """

    timeout_s: float
    sleep: Callable[[float], Any] = time.sleep
    _client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self._client = httpx.Client(timeout=self.timeout_s, follow_redirects=False)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def send(self, asked: Asked, credentials: Mapping[str, str]) -> Sent:
        """Send *asked*, and once more if the provider could not take it."""
        sent, pause = self._attempt(asked, credentials)
        if pause is None:
            return sent
        self.sleep(pause)
        return self._attempt(asked, credentials)[0]

    def _attempt(self, asked: Asked, credentials: Mapping[str, str]) -> tuple[Sent, float | None]:
        """Send once; return how it went, and after how many seconds to try again, if at all."""
        sent_at, start = Clock.utc(), Clock.tick()
        try:
            status, answer = self._exchanged(asked, credentials)
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            sent = Sent(
                sent_at=sent_at,
                duration_s=Clock.tick() - start,
                lost=not isinstance(problem, (*_NEVER_SENT, httpx.InvalidURL)),
                why=repeatable(f"{type(problem).__name__}: {problem}", _SHOWN),
            )
            return sent, None
        took = Clock.tick() - start
        answer = masked(answer, {value.rpartition(" ")[2] for value in credentials.values()})
        if status in _ANSWERED:
            return Sent(sent_at=sent_at, duration_s=took, answer=answer), None
        pause = _pause(answer)
        why = _why(answer, pause)
        return Sent(sent_at=sent_at, duration_s=took, why=why), _bearable(pause)

    def _exchanged(self, asked: Asked, credentials: Mapping[str, str]) -> tuple[int, Answer]:
        headers = [
            (name, one)
            for name, values in asked.headers.items()
            for one in values
            if name.lower() not in credentials
        ]
        request = self._client.build_request(
            asked.method,
            asked.uri,
            content=asked.body,
            headers=[*headers, *_READABLE.items(), *credentials.items()],
        )
        response = self._client.send(request, stream=True)
        try:
            body = b"".join(response.iter_raw())
        finally:
            response.close()
        return response.status_code, Answer(
            status=response.status_code,
            reason=response.reason_phrase or None,
            body=body,
            headers=_headers(response),
        )


def _headers(response: httpx.Response) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, told in response.headers.multi_items():
        if name != "transfer-encoding":  # the body is here as a whole
            headers.setdefault(name, []).append(told)
    return headers


def _pause(answer: Answer) -> float | None:
    """Return how long to wait before such a call is worth sending again; None for never.

    Source: RFC 9110, section 10.2.3 (`Retry-After`: seconds, or a date).
    """
    if answer.status not in (HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)):
        return None
    told = next(iter(answer.headers.get("retry-after", ())), "")
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(told) - Clock.utc()).total_seconds())
    except (ValueError, TypeError):
        return _PAUSE_S


def _bearable(pause: float | None) -> float | None:
    return pause if pause is not None and pause <= _LONGEST_PAUSE_S else None


def _why(answer: Answer, pause: float | None) -> str:
    words = (scrubbed_body(answer.body, received=True) or b"")[:_SHOWN].decode("utf-8", "replace")
    told = f"{answer.status} {answer.reason or ''}".strip() + f": {' '.join(words.split())}"
    if pause is not None and _bearable(pause) is None:
        told += f" (it asks to wait {pause:.0f} s, more than {_LONGEST_PAUSE_S:.0f})"
    return told
