"""Calls of xai-sdk over gRPC, to a server on the loopback interface."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from meters.fakes import RecordingSink

from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters import watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Ask = Callable[[Any], Any]

grpc: Any = pytest.importorskip("grpc", reason="grpcio is not installed")
sdk: Any = pytest.importorskip("xai_sdk", reason="xai-sdk is not installed")
proto: Any = pytest.importorskip("xai_sdk.proto", reason="xai-sdk is not installed")

MODEL = "grok-4-0709"
USED = {
    "prompt_tokens": 30,
    "completion_tokens": 5,
    "reasoning_tokens": 7,
    "total_tokens": 42,
    "cached_prompt_text_tokens": 20,
    "cost_in_usd_ticks": 12_345_678,
}
TOLD = {
    "input_tokens": 30,
    "output_tokens": 12,
    "cache_read_input_tokens": 20,
    "reasoning_output_tokens": 7,
    "input_image_tokens": 0,
    "web_search_requests": 0,
}


class Servicer(proto.chat_pb2_grpc.ChatServicer):  # type: ignore[misc] # it is Any here
    """A model that says hello, or what it was told to fail with."""

    def __init__(self) -> None:
        self.failures: list[Any] = []
        self.pending = 2
        self.chunks = 4
        self.usage: dict[str, Any] | None = USED
        self.asked: list[str] = []

    def answer(self, kind: Any, words: str, *, usage: bool = True) -> Any:
        output = proto.chat_pb2.CompletionOutputChunk(index=0)
        output.delta.content, output.delta.role = words, proto.chat_pb2.ROLE_ASSISTANT
        told = {"usage": self.usage} if usage and self.usage is not None else {}
        if kind is not proto.chat_pb2.GetChatCompletionChunk:
            output = proto.chat_pb2.CompletionOutput(index=0)
            output.message.content, output.message.role = words, proto.chat_pb2.ROLE_ASSISTANT
        return kind(id="c-1", model=MODEL, outputs=[output], **told)

    def GetCompletion(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        self.asked.append(request.model)
        if self.failures:
            context.abort(self.failures.pop(0), "no")
        return self.answer(proto.chat_pb2.GetChatCompletionResponse, "hello")

    def GetCompletionChunk(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802 - likewise
        self.asked.append(request.model)
        for nth in range(self.chunks):
            last = nth == self.chunks - 1
            yield self.answer(proto.chat_pb2.GetChatCompletionChunk, "hello", usage=last)
        if self.failures:
            context.abort(self.failures.pop(0), "no")

    def StartDeferredCompletion(self, _request: Any, _context: Any) -> Any:  # noqa: N802 - likewise
        return proto.deferred_pb2.StartDeferredResponse(request_id="d-1")

    def GetDeferredCompletion(self, _request: Any, _context: Any) -> Any:  # noqa: N802 - likewise
        self.pending -= 1
        if self.pending >= 0:
            status = proto.deferred_pb2.DeferredStatus.PENDING
            return proto.chat_pb2.GetDeferredCompletionResponse(status=status)
        response = self.answer(proto.chat_pb2.GetChatCompletionResponse, "hello")
        status = proto.deferred_pb2.DeferredStatus.DONE
        return proto.chat_pb2.GetDeferredCompletionResponse(status=status, response=response)


@pytest.fixture
def model() -> Servicer:
    return Servicer()


@pytest.fixture
def address(model: Servicer) -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(max_workers=2))
    proto.chat_pb2_grpc.add_ChatServicer_to_server(model, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


def chatting(client: Any) -> Any:
    chat = client.chat.create(model=MODEL)
    chat.append(sdk.chat.user("a secret question"))
    return chat


def options(address: str) -> dict[str, Any]:
    return {"api_key": "k", "api_host": address, "use_insecure_channel": True}


def in_sync(address: str, ask: Ask, **more: Any) -> Any:
    with sdk.Client(**options(address), **more) as client:
        return ask(chatting(client))


def in_async(address: str, ask: Ask, **more: Any) -> Any:
    async def run() -> Any:
        async with sdk.AsyncClient(**options(address), **more) as client:
            return await ask(chatting(client))

    return asyncio.run(run())


def sample(chat: Any) -> Any:
    return chat.sample()


def stream(chat: Any) -> str:
    return "".join(chunk.content for _, chunk in chat.stream())


async def aio_stream(chat: Any) -> str:
    return "".join([chunk.content async for _, chunk in chat.stream()])


BOTH_WAYS = pytest.mark.parametrize("run", [in_sync, in_async], ids=["sync", "async"])


@BOTH_WAYS
def test_a_completion_is_booked_once_with_its_counts(
    run: Any, address: str, sink: RecordingSink, model: Servicer
) -> None:
    answer = run(address, sample)

    (reading,) = sink.readings
    assert (answer.content, model.asked) == ("hello", [MODEL])
    assert reading.usage.reported() == TOLD
    assert (reading.provider, reading.model, reading.operation) == ("xai", MODEL, "chat")
    assert (reading.usage_state, str(reading.provider_cost)) == ("complete", "0.0012345678")
    assert (sink.only.source, sink.only.outcome, sink.only.status) == ("live", "answered", 200)
    assert (sink.only.request.host, sink.only.request.document["model"]) == ("127.0.0.1", MODEL)
    assert sink.troubles == []


@pytest.mark.parametrize(
    ("run", "ask"),
    [
        pytest.param(in_sync, stream, id="sync"),
        pytest.param(in_async, aio_stream, id="async"),
    ],
)
def test_a_stream_is_booked_once_with_its_last_usage(
    run: Any, ask: Ask, address: str, sink: RecordingSink
) -> None:
    words = run(address, ask)

    (reading,) = sink.readings
    assert words == "hello" * 4
    assert reading.usage.reported() == TOLD
    assert (reading.usage_state, reading.streaming, reading.model) == ("complete", True, MODEL)
    assert sink.only.first_byte_s is not None
    assert sink.troubles == []


def test_a_stream_that_is_left_early_is_unreported(address: str, sink: RecordingSink) -> None:
    def leave(chat: Any) -> None:
        for _ in chat.stream():
            break

    in_sync(address, leave)
    gc.collect()
    sink.end_session()

    assert (sink.only.end, sink.only.outcome) == ("abandoned", "answered")
    assert sink.readings[0].usage_state == "none"


@BOTH_WAYS
def test_an_answer_without_a_usage_is_no_zero(
    run: Any, address: str, sink: RecordingSink, model: Servicer
) -> None:
    model.usage = None

    run(address, sample)

    assert [reading.usage_state for reading in sink.readings] == ["none"]


@BOTH_WAYS
@pytest.mark.parametrize(
    "turned_away",
    [("INVALID_ARGUMENT", 400), ("RESOURCE_EXHAUSTED", 429), ("INTERNAL", 500)],
    ids=["a bad request", "too many", "its own trouble"],
)
def test_what_a_server_turns_away_is_free(
    run: Any, turned_away: tuple[str, int], address: str, sink: RecordingSink, model: Servicer
) -> None:
    code, status = turned_away
    model.failures = [grpc.StatusCode[code]]

    with pytest.raises(grpc.RpcError):
        run(address, sample)

    assert (sink.only.status, sink.only.outcome) == (status, "failed")


@BOTH_WAYS
def test_an_answer_that_was_lost_on_the_way_is_unknown(
    run: Any, address: str, sink: RecordingSink, model: Servicer
) -> None:
    tiny = {"channel_options": [("grpc.max_receive_message_length", 1)]}

    with pytest.raises(grpc.RpcError):
        run(address, sample, **tiny)

    assert model.asked == [MODEL]
    assert (sink.only.status, sink.only.outcome) == (None, "unknown")


@BOTH_WAYS
def test_a_server_that_is_not_there_cost_nothing(run: Any, sink: RecordingSink) -> None:
    with pytest.raises(grpc.RpcError):
        run("127.0.0.1:9", sample)

    assert (sink.only.status, sink.only.outcome) == (503, "failed")


@pytest.mark.parametrize(
    ("run", "ask"),
    [pytest.param(in_sync, stream, id="sync"), pytest.param(in_async, aio_stream, id="async")],
)
def test_a_stream_that_breaks_keeps_what_was_told(
    run: Any, ask: Ask, address: str, sink: RecordingSink, model: Servicer
) -> None:
    model.failures = [grpc.StatusCode.UNAVAILABLE]

    with pytest.raises(grpc.RpcError):
        run(address, ask)

    assert (sink.only.status, sink.only.end) == (200, "error")
    assert (sink.readings[0].usage.reported(), sink.readings[0].usage_state) == (TOLD, "partial")


@BOTH_WAYS
@pytest.mark.parametrize("at", ["admission", "wire"])
def test_a_refused_call_never_reaches_the_server(
    run: Any, at: str, address: str, sink: RecordingSink, model: Servicer
) -> None:
    refusal = CallRefused("no more money")
    sink.refuse, sink.refuse_wire = (refusal, None) if at == "admission" else (None, refusal)

    with pytest.raises(CallRefused):
        run(address, sample)

    assert model.asked == []
    assert [exchange.end for exchange in sink.exchanges] == ["refused"] * (at == "wire")


@pytest.mark.parametrize("run", [in_sync, in_async], ids=["sync", "async"])
def test_a_deferred_completion_tells_its_counts_under_the_id_it_began_with(
    run: Any, address: str, sink: RecordingSink
) -> None:
    soon = timedelta(milliseconds=1)

    run(address, lambda chat: chat.defer(interval=soon))

    told = [(one.operation, one.response_id, one.counted) for one in sink.readings]
    assert told == [("chat", "d-1", False), *[("retrieve", "d-1", True)] * 3]
    assert [bool(one.usage.reported()) for one in sink.readings] == [False, False, False, True]


@pytest.mark.parametrize("way", ["with_call", "future"])
def test_a_stub_may_be_called_in_other_ways(way: str, address: str, sink: RecordingSink) -> None:
    request = proto.chat_pb2.GetCompletionsRequest(model=MODEL)
    with grpc.insecure_channel(address) as channel:
        call = getattr(proto.chat_pb2_grpc.ChatStub(channel).GetCompletion, way)(request)
        if way == "future":
            call.result()
            sink.end_session()

    assert [reading.usage.reported() for reading in sink.readings] == [TOLD]


async def awaited(stub: Any) -> int:
    return int(bool(await stub.GetCompletion(proto.chat_pb2.GetCompletionsRequest(model=MODEL))))


async def iterated(stub: Any) -> int:
    call = stub.GetCompletionChunk(proto.chat_pb2.GetCompletionsRequest(model=MODEL))
    return len([chunk async for chunk in call])


async def read(stub: Any) -> int:
    call = stub.GetCompletionChunk(proto.chat_pb2.GetCompletionsRequest(model=MODEL))
    count = 0
    while await call.read() is not grpc.aio.EOF:
        count += 1
    return count


@pytest.mark.parametrize(
    ("take", "messages"),
    [
        pytest.param(awaited, 1, id="one message, awaited"),
        pytest.param(iterated, 4, id="a stream, iterated"),
        pytest.param(read, 4, id="a stream, read by hand"),
    ],
)
def test_an_async_stub_without_interceptors_is_metered_too(
    take: Any, messages: int, address: str, sink: RecordingSink
) -> None:
    async def run() -> Any:
        async with grpc.aio.insecure_channel(address) as channel:
            return await take(proto.chat_pb2_grpc.ChatStub(channel))

    assert asyncio.run(run()) == messages
    assert [one.usage.reported() for one in sink.readings] == [TOLD]
    assert [one.usage_state for one in sink.readings] == ["complete"]
    assert (sink.only.request.host, sink.troubles) == ("127.0.0.1", [])


def test_the_call_that_a_user_holds_is_of_the_same_kind(address: str, sink: RecordingSink) -> None:
    request = proto.chat_pb2.GetCompletionsRequest(model=MODEL)
    with grpc.insecure_channel(address) as channel:
        call = proto.chat_pb2_grpc.ChatStub(channel).GetCompletionChunk(request)
        messages = list(call)

        assert isinstance(call, grpc.Call)
        assert (len(messages), call.code()) == (4, grpc.StatusCode.OK)
    assert len(sink.exchanges) == 1


def test_other_calls_go_their_way_untouched(address: str, sink: RecordingSink) -> None:
    with grpc.insecure_channel(address) as channel, suppress(grpc.RpcError):
        channel.unary_unary("/somebody.Else/Asks", str.encode, bytes.decode)("hello")

    assert (sink.tickets, sink.exchanges, sink.troubles) == ([], [], [])


def test_a_channel_that_was_made_before_is_metered_too(address: str) -> None:
    late = RecordingSink()
    with sdk.Client(**options(address)) as client:
        watching = watch(late)
        chatting(client).sample()
        watching.stop()
        chatting(client).sample()

    assert len(late.exchanges) == 1
