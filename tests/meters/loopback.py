"""A small HTTP server on the loopback interface that answers as it is told."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

CHAT = "/v1/chat/completions"
JSON = b'{"model":"m","usage":{"prompt_tokens":1,"completion_tokens":2}}'


@dataclass
class Answer:
    """What to answer.

    `gated` waits for `Server.let_pass` before each piece, `held` before the head; a `silent` one
    hangs up instead.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pieces: tuple[bytes, ...] = (JSON,)
    gated: bool = False
    held: bool = False
    cut: bool = False
    silent: bool = False


class Server:
    def __init__(self) -> None:
        self.answers: deque[Answer] = deque()
        self.received: list[tuple[str, str, bytes]] = []
        self.arrived = threading.Semaphore(0)
        self._gate = threading.Semaphore(0)
        self._http = _Http(self)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.chat = self.url + CHAT

    def will(self, *answers: Answer) -> Server:
        self.answers.extend(answers)
        return self

    def let_pass(self, count: int = 1) -> None:
        self._gate.release(count)

    def wait(self) -> None:
        assert self._gate.acquire(timeout=20), "nobody opened the gate"

    @contextmanager
    def running(self) -> Iterator[Server]:
        thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self.let_pass(100)
            self._http.shutdown()
            thread.join()
            self._http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64

    def __init__(self, owner: Server) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def handle(self) -> None:
        with suppress(OSError):
            super().handle()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        owner = self.server.owner
        owner.received.append((self.command, self.path, self._body()))
        answer = owner.answers.popleft() if owner.answers else Answer()
        owner.arrived.release()
        if answer.held:
            owner.wait()
        if answer.silent:
            self.close_connection = True
            return
        self._head(answer)
        for piece in answer.pieces:
            if answer.gated:
                owner.wait()
            self._chunk(piece)
        if not answer.cut:
            self._chunk(b"")

    def _head(self, answer: Answer) -> None:
        self.send_response(answer.status)
        headers = {"content-type": "application/json", **answer.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("transfer-encoding", "chunked")
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.flush()

    def _chunk(self, piece: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.flush()

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, *args: Any) -> None:
        """Keep quiet."""
