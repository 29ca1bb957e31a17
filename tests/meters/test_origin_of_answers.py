"""Who answered: the network, a cassette, a fake, an app that runs inside the call."""

from __future__ import annotations

import asyncio
import importlib
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from meters.fakes import RecordingSink
from meters.loopback import CHAT, JSON

from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters import origin, watch
from pytest_specbudget.meters.hooks import replace_method

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import ModuleType

    from meters.loopback import Server

NOWHERE = "http://model.invalid" + CHAT


def post(library: Any, url: str, **options: Any) -> Any:
    with library.Client(trust_env=False, **options) as client:
        return client.post(url, json={})


def test_a_mock_transport_is_a_fake(library: Any, sink: RecordingSink) -> None:
    fake = library.MockTransport(lambda _: library.Response(200, content=JSON))

    post(library, NOWHERE, transport=fake)

    assert (sink.only.source, sink.only.outcome) == ("mock", "answered")
    assert sink.ears[0].body == JSON


def test_an_async_mock_transport_is_a_fake(library: Any, sink: RecordingSink) -> None:
    fake = library.MockTransport(lambda _: library.Response(200, content=JSON))

    async def run() -> None:
        async with library.AsyncClient(transport=fake) as client:
            await client.post(NOWHERE)

    asyncio.run(run())

    assert sink.only.source == "mock"


def test_a_fake_that_breaks_failed_and_costs_nothing(library: Any, sink: RecordingSink) -> None:
    def broken(request: Any) -> Any:
        raise library.ReadTimeout("too slow", request=request)

    with pytest.raises(library.ReadTimeout):
        post(library, NOWHERE, transport=library.MockTransport(broken))

    assert (sink.only.source, sink.only.outcome, sink.only.end) == ("mock", "failed", "error")


def test_respx_is_a_fake_and_what_it_lets_through_is_live(
    server: Server, sink: RecordingSink
) -> None:
    respx = pytest.importorskip("respx")
    httpx = importlib.import_module("httpx")

    with respx.mock(assert_all_mocked=True) as router:
        router.post(NOWHERE).respond(200, content=JSON)
        router.post(server.chat).pass_through()
        post(httpx, NOWHERE)
        post(httpx, server.chat)

    assert [each.source for each in sink.exchanges] == ["mock", "live"]


def test_the_wire_shows_on_the_answer_where_the_pool_could_not_be_patched(
    library: Any, sink: RecordingSink
) -> None:
    extensions = {"network_stream": object()}
    unmarked = library.MockTransport(
        lambda _: library.Response(200, content=JSON, extensions=extensions)
    )

    post(library, NOWHERE, transport=unmarked)

    assert sink.only.source == "live"


def provenance(module: ModuleType) -> Callable[[], None]:
    """Say which cassette answers, as the cassette layer does."""

    def playing(original: Any) -> Any:
        def play_response(cassette: Any, request: Any) -> Any:
            origin.replayed(str(cassette.path), 0)
            return original(cassette, request)

        return play_response

    def storing(original: Any) -> Any:
        def append(cassette: Any, *interaction: Any) -> Any:
            origin.recorded(str(cassette.path))
            return original(cassette, *interaction)

        return append

    undo = ExitStack()
    undo.callback(replace_method(module.Cassette, "play_response", playing))
    undo.callback(replace_method(module.Cassette, "append", storing))
    return undo.close


@pytest.fixture
def cassette_sink() -> Iterator[RecordingSink]:
    sink = RecordingSink()
    watching = watch(sink, extra={"vcr.cassette": provenance})
    yield sink
    watching.stop()


def test_a_call_is_recorded_live_and_replayed_without_the_network(
    library: Any, server: Server, cassette_sink: RecordingSink, tmp_path: Path
) -> None:
    vcr = pytest.importorskip("vcr")
    path = str(tmp_path / "cassette.yaml")

    with vcr.use_cassette(path, record_mode="once"):
        post(library, server.chat)
    with vcr.use_cassette(path, record_mode="none"):
        post(library, server.chat)

    recorded, replayed = cassette_sink.exchanges
    assert (recorded.source, recorded.cassette, recorded.cassette_index) == ("record", path, None)
    assert (replayed.source, replayed.cassette, replayed.cassette_index) == ("replay", path, 0)
    assert [ticket.wires for ticket in cassette_sink.tickets] == [1, 0]
    assert cassette_sink.ears[0].body == cassette_sink.ears[1].body == JSON
    assert len(server.received) == 1


def test_a_replayed_stream_is_heard_like_a_live_one(
    library: Any, server: Server, cassette_sink: RecordingSink, tmp_path: Path
) -> None:
    vcr = pytest.importorskip("vcr")
    path = str(tmp_path / "cassette.yaml")

    async def run() -> None:
        async with (
            library.AsyncClient(trust_env=False) as client,
            client.stream("POST", server.chat) as response,
        ):
            await response.aread()

    for mode in ("once", "none"):
        with vcr.use_cassette(path, record_mode=mode):
            asyncio.run(run())

    assert [each.source for each in cassette_sink.exchanges] == ["record", "replay"]
    assert {each.end for each in cassette_sink.exchanges} == {"complete"}
    assert cassette_sink.ears[0].body == cassette_sink.ears[1].body == JSON


def test_a_request_that_no_cassette_knows_failed_and_costs_nothing(
    library: Any, server: Server, cassette_sink: RecordingSink, tmp_path: Path
) -> None:
    vcr = pytest.importorskip("vcr")
    miss = vcr.errors.CannotOverwriteExistingCassetteException

    with (
        vcr.use_cassette(str(tmp_path / "none.yaml"), record_mode="none"),
        pytest.raises(miss),
    ):
        post(library, server.chat)

    assert (cassette_sink.only.source, cassette_sink.only.outcome) == ("mock", "failed")
    assert not server.received


def test_a_cassette_that_refuses_ends_the_attempt_as_refused(
    library: Any, sink: RecordingSink
) -> None:
    def refusing(_: Any) -> Any:
        raise CallRefused("no recording fits")

    with pytest.raises(CallRefused):
        post(library, NOWHERE, transport=library.MockTransport(refusing))

    assert (sink.only.end, sink.only.outcome) == ("refused", "failed")


def wsgi_gateway(library: Any, upstream: str) -> Any:
    """An app that asks a model to answer a model call."""

    def app(_environ: Any, start_response: Any) -> Iterable[bytes]:
        answer = post(library, upstream)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [answer.content]

    return app


def test_calls_of_an_app_that_runs_inside_the_call_are_metered(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    gateway = library.WSGITransport(app=wsgi_gateway(library, server.chat))

    post(library, NOWHERE, transport=gateway)

    inner, outer = sink.exchanges
    assert (inner.request.host, inner.source) == ("127.0.0.1", "live")
    assert (outer.request.host, outer.source) == ("model.invalid", "mock")
    assert sink.ears[0].body == sink.ears[1].body == JSON


def test_a_transport_that_wraps_an_app_is_seen_through(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    class Wrapper(library.BaseTransport):  # type: ignore[misc] # either library's
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def handle_request(self, request: Any) -> Any:
            return self.inner.handle_request(request)

    gateway = library.WSGITransport(app=wsgi_gateway(library, server.chat))

    post(library, NOWHERE, transport=Wrapper(Wrapper(gateway)))

    assert [each.source for each in sink.exchanges] == ["live", "mock"]


def test_a_transport_that_holds_itself_is_looked_at_once(library: Any, sink: RecordingSink) -> None:
    class Knot(library.BaseTransport):  # type: ignore[misc] # either library's
        def __init__(self) -> None:
            self.one = self.two = self

        def handle_request(self, _: Any) -> Any:
            return library.Response(200, content=JSON)

    post(library, NOWHERE, transport=Knot())

    assert sink.only.source == "mock"
    assert not sink.troubles


def test_calls_of_an_async_app_that_runs_inside_the_call_are_metered(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        async with library.AsyncClient(trust_env=False) as client:
            answer = await client.post(server.chat, json={})
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": answer.content})

    async def run() -> None:
        async with library.AsyncClient(transport=library.ASGITransport(app=app)) as client:
            await client.post(NOWHERE)

    asyncio.run(run())

    assert [each.source for each in sink.exchanges] == ["live", "mock"]


def test_calls_of_an_app_under_a_test_client_are_metered(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    testclient = pytest.importorskip("starlette.testclient")

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        async with library.AsyncClient(trust_env=False) as client:
            answer = await client.post(server.chat, json={})
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": answer.content})

    testclient.TestClient(app).post(CHAT, json={})

    assert [each.source for each in sink.exchanges] == ["live", "mock"]


def test_a_call_over_aiohttp_is_counted_once_and_live(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    aiohttp = pytest.importorskip("aiohttp")

    class OverAiohttp(library.AsyncBaseTransport):  # type: ignore[misc] # either's
        async def handle_async_request(self, request: Any) -> Any:
            async with (
                aiohttp.ClientSession() as session,
                session.post(str(request.url), data=request.content) as answer,
            ):
                return library.Response(answer.status, content=await answer.read())

    async def run() -> None:
        async with library.AsyncClient(transport=OverAiohttp()) as client:
            await client.post(server.chat, json={})

    asyncio.run(run())

    assert sink.only.source == "live"
    assert sink.tickets[0].wires == 1


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_a_call_over_aiohttp_can_be_refused(name: str, server: Server, sink: RecordingSink) -> None:
    aiohttp = pytest.importorskip("aiohttp")
    library: Any = importlib.import_module(name)
    sink.refuse_wire = CallRefused("no live calls")

    class OverAiohttp(library.AsyncBaseTransport):  # type: ignore[misc] # either's
        async def handle_async_request(self, request: Any) -> Any:
            async with aiohttp.ClientSession() as session:
                await session.post(str(request.url), data=request.content)

    async def run() -> None:
        async with library.AsyncClient(transport=OverAiohttp()) as client:
            await client.post(server.chat, json={})

    with pytest.raises(CallRefused):
        asyncio.run(run())

    assert sink.only.end == "refused"
    assert not server.received
