"""The models, one function for each way of asking: plain, streamed, async.

Keys come from the usual environment variables; a replayed run needs none.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from anthropic import Anthropic, AsyncAnthropic
from anthropic.types import Message, TextBlock
from google import genai
from google.genai.types import GenerateContentConfig
from openai import AsyncOpenAI, OpenAI

if TYPE_CHECKING:
    from anthropic.types import TextBlockParam
    from openai.types.chat import ChatCompletionMessageParam

    from speckit.brief import Brief

__all__ = [
    "claude",
    "claude_async",
    "claude_streamed",
    "embed",
    "gemini",
    "gemini_async",
    "gemini_streamed",
    "gpt",
    "gpt_async",
    "gpt_response",
    "gpt_response_streamed",
    "gpt_streamed",
]

_MOST_TOKENS = 4096


def _key(name: str) -> str:
    return os.environ.get(name, "replayed")


# OpenAI -------------------------------------------------------------------------------------------


def gpt(model: str, brief: Brief) -> str:
    with OpenAI(api_key=_key("OPENAI_API_KEY")) as client:
        completion = client.chat.completions.create(model=model, messages=_chat(brief))
    return completion.choices[0].message.content or ""


async def gpt_async(model: str, brief: Brief) -> str:
    async with AsyncOpenAI(api_key=_key("OPENAI_API_KEY")) as client:
        completion = await client.chat.completions.create(model=model, messages=_chat(brief))
    return completion.choices[0].message.content or ""


def gpt_streamed(model: str, brief: Brief) -> str:
    with (
        OpenAI(api_key=_key("OPENAI_API_KEY")) as client,
        client.chat.completions.create(
            model=model,
            messages=_chat(brief),
            stream=True,
            stream_options={"include_usage": True},
        ) as chunks,
    ):
        return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def gpt_response(model: str, brief: Brief) -> str:
    with OpenAI(api_key=_key("OPENAI_API_KEY")) as client:
        response = client.responses.create(
            model=model, instructions=brief.system, input=brief.document
        )
    return response.output_text


async def gpt_response_streamed(model: str, brief: Brief) -> str:
    async with (
        AsyncOpenAI(api_key=_key("OPENAI_API_KEY")) as client,
        client.responses.stream(
            model=model, instructions=brief.system, input=brief.document
        ) as stream,
    ):
        return (await stream.get_final_response()).output_text


def embed(model: str, texts: list[str]) -> list[list[float]]:
    with OpenAI(api_key=_key("OPENAI_API_KEY")) as client:
        answer = client.embeddings.create(model=model, input=texts, dimensions=256)
    return [each.embedding for each in answer.data]


def _chat(brief: Brief) -> list[ChatCompletionMessageParam]:
    return [
        {"role": "system", "content": brief.system},
        {"role": "user", "content": brief.document},
    ]


# Anthropic ----------------------------------------------------------------------------------------


def claude(model: str, brief: Brief) -> str:
    with Anthropic(api_key=_key("ANTHROPIC_API_KEY")) as client:
        return _words(
            client.messages.create(
                model=model,
                max_tokens=_MOST_TOKENS,
                system=brief.system,
                messages=[{"role": "user", "content": brief.document}],
            )
        )


async def claude_async(model: str, brief: Brief) -> str:
    async with AsyncAnthropic(api_key=_key("ANTHROPIC_API_KEY")) as client:
        return _words(
            await client.messages.create(
                model=model,
                max_tokens=_MOST_TOKENS,
                system=brief.system,
                messages=[{"role": "user", "content": brief.document}],
            )
        )


def claude_streamed(model: str, brief: Brief) -> str:
    """Ask with the document in the prompt cache, since a senior model reads it more than once."""
    with (
        Anthropic(api_key=_key("ANTHROPIC_API_KEY")) as client,
        client.messages.stream(
            model=model,
            max_tokens=_MOST_TOKENS,
            system=brief.system,
            messages=[{"role": "user", "content": [_cached(brief.document)]}],
        ) as stream,
    ):
        return stream.get_final_text()


def _cached(text: str) -> TextBlockParam:
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}


def _words(message: Message) -> str:
    return "".join(block.text for block in message.content if isinstance(block, TextBlock))


# Google -------------------------------------------------------------------------------------------


def gemini(model: str, brief: Brief) -> str:
    with _gemini() as client:
        answer = client.models.generate_content(
            model=model, contents=brief.document, config=_told(brief)
        )
    return answer.text or ""


async def gemini_async(model: str, brief: Brief) -> str:
    async with _gemini().aio as client:
        answer = await client.models.generate_content(
            model=model, contents=brief.document, config=_told(brief)
        )
    return answer.text or ""


def gemini_streamed(model: str, brief: Brief) -> str:
    with _gemini() as client:
        chunks = client.models.generate_content_stream(
            model=model, contents=brief.document, config=_told(brief)
        )
        return "".join(chunk.text or "" for chunk in chunks)


def _gemini() -> genai.Client:
    return genai.Client(api_key=_key("GEMINI_API_KEY"), vertexai=False)


def _told(brief: Brief) -> GenerateContentConfig:
    return GenerateContentConfig(system_instruction=brief.system)
