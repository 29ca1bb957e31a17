"""Tell what kind of transport carries a call.

A transport may run a web application inside the call.  `ASGITransport`, `WSGITransport` and
starlette's test client hold the application as `app`; transports that wrap another hold it in some
attribute.

A transport of another installed package may reach a network where no mark is set.  Its answers
cannot be told from a fake's, which is worth a warning; a transport of the user's own tests is
taken for the fake that it nearly always is.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

__all__ = ["foreign_carrier", "runs_an_app"]

_DEEPEST = 4
_CLIENTS = frozenset({"httpx", "httpx2"})
_TO_THE_NETWORK = frozenset({"HTTPTransport", "AsyncHTTPTransport"})
_INSTALLED = frozenset({"site-packages", "dist-packages"})


def runs_an_app(transport: Any, depth: int = 0) -> bool:
    """Tell whether *transport*, or one that it wraps, has an `app`."""
    if _is_the_clients_own(transport):
        return False
    if hasattr(transport, "app"):
        return True
    inner = getattr(transport, "__dict__", None)
    if not inner or depth == _DEEPEST:
        return False
    return any(runs_an_app(value, depth + 1) for value in inner.values() if _is_transport(value))


def foreign_carrier(transport: Any) -> str | None:
    """Return the class of *transport* if another installed package defines it, else None."""
    if transport is None:
        return None
    return _foreign(type(transport).__module__, type(transport).__qualname__)


@lru_cache(maxsize=256)
def _foreign(module: str, name: str) -> str | None:
    if module.partition(".")[0] in _CLIENTS:
        return None
    file = getattr(sys.modules.get(module), "__file__", None) or ""
    installed = not _INSTALLED.isdisjoint(Path(file).parts)
    return f"{module}.{name}" if installed else None


def _is_the_clients_own(transport: Any) -> bool:
    kind = type(transport)
    return kind.__name__ in _TO_THE_NETWORK and kind.__module__.partition(".")[0] in _CLIENTS


def _is_transport(value: Any) -> bool:
    handles = getattr(value, "handle_request", None)
    return callable(handles) or callable(getattr(value, "handle_async_request", None))
