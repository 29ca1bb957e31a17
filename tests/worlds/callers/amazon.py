"""Amazon Bedrock by boto3, which is on urllib3, and by aioboto3, on aiohttp or on httpx.

aiobotocore 3.10.0 reads no event stream over httpx (its `eventstream.py` asks the response for an
attribute of aiohttp's), so nothing is streamed there.
"""

from __future__ import annotations

from worlds.caller import COMMON, Caller

__all__ = ["AMAZON"]

_ACCOUNT = (
    COMMON
    + """
ACCOUNT = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}

def asks(count, model="amazon.nova-lite-v1:0"):
    return {"modelId": model, "messages": [{"role": "user", "content": [{"text": words(count)}]}]}
"""
)

_BOTO3 = (
    _ACCOUNT
    + """
import boto3

@pytest.fixture
def client():
    client = boto3.client("bedrock-runtime", endpoint_url=URL, **ACCOUNT)
    yield client
    client.close()

def test_sync(client):
    assert client.converse(**asks(4011))["usage"]

def test_sync_streamed(client):
    assert "metadata" in list(client.converse_stream(**asks(12))["stream"])[-1]

def test_threads(client):
    async def main():
        await asyncio.gather(
            *(asyncio.to_thread(client.converse, **asks(count)) for count in (13, 14, 15))
        )
    asyncio.run(main())

def test_busy(client):
    assert client.converse(**asks(16, "anthropic.claude-3-haiku-20240307-v1:0"))["usage"]
"""
)

_AIOBOTO3 = (
    _ACCOUNT
    + """
import aioboto3
from aiobotocore.config import AioConfig

{session}

async def called(name, *asked):
    config = AioConfig(http_session_cls=SESSION)
    session = aioboto3.Session()
    async with session.client(
        "bedrock-runtime", endpoint_url=URL, config=config, **ACCOUNT
    ) as client:
        answers = await asyncio.gather(*(getattr(client, name)(**one) for one in asked))
        if name == "converse":
            return [answer["usage"] for answer in answers]
        return [(await every(answer["stream"]))[-1]["metadata"] for answer in answers]

def test_async():
    assert asyncio.run(called("converse", asks(4011), asks(12), asks(13)))

def test_busy():
    assert asyncio.run(called("converse", asks(14, "anthropic.claude-3-haiku-20240307-v1:0")))
"""
)

_STREAMED = """
def test_async_streamed():
    assert asyncio.run(called("converse_stream", asks(15)))
"""

_AIOHTTP = "from aiobotocore.httpsession import AIOHTTPSession as SESSION"
_HTTPX = "from aiobotocore.httpxsession import HttpxSession as SESSION"
_BUSY = "anthropic.claude-3-haiku-20240307-v1:0"

AMAZON = (
    Caller(
        name="boto3",
        distribution="boto3",
        module="boto3",
        code=_BOTO3,
        calls={"test_threads": 3, "test_busy": 2},
        busy=_BUSY,
    ),
    Caller(
        name="aioboto3 on aiohttp",
        distribution="aioboto3",
        module="aioboto3",
        code=_AIOBOTO3.replace("{session}", _AIOHTTP) + _STREAMED,
        calls={"test_async": 3, "test_busy": 2},
        busy=_BUSY,
    ),
    Caller(
        name="aioboto3 on httpx",
        distribution="aioboto3",
        module="aiobotocore.httpxsession",
        code=_AIOBOTO3.replace("{session}", _HTTPX),
        calls={"test_async": 3, "test_busy": 2},
        busy=_BUSY,
    ),
)
