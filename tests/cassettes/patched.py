"""What the router patches, to compare before and after."""

from __future__ import annotations

import http.client
import sys
from typing import Any

import httpx
import httpx2
import urllib3

__all__ = ["attributes"]


def attributes() -> dict[str, Any]:
    """Return everything that the patched classes and modules hold, by name; vcrpy is imported."""
    owners = [
        *(vars(library)[name] for library in (httpx, httpx2) for name in _TRANSPORTS),
        *(http.client, urllib3.connection, urllib3.connectionpool),
        *(urllib3.HTTPConnectionPool, urllib3.HTTPSConnectionPool),
        *(sys.modules["vcr.patch"], sys.modules["vcr.cassette"].CassetteContextDecorator),
    ]
    return {
        f"{owner.__name__} {number}.{name}": value
        for number, owner in enumerate(owners)
        for name, value in vars(owner).items()
        if not name.startswith("__")
    }


_TRANSPORTS = (
    *("HTTPTransport", "AsyncHTTPTransport", "MockTransport"),
    *("WSGITransport", "ASGITransport"),
)
