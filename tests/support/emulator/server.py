"""HTTP/1.1 on the loopback interface: a thread for the server, one for each connection.

It carries `Delivery`s and knows nothing of providers.  When it stops, every connection is closed
and every thread has ended, so that no socket outlives a test.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Decide", "Delivery", "LoopbackServer"]

_POLL_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An answer as it goes over the wire.

    Attributes:
        status: None closes the connection without an answer.
        frames: The body, in the pieces in which it is sent.
        streamed: Sent chunked, a frame a chunk; otherwise with its length.
        cut_after: Frames after which the connection breaks.
        delay_s: The wait before each frame.
        held: Nothing is sent before the release.
    """

    status: int | None
    headers: dict[str, str]
    frames: Sequence[bytes]
    streamed: bool = False
    cut_after: int | None = None
    delay_s: float = 0.0
    held: bool = False


Decide = Callable[[str, str | None, bytes], Delivery]
"""What to answer: from the target (path and query), the header `x-emulate`, and the body."""


class LoopbackServer:
    """A server on a free port of 127.0.0.1, between `start` and `stop`."""

    def __init__(self, decide: Decide, released: threading.Event) -> None:
        self._decide = decide
        self._released = released
        self._stopping = threading.Event()
        self._http: _Connections | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        if self._http is None:
            raise RuntimeError("the emulator answers inside its `with` block only")
        return int(self._http.server_address[1])

    def start(self) -> None:
        self._http = _Connections(self._decide, self._released, self._stopping)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(_POLL_S,))
        self._thread.start()

    def stop(self) -> None:
        if self._http is None or self._thread is None:
            return
        self._stopping.set()
        self._http.shutdown()
        self._thread.join()
        self._http.hang_up()
        self._http.server_close()  # waits for the threads of the connections


class _Connections(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close waits for them
    request_queue_size = 128

    def __init__(
        self, decide: Decide, released: threading.Event, stopping: threading.Event
    ) -> None:
        self.decide = decide
        self.released = released
        self.stopping = stopping
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Wake every thread that still waits for a client's next request."""
        with self._lock:
            for connection in self._open:
                _break(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up in the middle of things; anything else is a fault of the emulator."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _break(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client was faster


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Connections

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length)
        delivery = self.server.decide(self.path, self.headers.get("x-emulate"), sent)
        if delivery.held:
            self.server.released.wait()
        self._deliver(delivery)

    do_GET = do_POST  # noqa: N815  likewise

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        """Say nothing: the tests read `Emulator.served`."""

    def _deliver(self, delivery: Delivery) -> None:
        if delivery.status is None:
            self.close_connection = True
            return
        self._send_head(delivery.status, delivery)
        for frame in delivery.frames[: delivery.cut_after]:
            self.server.stopping.wait(delivery.delay_s)
            self.wfile.write(_chunk(frame) if delivery.streamed else frame)
        if delivery.cut_after is not None:
            self._cut()
        elif delivery.streamed:
            self.wfile.write(_chunk(b""))

    def _send_head(self, status: int, delivery: Delivery) -> None:
        self.send_response_only(status)
        for name, value in delivery.headers.items():
            self.send_header(name, value)
        if delivery.streamed:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(sum(map(len, delivery.frames))))
        self.end_headers()

    def _cut(self) -> None:
        self.close_connection = True
        _break(self.connection)


def _chunk(frame: bytes) -> bytes:
    return f"{len(frame):x}\r\n".encode() + frame + b"\r\n"
