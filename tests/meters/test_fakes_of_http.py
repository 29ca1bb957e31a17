"""What stands in for `requests` and for boto3 in tests, and is told apart from a provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from meters.loopback import CHAT, JSON
from meters.posting import BODY, bedrock, session

if TYPE_CHECKING:
    from meters.fakes import RecordingSink
    from meters.loopback import Server

requests: Any = pytest.importorskip("requests")
NOWHERE = "http://model.invalid" + CHAT


class Adapter(requests.adapters.BaseAdapter):  # type: ignore[misc] # imported where it is installed
    """Answers without a network, or breaks."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def send(self, request: Any, **_: Any) -> Any:
        if self.error is not None:
            raise self.error
        response = requests.Response()
        response.status_code, response._content, response.request = 200, JSON, request
        response._content_consumed = True
        return response

    def close(self) -> None:
        """Hold nothing."""


def post(url: str, adapter: Any = None, **options: Any) -> Any:
    with session() as client:
        if adapter is not None:
            client.mount("http://", adapter)
        return client.post(url, json=BODY, **options)


def test_an_adapter_of_the_tests_is_a_fake(sink: RecordingSink) -> None:
    post(NOWHERE, Adapter())

    assert (sink.only.source, sink.only.outcome, sink.only.end) == ("mock", "answered", "complete")
    assert (sink.only.request.host, sink.only.carrier) == ("model.invalid", None)
    assert sink.ears[0].body == JSON


def test_a_fake_that_breaks_failed_and_costs_nothing(sink: RecordingSink) -> None:
    with pytest.raises(requests.ReadTimeout):
        post(NOWHERE, Adapter(requests.ReadTimeout("too slow")))

    assert (sink.only.source, sink.only.outcome, sink.only.end) == ("mock", "failed", "error")


def test_responses_is_a_fake_and_what_it_lets_through_is_live(
    server: Server, sink: RecordingSink
) -> None:
    responses = pytest.importorskip("responses")

    with responses.RequestsMock() as fake:
        fake.post(NOWHERE, body=JSON)
        fake.add_passthru(server.url)
        post(NOWHERE)
        post(server.chat)

    assert [each.source for each in sink.exchanges] == ["mock", "live"]
    assert [each.carrier for each in sink.exchanges] == [None, None]
    assert [ear.body for ear in sink.ears] == [JSON, JSON]


def test_a_streamed_answer_of_a_fake_is_left_to_its_reader(sink: RecordingSink) -> None:
    responses = pytest.importorskip("responses")

    with responses.RequestsMock() as fake:
        fake.post(NOWHERE, body=JSON)
        with post(NOWHERE, stream=True) as response:
            assert response.raw.read() == JSON

    assert (sink.only.source, sink.only.end) == ("mock", "complete")


def test_only_what_requests_mock_lets_through_is_live(server: Server, sink: RecordingSink) -> None:
    requests_mock = pytest.importorskip("requests_mock")

    with requests_mock.Mocker() as fake:
        fake.post(NOWHERE, content=JSON)
        fake.post(server.chat, real_http=True)
        post(NOWHERE)
        post(server.chat)

    assert [each.source for each in sink.exchanges if each.source != "mock"] == ["live"]
    assert {each.carrier for each in sink.exchanges} == {None}


def test_a_stubbed_client_of_boto3_sends_nothing_and_is_not_seen(sink: RecordingSink) -> None:
    stub = pytest.importorskip("botocore.stub")
    client = bedrock("http://model.invalid")
    answer = {
        "output": {"message": {"role": "assistant", "content": [{"text": "x"}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 3, "outputTokens": 4, "totalTokens": 7},
        "metrics": {"latencyMs": 1},
    }

    with stub.Stubber(client) as stubbed:
        stubbed.add_response("converse", answer)
        client.converse(modelId="m", messages=[{"role": "user", "content": [{"text": "x"}]}])

    assert not sink.exchanges
