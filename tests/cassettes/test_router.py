"""The router with the HTTP clients themselves, against a server that counts its hits."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import TYPE_CHECKING, Any

import httpx
import httpx2
import pytest
import requests
import urllib3
from cassettes.loopback import PATH, Loopback, Reply
from cassettes.patched import attributes

from pytest_specbudget.cassettes.router import routed, use
from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters.origin import Mark, current_mark

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EVENTS = (b'data: {"n": 1}\n\n', b'data: {"n": 2}\n\n', b"data: [DONE]\n\n")
SSE = {"content-type": "text/event-stream"}


def by_client(library: Any) -> Callable[[str, Any], Any]:
    return lambda url, body: library.post(url, json=body).json()


def by_stream(library: Any) -> Callable[[str, Any], Any]:
    def post(url: str, body: Any) -> Any:
        with library.stream("POST", url, json=body) as response:
            return b"".join(response.iter_bytes())

    return post


def by_async_client(library: Any) -> Callable[[str, Any], Any]:
    async def post(url: str, body: Any) -> Any:
        async with library.AsyncClient() as client:
            return (await client.post(url, json=body)).json()

    return lambda url, body: asyncio.run(post(url, body))


def by_async_stream(library: Any) -> Callable[[str, Any], Any]:
    async def post(url: str, body: Any) -> Any:
        async with (
            library.AsyncClient() as client,
            client.stream("POST", url, json=body) as response,
        ):
            return b"".join([piece async for piece in response.aiter_bytes()])

    return lambda url, body: asyncio.run(post(url, body))


def by_urllib3(url: str, body: Any) -> Any:
    with urllib3.PoolManager() as pool:
        return json.loads(pool.request("POST", url, json=body).data)


def by_http_client(url: str, body: Any) -> Any:
    connection = http.client.HTTPConnection(url.split("/")[2])
    connection.request("POST", PATH, str(body))
    with connection.getresponse() as response:
        heard = response.read()
    connection.close()
    return heard


CLIENTS = {
    "httpx": by_client(httpx),
    "httpx2": by_client(httpx2),
    "httpx streamed": by_stream(httpx),
    "httpx2 streamed": by_stream(httpx2),
    "httpx async": by_async_client(httpx),
    "httpx2 async": by_async_client(httpx2),
    "httpx async streamed": by_async_stream(httpx),
    "httpx2 async streamed": by_async_stream(httpx2),
    "requests": by_client(requests),
    "urllib3": by_urllib3,
    "http.client": by_http_client,
}


@pytest.fixture(params=CLIENTS)
def post(request: pytest.FixtureRequest) -> Any:
    return CLIENTS[request.param]


# Record, replay, miss -------------------------------------------------------------------------


def test_a_recorded_call_is_replayed_without_the_network(
    server: Loopback, path: Path, post: Any
) -> None:
    with use(path, "once", refuse=CallRefused) as recorder:
        live = [post(server.url, {"n": n}) for n in (1, 2)]
    with use(path, "none", refuse=CallRefused) as player:
        replayed = [post(server.url, {"n": n}) for n in (1, 2)]

    assert replayed == live
    assert server.hits == 2
    assert (recorder.recorded, recorder.played) == (2, 0)
    assert (player.recorded, player.played, player.unplayed) == (0, 2, [])


def test_a_miss_is_refused_before_anything_is_sent(server: Loopback, path: Path, post: Any) -> None:
    with (
        use(path, "none", refuse=CallRefused),
        pytest.raises(CallRefused, match=r"^no recording answers POST 127\.0\.0\.1/v1/chat"),
    ):
        post(server.url, {"n": 1})

    assert server.hits == 0


def test_a_call_that_is_spared_is_not_sent(server: Loopback, path: Path, post: Any) -> None:
    with (
        use(path, "once", refuse=CallRefused, spare=lambda asked: f"{asked.method} is known"),
        pytest.raises(CallRefused, match=r"^POST is known$"),
    ):
        post(server.url, {"n": 1})

    assert server.hits == 0
    assert not path.exists()


def test_what_one_client_recorded_another_replays(server: Loopback, path: Path) -> None:
    body = {"model": "m", "n": 1}
    with use(path, "once", refuse=CallRefused):
        live = httpx2.post(server.url, json=body).json()

    for name in ("httpx", "requests", "urllib3", "httpx async"):
        with use(path, "none", refuse=CallRefused):
            assert CLIENTS[name](server.url, body) == live

    assert server.hits == 1


def test_retries_replay_as_they_happened(server: Loopback, path: Path) -> None:
    server.will(Reply(429), Reply(429), Reply(200, (b"{}",)))

    def statuses() -> list[int]:
        return [httpx2.post(server.url, json={}).status_code for _ in range(3)]

    with use(path, "once", refuse=CallRefused):
        live = statuses()
    with use(path, "none", refuse=CallRefused):
        assert statuses() == live == [429, 429, 200]


def test_a_gzipped_answer_is_stored_readable_and_replayed_alike(
    server: Loopback, path: Path
) -> None:
    packed = gzip.compress(b'{"text": "readable"}')
    server.will(Reply(pieces=(packed,), headers={"content-encoding": "gzip"}))

    with use(path, "once", refuse=CallRefused):
        live = requests.post(server.url, json={}, timeout=5).json()
    with use(path, "none", refuse=CallRefused):
        replayed = httpx2.post(server.url, json={}).json()

    assert replayed == live == {"text": "readable"}
    assert r"{\"text\": \"readable\"}" in path.read_text()


def test_no_credential_reaches_the_file_and_the_caller_still_gets_it(
    server: Loopback, path: Path
) -> None:
    answer = b'{"access_token": "issued-to-the-caller"}'
    server.will(Reply(pieces=(answer,), headers={"Set-Cookie": "session=cookie-value"}))

    with use(path, "once", refuse=CallRefused):
        live = httpx2.post(
            server.url,
            params={"key": "query-value"},
            headers={"Authorization": "Bearer header-value"},
            json={"api_key": "body-value"},
        )

    assert live.content == answer
    text = path.read_text()
    for secret in ("issued", "cookie-value", "query-value", "header-value", "body-value"):
        assert secret not in text


def test_a_fake_that_the_test_put_in_is_left_alone(path: Path) -> None:
    fake = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"fake": True}))

    with (
        use(path, "once", refuse=CallRefused) as recorder,
        httpx2.Client(transport=fake) as client,
    ):
        answer = client.post("https://api.openai.com/v1/chat/completions").json()

    assert answer == {"fake": True}
    assert recorder.recorded == 0


# Streams --------------------------------------------------------------------------------------


@pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
@pytest.mark.usefixtures("router")
def test_a_live_stream_flows_while_the_router_is_installed(server: Loopback, library: Any) -> None:
    server.will(Reply(pieces=EVENTS, headers=SSE))
    heard = []

    with library.stream("POST", server.url, json={}) as response:
        for piece in response.iter_raw():
            heard.append(piece)
            server.proceed.release()

    assert heard == list(EVENTS)


@pytest.mark.usefixtures("router")
def test_a_live_stream_of_requests_flows_too(server: Loopback) -> None:
    server.will(Reply(pieces=EVENTS, headers=SSE))
    heard = []

    with requests.post(server.url, json={}, stream=True, timeout=5) as response:
        for piece in response.iter_lines(chunk_size=1):
            heard.append(piece)
            server.proceed.release()

    assert b"\n".join(heard).split() == b"".join(EVENTS).split()


# Contexts -------------------------------------------------------------------------------------


def record_ten(url: str, path: Path, who: int, mode: Any) -> list[Any]:
    with use(path.with_name(f"{who}.yaml"), mode, refuse=CallRefused):
        libraries = (httpx2, requests, httpx)
        return [libraries[n % 3].post(url, json={"who": who, "n": n}).json() for n in range(10)]


def test_threads_have_each_their_own_recording(server: Loopback, path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        live = list(pool.map(lambda who: record_ten(server.url, path, who, "once"), range(4)))
        hits = server.hits
        replayed = list(pool.map(lambda who: record_ten(server.url, path, who, "none"), range(4)))

    assert replayed == live
    assert hits == server.hits == 40


def test_tasks_have_each_their_own_recording(server: Loopback, path: Path) -> None:
    async def one(who: int, mode: Any) -> Any:
        own = path.with_name(f"{who}.yaml")
        async with httpx2.AsyncClient() as client:
            with use(own, mode, refuse=CallRefused) as tape:
                answer = (await client.post(server.url, json={"same": "request"})).json()
                return answer["hit"], tape.played + tape.recorded

    async def everybody(mode: Any) -> list[Any]:
        return await asyncio.gather(*(one(who, mode) for who in range(20)))

    live = asyncio.run(everybody("once"))
    replayed = asyncio.run(everybody("none"))

    assert replayed == live
    assert {calls for _, calls in live} == {1}
    assert server.hits == 20


def test_gathered_calls_get_each_their_own_answer(server: Loopback, path: Path) -> None:
    async def heard(mode: Any) -> list[Any]:
        with use(path, mode, refuse=CallRefused):
            async with httpx2.AsyncClient() as client:
                calls = (client.post(server.url, json={"n": n}) for n in range(30))
                return [answer.json()["heard"] for answer in await asyncio.gather(*calls)]

    live = asyncio.run(heard("once"))

    assert asyncio.run(heard("none")) == live == [f'{{"n":{n}}}' for n in range(30)]


def in_thread(call: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


def test_a_bare_thread_uses_the_recording_that_is_open_for_everybody(
    server: Loopback, path: Path
) -> None:
    def call() -> Any:
        return httpx2.post(server.url, json={}).json()

    with use(path, "once", refuse=CallRefused, shared=True) as tape:
        in_thread(call)
    with use(path.with_name("own.yaml"), "once", refuse=CallRefused) as unshared:
        in_thread(call)

    assert (tape.recorded, unshared.recorded) == (1, 0)


def test_the_innermost_recording_answers_and_the_outer_one_after_it(
    server: Loopback, path: Path
) -> None:
    def call() -> Any:
        return httpx2.post(server.url, json={}).json()

    with use(path, "once", refuse=CallRefused, shared=True) as outer:
        with use(path.with_name("inner.yaml"), "once", refuse=CallRefused, shared=True) as inner:
            call()
        call()

    assert (outer.recorded, inner.recorded) == (1, 1)


def test_a_task_that_outlives_its_recording_is_not_answered_by_it(
    server: Loopback, path: Path
) -> None:
    async def outlive() -> None:
        go = asyncio.Event()

        async def later() -> None:
            await go.wait()
            async with httpx2.AsyncClient() as client:
                await client.post(server.url, json={})

        with use(path, "once", refuse=CallRefused):
            task = asyncio.create_task(later())
            await asyncio.sleep(0)
        with use(path.with_name("next.yaml"), "once", refuse=CallRefused, shared=True):
            go.set()
            await task

    asyncio.run(outlive())

    assert not path.exists()
    assert path.with_name("next.yaml").exists()


# Who answered ---------------------------------------------------------------------------------


def test_the_mark_of_a_call_says_which_recording_answered(server: Loopback, path: Path) -> None:
    marks = []
    for mode in ("once", "none"):
        with use(path, mode, refuse=CallRefused):
            for n in range(2):
                mark = Mark()
                token = current_mark.set(mark)
                httpx2.post(server.url, json={"n": n})
                current_mark.reset(token)
                marks.append((mark.source, mark.cassette, mark.index))

    assert marks == [
        ("record", str(path), 0),
        ("record", str(path), 1),
        ("replay", str(path), 0),
        ("replay", str(path), 1),
    ]


class ForeignTransport(httpx.BaseTransport):
    """A transport that another installed package brings, and that reaches a network by itself."""

    __module__ = "curl_transport.transports"


@pytest.mark.parametrize(
    ("reached", "transport", "kept"),
    [
        pytest.param(False, None, 0, id="a fake below us answered"),
        pytest.param(True, None, 1, id="the network was reached"),
        pytest.param(False, ForeignTransport(), 1, id="nobody watches what this one reaches"),
    ],
)
def test_only_what_may_have_come_over_a_network_is_recorded(  # noqa: PLR0913 - a table and two places
    server: Loopback,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    reached: bool,
    transport: object,
    kept: int,
) -> None:
    package = ModuleType("curl_transport.transports")
    package.__file__ = "/venv/site-packages/curl_transport/transports.py"
    monkeypatch.setitem(sys.modules, package.__name__, package)
    mark = Mark(before_wire=lambda: None)
    mark.wire, mark.transport = reached, transport

    with use(path, "once", refuse=CallRefused) as tape:
        token = current_mark.set(mark)
        assert httpx.post(server.url, json={"n": 1}).status_code == 200
        current_mark.reset(token)

    assert (tape.recorded, path.exists()) == (kept, bool(kept))
    assert mark.stored == ("record" if kept else None)


def test_a_call_whose_answer_cannot_be_kept_is_known_to_be_answered(
    server: Loopback, path: Path, post: Any
) -> None:
    mark = Mark()

    with use(path, "once", refuse=CallRefused):
        path.parent.mkdir()
        path.mkdir()  # after it was opened: the disk fills, a folder goes
        token = current_mark.set(mark)
        with pytest.raises(CallRefused, match=f"{path} cannot be written"):
            post(server.url, {"n": 1})
        current_mark.reset(token)

    assert server.hits == 1
    assert (mark.answered, mark.stored, mark.index) == (200, "record", None)


# Installing -----------------------------------------------------------------------------------


def test_the_originals_are_restored_when_the_last_user_leaves(path: Path) -> None:
    with routed():
        pass
    originals = attributes()

    with routed():
        with routed(), use(path, "none", refuse=CallRefused):
            pass
        assert attributes() != originals

    assert attributes() == originals


def test_a_recording_opened_and_closed_in_parallel_restores_everything(
    server: Loopback, path: Path
) -> None:
    with routed():
        pass
    originals = attributes()
    first_is_open, second_is_open = threading.Event(), threading.Event()

    def first() -> None:
        with use(path, "once", refuse=CallRefused):
            first_is_open.set()
            second_is_open.wait(20)

    def second() -> None:
        first_is_open.wait(20)
        with use(path.with_name("b.yaml"), "once", refuse=CallRefused):
            second_is_open.set()
            running[0].join(20)
            httpx2.post(server.url, json={})

    running = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(20)

    assert path.with_name("b.yaml").exists()
    assert attributes() == originals


def test_while_vcrpy_makes_a_real_connection_other_libraries_stay_routed(
    server: Loopback, path: Path
) -> None:
    with use(path, "once", refuse=CallRefused):
        live = httpx2.post(server.url, json={}).json()

    with use(path, "none", refuse=CallRefused), sys.modules["vcr.patch"].force_reset():
        assert httpx2.post(server.url, json={}).json() == live
    assert server.hits == 1
