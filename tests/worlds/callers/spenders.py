"""Clients that spend, one call after the other, until a ceiling stops them."""

from __future__ import annotations

from worlds.caller import COMMON, Spender

__all__ = ["ASKED", "SPENDERS"]

ASKED = 12
"""How many calls a suite would like to make, each in a test of its own."""

_OPENAI = (
    COMMON
    + """
import openai

CLIENT = {"api_key": "any", "base_url": URL + "/v1"}

def asked():
    return {"model": "gpt-4o-mini", "max_tokens": 99, "messages": user(100)}
"""
)
_ANTHROPIC = (
    COMMON
    + """
import anthropic

CLIENT = {"api_key": "any", "base_url": URL}

def asked():
    return {"model": "claude-haiku-4-5", "max_tokens": 99, "messages": user(100)}
"""
)
_GOOGLE = (
    COMMON
    + """
from google import genai

CLIENT = {"api_key": "any", "http_options": {"base_url": URL}, "vertexai": False}

def asked():
    return {"model": "gemini-2.5-flash", "contents": words(100)}
"""
)
_LITELLM = (
    COMMON
    + """
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it fetches one when it is imported
import litellm

def asked():
    where = {"model": "openai/gpt-4o-mini", "api_base": URL + "/v1", "api_key": "any"}
    return {"max_tokens": 99, "messages": user(100), **where}
"""
)
_AMAZON = (
    COMMON
    + """
ACCOUNT = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}

def asked():
    message = {"role": "user", "content": [{"text": words(100)}]}
    return {"modelId": "amazon.nova-lite-v1:0", "messages": [message]}
"""
)

_TESTS = f"""
@pytest.mark.parametrize("number", range({ASKED}))
def test_asks(number):
    ask()
"""


def _spender(client: str, way: str, code: str, module: str = "", distribution: str = "") -> Spender:
    return Spender(
        name=f"{client}, {way}",
        distribution=distribution or client,
        module=module or client,
        code=code + _TESTS,
    )


SPENDERS = (
    _spender(
        "openai",
        "sync",
        _OPENAI
        + """
def ask():
    with openai.OpenAI(**CLIENT) as client:
        assert client.chat.completions.create(**asked()).choices
""",
    ),
    _spender(
        "openai",
        "async",
        _OPENAI
        + """
def ask():
    async def main():
        async with openai.AsyncOpenAI(**CLIENT) as client:
            return await client.chat.completions.create(**asked())
    assert asyncio.run(main()).choices
""",
    ),
    _spender(
        "anthropic",
        "sync",
        _ANTHROPIC
        + """
def ask():
    with anthropic.Anthropic(**CLIENT) as client:
        assert client.messages.create(**asked()).content
""",
    ),
    _spender(
        "anthropic",
        "async",
        _ANTHROPIC
        + """
def ask():
    async def main():
        async with anthropic.AsyncAnthropic(**CLIENT) as client:
            return await client.messages.create(**asked())
    assert asyncio.run(main()).content
""",
    ),
    _spender(
        "google-genai",
        "sync",
        _GOOGLE
        + """
def ask():
    with genai.Client(**CLIENT) as client:
        assert client.models.generate_content(**asked()).text
""",
        module="google.genai",
    ),
    _spender(
        "google-genai",
        "async",
        _GOOGLE
        + """
def ask():
    async def main():
        async with genai.Client(**CLIENT).aio as client:
            return await client.models.generate_content(**asked())
    assert asyncio.run(main()).text
""",
        module="google.genai",
    ),
    _spender(
        "litellm",
        "sync",
        _LITELLM
        + """
def ask():
    assert litellm.completion(**asked()).choices
""",
    ),
    _spender(
        "litellm",
        "async",
        _LITELLM
        + """
def ask():
    assert asyncio.run(litellm.acompletion(**asked())).choices
""",
    ),
    _spender(
        "boto3",
        "sync",
        _AMAZON
        + """
import boto3

def ask():
    client = boto3.client("bedrock-runtime", endpoint_url=URL, **ACCOUNT)
    try:
        assert client.converse(**asked())["usage"]
    finally:
        client.close()
""",
    ),
    _spender(
        "aioboto3",
        "async",
        _AMAZON
        + """
import aioboto3

def ask():
    async def main():
        session = aioboto3.Session()
        async with session.client("bedrock-runtime", endpoint_url=URL, **ACCOUNT) as client:
            return await client.converse(**asked())
    assert asyncio.run(main())["usage"]
""",
    ),
)
