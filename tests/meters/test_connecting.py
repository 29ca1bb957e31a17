"""Whether an error came while a connection was being made."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import httpx
import httpx2
import pytest

from pytest_specbudget.meters.connecting import raised_while_connecting

Send = Callable[[str, int], object]


class BlockedError(BaseException):
    """What no library knows."""


def by_urllib3(host: str, port: int) -> object:
    urllib3 = import_module("urllib3")

    return urllib3.PoolManager(retries=False).request("POST", f"http://{host}:{port}/")


def by_http_client(host: str, port: int) -> object:
    connection = http.client.HTTPConnection(host, port)
    try:
        connection.request("POST", "/")
        return connection.getresponse()
    finally:
        connection.close()


def by_aiohttp(host: str, port: int) -> object:
    aiohttp = import_module("aiohttp")

    async def send() -> None:
        async with aiohttp.ClientSession() as session:
            await session.post(f"http://{host}:{port}/")

    return in_a_loop(send())


def by_async_httpx(library: Any) -> Send:
    async def send(host: str, port: int) -> None:
        async with library.AsyncClient() as client:
            await client.post(f"http://{host}:{port}/")

    return lambda host, port: in_a_loop(send(host, port))


def in_a_loop(sent: Coroutine[Any, Any, None]) -> object:
    return asyncio.run(sent)


def error_of(send: Send, port: int) -> BaseException:
    try:
        send("127.0.0.1", port)
    except (Exception, BlockedError, BaseExceptionGroup) as error:  # noqa: BLE001 # a guard may raise anything
        return error
    raise AssertionError("it was answered")


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def installed(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(find_spec(name) is None, reason=f"{name} is not installed")


CLIENTS = [
    pytest.param(lambda host, port: httpx.post(f"http://{host}:{port}/"), id="httpx"),
    pytest.param(lambda host, port: httpx2.post(f"http://{host}:{port}/"), id="httpx2"),
    pytest.param(by_async_httpx(httpx), id="httpx, async"),
    pytest.param(by_async_httpx(httpx2), id="httpx2, async"),
    pytest.param(by_http_client, id="http.client"),
    pytest.param(by_urllib3, id="urllib3", marks=installed("urllib3")),
    pytest.param(by_aiohttp, id="aiohttp", marks=installed("aiohttp")),
]


@pytest.mark.parametrize("send", CLIENTS)
@pytest.mark.parametrize("kind", [RuntimeError, BlockedError])
def test_what_a_guard_of_the_network_raises_is(
    send: Send, kind: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, connect = a_free_port(), socket.socket.connect

    def guard(one: socket.socket, address: Any) -> None:
        if address[1] == port:
            one.close()
            raise kind
        connect(one, address)

    monkeypatch.setattr(socket.socket, "connect", guard)

    assert raised_while_connecting(error_of(send, port))


@pytest.mark.parametrize("send", CLIENTS)
def test_a_refusal_of_the_system_is(send: Send) -> None:
    assert raised_while_connecting(error_of(send, a_free_port()))


@pytest.mark.parametrize("send", CLIENTS)
def test_what_broke_after_the_connection_was_made_is_not(send: Send) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        hanging_up = threading.Thread(target=take_and_hang_up, args=[server])
        hanging_up.start()
        error = error_of(send, int(server.getsockname()[1]))
        hanging_up.join()

    assert not raised_while_connecting(error)


def take_and_hang_up(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection, suppress(OSError):
        connection.recv(1 << 16)


def test_a_function_of_the_user_s_that_connects_is_not() -> None:
    def connect() -> None:
        raise RuntimeError

    assert not raised_while_connecting(error_of(lambda *_: connect(), 0))


def test_an_error_that_was_raised_from_itself_is_looked_at_once() -> None:
    error = OSError()
    error.__cause__ = error

    assert not raised_while_connecting(error)
