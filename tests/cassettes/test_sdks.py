"""What the providers' SDKs see when a recording answers is what they saw when it was made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import anthropic
import openai
import pytest
from google import genai
from google.genai import types
from support.emulator import Emulator, rate_limited

from pytest_specbudget.cassettes.router import use
from pytest_specbudget.errors import CallRefused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("router")

Call = Callable[[Emulator, str], list[Any]]
MESSAGES: Any = [{"role": "user", "content": "Plan SPEC-KIT-070 in two lines."}]
STREAMED: Any = {"stream_options": {"include_usage": True}, "stream": True}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def dumped(*answers: Any) -> list[Any]:
    """Everything an SDK made of its answers, but for Google's, which carries HTTP headers."""
    return [answer.model_dump(exclude={"sdk_http_response"}) for answer in answers]


def google(emulator: Emulator, key: str) -> genai.Client:
    options = types.HttpOptions(base_url=emulator.google_url)
    return genai.Client(api_key=key, http_options=options, vertexai=False)


def openai_chat(emulator: Emulator, key: str) -> list[Any]:
    with openai.OpenAI(base_url=emulator.openai_url, api_key=key) as client:
        return dumped(client.chat.completions.create(model="gpt-4o", messages=MESSAGES))


def openai_chat_streamed(emulator: Emulator, key: str) -> list[Any]:
    with openai.OpenAI(base_url=emulator.openai_url, api_key=key) as client:
        stream = client.chat.completions.create(model="gpt-4o", messages=MESSAGES, **STREAMED)
        return dumped(*stream)


def openai_responses_streamed(emulator: Emulator, key: str) -> list[Any]:
    with openai.OpenAI(base_url=emulator.openai_url, api_key=key) as client:
        return dumped(*client.responses.create(model="gpt-4o", input="Plan.", stream=True))


def openai_async_streamed(emulator: Emulator, key: str) -> list[Any]:
    async def chat() -> list[Any]:
        async with openai.AsyncOpenAI(base_url=emulator.openai_url, api_key=key) as client:
            ask = client.chat.completions.create
            stream: Any = await ask(model="gpt-4o", messages=MESSAGES, **STREAMED)
            return dumped(*[event async for event in stream])

    return asyncio.run(chat())


def anthropic_message(emulator: Emulator, key: str) -> list[Any]:
    with anthropic.Anthropic(base_url=emulator.anthropic_url, api_key=key) as client:
        ask = client.messages.create
        return dumped(ask(model="claude-haiku-4-5", max_tokens=99, messages=MESSAGES))


def anthropic_streamed(emulator: Emulator, key: str) -> list[Any]:
    with anthropic.Anthropic(base_url=emulator.anthropic_url, api_key=key) as client:
        ask = client.messages.create
        return dumped(*ask(model="claude-haiku-4-5", max_tokens=99, messages=MESSAGES, stream=True))


def anthropic_async_streamed(emulator: Emulator, key: str) -> list[Any]:
    async def chat() -> list[Any]:
        async with (
            anthropic.AsyncAnthropic(base_url=emulator.anthropic_url, api_key=key) as client,
            client.messages.stream(
                model="claude-haiku-4-5", max_tokens=99, messages=MESSAGES
            ) as stream,
        ):
            return dumped(await stream.get_final_message())

    return asyncio.run(chat())


def google_content(emulator: Emulator, key: str) -> list[Any]:
    with google(emulator, key) as client:
        return dumped(client.models.generate_content(model="gemini-2.5-flash", contents="Plan."))


def google_streamed(emulator: Emulator, key: str) -> list[Any]:
    with google(emulator, key) as client:
        ask = client.models.generate_content_stream
        return dumped(*ask(model="gemini-2.5-flash", contents="Plan."))


def google_async_streamed(emulator: Emulator, key: str) -> list[Any]:
    async def chat() -> list[Any]:
        async with google(emulator, key).aio as client:
            ask = client.models.generate_content_stream
            stream = await ask(model="gemini-2.5-flash", contents="Plan.")
            return dumped(*[piece async for piece in stream])

    return asyncio.run(chat())


CALLS: list[Call] = [
    openai_chat,
    openai_chat_streamed,
    openai_responses_streamed,
    openai_async_streamed,
    anthropic_message,
    anthropic_streamed,
    anthropic_async_streamed,
    google_content,
    google_streamed,
    google_async_streamed,
]
EACH_CALL = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)


@EACH_CALL
def test_an_sdk_sees_the_same_from_a_recording(emulator: Emulator, path: Path, call: Call) -> None:
    with use(path, "once", refuse=CallRefused):
        live = call(emulator, "sk-recording-key-0123456789")
    with use(path, "none", refuse=CallRefused) as player:
        replayed = call(emulator, "sk-another-key-9876543210")

    assert replayed == live
    assert len(emulator.served) == player.played == 1
    assert "0123456789" not in path.read_text()


@EACH_CALL
def test_an_sdk_does_not_retry_a_miss(emulator: Emulator, path: Path, call: Call) -> None:
    refusals = []

    def refuse(message: str) -> CallRefused:
        refusals.append(message)
        return CallRefused(message)

    with use(path, "none", refuse=refuse), pytest.raises(CallRefused):
        call(emulator, "any")

    assert len(refusals) == 1
    assert not emulator.served


def test_attempts_that_an_sdk_retried_replay_one_by_one(emulator: Emulator, path: Path) -> None:
    emulator.script(rate_limited(), rate_limited())

    with use(path, "once", refuse=CallRefused) as recorder:
        live = openai_chat(emulator, "any")
    with use(path, "none", refuse=CallRefused) as player:
        assert openai_chat(emulator, "any") == live

    assert (recorder.recorded, player.played, len(emulator.served)) == (3, 3, 3)
