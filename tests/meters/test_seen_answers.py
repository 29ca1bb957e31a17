"""What a send of httpx that raised had seen: an answer, a failure, or nobody."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from meters.loopback import CHAT, JSON, Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from meters.fakes import RecordingSink
    from meters.loopback import Server


class UnwelcomeError(Exception):
    """What a hook, a transport or an auth flow of the user's raises."""


def post(library: Any, url: str, **options: Any) -> Any:
    with library.Client(trust_env=False, **options) as client:
        return client.post(url, json={})


def apost(library: Any, url: str, **options: Any) -> Any:
    async def run() -> Any:
        async with library.AsyncClient(trust_env=False, **options) as client:
            return await client.post(url, json={})

    return asyncio.run(run())


def post_to_hook(library: Any, url: str, hook: Callable[[Any], None], **options: Any) -> None:
    post(library, url, event_hooks={"response": [hook]}, **options)


def apost_to_hook(library: Any, url: str, hook: Callable[[Any], None]) -> None:
    async def asynchronous(response: Any) -> None:
        hook(response)

    apost(library, url, event_hooks={"response": [asynchronous]})


def reject(_: Any) -> None:
    raise UnwelcomeError


def read_and_reject(response: Any) -> None:
    response.read()
    raise UnwelcomeError


@pytest.mark.parametrize("status", [307, 401, 429, 503])
@pytest.mark.parametrize("send", [post_to_hook, apost_to_hook], ids=["sync", "async"])
def test_what_a_hook_rejects_has_failed_with_its_status(
    library: Any, server: Server, sink: RecordingSink, send: Any, status: int
) -> None:
    server.will(Answer(status=status))

    with pytest.raises(UnwelcomeError):
        send(library, server.chat, reject)

    assert (sink.only.status, sink.only.outcome, sink.only.source) == (status, "failed", "live")


@pytest.mark.parametrize(
    ("hook", "heard"),
    [
        pytest.param(read_and_reject, JSON, id="read: its counts are known"),
        pytest.param(reject, b"", id="unread: they are not"),
    ],
)
def test_an_answer_that_a_hook_rejects_was_given(
    library: Any, server: Server, sink: RecordingSink, hook: Any, heard: bytes
) -> None:
    with pytest.raises(UnwelcomeError):
        post_to_hook(library, server.chat, hook)

    assert (sink.only.status, sink.only.outcome, sink.ears[0].body) == (200, "answered", heard)


@pytest.mark.parametrize("status", [429, 200])
def test_a_mocked_answer_that_a_hook_rejects_stays_mocked(
    library: Any, sink: RecordingSink, status: int
) -> None:
    transport = library.MockTransport(lambda _: library.Response(status, json={}))

    with pytest.raises(UnwelcomeError):
        post_to_hook(library, "http://model.invalid" + CHAT, reject, transport=transport)

    assert (sink.only.status, sink.only.source) == (status, "mock")


def test_mocked_redirects_without_end_stay_mocked(library: Any, sink: RecordingSink) -> None:
    transport = library.MockTransport(
        lambda request: library.Response(307, headers={"location": str(request.url)})
    )

    with pytest.raises(library.TooManyRedirects):
        post(library, "http://model.invalid" + CHAT, transport=transport, follow_redirects=True)

    assert (sink.only.status, sink.only.source) == (307, "mock")


def test_redirects_without_end_cost_nothing(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(*[Answer(status=307, headers={"location": CHAT})] * 3)

    with pytest.raises(library.TooManyRedirects):
        post(library, server.chat, follow_redirects=True, max_redirects=2)

    assert (sink.only.status, sink.only.outcome, sink.only.hidden) == (307, "failed", 0)


@pytest.mark.parametrize("answered", [(500, "failed"), (200, "answered")])
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"cut": True}, id="cut off"),
        pytest.param({"headers": {"content-encoding": "gzip"}}, id="undecodable"),
    ],
)
def test_a_body_that_cannot_be_read_has_a_status(
    library: Any, server: Server, sink: RecordingSink, answer: Any, answered: tuple[int, str]
) -> None:
    server.will(Answer(status=answered[0], **answer))

    with pytest.raises((library.RemoteProtocolError, library.DecodingError)):
        post(library, server.chat)

    assert (sink.only.status, sink.only.outcome) == answered


# Transports -----------------------------------------------------------------------------------


def validating(library: Any, inner: Any) -> Any:
    """A transport that raises what is no success, as those that retry do when they give up."""

    class Validating(library.BaseTransport):  # type: ignore[misc] # it is Any here
        def handle_request(self, request: Any) -> Any:
            response = inner.handle_request(request)
            response.request = request
            response.read()
            response.raise_for_status()
            return response

        def close(self) -> None:
            inner.close()

    return Validating()


def test_what_a_transport_rejects_has_failed_with_its_status(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(status=503))

    with pytest.raises(library.HTTPStatusError):
        post(library, server.chat, transport=validating(library, library.HTTPTransport()))

    assert (sink.only.status, sink.only.outcome, sink.only.source) == (503, "failed", "live")


def test_a_mocked_answer_that_a_transport_rejects_has_its_status(
    library: Any, sink: RecordingSink
) -> None:
    mocked = library.MockTransport(lambda _: library.Response(503, json={}))

    with pytest.raises(library.HTTPStatusError):
        post(library, "http://model.invalid" + CHAT, transport=validating(library, mocked))

    assert (sink.only.status, sink.only.source) == (503, "mock")


def stubborn(library: Any, *, raises: type[Exception]) -> Any:
    """A transport that sends twice, and then raises an error of its own."""

    class Stubborn(library.HTTPTransport):  # type: ignore[misc] # it is Any here
        def handle_request(self, request: Any) -> Any:
            for _ in range(2):
                try:
                    super().handle_request(request).read()
                except library.TransportError:
                    continue
            raise raises

    return Stubborn()


@pytest.mark.parametrize(
    ("answers", "booked"),
    [
        pytest.param(
            [Answer(status=429), Answer(status=503)],
            [(429, "failed", 0), (503, "failed", 0)],
            id="both turned away",
        ),
        pytest.param(
            [Answer(status=429), Answer(silent=True)],
            [(429, "failed", 0), (None, "unknown", 0)],
            id="the last not answered",
        ),
        pytest.param(
            [Answer(), Answer(status=429)],
            [(429, "failed", 1)],
            id="an answer thrown away is hidden",
        ),
    ],
)
def test_what_the_last_request_of_a_transport_came_to_counts(
    library: Any, server: Server, sink: RecordingSink, answers: list[Answer], booked: list[Any]
) -> None:
    server.will(*answers)

    with pytest.raises(UnwelcomeError):
        post(library, server.chat, transport=stubborn(library, raises=UnwelcomeError))

    assert [(one.status, one.outcome, one.hidden) for one in sink.exchanges] == booked


def test_a_transport_that_never_got_through_sent_nothing(library: Any, sink: RecordingSink) -> None:
    with pytest.raises(UnwelcomeError):
        post(
            library,
            "http://127.0.0.1:9" + CHAT,
            transport=stubborn(library, raises=UnwelcomeError),
        )

    assert [one.outcome for one in sink.exchanges] == ["failed", "failed"]


# Auth flows -----------------------------------------------------------------------------------


def flow(library: Any, steps: Callable[[Any, Any], Iterator[Any]]) -> Any:
    class Flow(library.Auth):  # type: ignore[misc] # it is Any here
        def auth_flow(self, request: Any) -> Iterator[Any]:
            token = library.Request("POST", f"http://{request.url.netloc.decode()}/token")
            yield from steps(request, token)

    return Flow()


def rejects_the_answer(request: Any, _: Any) -> Iterator[Any]:
    yield request
    raise UnwelcomeError


def rejects_the_token(_: Any, token: Any) -> Iterator[Any]:
    yield token
    raise UnwelcomeError


def asks_for_a_token_too_late(request: Any, token: Any) -> Iterator[Any]:
    yield request
    yield token
    raise UnwelcomeError


def asks_twice(request: Any, _: Any) -> Iterator[Any]:
    yield request
    yield request


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            (rejects_the_answer, [Answer(status=401)], [(401, "failed")]), id="after an answer"
        ),
        pytest.param(
            (rejects_the_token, [Answer()], [(None, "failed")]), id="before the model was asked"
        ),
        pytest.param(
            (asks_for_a_token_too_late, [Answer(status=401), Answer()], [(401, "failed")]),
            id="after the token that came after an answer",
        ),
        pytest.param(
            (asks_twice, [Answer(status=401), Answer(silent=True)], [(None, "unknown")]),
            id="the second request was not answered",
        ),
        pytest.param(
            (
                asks_twice,
                [Answer(), Answer(silent=True)],
                [(200, "answered"), (None, "unknown")],
            ),
            id="the first was, and cost something",
        ),
    ],
)
def test_an_auth_flow_that_raises_is_told_by_its_requests(
    library: Any, server: Server, sink: RecordingSink, case: tuple[Any, list[Answer], Any]
) -> None:
    steps, answers, booked = case
    server.will(*answers)

    with pytest.raises((UnwelcomeError, library.RemoteProtocolError)):
        post(library, server.chat, auth=flow(library, steps))

    assert [(one.status, one.outcome) for one in sink.exchanges] == booked


def test_what_a_hook_sends_by_the_same_client_is_not_mistaken_for_the_call(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(status=429))
    with library.Client(trust_env=False) as client:

        def report(response: Any) -> None:
            if response.request.url.path == CHAT:
                client.get("http://127.0.0.1:9/reports")

        client.event_hooks = {"response": [report]}
        with pytest.raises(library.ConnectError):
            client.post(server.chat, json={})

    assert (sink.only.status, sink.only.outcome) == (429, "failed")
