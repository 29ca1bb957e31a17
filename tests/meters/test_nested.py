"""What is sent while a call runs, by a hook, an auth flow, a middleware or a transport."""

from __future__ import annotations

import asyncio
import importlib
import json
import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from meters.loopback import Answer, Server
from meters.posting import session

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters.nested import is_carried, is_handed_down

if TYPE_CHECKING:
    from collections.abc import Callable

    from meters.fakes import RecordingSink

    from pytest_specbudget.core.exchange import Exchange

    Within = Callable[[Any, str, Callable[[], object]], None]

ASKED = {"asked": "by the test"}
OTHER = {"asked": "within that call"}
ANSWER = {"model": "m", "usage": {}}


def asked(exchange: Exchange) -> str:
    return str(exchange.request.document["asked"])


def in_request_hook(library: Any, url: str, send: Callable[[], object]) -> None:
    with library.Client(event_hooks={"request": [lambda _: send()]}) as client:
        client.post(url, json=ASKED)


def in_response_hook(library: Any, url: str, send: Callable[[], object]) -> None:
    with library.Client(event_hooks={"response": [lambda _: send()]}) as client:
        client.post(url, json=ASKED)


def in_auth_flow(library: Any, url: str, send: Callable[[], object]) -> None:
    class Token(library.Auth):  # type: ignore[misc] # either's
        def auth_flow(self, request: Any) -> Any:
            send()
            yield request

    library.post(url, json=ASKED, auth=Token())


def in_transport(library: Any, url: str, send: Callable[[], object]) -> None:
    class Fetching(library.HTTPTransport):  # type: ignore[misc] # either's
        def handle_request(self, request: Any) -> Any:
            send()
            return super().handle_request(request)

    with library.Client(transport=Fetching()) as client:
        client.post(url, json=ASKED)


def in_async_hook(library: Any, url: str, send: Callable[[], object]) -> None:
    async def hook(_: Any) -> None:
        send()

    async def main() -> None:
        async with library.AsyncClient(event_hooks={"request": [hook]}) as client:
            await client.post(url, json=ASKED)

    asyncio.run(main())


def by_urllib(url: str, document: object) -> None:
    urllib.request.urlopen(url, json.dumps(document).encode()).read()  # noqa: S310 # loopback


def by_requests(url: str, document: object) -> None:
    pytest.importorskip("requests")
    with session() as client:
        client.post(url, json=document)


SENDERS = {
    "httpx": lambda url, document: importlib.import_module("httpx").post(url, json=document),
    "httpx2": lambda url, document: importlib.import_module("httpx2").post(url, json=document),
    "urllib": by_urllib,
    "requests": by_requests,
}
PLACES = [in_request_hook, in_response_hook, in_auth_flow, in_transport, in_async_hook]


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("within", PLACES)
def test_a_token_that_is_fetched_within_a_call_is_not_its_affair(
    server: Server, sink: RecordingSink, library: Any, within: Within, sender: str
) -> None:
    within(library, server.chat, lambda: SENDERS[sender](server.url + "/oauth/token", {}))

    assert (asked(sink.only), sink.only.source, sink.only.hidden) == ("by the test", "live", 0)
    assert [ticket.wires for ticket in sink.tickets] == [1]


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("within", PLACES)
def test_a_model_that_is_asked_within_a_call_is_a_call_of_its_own(
    server: Server, sink: RecordingSink, library: Any, within: Within, sender: str
) -> None:
    within(library, server.chat, lambda: SENDERS[sender](server.url + "/v1/messages", OTHER))

    assert sorted(map(asked, sink.exchanges)) == ["by the test", "within that call"]
    assert {(one.source, one.hidden) for one in sink.exchanges} == {("live", 0)}


def test_a_fake_that_asks_a_model_is_a_fake_and_what_it_asks_is_live(
    server: Server, sink: RecordingSink, library: Any
) -> None:
    def answer(_request: Any) -> Any:
        library.post(server.chat, json=OTHER)
        return library.Response(200, json=ANSWER)

    with library.Client(transport=library.MockTransport(answer)) as client:
        client.post("http://gateway.test/v1/chat/completions", json=ASKED)

    assert {asked(one): one.source for one in sink.exchanges} == {
        "within that call": "live",
        "by the test": "mock",
    }


def test_a_call_that_a_fake_made_is_refused_and_the_fake_s_own_is_not(
    server: Server, sink: RecordingSink, library: Any
) -> None:
    def answer(_request: Any) -> Any:
        library.post(server.chat, json=OTHER)

    sink.refuse_wire = CallRefused("no")
    with (
        library.Client(transport=library.MockTransport(answer)) as client,
        pytest.raises(CallRefused),
    ):
        client.post("http://gateway.test/v1/chat/completions", json=ASKED)

    assert [(asked(one), one.end) for one in sink.exchanges] == [
        ("within that call", "refused"),
        ("by the test", "error"),
    ]
    assert not server.received


def test_an_auth_flow_that_is_answered_twice_made_two_calls(
    server: Server, sink: RecordingSink, library: Any
) -> None:
    class Twice(library.Auth):  # type: ignore[misc] # either's
        def auth_flow(self, request: Any) -> Any:
            yield request
            yield request
            yield request

    library.post(server.will(Answer(), Answer(pieces=(b"{}",))).chat, json=ASKED, auth=Twice())

    assert sorted(len(ear.body) for ear in sink.ears) == [2, 63, 63]
    assert {(one.source, one.outcome, one.hidden) for one in sink.exchanges} == {
        ("live", "answered", 0)
    }


def test_a_token_that_an_auth_flow_asks_the_client_for_is_no_call(
    server: Server, sink: RecordingSink, library: Any
) -> None:
    class Token(library.Auth):  # type: ignore[misc] # either's
        requires_response_body = True

        def auth_flow(self, request: Any) -> Any:
            yield library.Request("POST", server.url + "/oauth/token")
            yield request

    library.post(server.chat, json=ASKED, auth=Token())

    assert (sink.only.status, sink.only.hidden) == (200, 0)


@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_a_token_that_a_transport_sends_the_way_of_the_call_is_not_hidden(
    server: Server, sink: RecordingSink, library: Any, *, first: bool
) -> None:
    class Fetching(library.HTTPTransport):  # type: ignore[misc] # either's
        def fetch(self) -> None:
            super().handle_request(library.Request("POST", server.url + "/token")).read()

        def handle_request(self, request: Any) -> Any:
            if first:
                self.fetch()
            response = super().handle_request(request)
            if not first:
                response.read()
                self.fetch()
            return response

    with library.Client(transport=Fetching()) as client:
        client.post(server.chat, json=ASKED)

    assert (sink.only.status, sink.only.hidden) == (200, 0)


def test_a_client_that_hands_its_request_to_another_makes_one_call(
    server: Server, sink: RecordingSink, library: Any
) -> None:
    with library.Client() as inner:
        outer = library.Client(transport=library.MockTransport(inner.send))
        outer.post(server.chat, json=ASKED)

    assert (asked(sink.only), sink.only.source) == ("by the test", "live")


def test_a_token_that_an_adapter_of_requests_fetches_is_not_its_call(
    server: Server, sink: RecordingSink
) -> None:
    requests: Any = pytest.importorskip("requests")

    class Fetching(requests.adapters.HTTPAdapter):  # type: ignore[misc] # of no types
        def send(self, request: Any, **options: Any) -> Any:
            by_requests(server.url + "/oauth/token", {})
            by_requests(server.url + "/v1/messages", OTHER)
            return super().send(request, **options)

    with session() as client:
        client.mount("http://", Fetching())
        client.post(server.chat, json=ASKED)

    assert [(asked(one), one.source, one.request.path) for one in sink.exchanges] == [
        ("within that call", "live", "/v1/messages"),
        ("by the test", "live", "/v1/chat/completions"),
    ]


def test_what_a_middleware_of_aiohttp_sends_is_told_apart(
    server: Server, sink: RecordingSink
) -> None:
    aiohttp: Any = pytest.importorskip("aiohttp")

    async def fetch(request: Any, handler: Any) -> Any:
        async with aiohttp.ClientSession() as other:
            await (await other.post(server.url + "/oauth/token")).read()
            await (await other.post(server.url + "/v1/messages", json=OTHER)).read()
        return await handler(request)

    async def main() -> None:
        async with aiohttp.ClientSession(middlewares=(fetch,)) as client:
            await (await client.post(server.chat, json=ASKED)).read()

    asyncio.run(main())

    assert sorted(map(asked, sink.exchanges)) == ["by the test", "within that call"]
    assert {(one.source, one.hidden) for one in sink.exchanges} == {("live", 0)}


def test_a_redirect_of_httpx_over_aiohttp_is_the_same_call(
    server: Server, sink: RecordingSink, library: Any
) -> None:
    aiohttp: Any = pytest.importorskip("aiohttp")

    class OverAiohttp(library.AsyncBaseTransport):  # type: ignore[misc] # either's
        async def handle_async_request(self, request: Any) -> Any:
            sent = {"data": request.stream, "allow_redirects": False}
            async with (
                aiohttp.ClientSession() as client,
                client.post(str(request.url), **sent) as response,
            ):
                body = await response.read()
                return library.Response(response.status, headers=response.headers, content=body)

    async def main() -> None:
        async with library.AsyncClient(transport=OverAiohttp(), follow_redirects=True) as client:
            await client.post(server.chat, json=ASKED)

    server.will(Answer(status=307, headers={"location": "/moved/v1/chat/completions"}, pieces=()))
    asyncio.run(main())

    assert (sink.only.status, sink.only.source) == (200, "live")


def closed(library: Any, url: str) -> None:
    client = library.Client()
    client.close()
    client.post(url, json=ASKED)


def breaking_hook(library: Any, url: str) -> None:
    in_request_hook(library, url, lambda: 1 / 0)


def breaking_auth(library: Any, url: str) -> None:
    in_auth_flow(library, url, lambda: 1 / 0)


@pytest.mark.parametrize("break_off", [closed, breaking_hook, breaking_auth])
def test_a_call_that_ended_before_anybody_was_asked_failed_and_is_no_mock(
    server: Server, sink: RecordingSink, library: Any, break_off: Callable[[Any, str], None]
) -> None:
    with suppress(RuntimeError, ZeroDivisionError):
        break_off(library, server.chat)

    assert (sink.only.source, sink.only.outcome) == ("live", "failed")
    assert not server.received


def test_a_fake_that_breaks_is_a_mock(sink: RecordingSink, library: Any) -> None:
    with (
        library.Client(transport=library.MockTransport(lambda _: 1 / 0)) as client,
        pytest.raises(ZeroDivisionError),
    ):
        client.post("http://gateway.test/v1/chat/completions", json=ASKED)

    assert (sink.only.source, sink.only.outcome) == ("mock", "failed")


def test_a_closed_session_of_aiohttp_failed_and_is_no_mock(sink: RecordingSink) -> None:
    aiohttp: Any = pytest.importorskip("aiohttp")

    async def main() -> None:
        client = aiohttp.ClientSession()
        await client.close()
        await client.post("http://gateway.test/v1/chat/completions", json=ASKED)

    with pytest.raises(RuntimeError):
        asyncio.run(main())

    assert (sink.only.source, sink.only.outcome) == ("live", "failed")


OWN = Request("POST", "api.test", "/v1/messages", b"{}")


@pytest.mark.parametrize(
    ("sent", "moved", "same"),
    [
        pytest.param(Request("POST", "api.test", "/v1/messages", b"{}"), False, True, id="itself"),
        pytest.param(Request("POST", "api.test", "/v1/messages"), False, True, id="body unseen"),
        pytest.param(
            Request("POST", "[API.test.]", "/v1%2Fmessages", b"{}"), False, True, id="alike"
        ),
        pytest.param(Request("POST", "api.test", "/v1/messages", b"[]"), False, False, id="body"),
        pytest.param(Request("GET", "api.test", "/v1/messages", b"{}"), False, False, id="method"),
        pytest.param(Request("POST", "b.test", "/v1/messages", b"{}"), False, False, id="host"),
        pytest.param(Request("POST", "api.test", "/v2/messages", b"{}"), False, False, id="path"),
        pytest.param(Request("POST", "b.test", "/moved", b"{}"), True, True, id="a hop"),
        pytest.param(Request("POST", "b.test", "/moved"), True, True, id="a hop, body unseen"),
        pytest.param(Request("POST", "b.test", "/token", b"x"), True, False, id="no hop"),
    ],
)
def test_only_the_same_request_is_carried_by_a_lower_client(
    sent: Request, *, moved: bool, same: bool
) -> None:
    assert is_carried(OWN, sent, moved=moved) is same


@pytest.mark.parametrize(
    ("sent", "same"),
    [
        pytest.param(Request("POST", "api.test", "/v1/messages", b"{}"), True, id="itself"),
        pytest.param(Request("POST", "localhost", "/v1/messages"), True, id="by a socket file"),
        pytest.param(Request("POST", "proxy.test", "/forward", b"{}"), True, id="by a gateway"),
        pytest.param(Request("POST", "api.test", "/token"), False, id="a token, body unseen"),
        pytest.param(Request("POST", "api.test", "/v1/messages", b"x"), False, id="another body"),
    ],
)
def test_a_lower_client_is_handed_down_only_what_was_begun(sent: Request, *, same: bool) -> None:
    assert is_handed_down(OWN, sent) is same
