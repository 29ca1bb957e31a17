"""A server on the loopback interface that gives one and the same answer to everybody."""

from __future__ import annotations

import socket
from threading import Thread
from typing import Self

import httpx

__all__ = ["Answering"]


class Answering:
    """Answers between `with` and its end.

    Attributes:
        heard: The headers of each request, in order.
    """

    def __init__(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.heard: list[httpx.Headers] = []
        self._answer = httpx.Response(status, content=body, headers=headers)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._serve)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += connection.recv(65_536)
        head, _, body = asked.partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
        headers = httpx.Headers(dict(lines))
        while len(body) < int(headers["content-length"]):
            body += connection.recv(65_536)
        self.heard.append(headers)
        told = [f"HTTP/1.1 {self._answer.status_code} X", "connection: close"]
        told += [f"{name}: {text}" for name, text in self._answer.headers.items()]
        connection.sendall("\r\n".join([*told, "", ""]).encode() + self._answer.content)
