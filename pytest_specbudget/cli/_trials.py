"""Calls a server of our own through a client, and looks whether its meter heard the call whole.

The patches fit a client that has every method that they replace; whether it also has what they look
at while a call runs shows only in a call.  The server is on the loopback interface.
"""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytest_specbudget.meters import watch
from pytest_specbudget.providers import recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pytest_specbudget.core.exchange import Exchange, Request
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.providers import Listener

__all__ = ["TRIALS", "trial_server", "tried"]

_USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
_ANSWER = json.dumps({"id": "1", "model": "m", "choices": [], "usage": _USAGE}).encode()
_BODY = json.dumps({"model": "m", "messages": []}).encode()
_JSON = {"Content-Type": "application/json"}


def tried(name: str, url: str) -> str | None:
    """Call *url* through the client *name* of `TRIALS`; say what went wrong, or None."""
    heard = _Heard()
    watching = watch(heard)
    try:
        TRIALS[name](url)
    except Exception as error:  # noqa: BLE001 # whatever a client does
        return f"a call to a server of our own failed: {type(error).__name__}: {error}"
    finally:
        watching.finish_open()
        watching.stop()
    return heard.problem()


@contextmanager
def trial_server() -> Iterator[str]:
    """Answer model calls on the loopback interface; gives the URL for them."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1/chat/completions"
    finally:
        server.shutdown()
        server.server_close()


class _Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(_ANSWER)))
        self.end_headers()
        self.wfile.write(_ANSWER)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Heard:
    """A sink that takes every model call, and its ticket."""

    def __init__(self) -> None:
        self._booked: list[tuple[Exchange, Reading]] = []
        self._troubles: list[str] = []

    def recognise(self, request: Request) -> Listener | None:
        return recognise(request)

    def admit(self, _request: Request, _listener: Listener) -> _Heard:
        return self

    def wire(self) -> None:
        pass

    def book(self, exchange: Exchange, reading: Reading) -> None:
        self._booked.append((exchange, reading))

    def trouble(self, where: str, error: Exception) -> None:
        self._troubles.append(f"{where}: {type(error).__name__}: {error}")

    def problem(self) -> str | None:
        """Say what is wrong with what was heard of one call, or None."""
        if self._troubles:
            return self._troubles[0]
        if len(self._booked) != 1:
            return f"one call was seen {len(self._booked)} times"
        exchange, reading = self._booked[0]
        if (reading.usage_state, reading.usage.output_tokens) != ("complete", 2):
            return f"the usage in an answer was {reading.usage_state}"
        return None if exchange.source == "live" else f"a live call was taken for {exchange.source}"


def _by_httpx(name: str) -> Callable[[str], None]:
    def call(url: str) -> None:
        with import_module(name).Client(trust_env=False) as client:
            client.post(url, content=_BODY, headers=_JSON)

    return call


def _by_requests(url: str) -> None:
    with import_module("requests").Session() as session:
        session.trust_env = False
        session.post(url, data=_BODY, headers=_JSON)


def _by_urllib3(name: str) -> Callable[[str], None]:
    def call(url: str) -> None:
        with import_module(name).PoolManager() as pool:
            pool.request("POST", url, body=_BODY, headers=_JSON)

    return call


def _by_lm15(name: str) -> Callable[[str], None]:
    def call(url: str) -> None:
        transports = import_module(f"{name}.transports")
        request = transports.TransportRequest("POST", url, list(_JSON.items()), _BODY)
        with transports.StdlibTransport(trust_env=False) as sending, sending.stream(request) as got:
            got.read()

    return call


def _by_urllib(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, _BODY, _JSON)) as answer:  # noqa: S310 # ours
        answer.read()


def _by_aiohttp(url: str) -> None:
    async def call() -> None:
        session: Any = import_module("aiohttp").ClientSession()
        async with session, session.post(url, data=_BODY, headers=_JSON) as answer:
            await answer.read()

    asyncio.run(call())


TRIALS: Mapping[str, Callable[[str], None]] = {
    "aiohttp": _by_aiohttp,
    "httpx": _by_httpx("httpx"),
    "httpx2": _by_httpx("httpx2"),
    "lm15": _by_lm15("lm15"),
    "requests": _by_requests,
    "urllib.request": _by_urllib,
    "urllib3": _by_urllib3("urllib3"),
    "urllib3-future": _by_urllib3("urllib3_future"),
}
"""How to call a URL, by client; one that speaks another protocol, or stands on these, is not here.
"""
