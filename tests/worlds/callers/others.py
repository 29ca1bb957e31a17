"""The SDKs of other providers, and of who runs models for others."""

from __future__ import annotations

from worlds.caller import COMMON, Caller

__all__ = ["OTHERS"]

_GROQ = (
    COMMON
    + """
import groq

CLIENT = {"api_key": "any", "base_url": URL}

def asks(count, model="moonshotai/kimi-k2-instruct-0905", **more):
    return {"model": model, "messages": user(count), **more}

def test_sync():
    with groq.Groq(**CLIENT) as client:
        assert client.chat.completions.create(**asks(4011)).usage

def test_sync_streamed():
    with groq.Groq(**CLIENT) as client:
        assert list(client.chat.completions.create(**asks(12), stream=True))[-1].x_groq.usage

def test_async():
    async def main():
        async with groq.AsyncGroq(**CLIENT) as client:
            return await client.chat.completions.create(**asks(13))
    assert asyncio.run(main()).usage

def test_async_streamed():
    async def main():
        async with groq.AsyncGroq(**CLIENT) as client:
            return await every(await client.chat.completions.create(**asks(14), stream=True))
    assert asyncio.run(main())[-1].x_groq.usage

def test_busy():
    with groq.Groq(**CLIENT) as client:
        assert client.chat.completions.create(**asks(15, "llama-3.3-70b-versatile")).usage
"""
)

_MISTRAL = (
    COMMON
    + """
from mistralai.client import Mistral

CLIENT = {"api_key": "any", "server_url": URL + "/mistral"}

def asks(count):
    return {"model": "mistral-small-latest", "messages": user(count)}

def test_sync():
    with Mistral(**CLIENT) as client:
        assert client.chat.complete(**asks(11)).usage

def test_sync_streamed():
    with Mistral(**CLIENT) as client, client.chat.stream(**asks(12)) as stream:
        assert list(stream)[-1].data.usage

def test_async():
    async def main():
        async with Mistral(**CLIENT) as client:
            return await client.chat.complete_async(**asks(13))
    assert asyncio.run(main()).usage

def test_async_streamed():
    async def main():
        async with Mistral(**CLIENT) as client:
            return await every(await client.chat.stream_async(**asks(14)))
    assert asyncio.run(main())[-1].data.usage
"""
)

_COHERE = (
    COMMON
    + """
import cohere

CLIENT = {"api_key": "any", "base_url": URL}

def asks(count, model="command-r-08-2024"):
    return {"model": model, "messages": user(count)}

def test_sync():
    with cohere.ClientV2(**CLIENT) as client:
        assert client.chat(**asks(11)).usage

def test_sync_streamed():
    with cohere.ClientV2(**CLIENT) as client:
        assert list(client.chat_stream(**asks(12)))[-1].delta.usage

def test_async():
    async def main():
        async with cohere.AsyncClientV2(**CLIENT) as client:
            return await client.chat(**asks(13))
    assert asyncio.run(main()).usage

def test_async_streamed():
    async def main():
        async with cohere.AsyncClientV2(**CLIENT) as client:
            return await every(client.chat_stream(**asks(14)))
    assert asyncio.run(main())[-1].delta.usage

def test_busy():
    with cohere.ClientV2(**CLIENT) as client:
        assert client.chat(**asks(15, "command-r-plus-08-2024")).usage
"""
)

_OLLAMA = (
    COMMON
    + """
import ollama

def asks(count, **more):
    return {"model": "llama3.2", "messages": user(count), **more}

def test_sync():
    assert ollama.Client(host=URL).chat(**asks(11)).eval_count

def test_sync_streamed():
    assert list(ollama.Client(host=URL).chat(**asks(12), stream=True))[-1].eval_count

def test_async():
    async def main():
        return await ollama.AsyncClient(host=URL).chat(**asks(13))
    assert asyncio.run(main()).eval_count

def test_async_streamed():
    async def main():
        return await every(await ollama.AsyncClient(host=URL).chat(**asks(14), stream=True))
    assert asyncio.run(main())[-1].eval_count
"""
)

_HUGGINGFACE = (
    COMMON
    + """
from pathlib import Path

# It would ask its hub for a list, once a day and for nothing that counts here.
os.environ["HF_HOME"] = os.getcwd()
Path(".agent_harnesses.json").write_text('{"standardEnvVars": [], "harnesses": {}}')
from huggingface_hub import AsyncInferenceClient, InferenceClient

CLIENT = {"api_key": "any", "base_url": URL + "/tgi/v1"}
USAGE = {"stream": True, "stream_options": {"include_usage": True}}

def asks(count):
    return {"model": "meta-llama/Llama-3.1-8B-Instruct", "messages": user(count)}

def test_sync():
    with InferenceClient(**CLIENT) as client:
        assert client.chat_completion(**asks(11)).usage

def test_sync_streamed():
    with InferenceClient(**CLIENT) as client:
        assert list(client.chat_completion(**asks(12), **USAGE))[-1].usage

def test_async():
    async def main():
        async with AsyncInferenceClient(**CLIENT) as client:
            return await client.chat_completion(**asks(13))
    assert asyncio.run(main()).usage

def test_async_streamed():
    async def main():
        async with AsyncInferenceClient(**CLIENT) as client:
            return await every(await client.chat_completion(**asks(14), **USAGE))
    assert asyncio.run(main())[-1].usage
"""
)

_OPENROUTER = (
    COMMON
    + """
from openrouter import OpenRouter

CLIENT = {"api_key": "any", "server_url": URL + "/api/v1"}

def asks(count, **more):
    return {"model": "openai/gpt-4o-mini", "messages": user(count), **more}

def test_sync():
    with OpenRouter(**CLIENT) as client:
        assert client.chat.send(**asks(4011)).usage

def test_sync_streamed():
    with OpenRouter(**CLIENT) as client, client.chat.send(**asks(12), stream=True) as stream:
        assert list(stream)[-1].usage

def test_async():
    async def main():
        async with OpenRouter(**CLIENT) as client:
            return await client.chat.send_async(**asks(13))
    assert asyncio.run(main()).usage

def test_async_streamed():
    async def main():
        async with OpenRouter(**CLIENT) as client:
            return await every(await client.chat.send_async(**asks(14), stream=True))
    assert asyncio.run(main())[-1].usage
"""
)

OTHERS = (
    Caller(
        name="groq",
        distribution="groq",
        module="groq",
        hosts='provider = "groq"',
        code=_GROQ,
        calls={"test_busy": 2},
        busy="llama-3.3-70b-versatile",
    ),
    Caller(
        name="mistralai",
        distribution="mistralai",
        module="mistralai.client",
        hosts='provider = "mistral"',
        code=_MISTRAL,
    ),
    Caller(
        name="cohere",
        distribution="cohere",
        module="cohere",
        code=_COHERE,
        calls={"test_busy": 2},
        busy="command-r-plus-08-2024",
    ),
    Caller(
        name="ollama",
        distribution="ollama",
        module="ollama",
        hosts='free = "our own machine"',
        code=_OLLAMA,
    ),
    Caller(
        name="huggingface_hub",
        distribution="huggingface_hub",
        module="huggingface_hub",
        hosts='provider = "huggingface", free = "our own machine"',
        code=_HUGGINGFACE,
    ),
    Caller(
        name="openrouter",
        distribution="openrouter",
        module="openrouter",
        hosts='provider = "openrouter"',
        code=_OPENROUTER,
    ),
)
