"""HTTP clients that are called by hand, without an SDK: what they carry is a model call, too.

niquests brings urllib3.future, which takes the place of urllib3, so that requests stands on it.  No
cassette records either half of it, nor what httpcore is asked by hand.
"""

from __future__ import annotations

from worlds.caller import COMMON, Caller

__all__ = ["CARRIERS"]

_PLAIN = (
    COMMON
    + """
import json

CHAT = URL + "/v1/chat/completions"

def body(count, **more):
    return {"model": "gpt-4o-mini", "messages": user(count), **more}

def streamed(count):
    return body(count, stream=True, stream_options={"include_usage": True})

def sent(document):
    return {"headers": {"content-type": "application/json"}, "content": json.dumps(document)}
"""
)

_NIQUESTS = (
    _PLAIN
    + """
import niquests
import requests

def test_sync():
    assert niquests.post(CHAT, json=body(11)).json()["usage"]

def test_sync_streamed():
    with niquests.post(CHAT, json=streamed(12), stream=True) as answer:
        assert list(answer.iter_lines())

def test_async():
    async def main():
        async with niquests.AsyncSession() as session:
            return await session.post(CHAT, json=body(13))
    assert asyncio.run(main()).json()["usage"]

def test_async_streamed():
    async def main():
        async with niquests.AsyncSession() as session:
            answer = await session.post(CHAT, json=streamed(14), stream=True)
            return [line async for line in answer.iter_lines()]
    assert asyncio.run(main())

def test_requests_on_urllib3_future():
    assert requests.post(CHAT, json=body(15)).json()["usage"]
"""
)

_HTTPCORE = (
    _PLAIN
    + """
import httpcore
import trio

def asked(document):
    given = sent(document)
    return {**given, "content": given["content"].encode()}

def test_sync():
    with httpcore.ConnectionPool() as pool:
        assert pool.request("POST", CHAT, **asked(body(11))).content

def test_sync_streamed():
    with httpcore.ConnectionPool() as pool:
        with pool.stream("POST", CHAT, **asked(streamed(12))) as answer:
            assert list(answer.iter_stream())

def test_one_connection():
    url = httpcore.URL(CHAT)
    with httpcore.HTTPConnection(url.origin) as connection:
        assert connection.request("POST", url, **asked(body(13))).content

def test_async_streamed():
    async def main():
        async with httpcore.AsyncConnectionPool() as pool:
            async with pool.stream("POST", CHAT, **asked(streamed(14))) as answer:
                return await every(answer.aiter_stream())
    assert asyncio.run(main())

def test_trio():
    async def main():
        async with httpcore.AsyncConnectionPool() as pool:
            return await pool.request("POST", CHAT, **asked(body(15)))
    assert trio.run(main).content
"""
)

CARRIERS = (
    Caller(
        name="niquests",
        distribution="niquests",
        module="niquests",
        code=_NIQUESTS,
        recorded=False,
    ),
    Caller(
        name="httpcore by hand",
        distribution="httpcore",
        module="httpcore",
        code=_HTTPCORE,
        recorded=False,
    ),
)
