"""A server on the loopback interface that answers as told, else echoes, and counts its hits."""

from __future__ import annotations

import json
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "/v1/chat/completions"


@dataclass(frozen=True)
class Reply:
    """What to answer; in several pieces, each but the first waits until the client has asked."""

    status: int = 200
    pieces: tuple[bytes, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


class Loopback:
    def __init__(self) -> None:
        self.hits = 0
        self.replies: deque[Reply] = deque()
        self.proceed = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._http = _Http(self)
        self.base = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.url = self.base + PATH

    def will(self, *replies: Reply) -> None:
        self.replies.extend(replies)

    def answer_to(self, body: bytes) -> Reply:
        with self._lock:
            self.hits += 1
            if self.replies:
                return self.replies.popleft()
            return Reply(pieces=(json.dumps({"heard": body.decode(), "hit": self.hits}).encode(),))

    @contextmanager
    def running(self) -> Iterator[Loopback]:
        thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            thread.join()
            self._http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, loopback: Loopback) -> None:
        self.loopback = loopback
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Http

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        reply = self.server.loopback.answer_to(body)
        self.send_response(reply.status)
        for name, value in {"content-type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        if len(reply.pieces) <= 1:
            self.send_header("content-length", str(sum(map(len, reply.pieces))))
        self.end_headers()
        self._write(reply.pieces)

    def _write(self, pieces: tuple[bytes, ...]) -> None:
        for number, piece in enumerate(pieces):
            if number:
                self.server.loopback.proceed.acquire(timeout=20)
            self.wfile.write(piece)
            self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
