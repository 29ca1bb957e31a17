"""Tell whether a transport runs a web application inside the call.

httpx's `ASGITransport` and `WSGITransport` and starlette's test client hold the application as
`app`; transports that wrap another hold it in some attribute.
"""

from __future__ import annotations

from typing import Any

__all__ = ["runs_an_app"]

_DEEPEST = 4
_HANDLERS = ("handle_request", "handle_async_request")


def runs_an_app(transport: Any, depth: int = 0) -> bool:
    """Tell whether *transport*, or one that it wraps, has an `app`."""
    if type(transport).__module__.endswith("._transports.default"):
        return False
    if hasattr(transport, "app"):
        return True
    if depth == _DEEPEST:
        return False
    inner = getattr(transport, "__dict__", {}).values()
    return any(runs_an_app(value, depth + 1) for value in inner if _is_transport(value))


def _is_transport(value: Any) -> bool:
    return any(callable(getattr(value, name, None)) for name in _HANDLERS)
