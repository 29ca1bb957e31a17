"""What an answer that is no answer means: which of `NoReply`'s kinds it is, as a value.

Source: the error objects of openai 3.54.0 (`error.type`, `error.code`), anthropic 2.12.0
(`error.type`) and google-genai 3.4.0 (`error.status`, `error.code`).
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.values import BadReply, Rejected, Unavailable
from pytest_specbudget.agents.waits import wait_in
from pytest_specbudget.core.documents import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from pytest_specbudget.agents.values import NoReply, Why

__all__ = ["failure", "message_in", "stated_error"]

_SHOWN = 200
_LONGEST = 8000  # bytes
_ERRORS = range(400, 600)
_SERVER_ERRORS = range(500, 600)
_BUSY = re.compile(r"rate.?limit|too.?many|resource.?exhausted|quota|\b429\b", re.IGNORECASE)
_BROKEN = re.compile(
    r"overloaded|server.?error|api.?error|internal|unavailable|time.?out|\b5\d\d\b", re.IGNORECASE
)
_SPENT = re.compile(rb"insufficient_quota|billing_hard_limit", re.IGNORECASE)
"""Whose month is over: no wait helps, another key may."""


def failure(
    status: int, headers: Mapping[str, str], body: bytes, now: datetime | None = None
) -> NoReply:
    """Say what a status other than 2xx means.

    Args:
        status: The HTTP status.
        headers: Of the answer, by names in lower case.
        body: Of the answer, in plain.
        now: When it came, aware, for waits that are told as a date.
    """
    message = message_in(body)
    kind = _kind(status)
    if kind is not None:
        return Unavailable(
            kind,
            wait_in(headers, body, now),
            status,
            message=f"{status}: {message}",
            again=_worth_repeating(headers, body),
        )
    if status in _ERRORS:
        return Rejected(status, message)
    return BadReply(f"{status} is neither an answer nor an error: {message}")


def stated_error(document: Any) -> NoReply | None:
    """Say what an error means that stands in an answer of 2xx; None if there is none.

    Streams tell of trouble in this way when their status is long out.  What was said until then may
    have been paid for, so the same request is not worth sending again.
    """
    error = _error_in(document)
    if error is None:
        return None
    names = " ".join(str(error.get(name)) for name in ("type", "code", "status"))
    message = _text_of(error) or names
    if _BUSY.search(names):
        return Unavailable("rate_limit", message=message, again=False)
    if _BROKEN.search(names):
        return Unavailable("server", message=message, again=False)
    return BadReply(f"the answer is an error: {message}")


def message_in(body: bytes) -> str:
    """Return what an error's body says to people, on one line, shortened and without keys."""
    from pytest_specbudget.cassettes.secrets.hearsay import (  # noqa: PLC0415 - only trouble pays
        repeatable,
    )

    try:
        document = decode(body)
    except ValueError:
        document = None
    error = _error_in(document)
    text = _text_of(error) if error is not None else _text_of(document)
    words = text or body[:_LONGEST].decode("utf-8", "replace")
    return repeatable(words, _SHOWN) or "nothing is said about it"


def _kind(status: int) -> Why | None:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "rate_limit"
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return "timeout"
    return "server" if status in _SERVER_ERRORS else None


def _worth_repeating(headers: Mapping[str, str], body: bytes) -> bool:
    told = headers.get("x-should-retry", "").lower()
    return told != "false" and not _SPENT.search(body)


def _error_in(document: Any) -> Mapping[str, Any] | None:
    """Find the error object, also in a list of one, as Google streams it."""
    if isinstance(document, list):
        document = next(iter(document), None)
    if not isinstance(document, dict):
        return None
    error = document.get("error")
    if isinstance(error, str) and error:
        return {"message": error, "type": document.get("type"), "code": document.get("code")}
    if isinstance(error, dict) and error:
        return error
    return document if document.get("type") == "error" else None


def _text_of(found: Any) -> str:
    """Return the first text that *found* has for people."""
    return next(_texts_of(found), "")


def _texts_of(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        for name in ("message", "detail", "error_description", "title"):
            text = found.get(name)
            if isinstance(text, str) and text.strip():
                yield text
