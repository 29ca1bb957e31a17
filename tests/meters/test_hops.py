"""Redirects are hops of one attempt, retries are attempts of their own."""

from __future__ import annotations

import urllib.error
from typing import TYPE_CHECKING, Any

import pytest
import urllib3
from meters.loopback import CHAT, JSON, Answer
from meters.posting import BODY, WAYS, bedrock, session

if TYPE_CHECKING:
    from meters.fakes import RecordingSink
    from meters.loopback import Server

MOVED = Answer(status=307, headers={"location": CHAT + "?moved"}, pieces=())
BUSY = Answer(status=429)


def by_pool(url: str) -> bytes:
    with urllib3.HTTPConnectionPool("127.0.0.1", urllib3.util.parse_url(url).port) as pool:
        return bytes(pool.request("POST", CHAT, body=b"{}").data)


def by_manager(url: str) -> bytes:
    with urllib3.PoolManager() as pool:
        return bytes(pool.request("POST", url, body=b"{}").data)


def with_retries(url: str, retries: Any) -> bytes:
    requests = pytest.importorskip("requests")
    with session() as client:
        client.mount("http://", requests.adapters.HTTPAdapter(max_retries=retries))
        return bytes(client.post(url, json=BODY).content)


FOLLOWING = {
    "requests": WAYS["requests"],
    "requests streamed": WAYS["requests streamed"],
    "a manager of urllib3": by_manager,
    "a pool of urllib3": by_pool,
}


@pytest.mark.parametrize("post", FOLLOWING.values(), ids=FOLLOWING.keys())
def test_redirects_that_a_client_follows_are_one_attempt(
    server: Server, sink: RecordingSink, post: Any
) -> None:
    server.will(MOVED, MOVED, Answer())

    assert post(server.chat) == JSON

    assert len(server.received) == 3
    assert (sink.only.status, sink.only.end) == (200, "complete")
    assert sink.ears[0].body == JSON


def test_a_redirect_that_becomes_a_get_is_one_attempt(server: Server, sink: RecordingSink) -> None:
    server.will(Answer(status=302, headers={"location": "/elsewhere"}), Answer())

    WAYS["urllib.request"](server.chat)

    assert [method for method, *_ in server.received] == ["POST", "GET"]
    assert sink.only.status == 200


@pytest.mark.parametrize("way", ["urllib3", "http.client", "botocore"])
def test_a_redirect_that_is_not_followed_is_a_call_that_failed(
    server: Server, sink: RecordingSink, way: str
) -> None:
    server.will(MOVED)

    WAYS[way](server.chat)

    assert (sink.only.status, sink.only.outcome, sink.only.end) == (307, "failed", "complete")


def test_requests_can_be_told_not_to_follow(server: Server, sink: RecordingSink) -> None:
    server.will(MOVED)

    with session() as client:
        client.post(server.chat, json=BODY, allow_redirects=False)
        client.post(server.chat, json=BODY)

    assert [each.status for each in sink.exchanges] == [307, 200]


def test_too_many_redirects_are_one_attempt(server: Server, sink: RecordingSink) -> None:
    requests = pytest.importorskip("requests")
    server.will(*[MOVED] * 3)

    with session() as client:
        client.max_redirects = 2
        with pytest.raises(requests.TooManyRedirects):
            client.post(server.chat, json=BODY)

    assert sink.only.status == 307


def test_each_retry_of_urllib3_is_an_attempt(server: Server, sink: RecordingSink) -> None:
    server.will(BUSY, BUSY, Answer())
    retries = urllib3.Retry(3, status_forcelist=[429], allowed_methods=None, backoff_factor=0)

    assert with_retries(server.chat, retries) == JSON

    assert [each.status for each in sink.exchanges] == [429, 429, 200]
    assert {each.end for each in sink.exchanges} == {"complete"}
    assert len({ticket.ear for ticket in sink.tickets}) == 3


def test_a_redirect_between_retries_changes_nothing(server: Server, sink: RecordingSink) -> None:
    server.will(BUSY, MOVED, BUSY, MOVED, Answer())
    retries = urllib3.Retry(5, status_forcelist=[429], allowed_methods=None, backoff_factor=0)

    with_retries(server.chat, retries)

    assert [each.status for each in sink.exchanges] == [429, 429, 200]


def test_each_retry_of_boto3_is_an_attempt(
    server: Server, sink: RecordingSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = bedrock(server.url, retries={"max_attempts": 3, "mode": "standard"})
    monkeypatch.setattr("time.sleep", lambda _: None)
    server.will(BUSY, BUSY, Answer(pieces=(b"{}",)))

    client.invoke_model(modelId="amazon.nova-lite-v1:0", body=b"{}")["body"].read()

    assert [each.status for each in sink.exchanges] == [429, 429, 200]


def test_a_failed_status_is_a_failed_attempt(server: Server, sink: RecordingSink) -> None:
    server.will(Answer(status=500))

    with pytest.raises(urllib.error.HTTPError) as raised:
        WAYS["urllib.request"](server.chat)
    raised.value.close()

    assert (sink.only.status, sink.only.outcome) == (500, "failed")
