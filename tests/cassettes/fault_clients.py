"""Clients of every make, each with one way to ask; what they see is brought to one shape."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import anthropic
import httpx
import httpx2
import openai
import requests
import urllib3
from google import genai
from google.genai import errors, types

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from support.emulator import Emulator

__all__ = ["CLIENTS", "PROMPT", "Client", "Seen"]

PROMPT = "Plan SPEC-KIT-070 in as many words as it takes to make a stream of several events."
MESSAGES: Any = [{"role": "user", "content": PROMPT}]
CHAT: Any = {"model": "gpt-4o", "messages": MESSAGES}
USAGE: Any = {"stream": True, "stream_options": {"include_usage": True}}
CLAUDE: Any = {"model": "claude-haiku-4-5", "max_tokens": 99, "messages": MESSAGES}
GEMINI: Any = {"model": "gemini-2.5-flash", "contents": PROMPT}


@dataclass(frozen=True)
class Seen:
    """What a client made of an answer.

    Attributes:
        text: What the model wrote, as far as it came.
        finish: Why it stopped, or None if nobody said so.
        consumed: The output tokens reported, or None.
        refusal: Whether the model declined.
    """

    text: str
    finish: str | None = None
    consumed: int | None = None
    refusal: bool = False


@dataclass(frozen=True)
class Client:
    """One way to ask.

    Attributes:
        name: Of the client and the way.
        ask: Asks the emulator once; nothing is retried.
        streams: Whether the answer is streamed.
        failed, limited, late: What is raised for a 500, a 429 and no answer in time.
        broken: What a document that breaks off raises.
    """

    name: str
    ask: Callable[[Emulator], Seen]
    streams: bool
    failed: type[Exception]
    limited: type[Exception]
    late: type[Exception] | tuple[type[Exception], ...]
    broken: type[Exception] = Exception


# OpenAI -------------------------------------------------------------------------------------------


def _openai(emulator: Emulator) -> openai.OpenAI:
    return openai.OpenAI(base_url=emulator.openai_url, api_key="any", max_retries=0)


def _openai_async(emulator: Emulator) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=emulator.openai_url, api_key="any", max_retries=0)


def _completion(answer: Any) -> Seen:
    (choice,) = answer.choices
    message, usage = choice.message, answer.usage
    refusal = message.refusal is not None
    consumed = usage and usage.completion_tokens
    return Seen(message.content or "", choice.finish_reason, consumed, refusal)


def _chunks(chunks: Iterable[Any]) -> Seen:
    text, finish, consumed, refusal = "", None, None, False
    for chunk in chunks:
        consumed = chunk.usage.completion_tokens if chunk.usage else consumed
        for choice in chunk.choices:
            text += choice.delta.content or ""
            refusal = refusal or choice.delta.refusal is not None
            finish = choice.finish_reason or finish
    return Seen(text, finish, consumed, refusal)


def _response(answer: Any) -> Seen:
    parts = [part.type for item in answer.output for part in item.content]
    consumed = answer.usage and answer.usage.output_tokens
    return Seen(answer.output_text, answer.status, consumed, "refusal" in parts)


def _response_events(events: Iterable[Any]) -> Seen:
    text, last = "", None
    for event in events:
        text += event.delta if event.type == "response.output_text.delta" else ""
        last = event.response if event.type == "response.completed" else last
    if last is None:
        return Seen(text)
    whole = _response(last)
    assert whole.text == text
    return whole


def chat(emulator: Emulator) -> Seen:
    with _openai(emulator) as client:
        return _completion(client.chat.completions.create(**CHAT))


def chat_streamed(emulator: Emulator) -> Seen:
    with _openai(emulator) as client:
        return _chunks(client.chat.completions.create(**CHAT, **USAGE))


def chat_async(emulator: Emulator) -> Seen:
    async def ask() -> Seen:
        async with _openai_async(emulator) as client:
            return _completion(await client.chat.completions.create(**CHAT))

    return asyncio.run(ask())


def chat_async_streamed(emulator: Emulator) -> Seen:
    async def ask() -> Seen:
        async with _openai_async(emulator) as client:
            stream: Any = await client.chat.completions.create(**CHAT, **USAGE)
            return _chunks([chunk async for chunk in stream])

    return asyncio.run(ask())


def responses(emulator: Emulator) -> Seen:
    with _openai(emulator) as client:
        return _response(client.responses.create(model="gpt-4o", input=PROMPT))


def responses_streamed(emulator: Emulator) -> Seen:
    with _openai(emulator) as client:
        return _response_events(client.responses.create(model="gpt-4o", input=PROMPT, stream=True))


# Anthropic ----------------------------------------------------------------------------------------


def _anthropic(emulator: Emulator) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=emulator.anthropic_url, api_key="any", max_retries=0)


def _anthropic_async(emulator: Emulator) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(base_url=emulator.anthropic_url, api_key="any", max_retries=0)


def _message(answer: Any) -> Seen:
    text = "".join(block.text for block in answer.content)
    stop = answer.stop_reason
    return Seen(text, stop, answer.usage.output_tokens, refusal=stop == "refusal")


def _message_events(events: Iterable[Any]) -> Seen:
    text, stop, consumed = "", None, None
    for event in events:
        if event.type == "content_block_delta":
            text += event.delta.text
        elif event.type == "message_delta":
            stop, consumed = event.delta.stop_reason, event.usage.output_tokens
    return Seen(text, stop, consumed, refusal=stop == "refusal")


def message(emulator: Emulator) -> Seen:
    with _anthropic(emulator) as client:
        return _message(client.messages.create(**CLAUDE))


def message_streamed(emulator: Emulator) -> Seen:
    with _anthropic(emulator) as client:
        return _message_events(client.messages.create(**CLAUDE, stream=True))


def message_gathered(emulator: Emulator) -> Seen:
    """The SDK's own way of putting the events together."""
    with _anthropic(emulator) as client, client.messages.stream(**CLAUDE) as stream:
        return _message(stream.get_final_message())


def message_async(emulator: Emulator) -> Seen:
    async def ask() -> Seen:
        async with _anthropic_async(emulator) as client:
            return _message(await client.messages.create(**CLAUDE))

    return asyncio.run(ask())


def message_async_streamed(emulator: Emulator) -> Seen:
    async def ask() -> Seen:
        async with _anthropic_async(emulator) as client:
            stream: Any = await client.messages.create(**CLAUDE, stream=True)
            return _message_events([event async for event in stream])

    return asyncio.run(ask())


# Google -------------------------------------------------------------------------------------------


def _google(emulator: Emulator) -> genai.Client:
    options = types.HttpOptions(base_url=emulator.google_url)
    return genai.Client(api_key="any", http_options=options, vertexai=False)


def _contents(chunks: Iterable[Any]) -> Seen:
    text, finish, consumed = "", None, None
    for chunk in chunks:
        (candidate,) = chunk.candidates
        text += chunk.text or ""
        finish = candidate.finish_reason.value if candidate.finish_reason else finish
        usage = chunk.usage_metadata
        consumed = usage.candidates_token_count if usage else consumed
    return Seen(text, finish, consumed, refusal=finish == "SAFETY")


def content(emulator: Emulator) -> Seen:
    with _google(emulator) as client:
        return _contents([client.models.generate_content(**GEMINI)])


def content_streamed(emulator: Emulator) -> Seen:
    with _google(emulator) as client:
        return _contents(client.models.generate_content_stream(**GEMINI))


def content_async(emulator: Emulator) -> Seen:
    async def ask() -> Seen:
        async with _google(emulator).aio as client:
            return _contents([await client.models.generate_content(**GEMINI)])

    return asyncio.run(ask())


def content_async_streamed(emulator: Emulator) -> Seen:
    async def ask() -> Seen:
        async with _google(emulator).aio as client:
            stream = await client.models.generate_content_stream(**GEMINI)
            return _contents([chunk async for chunk in stream])

    return asyncio.run(ask())


# Plain clients ------------------------------------------------------------------------------------


class StatusError(Exception):
    """A status of 400 or more, whatever the client."""


def _document(status: int, body: bytes) -> Seen:
    if status >= 400:
        raise StatusError(status)
    told = json.loads(body)
    (choice,) = told["choices"]
    words, usage = choice["message"], told.get("usage")
    return Seen(
        words["content"] or "",
        choice["finish_reason"],
        usage and usage["completion_tokens"],
        words["refusal"] is not None,
    )


def _plain(post: Callable[[str], tuple[int, bytes]]) -> Callable[[Emulator], Seen]:
    return lambda emulator: _document(*post(f"{emulator.openai_url}/chat/completions"))


def _sync(library: Any) -> Callable[[str], tuple[int, bytes]]:
    def post(url: str) -> tuple[int, bytes]:
        answer = library.post(url, json=CHAT, timeout=20)
        return answer.status_code, answer.content

    return post


def _async(ask: Callable[[str], Awaitable[tuple[int, bytes]]]) -> Callable[[str], Any]:
    async def run(url: str) -> tuple[int, bytes]:
        return await ask(url)

    return lambda url: asyncio.run(run(url))


def _of(library: Any) -> Callable[[str], Awaitable[tuple[int, bytes]]]:
    async def ask(url: str) -> tuple[int, bytes]:
        async with library.AsyncClient() as client:
            answer = await client.post(url, json=CHAT, timeout=20)
            return answer.status_code, answer.content

    return ask


def _by_urllib3(url: str) -> tuple[int, bytes]:
    with urllib3.PoolManager(retries=False, timeout=20) as pool:
        answer = pool.request("POST", url, json=CHAT)
        return answer.status, answer.data


def _by_aiohttp(url: str) -> Any:
    aiohttp = import_module("aiohttp")  # not installed everywhere

    async def ask() -> tuple[int, bytes]:
        async with aiohttp.ClientSession() as session, session.post(url, json=CHAT) as answer:
            return answer.status, await answer.read()

    return asyncio.run(ask())


def _of_openai(name: str, ask: Callable[[Emulator], Seen]) -> Client:
    return Client(
        f"openai {name}",
        ask,
        "streamed" in name,
        openai.InternalServerError,
        openai.RateLimitError,
        openai.APITimeoutError,
    )


def _of_anthropic(name: str, ask: Callable[[Emulator], Seen]) -> Client:
    return Client(
        f"anthropic {name}",
        ask,
        "streamed" in name,
        anthropic.InternalServerError,
        anthropic.RateLimitError,
        anthropic.APITimeoutError,
    )


def _of_google(name: str, ask: Callable[[Emulator], Seen]) -> Client:
    # It takes whichever of the two is installed, and aiohttp before both.
    late = (httpx.ReadTimeout, httpx2.ReadTimeout, TimeoutError)
    kinds = errors.ServerError, errors.ClientError, late
    return Client(f"google {name}", ask, "streamed" in name, *kinds)


def _of_plain(name: str, post: Callable[[str], tuple[int, bytes]], late: Any) -> Client:
    return Client(name, _plain(post), False, StatusError, StatusError, late, ValueError)  # noqa: FBT003 - as named


CLIENTS = [
    _of_openai("chat", chat),
    _of_openai("chat streamed", chat_streamed),
    _of_openai("chat async", chat_async),
    _of_openai("chat async streamed", chat_async_streamed),
    _of_openai("responses", responses),
    _of_openai("responses streamed", responses_streamed),
    _of_anthropic("message", message),
    _of_anthropic("message streamed", message_streamed),
    _of_anthropic("message gathered by the SDK, streamed", message_gathered),
    _of_anthropic("message async", message_async),
    _of_anthropic("message async streamed", message_async_streamed),
    _of_google("content", content),
    _of_google("content streamed", content_streamed),
    _of_google("content async", content_async),
    _of_google("content async streamed", content_async_streamed),
    _of_plain("httpx", _sync(httpx), httpx.ReadTimeout),
    _of_plain("httpx async", _async(_of(httpx)), httpx.ReadTimeout),
    _of_plain("httpx2", _sync(httpx2), httpx2.ReadTimeout),
    _of_plain("httpx2 async", _async(_of(httpx2)), httpx2.ReadTimeout),
    _of_plain("requests", _sync(requests), requests.ReadTimeout),
    _of_plain("urllib3", _by_urllib3, urllib3.exceptions.ReadTimeoutError),
    _of_plain("aiohttp", _by_aiohttp, TimeoutError),
]
