"""OpenAI's, Anthropic's and Google's own SDKs."""

from __future__ import annotations

from worlds.caller import COMMON, Caller

__all__ = ["MAKERS"]

_OPENAI = (
    COMMON
    + """
import openai

CLIENT = {"api_key": "any", "base_url": URL + "/v1"}
USAGE = {"stream": True, "stream_options": {"include_usage": True}}

def asks(count, model="gpt-4o-mini", **more):
    return {"model": model, "messages": user(count), **more}

def test_sync():
    with openai.OpenAI(**CLIENT) as client:
        assert client.chat.completions.create(**asks(4011)).choices

def test_sync_streamed():
    with openai.OpenAI(**CLIENT) as client:
        assert list(client.chat.completions.create(**asks(12), **USAGE))[-1].usage

def test_responses_streamed():
    with openai.OpenAI(**CLIENT) as client:
        stream = client.responses.create(model="gpt-5-mini", input=words(13), stream=True)
        assert list(stream)[-1].response.usage

def test_async():
    async def main():
        async with openai.AsyncOpenAI(**CLIENT) as client:
            await asyncio.gather(
                *(client.chat.completions.create(**asks(count)) for count in (14, 15, 16))
            )
    asyncio.run(main())

def test_async_streamed():
    async def main():
        async with openai.AsyncOpenAI(**CLIENT) as client:
            return await every(await client.chat.completions.create(**asks(17), **USAGE))
    assert asyncio.run(main())[-1].usage

def test_busy():
    with openai.OpenAI(**CLIENT) as client:
        assert client.chat.completions.create(**asks(18, "gpt-4.1")).choices
"""
)

_ANTHROPIC = (
    COMMON
    + """
import anthropic

CLIENT = {"api_key": "any", "base_url": URL}
CACHED = {"type": "text", "text": words(4000), "cache_control": {"type": "ephemeral"}}

def asks(count, model="claude-opus-4-5", **more):
    return {"model": model, "max_tokens": 99, "messages": user(count), **more}

def test_sync():
    with anthropic.Anthropic(**CLIENT) as client:
        assert client.messages.create(**asks(11, system=[CACHED])).content

def test_sync_streamed():
    with anthropic.Anthropic(**CLIENT) as client, client.messages.stream(**asks(12)) as stream:
        assert stream.get_final_message().usage

def test_async():
    async def main():
        async with anthropic.AsyncAnthropic(**CLIENT) as client:
            await asyncio.gather(*(client.messages.create(**asks(count)) for count in (13, 14)))
    asyncio.run(main())

def test_async_streamed():
    async def main():
        async with anthropic.AsyncAnthropic(**CLIENT) as client:
            return await every(await client.messages.create(**asks(15), stream=True))
    assert asyncio.run(main())

def test_busy():
    with anthropic.Anthropic(**CLIENT) as client:
        assert client.messages.create(**asks(16, "claude-sonnet-4-5")).content

def test_counting_is_free():
    with anthropic.Anthropic(**CLIENT) as client:
        asked = {"model": "claude-opus-4-5", "messages": user(17)}
        assert client.messages.count_tokens(**asked).input_tokens
"""
)

_GOOGLE = (
    COMMON
    + """
from google import genai

CLIENT = {"api_key": "any", "http_options": {"base_url": URL}, "vertexai": False}

def asks(count):
    return {"model": "gemini-2.5-flash", "contents": words(count)}

def test_sync():
    with genai.Client(**CLIENT) as client:
        assert client.models.generate_content(**asks(4011)).text

def test_sync_streamed():
    with genai.Client(**CLIENT) as client:
        assert list(client.models.generate_content_stream(**asks(12)))

def test_async():
    async def main():
        async with genai.Client(**CLIENT).aio as client:
            await client.models.generate_content(**asks(13))
    asyncio.run(main())

def test_async_streamed():
    async def main():
        async with genai.Client(**CLIENT).aio as client:
            return await every(await client.models.generate_content_stream(**asks(14)))
    assert asyncio.run(main())
"""
)

MAKERS = (
    Caller(
        name="openai",
        distribution="openai",
        module="openai",
        code=_OPENAI,
        calls={"test_async": 3, "test_busy": 2},
        busy="gpt-4.1",
    ),
    Caller(
        name="anthropic",
        distribution="anthropic",
        module="anthropic",
        code=_ANTHROPIC,
        calls={"test_async": 2, "test_busy": 2, "test_counting_is_free": 0},
        busy="claude-sonnet-4-5",
    ),
    Caller(
        name="google-genai",
        distribution="google-genai",
        module="google.genai",
        code=_GOOGLE,
    ),
)
