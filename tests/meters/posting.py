"""Ways to post a model call over `http.client`: each takes a URL and returns the body it read."""

from __future__ import annotations

import http.client
import importlib
import json
import urllib.request
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Post = Callable[[str], bytes]

__all__ = ["BODY", "WAYS", "bedrock", "session"]

BODY: Mapping[str, Any] = {"model": "m", "messages": []}
_SENT = json.dumps(BODY).encode()


def session() -> Any:
    """A session of requests that looks at no proxy of this machine."""
    made = importlib.import_module("requests").Session()
    made.trust_env = False
    return made


def bedrock(url: str, **config: Any) -> Any:
    """A client of Amazon Bedrock that asks *url* instead."""
    boto3, botocore = pytest.importorskip("boto3"), importlib.import_module("botocore.config")
    return boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="nobody",
        aws_secret_access_key="nothing",  # noqa: S106 # it opens no door
        config=botocore.Config(proxies={}, **config),
    )


def by_requests(url: str) -> bytes:
    with session() as client:
        return bytes(client.post(url, json=BODY).content)


def by_requests_streamed(url: str) -> bytes:
    with session() as client, client.post(url, json=BODY, stream=True) as response:
        return b"".join(response.iter_content(7))


def by_requests_raw(url: str) -> bytes:
    with session() as client, client.post(url, json=BODY, stream=True) as response:
        return bytes(response.raw.read())


def by_urllib3(url: str) -> bytes:
    with importlib.import_module("urllib3").PoolManager() as pool:
        return bytes(pool.request("POST", url, body=_SENT, retries=False).data)


def by_urllib3_streamed(url: str) -> bytes:
    with importlib.import_module("urllib3").PoolManager() as pool:
        response = pool.request("POST", url, body=_SENT, preload_content=False, retries=False)
        with closing(response):
            return b"".join(response.stream(7))


def by_botocore(url: str) -> bytes:
    pytest.importorskip("botocore")
    request = importlib.import_module("botocore.awsrequest").AWSRequest("POST", url, data=_SENT)
    with closing(importlib.import_module("botocore.httpsession").URLLib3Session()) as client:
        return bytes(client.send(request.prepare()).content)


def by_urlopen(url: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, data=_SENT)) as response:  # noqa: S310 # loopback
        return bytes(response.read())


def by_http_client(url: str) -> bytes:
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(parts.netloc)) as connection:
        connection.request("POST", url.removeprefix(f"http://{parts.netloc}"), _SENT)
        with connection.getresponse() as response:
            return response.read()


WAYS: Mapping[str, Post] = {
    "requests": by_requests,
    "requests streamed": by_requests_streamed,
    "requests raw": by_requests_raw,
    "urllib3": by_urllib3,
    "urllib3 streamed": by_urllib3_streamed,
    "botocore": by_botocore,
    "urllib.request": by_urlopen,
    "http.client": by_http_client,
}
