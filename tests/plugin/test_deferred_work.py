"""Background responses and batches in a user's suite: what their counts come to, on any worker."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.suites import Suite

pytest.importorskip("openai", reason="an SDK of the extra `examples`")

SERVER = """
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from openai import OpenAI

USAGE = {"input_tokens": 1000, "output_tokens": 100, "total_tokens": 1100}
RESPONSE = {"id": "resp_1", "object": "response", "model": "gpt-4o-mini", "output": [],
            "created_at": 0, "parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
BATCH = {"id": "b1", "object": "batch", "endpoint": "/v1/responses", "input_file_id": "f0",
         "completion_window": "24h", "created_at": 0}
CHAT = {"object": "chat.completion", "model": "gpt-4o-mini",
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100}}

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    polls = 0

    def answer(self):
        path = self.path.partition("?")[0]
        if path == "/v1/responses":
            return {**RESPONSE, "status": "queued"}
        if path == "/v1/responses/resp_1":
            Handler.polls += 1
            if Handler.polls % 2:
                return {**RESPONSE, "status": "in_progress"}
            return {**RESPONSE, "status": "completed", "usage": USAGE}
        if path == "/v1/batches":
            return {**BATCH, "status": "validating"}
        if path == "/v1/batches/b1":
            return {**BATCH, "status": "completed", "output_file_id": "f1", "usage": USAGE}
        return {"custom_id": "0", "response": {"status_code": 200, "body": CHAT}}

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        body = json.dumps(self.answer()).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, *_):
        pass

@pytest.fixture(scope="session")
def url():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()

@pytest.fixture
def client(url):
    with OpenAI(base_url=url, api_key="none") as client:
        yield client
"""

BACKGROUND = """
def test_one(client):
    begun = client.responses.create(model="gpt-4o-mini", input="hello", background=True)
    for _ in range(4):
        client.responses.retrieve(begun.id)

def test_other(client):
    client.responses.create(model="gpt-4o-mini", input="hello", background=True)
    for _ in range(4):
        client.responses.retrieve("resp_1")
"""

BATCH = """
def test_batch(client):
    client.batches.create(input_file_id="f0", endpoint="/v1/responses", completion_window="24h")
    batch = client.batches.retrieve("b1")
    client.batches.retrieve("b1")
    client.files.content(batch.output_file_id).read()
"""

UNTOLD = """
def test_untold(client):
    client.responses.create(model="gpt-4o-mini", input="hello", background=True)
    client.responses.retrieve("resp_1")
"""

ONCE = Decimal("0.00021")


@pytest.mark.parametrize(
    "words", [pytest.param((), id="alone"), pytest.param(("-n2",), id="two workers")]
)
def test_work_counts_once_at_the_same_test_on_any_worker(
    suite: Suite, words: tuple[str, ...]
) -> None:
    suite.write("conftest.py", SERVER)
    suite.write("test_background.py", BACKGROUND)

    outcome = suite.run("--spec-budget=1", *words)

    assert outcome.rules() == []
    facts = outcome.facts
    assert (Decimal(facts["totals"]["list_cost_usd"]), facts["totals"]["calls"]) == (ONCE, 2)
    assert (facts["totals"]["input_tokens"], facts["calls_unreported"]) == (1000, 0)
    one = outcome.row("tests", "test_background.py::test_one")
    assert Decimal(one["list_cost_usd"]) == ONCE


def test_a_batch_costs_what_its_results_cost(suite: Suite) -> None:
    suite.write("conftest.py", SERVER)
    suite.write("test_batch.py", BATCH)

    outcome = suite.run("--spec-budget=1")

    assert outcome.rules() == []
    assert Decimal(outcome.facts["totals"]["list_cost_usd"]) == ONCE / 2
    assert outcome.facts["totals"]["calls"] == 0


def test_work_that_nobody_waits_for_is_unreported(suite: Suite) -> None:
    suite.write("conftest.py", SERVER)
    suite.write("test_untold.py", UNTOLD)

    outcome = suite.run("--spec-budget=1")

    assert outcome.rules() == ["usage-unreported"]
    assert outcome.status == 1
