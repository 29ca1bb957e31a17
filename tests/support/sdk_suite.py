"""A suite that calls models through the providers' own SDKs, each test in another way.

`WHOLE` reads every answer to its end, so that it can be recorded and replayed; `CUT` stops early.
Some prompts are long enough for a provider's cache.  Models are named so that a test can script
what happens to one call: `RETRIED` is told to come back once, `ZIPPED` answers in compressed
bodies, `SLOW` takes its time between two events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.emulator import Served

__all__ = ["CUT", "RETRIED", "SLOW", "WHOLE", "ZIPPED", "Counts", "served_counts"]

RETRIED = ("gpt-4.1", "claude-sonnet-4-5")
ZIPPED = ("gpt-4.1-mini", "claude-haiku-4-5")
SLOW = "gpt-4.1-nano"

_CLIENTS = """
import asyncio
import os

import anthropic
import openai
import pytest
from google import genai

URL = os.environ["EMULATOR"]
OPENAI = {"api_key": "any", "base_url": URL + "/v1"}
ANTHROPIC = {"api_key": "any", "base_url": URL}
GOOGLE = {"api_key": "any", "http_options": {"base_url": URL}}

def asks(words, model="gpt-4o-mini", **more):
    return {"model": model, "messages": [{"role": "user", "content": "word " * words}], **more}

def claude(words, model="claude-opus-4-5", **more):
    return {"max_tokens": 99, **asks(words, model, **more)}

def gemini(words, model="gemini-2.5-flash"):
    return {"model": model, "contents": "word " * words}

CACHED = {"type": "text", "text": "word " * 4000, "cache_control": {"type": "ephemeral"}}
USAGE = {"stream": True, "stream_options": {"include_usage": True}}
"""

WHOLE = (
    _CLIENTS
    + """
pytestmark = pytest.mark.spec("SPEC-1")

def test_openai_chat():
    with openai.OpenAI(**OPENAI) as client:
        assert client.chat.completions.create(**asks(4011)).choices

def test_openai_chat_raw():
    with openai.OpenAI(**OPENAI) as client:
        assert client.chat.completions.with_raw_response.create(**asks(12)).parse().choices

def test_openai_chat_read_by_the_caller():
    with openai.OpenAI(**OPENAI) as client:
        with client.chat.completions.with_streaming_response.create(**asks(13)) as response:
            assert response.parse().choices

def test_openai_stream_with_usage():
    with openai.OpenAI(**OPENAI) as client:
        assert list(client.chat.completions.create(**asks(14), **USAGE))[-1].usage

def test_openai_stream_without_usage():
    with openai.OpenAI(**OPENAI) as client:
        assert list(client.chat.completions.create(**asks(15, stream=True)))

def test_openai_responses():
    with openai.OpenAI(**OPENAI) as client:
        assert client.responses.create(model="gpt-5-mini", input="word " * 4016).output_text

def test_openai_responses_stream():
    with openai.OpenAI(**OPENAI) as client:
        stream = client.responses.create(model="gpt-5-mini", input="word " * 17, stream=True)
        assert list(stream)[-1].response.usage

def test_openai_embeddings():
    with openai.OpenAI(**OPENAI) as client:
        assert client.embeddings.create(model="text-embedding-3-small", input="word " * 18).data

def test_openai_async():
    async def main():
        async with openai.AsyncOpenAI(**OPENAI) as client:
            await asyncio.gather(
                *(client.chat.completions.create(**asks(words)) for words in (19, 20, 21))
            )
            return [one async for one in await client.chat.completions.create(**asks(22), **USAGE)]
    assert asyncio.run(main())[-1].usage

def test_openai_retried():
    with openai.OpenAI(**OPENAI) as client:
        assert client.chat.completions.create(**asks(23, "gpt-4.1")).choices

def test_openai_gzip():
    with openai.OpenAI(**OPENAI) as client:
        assert client.chat.completions.create(**asks(24, "gpt-4.1-mini")).choices
        assert list(client.chat.completions.create(**asks(25, "gpt-4.1-mini"), **USAGE))[-1].usage

def test_anthropic():
    with anthropic.Anthropic(**ANTHROPIC) as client:
        assert client.messages.create(**claude(26, system=[CACHED])).content

def test_anthropic_stream():
    with anthropic.Anthropic(**ANTHROPIC) as client, client.messages.stream(**claude(27)) as stream:
        assert stream.get_final_message().usage

def test_anthropic_async():
    async def main():
        async with anthropic.AsyncAnthropic(**ANTHROPIC) as client:
            await client.messages.create(**claude(28))
            return [one async for one in await client.messages.create(**claude(29), stream=True)]
    assert asyncio.run(main())

def test_anthropic_retried():
    with anthropic.Anthropic(**ANTHROPIC) as client:
        assert client.messages.create(**claude(30, "claude-sonnet-4-5")).content

def test_anthropic_gzip():
    with anthropic.Anthropic(**ANTHROPIC) as client:
        assert client.messages.create(**claude(31, "claude-haiku-4-5")).content
        assert list(client.messages.create(**claude(32, "claude-haiku-4-5"), stream=True))

def test_anthropic_counts_tokens_for_free():
    with anthropic.Anthropic(**ANTHROPIC) as client:
        asked = asks(33, "claude-opus-4-5")
        assert client.messages.count_tokens(**asked).input_tokens

def test_google():
    with genai.Client(**GOOGLE) as client:
        assert client.models.generate_content(**gemini(4034)).text

def test_google_stream():
    with genai.Client(**GOOGLE) as client:
        assert list(client.models.generate_content_stream(**gemini(35)))

def test_google_async():
    async def main():
        async with genai.Client(**GOOGLE).aio as client:
            await client.models.generate_content(**gemini(36))
            stream = await client.models.generate_content_stream(**gemini(37))
            return [one async for one in stream]
    assert asyncio.run(main())
"""
)

CUT = (
    _CLIENTS
    + '''
async def first_then_cancelled(stream):
    """Read one event, then be cancelled while waiting for the next."""
    seen = asyncio.Event()
    async def read():
        async for _ in stream:
            seen.set()
    reading = asyncio.create_task(read())
    await seen.wait()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)

def test_openai_stopped():
    with openai.OpenAI(**OPENAI) as client:
        with client.chat.completions.create(**asks(40, "gpt-4.1-nano"), **USAGE) as stream:
            next(stream)

def test_openai_left_open():
    client = openai.OpenAI(**OPENAI)
    stream = client.chat.completions.create(**asks(41, "gpt-4.1-nano"), **USAGE)
    next(stream)
    stream.response.close()

def test_openai_cancelled():
    async def main():
        async with openai.AsyncOpenAI(**OPENAI) as client:
            words = asks(42, "gpt-4.1-nano")
            await first_then_cancelled(await client.chat.completions.create(**words, **USAGE))
    asyncio.run(main())

def test_anthropic_stopped():
    with anthropic.Anthropic(**ANTHROPIC) as client:
        with client.messages.create(**claude(43), stream=True) as stream:
            next(stream)

def test_google_stopped():
    with genai.Client(**GOOGLE) as client:
        stream = client.models.generate_content_stream(**gemini(44))
        next(stream)
        stream.close()
'''
)


@dataclass(frozen=True, order=True)
class Counts:
    """What one answer consumed, inclusive."""

    model: str
    input_tokens: int
    output_tokens: int
    cached: int


def served_counts(served: Served) -> Counts:
    """Return what the server reported, as the providers' documents define their counts."""
    usage = served.usage or {}
    return Counts(served.model, *_BY_PROVIDER[served.provider](usage))


def _openai(usage: dict[str, Any]) -> tuple[int, int, int]:
    names = ("input", "output") if "input_tokens" in usage else ("prompt", "completion")
    read, written = (usage.get(f"{name}_tokens", 0) for name in names)
    return read, written, usage.get(f"{names[0]}_tokens_details", {}).get("cached_tokens", 0)


def _anthropic(usage: dict[str, Any]) -> tuple[int, int, int]:
    cached = usage.get("cache_read_input_tokens", 0)
    written = usage.get("cache_creation_input_tokens", 0)
    return usage["input_tokens"] + cached + written, usage["output_tokens"], cached


def _google(usage: dict[str, Any]) -> tuple[int, int, int]:
    told = usage.get("candidatesTokenCount", 0) + usage.get("thoughtsTokenCount", 0)
    return usage["promptTokenCount"], told, usage.get("cachedContentTokenCount", 0)


_BY_PROVIDER = {"openai": _openai, "anthropic": _anthropic, "google": _google}
