"""One call of aiohttp: what is booked, whoever answers it and whatever replaced its methods."""

from __future__ import annotations

import asyncio
import gc
import importlib
import io
import json
import socket
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from meters.fakes import RecordingSink
from meters.loopback import CHAT, JSON, Answer

from pytest_specbudget.cassettes.provenance import PATCHES
from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters import watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from meters.loopback import Server

aiohttp = pytest.importorskip("aiohttp")

BODY = {"model": "m", "messages": []}
SENT = json.dumps(BODY).encode()

Call = Any
"""A function of a session and the server that makes a call and reads its answer."""


def run(use: Callable[[Any], Awaitable[Any]], **options: Any) -> Any:
    """Make a session, *use* it, and close it."""

    async def main() -> Any:
        async with aiohttp.ClientSession(**options) as session:
            return await use(session)

    return asyncio.run(main())


def post(url: str, *, session: dict[str, Any] | None = None, **options: Any) -> Any:
    async def use(client: Any) -> Any:
        async with client.post(url, **(options or {"json": BODY})) as response:
            return await response.read()

    return run(use, **(session or {}))


async def posted(session: Any, url: str) -> Any:
    async with session.post(url, json=BODY) as response:
        return await response.read()


async def posted_without_context(session: Any, url: str) -> Any:
    return await (await session.post(url, json=BODY)).read()


async def requested(session: Any, url: str) -> Any:
    async with session.request(method="post", url=url, data=SENT) as response:
        return await response.read()


async def requested_by_task(session: Any, url: str) -> Any:
    response = await asyncio.create_task(session.post(url, data=SENT.decode()))
    return await response.read()


async def requested_by_function(_: Any, url: str) -> Any:
    async with aiohttp.request("POST", url, json=BODY) as response:
        return await response.read()


EACH_WAY = pytest.mark.parametrize(
    "call",
    [
        posted,
        posted_without_context,
        requested,
        requested_by_task,
        requested_by_function,
    ],
)


@EACH_WAY
def test_an_answered_call_is_booked_once_with_what_it_sent_and_heard(
    server: Server, sink: RecordingSink, call: Call
) -> None:
    body = run(lambda session: call(session, server.chat + "?api-version=1"))

    exchange = sink.only
    assert (exchange.outcome, exchange.end, exchange.source) == ("answered", "complete", "live")
    assert (exchange.status, exchange.error, exchange.hidden) == (200, None, 0)
    assert (exchange.request.method, exchange.request.path) == ("POST", CHAT)
    assert (exchange.request.host, exchange.request.query) == ("127.0.0.1", "api-version=1")
    assert exchange.request.document == BODY
    assert exchange.duration_s > 0
    assert body == sink.ears[0].body == JSON
    assert sink.tickets[0].wires == 1
    assert not sink.troubles


def test_what_is_no_model_call_is_left_alone(server: Server, sink: RecordingSink) -> None:
    post(server.url + "/users")
    post(server.url + "/ignored" + CHAT)

    assert len(server.received) == 2
    assert not sink.exchanges


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        pytest.param({"data": SENT}, SENT, id="bytes"),
        pytest.param({"data": bytearray(SENT)}, SENT, id="a byte array"),
        pytest.param({"data": "{}é"}, "{}é".encode(), id="text"),
        pytest.param({"data": io.BytesIO(SENT)}, SENT, id="a file in memory"),
        pytest.param({"data": io.StringIO("{}")}, b"{}", id="text in memory"),
        pytest.param({"json": BODY}, SENT, id="JSON"),
        pytest.param({"data": aiohttp.JsonPayload(BODY)}, SENT, id="a payload of aiohttp's"),
        pytest.param({"json": None}, b"", id="nothing"),
    ],
)
def test_the_body_is_seen_as_it_is_sent(
    server: Server, sink: RecordingSink, options: dict[str, Any], sent: bytes
) -> None:
    post(server.chat, **options)

    assert server.received[0][2] == sent
    assert sink.only.request.body == sent


def test_json_is_written_by_the_session_s_own_writer(server: Server, sink: RecordingSink) -> None:
    post(server.chat, json={"b": 1}, session={"json_serialize": lambda _: '{"mine":1}'})

    assert server.received[0][2] == sink.only.request.body == b'{"mine":1}'


@pytest.mark.skipif(
    "_json_serialize_bytes" not in aiohttp.ClientSession.ATTRS,
    reason="this aiohttp has one writer",
)
def test_a_writer_of_bytes_goes_first(server: Server, sink: RecordingSink) -> None:
    post(server.chat, json={1, 2}, session={"json_serialize_bytes": lambda _: b'{"mine":2}'})

    assert server.received[0][2] == sink.only.request.body == b'{"mine":2}'


def test_a_file_in_memory_is_seen_from_where_it_will_be_read(
    server: Server, sink: RecordingSink
) -> None:
    file = io.BytesIO(b"read before{}")
    file.seek(11)

    post(server.chat, data=file)

    assert server.received[0][2] == sink.only.request.body == b"{}"


async def streamed() -> AsyncIterator[bytes]:
    yield b"{}"


@pytest.mark.parametrize("data", [streamed, lambda: {"model": "m"}], ids=["a stream", "a form"])
def test_an_upload_that_cannot_be_looked_at_is_sent_untouched_and_unknown(
    server: Server, sink: RecordingSink, data: Callable[[], Any]
) -> None:
    post(server.chat, data=data())

    assert server.received[0][2] in {b"{}", b"model=m"}
    assert sink.only.request.body is None


def test_the_address_is_kept_as_it_was_on_the_wire(server: Server, sink: RecordingSink) -> None:
    async def use(session: Any) -> None:
        url = "/v1/models/a%3A0%2Fb:generateContent?a=1"
        async with session.post(url, params={"key": " "}) as response:
            await response.read()

    run(use, base_url=server.url)

    path, _, query = server.received[0][1].partition("?")
    assert "%2Fb:generateContent" in path
    assert (sink.only.request.path, sink.only.request.query) == (path, query)


def test_redirects_within_one_call_are_one_attempt(server: Server, sink: RecordingSink) -> None:
    server.will(Answer(status=307, headers={"location": CHAT + "?moved"}), Answer())

    post(server.chat)

    assert len(server.received) == 2
    assert (sink.only.status, sink.only.hidden) == (200, 0)


def test_each_attempt_of_a_retried_call_is_booked(server: Server, sink: RecordingSink) -> None:
    server.will(Answer(status=429), Answer(status=503), Answer())

    for _ in range(3):
        post(server.chat)

    assert [(each.status, each.outcome) for each in sink.exchanges] == [
        (429, "failed"),
        (503, "failed"),
        (200, "answered"),
    ]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"raise_for_status": True}, id="asked of the call"),
        pytest.param({"session": {"raise_for_status": True}}, id="asked of the session"),
    ],
)
def test_an_answer_that_is_raised_failed(
    server: Server, sink: RecordingSink, options: dict[str, Any]
) -> None:
    server.will(Answer(status=429))

    with pytest.raises(aiohttp.ClientResponseError):
        post(server.chat, **options)

    assert (sink.only.status, sink.only.outcome, sink.only.end) == (429, "failed", "error")


def test_an_answer_that_makes_no_sense_has_an_unknown_outcome(sink: RecordingSink) -> None:
    async def main() -> None:
        async def nonsense(_: Any, writer: Any) -> None:
            writer.write(b"HTTP/1.1 nonsense\r\n\r\n")
            writer.close()

        async with await asyncio.start_server(nonsense, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            async with aiohttp.ClientSession() as session:
                with pytest.raises(aiohttp.ClientResponseError):
                    await session.post(f"http://127.0.0.1:{port}{CHAT}")

    asyncio.run(main())

    assert (sink.only.status, sink.only.outcome) == (None, "unknown")


def test_a_refused_connection_is_booked_as_an_error(sink: RecordingSink) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(aiohttp.ClientConnectorError):
        post(f"http://127.0.0.1:{port}{CHAT}")

    assert (sink.only.end, sink.only.status, sink.only.outcome) == ("error", None, "failed")
    assert (sink.only.error or "").startswith("ClientConnectorError: ")


def test_a_call_that_times_out_has_an_unknown_outcome(server: Server, sink: RecordingSink) -> None:
    server.will(Answer(held=True))

    with pytest.raises(TimeoutError):
        post(server.chat, session={"timeout": aiohttp.ClientTimeout(total=0.05)})

    assert (sink.only.outcome, sink.only.end, sink.only.source) == ("unknown", "error", "live")


def test_a_task_cancelled_before_the_answer_has_an_unknown_outcome(
    server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(held=True))

    async def use(session: Any) -> None:
        task = asyncio.create_task(session.post(server.chat, json=BODY))
        await asyncio.to_thread(server.arrived.acquire)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run(use)

    assert (sink.only.outcome, sink.only.error) == ("unknown", "CancelledError")


def test_a_task_cancelled_before_it_began_made_no_call(server: Server, sink: RecordingSink) -> None:
    async def use(session: Any) -> None:
        task = asyncio.create_task(session.post(server.chat, json=BODY))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        session.post(server.chat, json=BODY).close()

    run(use)
    gc.collect()

    assert not sink.tickets
    assert not server.received


@EACH_WAY
def test_a_call_that_is_not_admitted_is_not_sent(
    server: Server, sink: RecordingSink, call: Call
) -> None:
    sink.refuse = CallRefused("the budget is spent")

    with pytest.raises(CallRefused, match="the budget is spent"):
        run(lambda session: call(session, server.chat))

    gc.collect()
    assert not server.received
    assert not sink.exchanges


@EACH_WAY
def test_a_call_that_may_not_leave_the_process_is_booked_as_refused(
    server: Server, sink: RecordingSink, call: Call
) -> None:
    sink.refuse_wire = CallRefused("no live calls")

    with pytest.raises(CallRefused, match="no live calls"):
        run(lambda session: call(session, server.chat))

    assert not server.received
    assert (sink.only.outcome, sink.only.end, sink.only.status) == ("failed", "refused", None)


def test_tasks_of_one_loop_are_each_booked_once(server: Server, sink: RecordingSink) -> None:
    async def use(session: Any) -> None:
        answers = await asyncio.gather(
            *(session.post(server.chat, json={"n": n}) for n in range(9))
        )
        await asyncio.gather(*(answer.read() for answer in answers))

    run(use)

    assert sorted(each.request.document["n"] for each in sink.exchanges) == list(range(9))
    assert {(each.source, each.end) for each in sink.exchanges} == {("live", "complete")}
    assert {ear.body for ear in sink.ears} == {JSON}


@pytest.mark.skipif(
    not hasattr(aiohttp, "ClientHandlerType"), reason="aiohttp has middlewares since 3.12"
)
@pytest.mark.parametrize(
    ("first", "booked"),
    [
        pytest.param(
            503, [(503, "failed", 0), (200, "answered", 0)], id="a failure is an attempt of its own"
        ),
        pytest.param(401, [(200, "answered", 0)], id="a log-in belongs to the answer"),
        pytest.param(200, [(200, "answered", 1)], id="an answer thrown away is hidden"),
    ],
)
def test_requests_that_a_middleware_sends_again_are_told(
    server: Server, sink: RecordingSink, first: int, booked: list[tuple[int, str, int]]
) -> None:
    server.will(Answer(status=first), Answer())

    async def again(request: Any, handler: Any) -> Any:
        (await handler(request)).release()
        return await handler(request)

    post(server.chat, session={"middlewares": (again,)})

    assert [(one.status, one.outcome, one.hidden) for one in sink.exchanges] == booked


class UnwelcomeError(Exception):
    """What a session's own check of an answer raises."""


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        pytest.param(429, "failed", id="turned away"),
        pytest.param(200, "answered", id="answered"),
    ],
)
@pytest.mark.parametrize("heard", [b"", JSON], ids=["unread", "read"])
def test_an_answer_that_the_caller_s_own_check_rejects_was_seen(
    server: Server, sink: RecordingSink, status: int, outcome: str, heard: bytes
) -> None:
    server.will(Answer(status=status))

    async def check(response: Any) -> None:
        if heard:
            await response.read()
        raise UnwelcomeError

    with pytest.raises(UnwelcomeError):
        post(server.chat, json=BODY, raise_for_status=check)

    assert (sink.only.status, sink.only.outcome, sink.ears[0].body) == (status, outcome, heard)


def test_a_redirect_that_leads_nowhere_is_no_answer_to_what_it_led_to(
    server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(status=307, headers={"location": CHAT}), Answer(silent=True))

    with pytest.raises(aiohttp.ClientError):
        post(server.chat)

    assert (sink.only.status, sink.only.outcome) == (None, "unknown")


def test_redirects_without_end_cost_nothing(server: Server, sink: RecordingSink) -> None:
    server.will(*[Answer(status=307, headers={"location": CHAT})] * 3)

    with pytest.raises(aiohttp.TooManyRedirects):
        post(server.chat, json=BODY, max_redirects=3)

    assert (sink.only.status, sink.only.outcome) == (307, "failed")


def test_a_header_that_cannot_be_written_sends_nothing(server: Server, sink: RecordingSink) -> None:
    with pytest.raises(ValueError, match=r"header|Newline"):
        post(server.chat, json=BODY, headers={"x-broken": "a\nb"})

    assert (sink.only.outcome, sink.only.source) == ("failed", "live")
    assert not server.received


def test_a_call_that_ran_out_of_time_while_it_connected_sends_nothing(
    sink: RecordingSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any, **__: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(aiohttp.TCPConnector, "_create_connection", never)

    with pytest.raises(asyncio.TimeoutError):
        post(
            "http://model.invalid" + CHAT,
            session={"timeout": aiohttp.ClientTimeout(total=0.01)},
        )

    assert (sink.only.outcome, sink.only.source) == ("failed", "live")


# Who answered ---------------------------------------------------------------------------------


@pytest.fixture
def cassette_sink() -> Iterator[RecordingSink]:
    sink = RecordingSink()
    watching = watch(sink, extra=PATCHES)
    yield sink
    watching.stop()


@EACH_WAY
def test_vcrpy_records_live_and_replays_without_the_network(
    server: Server, cassette_sink: RecordingSink, tmp_path: Path, call: Call
) -> None:
    vcr = pytest.importorskip("vcr")
    path = str(tmp_path / "cassette.yaml")

    for mode in ("once", "none"):
        with vcr.use_cassette(path, record_mode=mode):
            run(lambda session: call(session, server.chat))

    assert [(each.source, each.cassette_index) for each in cassette_sink.exchanges] == [
        ("record", 0),
        ("replay", 0),
    ]
    assert {each.cassette for each in cassette_sink.exchanges} == {path}
    assert [ticket.wires for ticket in cassette_sink.tickets] == [1, 0]
    assert {ear.body for ear in cassette_sink.ears} == {JSON}
    assert len(server.received) == 1


def test_a_request_that_no_cassette_knows_failed_and_costs_nothing(
    server: Server, cassette_sink: RecordingSink, tmp_path: Path
) -> None:
    vcr = pytest.importorskip("vcr")

    with (
        vcr.use_cassette(str(tmp_path / "none.yaml"), record_mode="none"),
        pytest.raises(vcr.errors.CannotOverwriteExistingCassetteException),
    ):
        post(server.chat)

    assert (cassette_sink.only.source, cassette_sink.only.outcome) == ("mock", "failed")
    assert not server.received


def test_a_recording_that_would_go_out_can_be_refused(
    server: Server, cassette_sink: RecordingSink, tmp_path: Path
) -> None:
    vcr = pytest.importorskip("vcr")
    cassette_sink.refuse_wire = CallRefused("no live calls")

    with vcr.use_cassette(str(tmp_path / "new.yaml")), pytest.raises(CallRefused):
        post(server.chat)

    assert cassette_sink.only.end == "refused"
    assert not server.received


def patched_by_vcrpy(path: Path) -> Any:
    """Replace `_request` as vcrpy does, from before it was imported."""
    vcr = pytest.importorskip("vcr")
    return vcr.use_cassette(str(path), record_mode="new_episodes")


def patched_by_hand(_: Path) -> Any:
    session = aiohttp.ClientSession
    return mock.patch.object(session, "_request", session._request)


@pytest.mark.parametrize("theirs", [patched_by_vcrpy, patched_by_hand])
@pytest.mark.parametrize("first_out", ["theirs", "ours"])
@pytest.mark.parametrize("first_in", ["theirs", "ours"])
def test_who_patches_first_and_who_leaves_first_does_not_matter(
    server: Server, tmp_path: Path, theirs: Any, first_in: str, first_out: str
) -> None:
    before = {name: vars(aiohttp.ClientSession)[name] for name in ("_request", "request", "post")}
    sink, patch, watching = RecordingSink(), theirs(tmp_path / "any.yaml"), ExitStack()

    def arrive(who: str) -> None:
        watching.callback(watch(sink).stop) if who == "ours" else patch.__enter__()

    def leave(who: str) -> None:
        watching.close() if who == "ours" else patch.__exit__(None, None, None)

    def other(who: str) -> str:
        return "ours" if who == "theirs" else "theirs"

    arrive(first_in)
    arrive(other(first_in))
    post(server.chat, json={"n": 1})
    leave(first_out)
    post(server.chat, json={"n": 2})
    leave(other(first_out))
    post(server.chat, json={"n": 3})

    seen = [each.request.document["n"] for each in sink.exchanges]
    assert seen == ([1, 2] if first_out == "theirs" else [1])
    assert {name: vars(aiohttp.ClientSession)[name] for name in before} == before


def test_the_wire_shows_on_the_answer_where_the_connector_could_not_be_patched(
    server: Server, sink: RecordingSink
) -> None:
    connector: Any = aiohttp.TCPConnector

    class Own(connector):  # type: ignore[misc] # aiohttp need not be installed
        connect = aiohttp.BaseConnector.connect.__wrapped__

    async def use() -> None:
        async with aiohttp.ClientSession(connector=Own()) as session:
            await posted(session, server.chat)

    asyncio.run(use())

    assert (sink.only.source, sink.tickets[0].wires) == ("live", 0)


def test_a_fake_in_the_place_of_the_network_is_a_fake(sink: RecordingSink) -> None:
    fake = mock.AsyncMock(return_value=mock.AsyncMock(status=200))

    async def use(session: Any) -> Any:
        with mock.patch.object(aiohttp.ClientSession, "_request", fake):
            return await session.post("http://model.invalid" + CHAT)

    run(use)

    assert (sink.only.source, sink.only.status) == ("mock", 200)
    assert not sink.troubles


@pytest.mark.skipif(
    "aiohttp" in sys.modules and aiohttp.__version__ >= "3.14",
    reason="aioresponses 0.7.9 cannot make a response of aiohttp 3.14",
)
def test_aioresponses_is_a_fake_and_what_it_lets_through_is_live(
    server: Server, sink: RecordingSink
) -> None:
    aioresponses = pytest.importorskip("aioresponses").aioresponses
    nowhere = "http://model.invalid" + CHAT

    with aioresponses(passthrough=[server.url]) as fakes:
        fakes.post(nowhere, body=JSON)
        assert post(nowhere) == JSON
        post(server.chat)

    assert [each.source for each in sink.exchanges] == ["mock", "live"]
    assert {each.end for each in sink.exchanges} == {"complete"}
    assert [ear.body for ear in sink.ears] == [JSON, JSON]
    assert not sink.troubles


def test_an_app_under_aiohttp_s_test_client_is_a_fake_and_its_calls_are_metered(
    server: Server, sink: RecordingSink
) -> None:
    web = importlib.import_module("aiohttp.web")
    test_utils = importlib.import_module("aiohttp.test_utils")

    async def gateway(_: Any) -> Any:
        async with aiohttp.ClientSession() as session:
            return web.Response(body=await posted(session, server.chat))

    async def main() -> None:
        app = web.Application()
        app.router.add_post(CHAT, gateway)
        async with test_utils.TestClient(test_utils.TestServer(app)) as client:
            assert await (await client.post(CHAT, json=BODY)).read() == JSON

    asyncio.run(main())

    assert [(each.source, each.end) for each in sink.exchanges] == [
        ("live", "complete"),
        ("mock", "complete"),
    ]


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_httpx_over_aiohttp_is_metered_once_by_httpx(
    name: str, server: Server, sink: RecordingSink
) -> None:
    library: Any = pytest.importorskip(name)

    class OverAiohttp(library.AsyncBaseTransport):  # type: ignore[misc] # either's
        async def handle_async_request(self, request: Any) -> Any:
            url, body = str(request.url), request.content
            async with aiohttp.ClientSession() as client, client.post(url, data=body) as response:
                return library.Response(200, content=await response.read())

    async def main() -> None:
        async with library.AsyncClient(transport=OverAiohttp()) as client:
            await client.post(server.chat, json={"asked": "by httpx"})

    asyncio.run(main())

    assert sink.only.request.document == {"asked": "by httpx"}
    assert (sink.only.source, sink.only.end) == ("live", "complete")


def test_after_the_last_watch_nothing_of_ours_is_left() -> None:
    names = ("request", "get", "post", "put", "_request")
    before = [vars(aiohttp.ClientSession)[name] for name in names]

    watching = watch(RecordingSink())
    during = aiohttp.request
    watching.stop()

    assert [vars(aiohttp.ClientSession)[name] for name in names] == before
    assert aiohttp.request is aiohttp.client.request is not during


def test_a_library_imported_later_is_metered_and_then_left_as_it_was() -> None:
    program = """
import sys
from pytest_specbudget.meters import watch
watching = watch(None)
assert "aiohttp" not in sys.modules
import aiohttp
assert hasattr(aiohttp.request, "__wrapped__") and aiohttp.request is aiohttp.client.request
watching.stop()
assert not hasattr(aiohttp.request, "__wrapped__") and aiohttp.request is aiohttp.client.request
assert not hasattr(aiohttp.ClientSession.post, "__wrapped__")
"""

    subprocess.run([sys.executable, "-c", program], check=True)
