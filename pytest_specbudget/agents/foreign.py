"""What the exceptions of other people's clients mean, by what most of them have in common.

Source: `status_code` and `response.headers` of openai 3.54.0, anthropic 2.12.0, litellm 1.106.2 and
httpx 0.28.1, `status_code` and `headers` of pydantic-ai 2.68.0, `code` of google-genai 3.4.0; their
timeouts and failures to connect are told by name.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.failures import failure
from pytest_specbudget.agents.values import NoReply, Unavailable
from pytest_specbudget.errors import NotRecordedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["translated", "translating"]

_ERRORS = range(400, 600)
_CONNECTIONS = ("ConnectionError", "ConnectError", "NetworkError", "ProtocolError")


@contextmanager
def translating() -> Iterator[None]:
    """Raise what happens inside as a `NoReply`, where it is one; everything else as it is."""
    try:
        yield
    except NoReply:
        raise
    except Exception as problem:
        told = translated(problem)
        if told is None:
            raise
        raise told from problem


def translated(problem: Exception) -> NoReply | None:
    """Return what *problem* means for who asked; None where it is no model's or provider's."""
    if isinstance(problem, NotRecordedError):
        return None
    status = _status_of(problem)
    if status is not None:
        return failure(status, _headers_of(problem), _words(problem).encode("utf-8", "replace"))
    names = [kind.__name__ for kind in type(problem).__mro__]
    if any("Timeout" in name for name in names):
        return Unavailable("timeout", message=_words(problem), again=False)
    if any(name.endswith(_CONNECTIONS) for name in names):
        return Unavailable("connection", message=_words(problem), again=False)
    return None


def _status_of(problem: Exception) -> int | None:
    holders = (problem, getattr(problem, "response", None))
    told = [getattr(each, name, None) for each in holders for name in ("status_code", "code")]
    return next((each for each in told if isinstance(each, int) and each in _ERRORS), None)


def _headers_of(problem: Exception) -> Mapping[str, str]:
    told: Any = getattr(problem, "headers", None)
    told = told or getattr(getattr(problem, "response", None), "headers", None)
    try:
        return {str(name).lower(): str(text) for name, text in dict(told or {}).items()}
    except (TypeError, ValueError):
        return {}


def _words(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"
