"""SDKs that call through aiohttp: each attempt once, recorded, replayed and refused like others."""

from __future__ import annotations

import asyncio
import importlib
import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest
from meters.loopback import Answer
from support.emulator import Emulator, rate_limited

from pytest_specbudget.cassettes.router import use
from pytest_specbudget.errors import CallRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from meters.fakes import RecordingSink
    from meters.loopback import Server

pytest.importorskip("aiohttp")

# google-genai subclasses a session, which aiohttp discourages.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession")
NOISY = pytest.mark.filterwarnings("default")

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
CONVERSED = {
    "output": {"message": {"role": "assistant", "content": [{"text": "hi"}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3},
    "metrics": {"latencyMs": 1},
}

Ask = Any
"""A coroutine function of the emulator that makes one call and returns all that it answered."""


@pytest.fixture(autouse=True)
def litellm_s_own_price_map(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep litellm from fetching one when it is imported."""
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


async def google(emulator: Emulator, use: Callable[[Any], Awaitable[Any]]) -> list[Any]:
    genai = pytest.importorskip("google.genai")
    options = {"base_url": emulator.google_url}
    async with genai.Client(api_key="any", http_options=options, vertexai=False).aio as client:
        answers = await use(client.models)
    return [answer.model_dump(exclude={"sdk_http_response"}) for answer in answers]


async def google_content(emulator: Emulator) -> list[Any]:
    async def use(models: Any) -> list[Any]:
        return [await models.generate_content(model="gemini-2.5-flash", contents="Plan.")]

    return await google(emulator, use)


async def google_streamed(emulator: Emulator) -> list[Any]:
    async def use(models: Any) -> list[Any]:
        ask = models.generate_content_stream
        return [piece async for piece in await ask(model="gemini-2.5-flash", contents="Plan.")]

    return await google(emulator, use)


async def litellm_completion(emulator: Emulator) -> list[Any]:
    litellm = pytest.importorskip("litellm")
    answer = await litellm.acompletion(
        model="anthropic/claude-haiku-4-5",
        api_base=emulator.anthropic_url,
        api_key="any",
        messages=[{"role": "user", "content": "Plan."}],
    )
    return [answer.usage.model_dump()]


GOOGLE = [google_content, google_streamed]
EACH_GOOGLE = pytest.mark.parametrize("ask", GOOGLE)
EACH_SDK = pytest.mark.parametrize("ask", [*GOOGLE, pytest.param(litellm_completion, marks=NOISY)])


def test_google_s_async_client_is_on_aiohttp(emulator: Emulator, sink: RecordingSink) -> None:
    genai = pytest.importorskip("google.genai")

    client = genai.Client(api_key="any", http_options={"base_url": emulator.google_url})

    assert client._api_client._use_aiohttp()
    assert not sink.troubles


@EACH_SDK
def test_a_call_is_booked_once(emulator: Emulator, sink: RecordingSink, ask: Ask) -> None:
    asyncio.run(ask(emulator))

    assert len(emulator.served) == 1
    assert (sink.only.source, sink.only.end, sink.only.status) == ("live", "complete", 200)
    assert sink.only.hidden == 0
    assert b'"' in sink.ears[0].body
    assert not sink.troubles


@EACH_SDK
@pytest.mark.parametrize("when", ["refuse", "refuse_wire"])
def test_a_refusal_surfaces_once_and_nothing_is_sent(
    emulator: Emulator, sink: RecordingSink, ask: Ask, when: str
) -> None:
    setattr(sink, when, CallRefused("the budget is spent"))

    with pytest.raises(CallRefused):
        asyncio.run(ask(emulator))

    assert not emulator.served
    assert [ticket.wires for ticket in sink.tickets] == ([1] if when == "refuse_wire" else [])


@pytest.mark.skipif(
    int(version("vcrpy").partition(".")[0]) < 9,
    reason="vcrpy 8.2.1 gives aiohttp's callers a stream that lacks what google-genai reads by",
)
@EACH_GOOGLE
def test_google_sees_from_a_recording_of_ours_what_it_saw_live(
    emulator: Emulator, sink: RecordingSink, tmp_path: Path, ask: Ask
) -> None:
    path = tmp_path / "google.yaml"

    with use(path, "once", refuse=CallRefused):
        live = asyncio.run(ask(emulator))
    with use(path, "none", refuse=CallRefused) as player:
        replayed = asyncio.run(ask(emulator))

    assert replayed == live
    assert len(emulator.served) == player.played == 1
    assert [(each.source, each.cassette_index) for each in sink.exchanges] == [
        ("record", 0),
        ("replay", 0),
    ]
    assert sink.ears[0].body == sink.ears[1].body != b""
    assert [ticket.wires for ticket in sink.tickets] == [1, 0]


@EACH_GOOGLE
def test_google_does_not_retry_a_miss_of_ours(
    emulator: Emulator, sink: RecordingSink, tmp_path: Path, ask: Ask
) -> None:
    with use(tmp_path / "none.yaml", "none", refuse=CallRefused), pytest.raises(CallRefused):
        asyncio.run(ask(emulator))

    assert not emulator.served
    assert (sink.only.end, sink.only.outcome) == ("refused", "failed")


def test_a_recording_made_over_httpx_answers_over_aiohttp(
    emulator: Emulator, tmp_path: Path
) -> None:
    genai = pytest.importorskip("google.genai")
    path = tmp_path / "google.yaml"

    with use(path, "once", refuse=CallRefused):
        options = {"base_url": emulator.google_url}
        with genai.Client(api_key="any", http_options=options, vertexai=False) as client:
            live = client.models.generate_content(model="gemini-2.5-flash", contents="Plan.")
    with use(path, "none", refuse=CallRefused):
        (replayed,) = asyncio.run(google_content(emulator))

    assert replayed == live.model_dump(exclude={"sdk_http_response"})
    assert len(emulator.served) == 1


@NOISY
def test_each_attempt_of_litellm_s_retries_is_booked(
    emulator: Emulator, sink: RecordingSink
) -> None:
    litellm = pytest.importorskip("litellm")
    emulator.script(rate_limited())

    with pytest.raises(litellm.RateLimitError):
        asyncio.run(litellm_completion(emulator))
    asyncio.run(litellm_completion(emulator))

    assert [each.status for each in sink.exchanges] == [429, 200]


# Bedrock ---------------------------------------------------------------------------------------


@pytest.fixture(params=["httpsession.AIOHTTPSession", "httpxsession.HttpxSession"])
def converse(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, server: Server
) -> Callable[[], Any]:
    pytest.importorskip("aiobotocore")
    module, _, name = request.param.partition(".")
    backend: Any = pytest.importorskip(f"aiobotocore.{module}")
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, "any")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return lambda: asyncio.run(converse_over(getattr(backend, name), server))


async def converse_over(backend: Any, server: Server) -> Any:
    configuration = importlib.import_module("aiobotocore.config").AioConfig(
        http_session_cls=backend, retries={"max_attempts": 1, "mode": "legacy"}
    )
    session = importlib.import_module("aiobotocore.session").get_session()
    asked: Any = [{"role": "user", "content": [{"text": "Plan."}]}]
    async with session.create_client(
        "bedrock-runtime", endpoint_url=server.url, config=configuration
    ) as client:
        return (await client.converse(modelId=MODEL, messages=asked))["usage"]


def test_a_call_of_aiobotocore_is_booked_once_for_each_attempt(
    server: Server, sink: RecordingSink, converse: Callable[[], Any]
) -> None:
    server.will(
        Answer(status=503, pieces=(b"{}",)), Answer(pieces=(json.dumps(CONVERSED).encode(),))
    )

    assert converse() == CONVERSED["usage"]

    assert [(each.status, each.source, each.end) for each in sink.exchanges] == [
        (503, "live", "complete"),
        (200, "live", "complete"),
    ]
    assert sink.exchanges[0].request.document["messages"]
    assert json.loads(sink.ears[1].body) == CONVERSED
    assert not sink.troubles


@pytest.mark.parametrize("when", ["refuse", "refuse_wire"])
def test_a_refusal_is_not_wrapped_or_retried_by_aiobotocore(
    server: Server, sink: RecordingSink, converse: Callable[[], Any], when: str
) -> None:
    setattr(sink, when, CallRefused("the budget is spent"))

    with pytest.raises(CallRefused):
        converse()

    assert not server.received
    assert len(sink.tickets) == (when == "refuse_wire")
