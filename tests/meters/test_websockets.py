"""Sessions over a WebSocket: seen, admitted and booked, without what passes in them."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
from meters.fakes import RecordingSink

from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters import watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Talk = Callable[[str], str]

client: Any = pytest.importorskip("websockets.sync.client", reason="websockets is not installed")
asynchronous: Any = pytest.importorskip("websockets.asyncio.client")
servers: Any = pytest.importorskip("websockets.sync.server")

SESSION = "/v1/realtime?model=gpt-realtime"


class Chatter:
    """A server that says again what it hears.

    Attributes:
        asked: The paths that sessions were opened at.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []

    def talk(self, socket: Any) -> None:
        self.asked.append(socket.request.path)
        for message in socket:
            socket.send(message)


@pytest.fixture
def chatter() -> Chatter:
    return Chatter()


@pytest.fixture
def url(chatter: Chatter) -> Iterator[str]:
    with servers.serve(chatter.talk, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def sink() -> Iterator[RecordingSink]:
    sink = RecordingSink()
    watching = watch(sink)
    yield sink
    watching.stop()


def sync(url: str) -> str:
    with client.connect(url, proxy=None) as socket:
        socket.send("hello")
        return str(socket.recv())


def in_a_loop(url: str) -> str:
    async def talk() -> str:
        async with asynchronous.connect(url, proxy=None) as socket:
            await socket.send("hello")
            return str(await socket.recv())

    return asyncio.run(talk())


BOTH_WAYS = pytest.mark.parametrize("talk", [sync, in_a_loop])


@BOTH_WAYS
def test_a_session_is_one_live_call_whose_counts_nobody_knows(
    url: str, sink: RecordingSink, talk: Talk
) -> None:
    assert talk(url + SESSION) == "hello"

    exchange, (reading,) = sink.only, sink.readings
    assert (exchange.status, exchange.outcome, exchange.source) == (101, "answered", "live")
    assert (exchange.request.path, exchange.end) == ("/v1/realtime", "complete")
    assert (reading.provider, reading.request_model) == ("openai", "gpt-realtime")
    assert reading.usage_state == "none"
    assert not sink.troubles


@BOTH_WAYS
def test_a_session_that_may_not_begin_is_refused(
    url: str, chatter: Chatter, sink: RecordingSink, talk: Talk
) -> None:
    sink.refuse_wire = CallRefused("no live calls")

    with pytest.raises(CallRefused, match="no live calls"):
        talk(url + SESSION)

    assert not chatter.asked
    assert (sink.only.end, sink.only.outcome) == ("refused", "failed")


@BOTH_WAYS
def test_other_sockets_are_left_alone(url: str, sink: RecordingSink, talk: Talk) -> None:
    assert talk(url + "/chatroom") == "hello"

    assert not sink.exchanges
