"""A call that a redirect leads elsewhere is one call, recorded or replayed."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from support.booked import charges

if TYPE_CHECKING:
    from support.suites import Suite

SUITE = """
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
import requests
import urllib3

USAGE = {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25}
ANSWER = {"model": "gpt-4o-mini", "choices": [], "usage": USAGE}
ASKED = {"model": "gpt-4o-mini", "messages": []}


class Moving(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        moved = self.path.startswith("/moved")
        body = json.dumps(ANSWER).encode() if moved else b""
        self.send_response(200 if moved else 307)
        if not moved:
            self.send_header("location", "/moved" + self.path)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said):
        pass


def by_requests(url):
    with requests.Session() as session:
        session.trust_env = False
        session.post(url, json=ASKED)


def by_urllib3(url):
    with urllib3.PoolManager() as pool:
        pool.request("POST", url, body=json.dumps(ASKED), headers={"content-type": "text/json"})


def by_httpx(url):
    with httpx.Client(trust_env=False, follow_redirects=True) as client:
        client.post(url, json=ASKED)


@pytest.mark.parametrize("post", [by_requests, by_urllib3, by_httpx])
def test_it(post, spec_cassette):
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Moving)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    post(f"http://127.0.0.1:{PORT}/v1/chat/completions")
    server.shutdown()
    server.server_close()
"""


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def test_a_redirect_is_followed_within_one_call(suite: Suite) -> None:
    suite.write("test_moved.py", SUITE.replace("PORT", str(unused_port())))

    recorded, live = suite.run("--spec-budget=1", "--spec-record=once"), charges(suite)
    replayed, stored = suite.run("--spec-budget=1", "--spec-forbid-live"), charges(suite)

    assert (recorded.status, replayed.status) == (0, 0), recorded.text + replayed.text
    for booked, source in ((live, "record"), (stored, "replay")):
        assert [(one.status, one.source) for one in booked] == [(200, source)] * 3
        assert [one.reading.usage.input_tokens for one in booked] == [20] * 3
