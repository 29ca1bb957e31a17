"""What is done to which library's module, so that its calls are seen.

Each module here is one library's adapter, and knows its private names; what happens to a call is
the same for all, and is said beside this package.  No library is imported for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.meters.clients.aiohttp import watch_session, watch_test_client
from pytest_specbudget.meters.clients.claude_agent import watch_messages, watch_prompts
from pytest_specbudget.meters.clients.grpc import watch_aio_stubs, watch_stubs
from pytest_specbudget.meters.clients.http_client import (
    mark_connection,
    watch_connection,
    watch_opener,
    watch_stub,
)
from pytest_specbudget.meters.clients.httpcore import watch_async_requests, watch_requests
from pytest_specbudget.meters.clients.httpx import watch_async_client, watch_client
from pytest_specbudget.meters.clients.lm15 import watch_async_transport, watch_transport
from pytest_specbudget.meters.clients.requests import watch_sends
from pytest_specbudget.meters.clients.urllib3 import (
    hear_chunks,
    mark_async_backend,
    mark_backend,
    mark_secure_connection,
    watch_async_pool,
    watch_manager,
    watch_pool,
)
from pytest_specbudget.meters.clients.urllib3_tunnel import watch_tunnels
from pytest_specbudget.meters.clients.websocket import (
    hang_up,
    hang_up_async,
    watch_app_sockets,
    watch_handshakes,
    watch_sockets,
)
from pytest_specbudget.meters.clients.wire import (
    mark_async_pool,
    mark_connector,
    mark_head,
    mark_pool,
)

if TYPE_CHECKING:
    from pytest_specbudget.meters.hooks import Patch

__all__ = ["IN_SOME_VERSIONS", "PATCHES"]

_IN_DSPY: tuple[tuple[str, Patch], ...] = (
    ("dspy._vendor.lm15.transports._sync", watch_transport),
    ("dspy._vendor.lm15.transports._async", watch_async_transport),
)
"""dspy from 3.4 on; it called through litellm before."""


def _in(urllib3: str) -> tuple[tuple[str, Patch], ...]:
    """Return what is done to urllib3.future, under its own name or that of which it replaces."""
    return (
        (f"{urllib3}.backend.hface", mark_backend),
        (f"{urllib3}.backend._async.hface", mark_async_backend),
        (f"{urllib3}._async.connectionpool", watch_async_pool),
    )


PATCHES: tuple[tuple[str, Patch], ...] = (
    ("httpx._client", watch_client),
    ("httpx._client", watch_async_client),
    ("httpx2._client", watch_client),
    ("httpx2._client", watch_async_client),
    ("httpcore._sync.interfaces", watch_requests),
    ("httpcore._async.interfaces", watch_async_requests),
    ("httpcore2._sync.interfaces", watch_requests),
    ("httpcore2._async.interfaces", watch_async_requests),
    ("httpcore._sync.connection_pool", mark_pool),
    ("httpcore._async.connection_pool", mark_async_pool),
    ("httpcore2._sync.connection_pool", mark_pool),
    ("httpcore2._async.connection_pool", mark_async_pool),
    ("aiohttp.connector", mark_connector),
    ("aiohttp.client_reqrep", mark_head),
    ("http.client", watch_connection),
    ("http.client", mark_connection),
    ("requests.sessions", watch_sends),
    ("urllib.request", watch_opener),
    ("urllib3.connection", mark_secure_connection),
    ("urllib3.connectionpool", watch_pool),
    ("urllib3.connectionpool", watch_tunnels),
    ("urllib3.poolmanager", watch_manager),
    ("urllib3.response", hear_chunks),
    ("urllib3_future.connectionpool", watch_pool),
    ("urllib3_future.connectionpool", watch_tunnels),
    ("urllib3_future.poolmanager", watch_manager),
    ("urllib3_future.response", hear_chunks),
    *_in("urllib3_future"),
    *_in("urllib3"),
    ("vcr.stubs", watch_stub),
    ("aiohttp.client", watch_session),
    ("aiohttp.test_utils", watch_test_client),
    ("aiohttp.client", watch_app_sockets),
    ("websockets.client", watch_handshakes),
    ("websockets.sync.client", hang_up),
    ("websockets.asyncio.client", hang_up_async),
    ("websocket._core", watch_sockets),
    ("grpc._channel", watch_stubs),
    ("grpc.aio._channel", watch_aio_stubs),
    ("lm15.transports._sync", watch_transport),
    ("lm15.transports._async", watch_async_transport),
    *_IN_DSPY,
    ("claude_agent_sdk._internal.query", watch_messages),
    ("claude_agent_sdk._internal.transport.subprocess_cli", watch_prompts),
)
"""What is done to which module, once somebody imports it."""

IN_SOME_VERSIONS = frozenset(module for module, _ in (*_IN_DSPY, *_in("urllib3")))
"""The modules that a library may well lack, and be metered whole."""
