"""Calls below the clients that people know: httpcore, and `http.client` part by part."""

from __future__ import annotations

import asyncio
import http.client
import importlib
import json
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from meters.loopback import CHAT, JSON, Answer

from pytest_specbudget.errors import CallRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from meters.fakes import RecordingSink
    from meters.loopback import Server

    Post = Callable[[str], bytes]

BODY = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
SENT = json.dumps(BODY).encode()
HEADERS = {"content-type": "application/json"}


def by_pool(library: Any, url: str) -> bytes:
    with library.ConnectionPool() as pool:
        return bytes(pool.request("POST", url, headers=HEADERS, content=SENT).content)


def by_pool_streamed(library: Any, url: str) -> bytes:
    asked = {"headers": HEADERS, "content": SENT}
    with library.ConnectionPool() as pool, pool.stream("POST", url, **asked) as answer:
        return b"".join(answer.iter_stream())


def by_connection(library: Any, url: str) -> bytes:
    place = library.URL(url)
    with library.HTTPConnection(place.origin) as connection:
        return bytes(connection.request("POST", place, headers=HEADERS, content=SENT).content)


def by_async_pool(library: Any, url: str) -> bytes:
    async def call() -> bytes:
        async with library.AsyncConnectionPool() as pool:
            answer = await pool.request("POST", url, headers=HEADERS, content=SENT)
            return bytes(answer.content)

    return asyncio.run(call())


def by_async_pool_streamed(library: Any, url: str) -> bytes:
    async def call() -> bytes:
        asked = {"headers": HEADERS, "content": SENT}
        async with library.AsyncConnectionPool() as pool, pool.stream("POST", url, **asked) as it:
            return b"".join([piece async for piece in it.aiter_stream()])

    return asyncio.run(call())


def by_parts(url: str, *, at_once: bool) -> bytes:
    place = urlsplit(url)
    with closing(http.client.HTTPConnection(place.netloc, timeout=20)) as connection:
        connection.putrequest("POST", place.path)
        connection.putheader("Content-Length", str(len(SENT)))
        connection.endheaders(SENT if at_once else None)
        if not at_once:
            connection.send(SENT)
        return connection.getresponse().read()


def _of(name: str, call: Callable[[Any, str], bytes]) -> Post:
    return lambda url: call(importlib.import_module(name), url)


_BY_HTTPCORE = (by_pool, by_pool_streamed, by_connection, by_async_pool, by_async_pool_streamed)
WAYS: dict[str, Post] = {
    f"{name}, {call.__name__}": _of(name, call)
    for name in ("httpcore", "httpcore2")
    for call in _BY_HTTPCORE
}
WAYS["http.client, the body with the headers"] = lambda url: by_parts(url, at_once=True)
WAYS["http.client, the body later"] = lambda url: by_parts(url, at_once=False)
EVERY_WAY = pytest.mark.parametrize("post", WAYS.values(), ids=WAYS)


@EVERY_WAY
def test_a_call_is_booked_once_with_what_it_heard(
    server: Server, sink: RecordingSink, post: Post
) -> None:
    body = post(server.chat)

    exchange = sink.only
    assert (exchange.outcome, exchange.end, exchange.source) == ("answered", "complete", "live")
    assert (exchange.request.method, exchange.request.path) == ("POST", CHAT)
    assert exchange.request.host == "127.0.0.1"
    assert exchange.request.document in (BODY, {})
    assert body == sink.ears[0].body == JSON
    assert [ticket.wires for ticket in sink.tickets] == [1]
    assert not sink.troubles


@EVERY_WAY
def test_a_call_that_may_not_leave_is_refused_once_and_not_sent(
    server: Server, sink: RecordingSink, post: Post
) -> None:
    sink.refuse_wire = CallRefused("no live calls")

    with pytest.raises(CallRefused, match="no live calls"):
        post(server.chat)

    assert not server.received
    assert (sink.only.end, sink.only.outcome) == ("refused", "failed")


@EVERY_WAY
def test_a_call_that_is_turned_away_failed(server: Server, sink: RecordingSink, post: Post) -> None:
    server.will(Answer(status=429))

    post(server.chat)

    assert (sink.only.status, sink.only.outcome) == (429, "failed")


@EVERY_WAY
def test_what_is_no_model_call_is_left_alone(
    server: Server, sink: RecordingSink, post: Post
) -> None:
    post(server.url + "/users")
    post(server.url + "/ignored" + CHAT)

    assert len(server.received) == 2
    assert not sink.exchanges


@pytest.mark.parametrize("name", ["httpcore", "httpcore2"])
def test_a_stream_that_is_left_early_is_booked_as_closed(
    server: Server, sink: RecordingSink, name: str
) -> None:
    library = importlib.import_module(name)
    server.will(Answer(pieces=(b"data: 1\n\n", b"data: 2\n\n")))

    with library.ConnectionPool() as pool, pool.stream("POST", server.chat, content=SENT) as answer:
        next(answer.iter_stream())

    assert sink.only.end in ("closed", "complete")
    assert sink.only.outcome == "answered"
