"""Frameworks, which call through the SDKs of others or on their own."""

from __future__ import annotations

from worlds.caller import COMMON, Caller

__all__ = ["FRAMEWORKS"]

_LITELLM = (
    COMMON
    + """
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it fetches one when it is imported
import litellm

OPENAI = {"model": "openai/gpt-4o-mini", "api_base": URL + "/v1"}
CLAUDE = {"model": "anthropic/claude-haiku-4-5", "api_base": URL}
GEMINI = {"model": "gemini/gemini-2.5-flash", "api_base": URL + "/v1beta/models/gemini-2.5-flash"}
USAGE = {"stream": True, "stream_options": {"include_usage": True}}
EACH = pytest.mark.parametrize("to", [OPENAI, CLAUDE, GEMINI], ids=["gpt", "claude", "gemini"])

def asks(count, to, **more):
    return {"api_key": "any", "messages": user(count), **to, **more}
"""
)

_LITELLM_SYNC = (
    _LITELLM
    + """
@EACH
def test_sync(to):
    assert litellm.completion(**asks(11, to)).usage

@EACH
def test_sync_streamed(to):
    assert list(litellm.completion(**asks(12, to, **USAGE)))

def test_busy():
    asked = asks(13, OPENAI | {"model": "openai/gpt-4.1"}, num_retries=1)
    assert litellm.completion(**asked).usage
"""
)

_LITELLM_ASYNC = (
    _LITELLM
    + """
@EACH
def test_async(to):
    assert asyncio.run(litellm.acompletion(**asks(14, to))).usage

@EACH
def test_async_streamed(to):
    async def main():
        return await every(await litellm.acompletion(**asks(15, to, **USAGE)))
    assert asyncio.run(main())
"""
)

_PYDANTIC_AI = (
    COMMON
    + """
from pydantic_ai import Agent
from pydantic_ai.models.{module} import {model} as Model
from pydantic_ai.providers.{module} import {provider} as Provider

def agent():
    return Agent(Model("{name}", provider=Provider(api_key="any", base_url=URL + "{path}")))

def test_sync():
    assert agent().run_sync(words(11)).output

def test_async():
    assert asyncio.run(agent().run(words(12))).output

def test_async_streamed():
    async def main():
        async with agent().run_stream(words(13)) as result:
            return await result.get_output()
    assert asyncio.run(main())
"""
)

_LANGCHAIN = (
    COMMON
    + """
from {module} import {model} as Chat

def chat():
    return Chat(model="{name}", api_key="any", base_url=URL + "{path}", {options})

def test_sync():
    assert chat().invoke(words(11)).usage_metadata

def test_sync_streamed():
    assert any(piece.usage_metadata for piece in list(chat().stream(words(12))))

def test_async():  # in one loop, because langchain keeps a client for the next one
    async def main():
        return [await chat().ainvoke(words(13)), *await every(chat().astream(words(14)))]
    assert any(piece.usage_metadata for piece in asyncio.run(main())[1:])
"""
)

_AGENTS = (
    COMMON
    + """
import openai
from agents import (
    Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner, set_tracing_disabled
)

set_tracing_disabled(True)

def run(name, kind, call):
    async def main():
        async with openai.AsyncOpenAI(api_key="any", base_url=URL + "/v1") as client:
            return await call(Agent(name="clerk", model=kind(name, openai_client=client)))
    return asyncio.run(main())

async def streamed(agent, text):
    result = Runner.run_streamed(agent, text)
    await every(result.stream_events())
    return result

def test_async():
    call = lambda agent: Runner.run(agent, words(11))
    assert run("gpt-5-mini", OpenAIResponsesModel, call).final_output

def test_async_streamed():
    call = lambda agent: streamed(agent, words(12))
    assert run("gpt-5-mini", OpenAIResponsesModel, call).final_output

def test_async_chat():
    call = lambda agent: Runner.run(agent, words(13))
    assert run("gpt-4o-mini", OpenAIChatCompletionsModel, call).final_output
"""
)


def _filled(code: str, **words: str) -> str:
    for name, word in words.items():
        code = code.replace("{" + name + "}", word)
    return code


FRAMEWORKS = (
    Caller(
        name="litellm",
        distribution="litellm",
        module="litellm",
        code=_LITELLM_SYNC,
        calls={"test_busy": 2},
        busy="gpt-4.1",
    ),
    Caller(
        name="litellm, async",
        distribution="litellm",
        module="litellm",
        code=_LITELLM_ASYNC,
    ),
    Caller(
        name="pydantic-ai to OpenAI",
        distribution="pydantic-ai-slim",
        module="pydantic_ai.models.openai",
        code=_filled(
            _PYDANTIC_AI,
            module="openai",
            model="OpenAIChatModel",
            provider="OpenAIProvider",
            name="gpt-4o-mini",
            path="/v1",
        ),
    ),
    Caller(
        name="pydantic-ai to Anthropic",
        distribution="pydantic-ai-slim",
        module="pydantic_ai.models.anthropic",
        code=_filled(
            _PYDANTIC_AI,
            module="anthropic",
            model="AnthropicModel",
            provider="AnthropicProvider",
            name="claude-haiku-4-5",
            path="",
        ),
    ),
    Caller(
        name="langchain-openai",
        distribution="langchain-openai",
        module="langchain_openai",
        calls={"test_async": 2},
        code=_filled(
            _LANGCHAIN,
            module="langchain_openai",
            model="ChatOpenAI",
            name="gpt-4o-mini",
            path="/v1",
            options="stream_usage=True",
        ),
    ),
    Caller(
        name="langchain-anthropic",
        distribution="langchain-anthropic",
        module="langchain_anthropic",
        calls={"test_async": 2},
        code=_filled(
            _LANGCHAIN,
            module="langchain_anthropic",
            model="ChatAnthropic",
            name="claude-haiku-4-5",
            path="",
            options="max_tokens=99",
        ),
    ),
    Caller(
        name="openai-agents",
        distribution="openai-agents",
        module="agents",
        code=_AGENTS,
    ),
)
