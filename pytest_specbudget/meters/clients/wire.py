"""Mark the calls that reach the network, below every cassette and every mock.

vcrpy (8.2.1 and newer), respx and pytest-httpx answer above these points or replace them while
they answer.  aiohttp is marked at its connector: vcrpy and aioresponses replace
`ClientSession._request`, and vcrpy puts back what that was when *it* was imported, which would end
a patch of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.meters.hooks import replace_method
from pytest_specbudget.meters.origin import open_mark, wired

if TYPE_CHECKING:
    from types import ModuleType

    from pytest_specbudget.meters.hooks import Undo

__all__ = ["mark_async_pool", "mark_connector", "mark_head", "mark_pool"]


def mark_pool(module: ModuleType) -> Undo:
    """Mark what passes `ConnectionPool` of `httpcore._sync.connection_pool` or its like."""

    # The parameters are the original's: respx reads them to tell the request from the rest.
    def around(original: Any) -> Any:
        def handle_request(self: Any, request: Any) -> Any:
            mark = wired()
            if mark is None:
                return original(self, request)
            mark.sent = request
            try:
                response = original(self, request)
            except BaseException as error:
                mark.came_to = error
                raise
            mark.came_to = response.status
            return response

        return handle_request

    return replace_method(module.ConnectionPool, "handle_request", around)


def mark_async_pool(module: ModuleType) -> Undo:
    """Mark what passes `AsyncConnectionPool` of `httpcore._async.connection_pool` or its like."""

    def around(original: Any) -> Any:
        async def handle_async_request(self: Any, request: Any) -> Any:
            mark = wired()
            if mark is None:
                return await original(self, request)
            mark.sent = request
            try:
                response = await original(self, request)
            except BaseException as error:
                mark.came_to = error
                raise
            mark.came_to = response.status
            return response

        return handle_async_request

    return replace_method(module.AsyncConnectionPool, "handle_async_request", around)


def mark_connector(module: ModuleType) -> Undo:
    """Mark what asks a connector of `aiohttp.connector` for a connection, new or kept."""

    def around(original: Any) -> Any:
        async def connect(self: Any, req: Any, traces: Any, timeout: Any) -> Any:  # noqa: ASYNC109 # aiohttp's own signature
            mark = wired()
            if mark is None:
                return await original(self, req, traces, timeout)
            try:
                return await original(self, req, traces, timeout)
            except BaseException as error:
                mark.came_to = error
                raise

        return connect

    return replace_method(module.BaseConnector, "connect", around)


def mark_head(module: ModuleType) -> Undo:
    """Mark with what status an answer begins in `ClientResponse` of `aiohttp.client_reqrep`."""

    def around(original: Any) -> Any:
        async def start(self: Any, connection: Any) -> Any:
            mark = open_mark()
            if mark is None:
                return await original(self, connection)
            try:
                response = await original(self, connection)
            except BaseException as error:
                mark.came_to = error
                raise
            mark.came_to = response.status
            return response

        return start

    return replace_method(module.ClientResponse, "start", around)
