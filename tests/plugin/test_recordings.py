"""Real answers of real providers, sent again through plain clients under the gate.

Each recorded answer comes over a loopback connection as it was recorded; the client believes that
it talks to the provider.  What the gate books must be what the oracle beside the recordings says.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from support.suites import Suite

PROVIDERS = {"openai", "azure", "anthropic", "google", "google-vertex"}
NAMES = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_input_tokens": "cache_read_tokens",
    "cache_write_input_tokens": "cache_write_tokens",
    "reasoning_output_tokens": "reasoning_tokens",
    "web_search_requests": "web_search_requests",
}

TESTS = """
import http.server
import json
import os
import threading
from collections import defaultdict
from pathlib import Path

import httpx
import httpx2
import pytest

from pytest_specbudget.cassettes.shapes import read_recording

CORPUS = Path(os.environ["CORPUS"])
WANTED = json.loads(Path("wanted.json").read_text())

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        file, index = self.headers["x-recording"].rsplit(":", 1)
        recorded = read_recording(CORPUS / file)[int(index)]
        self.send_response(recorded.status)
        if "content-type" in recorded.headers:
            self.send_header("content-type", recorded.headers["content-type"])
        if recorded.body.startswith(b"\\x1f\\x8b"):
            self.send_header("content-encoding", "gzip")
        for name, value in recorded.headers.items():
            if name.startswith("x-"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(recorded.body)))
        self.end_headers()
        self.wfile.write(recorded.body)

@pytest.fixture(scope="session")
def port():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()

def to_loopback(library, port):
    class Redirect(library.HTTPTransport):
        def handle_request(self, request):
            request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=port)
            return super().handle_request(request)
    return library.Client(transport=Redirect())

@pytest.mark.parametrize("number", range(len(WANTED)))
def test_recording(number, port):
    file = list(WANTED)[number]
    recorded = read_recording(CORPUS / file)
    for place, index in enumerate(WANTED[file]):
        library = (httpx, httpx2)[place % 2]
        one = recorded[index]
        headers = {"content-type": "application/json", "x-recording": f"{file}:{index}"}
        with to_loopback(library, port) as client:
            if index % 2:
                client.post(one.url, content=one.request_body, headers=headers)
            else:
                with client.stream("POST", one.url, content=one.request_body, headers=headers) as r:
                    for _ in r.iter_bytes(7):
                        pass
"""


def shared() -> Path:
    folder = os.environ.get("SPECBUDGET_CONFORMANCE")
    if folder is None:
        pytest.skip("SPECBUDGET_CONFORMANCE names no folder with recordings")
    return Path(folder) / "recordings"


def wanted(recordings: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the oracle's rows of model calls of the three providers, by file."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (recordings / "expected.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        ours = row["provider"] in PROVIDERS and row["is_llm_call"] and row["host"]
        if ours and row["method"].upper() == "POST" and "ambiguous" not in row["features"]:
            rows[row["file"]].append(row)
    return dict(rows)


def booked(suite: Suite, files: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the charge lines of the run by recording, in the order they were sent."""
    (journal,) = (suite.folder / ".specbudget" / "journal").glob("*/*.jsonl")
    lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    charges: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        if line["kind"] == "charge":
            test = line["attribution"]["test"]
            charges[files[int(test.partition("[")[2].removesuffix("]"))]].append(line)
    return charges


def told(charge: dict[str, Any]) -> dict[str, int]:
    usage = charge["reading"]["usage"]
    return {name: usage.get(name) or 0 for name in NAMES}


def expected(row: dict[str, Any]) -> dict[str, int]:
    counts = row["usage"] if row["usage_reported"] and row["count_in_totals"] else {}
    return {ours: counts.get(theirs) or 0 for ours, theirs in NAMES.items()}


def test_recordings_of_three_providers_are_booked_as_the_oracle_says(suite: Suite) -> None:
    recordings = shared()
    rows = wanted(recordings)
    suite.write("test_recordings.py", TESTS)
    suite.write(
        "wanted.json", json.dumps({file: [row["index"] for row in rows[file]] for file in rows})
    )

    outcome = suite.run("--spec-budget=1000", "-q", CORPUS=str(recordings / "corpus"))

    charges = booked(suite, list(rows))
    assert f"{len(rows)} passed" in outcome.text, outcome.text[-3000:]
    assert sum(map(len, rows.values())) > 200
    assert {file: len(charges[file]) for file in rows} == {
        file: len(of_file) for file, of_file in rows.items()
    }
    wrong = [
        (file, row["index"], told(charge), expected(row))
        for file, of_file in rows.items()
        for row, charge in zip(of_file, charges[file], strict=True)
        if told(charge) != expected(row)
    ]
    assert wrong == []
    unreported = sum(
        row["accounting"] == "billable_unreported" for of_file in rows.values() for row in of_file
    )
    assert outcome.facts["calls_unreported"] >= unreported > 0
    assert outcome.status == 1
