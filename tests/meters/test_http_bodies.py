"""Bodies of `http.client` that are heard while they pass, however they are read and end."""

from __future__ import annotations

import gc
import gzip
import http.client
import io
import socket
import struct
import threading
import zlib
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
import urllib3
from meters.loopback import CHAT, Answer
from meters.posting import BODY, bedrock, session

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.meters import watch
from pytest_specbudget.meters.clients.http_body import answered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from meters.fakes import RecordingSink
    from meters.loopback import Server

EVENTS = (b"data: 1\n\n", b"data: 2\n\n", b"data: [DONE]\n\n")
BYTES = b"".join(EVENTS)
STREAM = {"content-type": "text/event-stream"}
EVENT_STREAM = Answer(headers=STREAM, pieces=EVENTS)
GATED = Answer(headers=STREAM, pieces=EVENTS, gated=True)


@contextmanager
def answering(head: bytes, body: bytes = BYTES) -> Iterator[str]:
    """Answer one request with just these bytes, and hang up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                asked = b""
                while not asked.endswith(b"{}"):
                    asked += connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}{CHAT}"
        thread.join()


@contextmanager
def unread(url: str) -> Iterator[Any]:
    """An answer that urllib3 has not read yet."""
    with urllib3.PoolManager(retries=False) as pool:
        response = pool.request("POST", url, body=b"{}", preload_content=False)
        with closing(response):
            yield response


def until_empty(read: Callable[[], bytes]) -> bytes:
    return b"".join(iter(read, b""))


def into(response: Any) -> bytes:
    buffer, body = bytearray(7), b""
    while count := response.readinto(buffer):
        body += buffer[:count]
    return body


READING: dict[str, Callable[[Any], bytes]] = {
    "all at once": lambda response: response.read(),
    "as data": lambda response: response.data,
    "bit by bit": lambda response: until_empty(lambda: response.read(5)),
    "in pieces": lambda response: b"".join(response.stream(5)),
    "in pieces as they come": lambda response: b"".join(response.stream(None)),
    "by lines": lambda response: b"".join(response.readlines()),
    "into a buffer": into,
    "by iteration": b"".join,
    "partly, then the rest": lambda response: response.read(5) + response.read(),
}
PLAINLY: dict[str, Callable[[Any], bytes]] = {
    name: READING[name]
    for name in ("all at once", "bit by bit", "by lines", "into a buffer", "by iteration")
} | {
    "what has arrived": lambda response: until_empty(response.read1),
    "line by line": lambda response: until_empty(response.readline),
    "through a text wrapper": lambda response: io.TextIOWrapper(response).read().encode(),
    "through a buffer": lambda response: io.BufferedReader(response).read(),
    "nothing, then all": lambda response: response.read(0) + response.read(),
}
HEADS = {
    "with a length": (f"Content-Length: {len(BYTES)}\r\n".encode(), BYTES),
    "until it hangs up": (b"Connection: close\r\n", BYTES),
    "in chunks": (
        b"Transfer-Encoding: chunked\r\n",
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(BYTES), BYTES),
    ),
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
@pytest.mark.parametrize("read", READING.values(), ids=READING.keys())
def test_whatever_way_urllib3_is_read_each_byte_is_heard_once(
    sink: RecordingSink, read: Callable[[Any], bytes], head: tuple[bytes, bytes]
) -> None:
    with answering(*head) as url, unread(url) as response:
        body = read(response)

    assert body == sink.ears[0].body == BYTES
    assert (sink.only.outcome, sink.only.end) == ("answered", "complete")
    assert sink.only.first_byte_s is not None
    assert not sink.troubles


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
@pytest.mark.parametrize("read", PLAINLY.values(), ids=PLAINLY.keys())
def test_whatever_way_http_client_is_read_each_byte_is_heard_once(
    sink: RecordingSink, read: Callable[[Any], bytes], head: tuple[bytes, bytes]
) -> None:
    with answering(*head) as url:
        connection = http.client.HTTPConnection(url.split("/")[2])
        connection.request("POST", CHAT, b"{}")
        with closing(connection), connection.getresponse() as response:
            body = read(response)

    assert body == sink.ears[0].body == BYTES
    assert (sink.only.outcome, sink.only.end) == ("answered", "complete")
    assert not sink.troubles


@pytest.mark.parametrize("read", READING.values(), ids=READING.keys())
def test_a_body_shorter_than_its_length_is_an_error(
    sink: RecordingSink, read: Callable[[Any], bytes]
) -> None:
    head = f"Content-Length: {len(BYTES) + 9}\r\n".encode()

    with (
        answering(head) as url,
        unread(url) as response,
        suppress(urllib3.exceptions.ProtocolError),  # 1.26 does not tell its reader
    ):
        read(response)

    assert (sink.only.outcome, sink.only.end) == ("answered", "error")


def test_an_empty_body_is_complete_at_once(sink: RecordingSink) -> None:
    with answering(b"Content-Length: 0\r\n", b"") as url, unread(url):
        assert sink.only.end == "complete"


def test_a_response_that_is_heard_is_still_what_it_was(server: Server, sink: RecordingSink) -> None:
    with unread(server.chat) as response:
        file = response._original_response
        assert isinstance(file, http.client.HTTPResponse)
        assert (type(file).__name__, type(file).__module__) == ("HTTPResponse", "http.client")
        response.read()

    assert sink.only.end == "complete"


def test_a_compressed_stream_is_heard_as_the_wire_carried_it(
    server: Server, sink: RecordingSink
) -> None:
    packed = gzip.compress(BYTES)
    headers = {**STREAM, "content-encoding": "gzip"}
    server.will(Answer(headers=headers, pieces=(packed[:9], packed[9:])))

    with session() as client, client.post(server.chat, json=BODY, stream=True) as response:
        lines = list(response.iter_lines())

    assert lines == BYTES.splitlines()
    assert sink.ears[0].body == packed
    assert sink.ears[0].headers["content-encoding"] == "gzip"


def test_events_arrive_when_they_were_sent(server: Server, sink: RecordingSink) -> None:
    server.will(GATED)
    seen = []

    with session() as client, client.post(server.chat, json=BODY, stream=True) as response:
        server.let_pass()
        for piece in response.iter_content(None):
            seen.append((piece, len(sink.ears[0].pieces)))
            server.let_pass()

    assert seen == [(event, number) for number, event in enumerate(EVENTS, start=1)]
    assert sink.only.end == "complete"


def test_a_stream_closed_early_keeps_what_was_heard(server: Server, sink: RecordingSink) -> None:
    server.will(GATED)

    with unread(server.chat) as response:
        server.let_pass()
        assert next(response.stream(None)) == EVENTS[0]

    assert (sink.only.outcome, sink.only.end) == ("answered", "closed")
    assert sink.ears[0].body == EVENTS[0]


def test_a_stream_that_nobody_holds_any_more_is_abandoned(
    server: Server, sink: RecordingSink
) -> None:
    server.will(EVENT_STREAM)

    with session() as client:
        response = client.post(server.chat, json=BODY, stream=True)
        del response
        gc.collect()
        before = list(sink.exchanges)
        client.post(server.chat, json=BODY)

    assert not before
    assert [each.end for each in sink.exchanges] == ["abandoned", "complete"]


def test_a_stream_that_is_never_read_is_abandoned_at_the_end_of_the_session(
    server: Server, sink: RecordingSink
) -> None:
    server.will(EVENT_STREAM)

    with unread(server.chat) as response:
        sink.end_session()
        response.read()
        sink.end_session()

    assert (sink.only.outcome, sink.only.end) == ("answered", "abandoned")


def test_a_stream_cut_by_the_server_is_answered_and_broken(
    server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(headers=STREAM, pieces=EVENTS[:2], cut=True))

    with unread(server.chat) as response, pytest.raises(urllib3.exceptions.ProtocolError):
        list(response.stream())

    assert (sink.only.outcome, sink.only.end, sink.only.status) == ("answered", "error", 200)
    assert sink.ears[0].body == b"".join(EVENTS[:2])


def test_an_answer_that_comes_too_late_is_an_unknown(server: Server, sink: RecordingSink) -> None:
    requests = pytest.importorskip("requests")
    server.will(Answer(held=True))

    with session() as client, pytest.raises(requests.ReadTimeout):
        client.post(server.chat, json=BODY, timeout=0.05)

    assert (sink.only.outcome, sink.only.end, sink.only.source) == ("unknown", "error", "live")


def test_a_stream_that_stalls_is_answered_and_broken(server: Server, sink: RecordingSink) -> None:
    requests = pytest.importorskip("requests")
    server.will(GATED)

    with (
        session() as client,
        client.post(server.chat, json=BODY, stream=True, timeout=0.05) as response,
        pytest.raises(requests.ConnectionError, match="timed out"),
    ):
        list(response.iter_content(None))

    assert (sink.only.outcome, sink.only.end) == ("answered", "error")


def test_calls_made_while_a_stream_is_read_are_calls_of_their_own(
    server: Server, sink: RecordingSink
) -> None:
    server.will(EVENT_STREAM)

    with session() as client, client.post(server.chat, json=BODY, stream=True) as response:
        for _ in response.iter_content(None):
            client.post(server.chat, json=BODY)

    assert len(sink.exchanges) == len(server.received) == 4
    assert {each.end for each in sink.exchanges} == {"complete"}


def frame(name: str, payload: bytes) -> bytes:
    """One frame of an AWS event stream.

    Source: https://smithy.io/2.0/aws/amazon-eventstream.html
    """
    texts = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(
        bytes([len(key)]) + key.encode() + b"\x07" + struct.pack(">H", len(text)) + text.encode()
        for key, text in texts.items()
    )
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    checked = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return checked + struct.pack(">I", zlib.crc32(checked))


def test_an_event_stream_of_boto3_flows_and_is_heard_whole(
    server: Server, sink: RecordingSink
) -> None:
    frames = (
        frame("messageStart", b'{"role":"assistant"}'),
        frame("metadata", b'{"usage":{"inputTokens":3,"outputTokens":4,"totalTokens":7}}'),
    )
    headers = {"content-type": "application/vnd.amazon.eventstream"}
    server.will(Answer(headers=headers, pieces=frames, gated=True))
    seen = []

    client = bedrock(server.url)
    server.let_pass()
    stream = client.converse_stream(
        modelId="amazon.nova-lite-v1:0", messages=[{"role": "user", "content": [{"text": "x"}]}]
    )["stream"]
    for event in stream:
        seen.append((next(iter(event)), len(sink.ears[0].pieces)))
        server.let_pass()

    assert seen == [("messageStart", 1), ("metadata", 2)]
    assert sink.ears[0].body == b"".join(frames)
    assert (sink.only.request.path, sink.only.end) == (
        "/model/amazon.nova-lite-v1%3A0/converse-stream",
        "complete",
    )


def test_an_answer_that_nobody_can_listen_to_is_unreadable(sink: RecordingSink) -> None:
    class Strange:
        status = 200
        headers: dict[str, str] = {}  # noqa: RUF012 # a response's own

    assert sink.watching is not None
    attempt = sink.watching.begin(Request("POST", "127.0.0.1", CHAT, b"{}"))
    assert attempt is not None

    answered(attempt, Strange())

    assert (sink.only.status, sink.readings[0].usage_state) == (200, "unreadable")
    assert [where for where, _ in sink.troubles] == ["reading a model's answer"]


def test_a_urllib3_without_the_names_that_are_patched_is_told(
    sink: RecordingSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sink.watching is not None
    sink.watching.stop()
    monkeypatch.delattr(urllib3.HTTPConnectionPool, "_make_request")

    watch(sink).stop()

    (trouble,) = sink.troubles
    assert trouble[0] == "patching urllib3.connectionpool"


def test_at_the_end_every_class_is_as_it_was(sink: RecordingSink) -> None:
    classes = (
        http.client.HTTPConnection,
        http.client.HTTPResponse,
        urllib3.HTTPConnectionPool,
        urllib3.PoolManager,
        urllib3.HTTPResponse,
    )
    assert sink.watching is not None
    sink.watching.stop()
    before = [dict(vars(each)) for each in classes]

    watching = watch(sink)
    during = [dict(vars(each)) for each in classes]
    watching.stop()

    assert during != before
    assert [dict(vars(each)) for each in classes] == before
