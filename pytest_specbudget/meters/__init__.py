"""Watch the HTTP clients that are installed; observe, never disturb.

`watch` patches what is imported now and what will be; nothing is imported for it.  What a client
sends and gets back is unchanged, byte for byte and in time, and no error of ours reaches the
caller.  The one exception is wanted: a sink may refuse a call (`CallRefused`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.meters.aiohttp import watch_session, watch_test_client
from pytest_specbudget.meters.claude_agent import watch_messages, watch_prompts
from pytest_specbudget.meters.grpc import watch_aio_stubs, watch_stubs
from pytest_specbudget.meters.hooks import Hooks
from pytest_specbudget.meters.http_client import (
    mark_connection,
    watch_connection,
    watch_opener,
    watch_stub,
)
from pytest_specbudget.meters.httpx import watch_async_client, watch_client
from pytest_specbudget.meters.requests import watch_sends
from pytest_specbudget.meters.urllib3 import (
    hear_chunks,
    mark_secure_connection,
    watch_manager,
    watch_pool,
)
from pytest_specbudget.meters.watching import Watch, trouble
from pytest_specbudget.meters.wire import mark_async_pool, mark_connector, mark_pool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.meters.hooks import Patch
    from pytest_specbudget.meters.sink import Sink

__all__ = ["PATCHES", "Watch", "watch"]

PATCHES: tuple[tuple[str, Patch], ...] = (
    ("httpx._client", watch_client),
    ("httpx._client", watch_async_client),
    ("httpx2._client", watch_client),
    ("httpx2._client", watch_async_client),
    ("httpcore._sync.connection_pool", mark_pool),
    ("httpcore._async.connection_pool", mark_async_pool),
    ("httpcore2._sync.connection_pool", mark_pool),
    ("httpcore2._async.connection_pool", mark_async_pool),
    ("aiohttp.connector", mark_connector),
    ("http.client", watch_connection),
    ("http.client", mark_connection),
    ("requests.sessions", watch_sends),
    ("urllib.request", watch_opener),
    ("urllib3.connection", mark_secure_connection),
    ("urllib3.connectionpool", watch_pool),
    ("urllib3.poolmanager", watch_manager),
    ("urllib3.response", hear_chunks),
    ("vcr.stubs", watch_stub),
    ("aiohttp.client", watch_session),
    ("aiohttp.test_utils", watch_test_client),
    ("grpc._channel", watch_stubs),
    ("grpc.aio._channel", watch_aio_stubs),
    ("claude_agent_sdk._internal.query", watch_messages),
    ("claude_agent_sdk._internal.transport.subprocess_cli", watch_prompts),
)
"""What is done to which module, once somebody imports it."""

_hooks = Hooks(trouble)


def watch(sink: Sink, extra: Mapping[str, Patch] | None = None) -> Watch:
    """Report every model call to *sink* until `Watch.stop`.

    Watches stack: while an inner one lasts, the outer one sees nothing.

    Args:
        sink: What recognises, admits and books the calls.
        extra: Further patches by module name, each a function of the module that returns what
            undoes it; applied and undone with our own.
    """
    wants = (*PATCHES, *(extra or {}).items())
    watch = Watch(sink, release=lambda: _hooks.release(wants))
    watch.start()
    _hooks.want(wants)
    return watch
