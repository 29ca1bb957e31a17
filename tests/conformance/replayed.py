"""The suite under the gate: sends every recorded request, and gets the recorded answer.

Run by test_replay.py in a pytest of its own.  The client believes that it talks to the provider;
its transport goes to a loopback server, and below that nothing is faked.
"""

from __future__ import annotations

import asyncio
import gc
import http.server
import os
import pickle
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import httpx2
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.exchanges import Exchange
    from conformance.recorded import Answer

EXCHANGES: list[Exchange] = pickle.loads(Path(os.environ["EXCHANGES"]).read_bytes())  # noqa: S301 - written by who runs this
gc.freeze()  # a hundred thousand objects that stay
NUMBER = "x-number"
_PASSED_ON = ("content-type", "x-")
_NO_BODY = (204, 304)


class _Provider(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else head and body wait for each other, 40 ms a call

    def log_message(self, *_words: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        answer = EXCHANGES[int(self.headers[NUMBER])].answer
        self.send_response(answer.status or 200)
        for name, value in answer.headers.items():
            if name.startswith(_PASSED_ON):
                self.send_header(name, value.replace("\n", " "))
        if answer.raw != answer.body:
            self.send_header("content-encoding", "gzip")
        if answer.status not in _NO_BODY:
            self.send_header("content-length", str(len(answer.raw)))
        self.end_headers()
        if self.command != "HEAD" and answer.status not in _NO_BODY:
            self.wfile.write(answer.raw)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 - the library's names


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Provider) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


class Clients:
    """Plain clients of both libraries, which reach the loopback server whoever they ask."""

    def __init__(self, port: int) -> None:
        self._open = ExitStack()
        self._port = port
        self._loop = self._open.enter_context(asyncio.Runner())
        self._plain = [self._open.enter_context(self._client(each)) for each in (httpx, httpx2)]
        self._of_loop = [self._client_of_loop(each) for each in (httpx, httpx2)]

    def close(self) -> None:
        for client in self._of_loop:
            self._loop.run(client.aclose())
        self._open.close()

    def send(self, number: int, answer: Answer) -> None:
        """Send one request: whole, as a stream in small pieces, or from a loop, in turn."""
        client, way = self._plain[number % 2], number // 2 % 3
        asked: dict[str, Any] = {
            "method": answer.method,
            "url": answer.url,
            "content": answer.sent,
            "headers": {"content-type": "application/json", NUMBER: str(number)},
        }
        if way == 0:
            client.request(**asked)
        elif way == 1:
            with client.stream(**asked) as streamed:
                for _ in streamed.iter_bytes(61):
                    pass
        else:
            self._loop.run(self._of_loop[number % 2].request(**asked))

    def _client(self, library: Any) -> Any:
        return library.Client(transport=self._transport(library, ""))

    def _client_of_loop(self, library: Any) -> Any:
        return library.AsyncClient(transport=self._transport(library, "Async"))

    def _transport(self, library: Any, kind: str) -> Any:
        base = getattr(library, f"{kind}HTTPTransport")
        method = "handle_async_request" if kind else "handle_request"

        def redirected(transport: Any, request: Any) -> Any:
            request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
            return getattr(base, method)(transport, request)

        made = type("ToLoopback", (base,), {method: redirected})
        return made(verify=False)  # nothing is encrypted here, and certificates are slow to load


@pytest.fixture(scope="session")
def clients(port: int) -> Iterator[Clients]:
    made = Clients(port)
    yield made
    made.close()


@pytest.mark.parametrize("number", range(len(EXCHANGES)))
def test_exchange(number: int, clients: Clients) -> None:
    clients.send(number, EXCHANGES[number].answer)
