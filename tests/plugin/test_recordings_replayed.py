"""Every recording that stock vcrpy can load, replayed to a plain client under the gate.

Through our router, and by vcrpy itself as another plugin's cassette: each call is answered from the
file, in its order, and what is booked is what the oracle beside the recordings says.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from support.suites import Suite

NAMES = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_input_tokens": "cache_read_tokens",
    "cache_write_input_tokens": "cache_write_tokens",
    "reasoning_output_tokens": "reasoning_tokens",
}

TESTS = """
import json
import os
from pathlib import Path

import httpx
import pytest
import vcr

from pytest_specbudget.cassettes.router import use
from pytest_specbudget.cassettes.shapes import read_recording
from pytest_specbudget.errors import CallRefused

CORPUS = Path(os.environ["CORPUS"])
FILES = json.loads(Path("files.json").read_text())
KEPT = ("content-type", "content-encoding", "x-amz-target")

def by_router(path):
    return use(path, "none", refuse=CallRefused)

def by_vcrpy(path):
    recorder = vcr.VCR(record_mode="none")
    # aiohttp records a method as the caller wrote it, and httpx sends it in upper case
    recorder.register_matcher("method", lambda one, two: one.method.upper() == two.method.upper())
    return recorder.use_cassette(str(path))

OPENED = {"router": by_router, "vcrpy": by_vcrpy}[os.environ["OPENED_BY"]]

@pytest.mark.parametrize("number", range(len(FILES)))
def test_replayed(number):
    path = CORPUS / FILES[number]
    with OPENED(path), httpx.Client() as client:
        for one in read_recording(path):
            headers = {n: told for n, told in one.request_headers.items() if n in KEPT}
            asked = client.build_request(
                one.method, one.url, content=one.request_body, headers=headers
            )
            answer = client.send(asked, stream=True)
            body = b"".join(answer.iter_raw())
            assert answer.status_code == one.status
            assert body == one.body
"""


def shared() -> Path:
    folder = os.environ.get("SPECBUDGET_CONFORMANCE")
    if folder is None:
        pytest.skip("SPECBUDGET_CONFORMANCE names no folder with recordings")
    return Path(folder) / "recordings"


def loadable(recordings: Path) -> list[str]:
    manifest = json.loads((recordings / "manifest.json").read_text("utf-8"))
    return [each["file"] for each in manifest if each["vcrpy_loadable"]]


def expected(recordings: Path) -> dict[str, Counter[str]]:
    """Return what each file consumed, summed over the rows that count."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for line in (recordings / "expected.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["count_in_totals"]:
            counts = {ours: row["usage"].get(theirs) or 0 for ours, theirs in NAMES.items()}
            sums[row["file"]].update(counts)
    return sums


def booked(facts: dict[str, Any], files: list[str]) -> dict[str, Counter[str]]:
    """Return what the report says of each file's test."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for row in facts["tests"]:
        number = row["name"].partition("[")[2].removesuffix("]")
        sums[files[int(number)]] = Counter({name: row[name] for name in NAMES})
    return sums


@pytest.mark.parametrize("way", ["router", "vcrpy"])
def test_recordings_replay_to_the_counts_of_the_oracle(suite: Suite, way: str) -> None:
    recordings = shared()
    files = loadable(recordings)
    suite.write("test_replayed.py", TESTS)
    suite.write("files.json", json.dumps(files))
    corpus = str(recordings / "corpus")

    outcome = suite.run("--spec-budget=1000", "-q", CORPUS=corpus, OPENED_BY=way)

    assert f"{len(files)} passed" in outcome.text, outcome.text[-3000:]
    told, right = booked(outcome.facts, files), expected(recordings)
    wrong = {file: (+told[file], +right[file]) for file in files if +told[file] != +right[file]}
    assert wrong == {}
    assert len(files) > 100
    totals = outcome.facts["totals"]
    assert totals["replayed_calls"] == totals["calls"] > len(files)
