"""One call over `http.client`, whoever makes it: requests, urllib3, botocore or the user."""

from __future__ import annotations

import gzip
import socket
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from meters.loopback import CHAT, JSON, Answer
from meters.posting import BODY, WAYS, bedrock, session

from pytest_specbudget.cassettes.provenance import PATCHES
from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters import watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from meters.fakes import RecordingSink
    from meters.loopback import Server


@pytest.fixture(params=WAYS)
def post(request: pytest.FixtureRequest) -> Any:
    return WAYS[request.param]


@pytest.fixture
def vcr_sink(sink: RecordingSink) -> Iterator[RecordingSink]:
    """A sink that is told by vcrpy's cassettes, too, who answers."""
    watching = watch(sink, extra=PATCHES)
    yield sink
    watching.stop()


def test_an_answered_call_is_booked_once_with_what_it_sent_and_heard(
    server: Server, sink: RecordingSink, post: Any
) -> None:
    body = post(server.chat + "?api-version=1")

    exchange = sink.only
    assert (exchange.outcome, exchange.end, exchange.source) == ("answered", "complete", "live")
    assert (exchange.status, exchange.error) == (200, None)
    assert (exchange.request.method, exchange.request.path) == ("POST", CHAT)
    assert (exchange.request.host, exchange.request.query) == ("127.0.0.1", "api-version=1")
    assert exchange.request.document == BODY
    assert body == sink.ears[0].body == JSON
    assert sink.ears[0].headers["content-type"] == "application/json"
    assert [ticket.wires for ticket in sink.tickets] == [1]
    assert not sink.troubles


def test_what_is_no_model_call_is_left_alone(
    server: Server, sink: RecordingSink, post: Any
) -> None:
    post(server.url + "/users")
    post(server.url + "/ignored" + CHAT)

    assert len(server.received) == 2
    assert not sink.exchanges


def test_a_call_that_is_not_admitted_is_not_sent(
    server: Server, sink: RecordingSink, post: Any
) -> None:
    sink.refuse = CallRefused("the budget is spent")

    with pytest.raises(CallRefused, match="the budget is spent"):
        post(server.chat)

    assert not server.received
    assert not sink.exchanges


def test_a_call_that_may_not_leave_the_process_is_refused_once(
    server: Server, sink: RecordingSink, post: Any
) -> None:
    sink.refuse_wire = CallRefused("no live calls")

    with pytest.raises(CallRefused, match="no live calls"):
        post(server.chat)

    assert not server.received
    assert (sink.only.end, sink.only.outcome) == ("refused", "failed")


@pytest.mark.parametrize("way", ["requests", "urllib3", "botocore"])
def test_a_call_over_tls_is_refused_before_it_connects(sink: RecordingSink, way: str) -> None:
    sink.refuse_wire = CallRefused("no live calls")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        with pytest.raises(CallRefused):
            WAYS[way](f"https://127.0.0.1:{listening.getsockname()[1]}{CHAT}")
        with pytest.raises(BlockingIOError):
            listening.accept()

    assert sink.only.end == "refused"


def test_an_sdk_with_retries_is_refused_once(server: Server, sink: RecordingSink) -> None:
    sink.refuse_wire = CallRefused("no live calls")
    client = bedrock(server.url, retries={"max_attempts": 3, "mode": "standard"})

    with pytest.raises(CallRefused):
        client.invoke_model(modelId="amazon.nova-lite-v1:0", body=b"{}")

    assert not server.received
    assert sink.only.end == "refused"


def test_a_connection_that_nobody_takes_is_booked_as_an_error(
    sink: RecordingSink, post: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(Exception, match=r"refused|Could not connect|establish"):
        post(f"http://127.0.0.1:{port}{CHAT}")

    assert (sink.only.status, sink.only.end, sink.only.source) == (None, "error", "live")
    assert sink.only.outcome == "failed"


def test_an_answer_that_is_cut_is_an_error(server: Server, sink: RecordingSink, post: Any) -> None:
    server.will(Answer(cut=True))

    with pytest.raises(Exception, match=r"IncompleteRead|prematurely|InvalidChunkLength|closed"):
        post(server.chat)

    assert sink.only.end == "error"
    assert sink.only.error is not None


def test_a_compressed_answer_is_heard_with_its_encoding_or_decoded(
    server: Server, sink: RecordingSink, post: Any
) -> None:
    packed = gzip.compress(JSON)
    server.will(Answer(headers={"content-encoding": "gzip"}, pieces=(packed[:9], packed[9:])))

    post(server.chat)

    assert sink.ears[0].body == (JSON if sink.ears[0].decoded else packed)
    assert sink.only.end == "complete"


def test_vcrpy_records_and_replays_and_each_is_told(
    server: Server, vcr_sink: RecordingSink, post: Any, tmp_path: Path
) -> None:
    vcr, path = pytest.importorskip("vcr"), str(tmp_path / "cassette.yaml")

    for mode in ("once", "none"):
        with vcr.use_cassette(path, record_mode=mode):
            assert post(server.chat) == JSON

    assert [each.source for each in vcr_sink.exchanges] == ["record", "replay"]
    assert [each.cassette for each in vcr_sink.exchanges] == [path, path]
    assert [ticket.wires for ticket in vcr_sink.tickets] == [1, 0]
    assert [ear.body for ear in vcr_sink.ears] == [JSON, JSON]
    assert len(server.received) == 1


def test_what_no_cassette_of_vcrpy_knows_failed_and_costs_nothing(
    server: Server, vcr_sink: RecordingSink, post: Any, tmp_path: Path
) -> None:
    vcr = pytest.importorskip("vcr")

    with (
        vcr.use_cassette(str(tmp_path / "none.yaml"), record_mode="none"),
        pytest.raises(Exception, match="Can't"),
    ):
        post(server.chat)

    assert (vcr_sink.only.source, vcr_sink.only.outcome) == ("mock", "failed")
    assert not server.received


def test_a_connection_that_is_made_before_its_request_and_fails_is_no_mock(
    sink: RecordingSink,
) -> None:
    urllib3: Any = pytest.importorskip("urllib3")

    class Eager(urllib3.connection.HTTPConnection):  # type: ignore[misc] # loaded by name
        """Connects first, as urllib3.future does."""

        def request(self, *_args: Any, **_options: Any) -> None:
            self.sock = self._new_conn()

    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        pool = urllib3.HTTPConnectionPool("127.0.0.1", taken.getsockname()[1])
        pool.ConnectionCls = Eager
        with pytest.raises(urllib3.exceptions.NewConnectionError):
            pool.request("POST", CHAT, body=b"{}", retries=False)

    assert (sink.only.source, sink.only.outcome) == ("live", "failed")


@pytest.mark.parametrize("way", ["requests", "urllib3"])
def test_a_request_for_which_no_secure_connection_came_about_failed_and_costs_nothing(
    server: Server, sink: RecordingSink, way: str
) -> None:
    with pytest.raises(Exception, match="SSL"):
        WAYS[way](server.chat.replace("http:", "https:"))

    assert (sink.only.source, sink.only.outcome) == ("live", "failed")


def test_calls_of_many_threads_are_each_booked_once(server: Server, sink: RecordingSink) -> None:
    def caller(number: int) -> None:
        with session() as client:
            for count in range(20):
                client.post(server.chat, json={"call": [number, count]})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(caller, range(4)))

    calls = [tuple(each.request.document["call"]) for each in sink.exchanges]
    assert sorted(calls) == [(number, count) for number in range(4) for count in range(20)]
    assert all(ticket.wires == 1 for ticket in sink.tickets)


def test_a_streamed_upload_is_sent_untouched_and_its_body_is_unknown(
    server: Server, sink: RecordingSink
) -> None:
    with session() as client:
        client.post(server.chat, data=iter([b'{"model":', b'"m"}']))

    assert server.received[0][2] == b'{"model":"m"}'
    assert sink.only.request.body is None


def test_a_call_through_a_proxy_belongs_to_the_host_behind_it(
    server: Server, sink: RecordingSink
) -> None:
    with session() as client:
        client.post(f"http://model.invalid{CHAT}?v=1", json=BODY, proxies={"http": server.url})

    request = sink.only.request
    assert (request.host, request.path, request.query) == ("model.invalid", CHAT, "v=1")


@pytest.mark.parametrize("status", [500, 200])
def test_an_answer_whose_body_urllib3_cannot_read_was_seen(
    server: Server, sink: RecordingSink, status: int
) -> None:
    urllib3 = pytest.importorskip("urllib3")
    server.will(Answer(status=status, cut=True))

    with pytest.raises(urllib3.exceptions.ProtocolError):
        urllib3.PoolManager(retries=False).request("POST", server.chat, body=b"{}")

    assert sink.only.status == status
    assert sink.only.outcome == ("failed" if status == 500 else "answered")


def by_urllib3(url: str, **options: Any) -> None:
    urllib3 = pytest.importorskip("urllib3")
    urllib3.PoolManager(retries=False).request("POST", url, body=b"{}", **options)


def by_urllib(url: str, **options: Any) -> None:
    request = urllib.request.Request(url, b"{}", **options)  # noqa: S310 # our own server
    urllib.request.build_opener().open(request)


@pytest.mark.parametrize("send", [by_urllib3, by_urllib])
def test_a_header_that_cannot_be_written_sends_nothing(
    server: Server, sink: RecordingSink, send: Callable[..., None]
) -> None:
    with pytest.raises(ValueError, match="header"):
        send(server.chat, headers={"x-broken": "a\nb"})

    assert (sink.only.outcome, sink.only.source) == ("failed", "live")
    assert not server.received


def by_proxy(proxy: str) -> None:
    manager = pytest.importorskip("urllib3").ProxyManager(proxy, retries=False)
    manager.request("POST", "https://model.invalid" + CHAT, body=b"{}")


def test_a_tunnel_that_a_proxy_denies_is_a_failed_call(server: Server, sink: RecordingSink) -> None:
    urllib3 = pytest.importorskip("urllib3")

    with pytest.raises((OSError, urllib3.exceptions.HTTPError)):
        by_proxy(server.url)

    assert (sink.only.request.host, sink.only.request.path) == ("model.invalid", CHAT)
    assert (sink.only.outcome, sink.only.source) == ("failed", "live")
    assert sink.tickets[0].wires == 1


def test_a_call_that_may_not_be_sent_never_reaches_a_proxy(
    server: Server, sink: RecordingSink
) -> None:
    sink.refuse_wire = CallRefused("the budget is spent")

    with pytest.raises(CallRefused):
        by_proxy(server.url)

    assert not server.received
    assert sink.only.outcome == "failed"


def test_a_request_that_was_never_prepared_is_left_to_the_client(sink: RecordingSink) -> None:
    requests = pytest.importorskip("requests")

    with session() as client, pytest.raises(ValueError, match="Prepared"):
        client.send(requests.Request("POST", "http://model.invalid" + CHAT))

    assert not sink.exchanges
    assert not sink.troubles
