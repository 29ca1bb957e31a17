"""Send what is meant for a provider's host to the emulator, below every cassette.

vcrpy replaces the transports of httpx and httpx2 and the session of aiohttp.  What opens their
connections lies below: the pools of httpcore and httpcore2, aiohttp's connector.  A request that is
turned there has its real URL everywhere above, and so in the cassette that records it.
"""

from __future__ import annotations

import importlib
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from support.emulator.emulator import Emulator

__all__ = ["PROVIDER_HOSTS", "hosts_served_by"]

PROVIDER_HOSTS = frozenset(
    {"api.openai.com", "api.anthropic.com", "generativelanguage.googleapis.com"}
)
_CORES = ("httpcore", "httpcore2")
_NOT_EMULATED = "{} is not an emulated provider, and nothing else is reached"


@contextmanager
def hosts_served_by(emulator: Emulator) -> Iterator[None]:
    """Inside, the providers' hosts are *emulator*, and no other host can be reached."""
    with ExitStack() as stack:
        for core in _installed(*_CORES):
            stack.enter_context(_turned(core, "ConnectionPool", "handle_request", emulator))
            stack.enter_context(
                _turned(core, "AsyncConnectionPool", "handle_async_request", emulator)
            )
        for aiohttp in _installed("aiohttp"):
            stack.enter_context(_turned_connector(aiohttp, emulator))
        yield


def _installed(*names: str) -> Iterator[ModuleType]:
    for name in names:
        try:
            yield importlib.import_module(name)
        except ImportError:
            continue


def _turned(core: ModuleType, pool: str, method: str, emulator: Emulator) -> Any:
    """A patch of one pool's method.  Works for both kinds: an awaitable is passed on untouched."""
    original = getattr(getattr(core, pool), method)

    def handle(self: Any, request: Any) -> Any:
        request.url = _loopback(core, request.url, emulator.port)
        return original(self, request)

    return patch.object(getattr(core, pool), method, handle)


def _loopback(core: ModuleType, url: Any, port: int) -> Any:
    host = url.host.decode()
    if host not in PROVIDER_HOSTS:
        raise core.ConnectError(_NOT_EMULATED.format(host))
    return core.URL(scheme=b"http", host=b"127.0.0.1", port=port, target=url.target)


def _turned_connector(aiohttp: ModuleType, emulator: Emulator) -> Any:
    original = aiohttp.BaseConnector.connect

    def connect(self: Any, request: Any, *rest: Any, **options: Any) -> Any:
        if request.url.host not in PROVIDER_HOSTS:
            raise aiohttp.InvalidURL(request.url, _NOT_EMULATED.format(request.url.host))
        request.url = (
            request.url.with_scheme("http").with_host("127.0.0.1").with_port(emulator.port)
        )
        return original(self, request, *rest, **options)

    return patch.object(aiohttp.BaseConnector, "connect", connect)
