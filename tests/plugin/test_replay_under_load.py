"""Eight threads in each of four workers, which record and replay at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.suites import Outcome, Suite

TESTS = """
import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import httpx2
import pytest

from calls import URL, body

def say(test, thread, turn):
    name = f"{test} {thread} {turn}"
    library = (httpx, httpx2)[turn % 2]
    with library.Client() as client:
        answer = client.post(URL, json=body(text="word " * 50 + name), timeout=20).json()
    return answer["choices"][0]["message"]["content"].endswith(" " + name)

@pytest.mark.parametrize("test", range(8))
def test_everybody(spec_cassette, test):
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(say, test, thread, turn) for thread in range(8) for turn in range(4)]
        assert all([call.result() for call in calls])
"""

CONFTEST = """
import http.client
import os
from pathlib import Path

import httpx
import httpx2
import urllib3
import vcr.cassette
import vcr.patch

OWNERS = [
    *(library.HTTPTransport for library in (httpx, httpx2)),
    *(library.AsyncHTTPTransport for library in (httpx, httpx2)),
    *(http.client, urllib3.connection, urllib3.connectionpool),
    *(urllib3.HTTPConnectionPool, urllib3.HTTPSConnectionPool),
    *(vcr.patch, vcr.cassette.Cassette, vcr.cassette.CassetteContextDecorator),
]

def pytest_configure(config):
    before = [dict(vars(owner)) for owner in OWNERS]

    def check():
        left = [
            f"{owner.__name__}.{name}"
            for owner, old in zip(OWNERS, before)
            for name, value in vars(owner).items()
            if name in old and old[name] is not value
        ]
        Path(f"left-{os.getpid()}.txt").write_text("\\n".join(left))

    config.add_cleanup(check)
"""


def left_patched(suite: Suite) -> set[str]:
    files = list(suite.folder.glob("left-*.txt"))
    names = {name for file in files for name in file.read_text("utf-8").split("\n") if name}
    assert len(files) >= 4
    for file in files:
        file.unlink()
    return names


def run(suite: Suite, mode: str) -> Outcome:
    outcome = suite.run(f"--spec-record={mode}", "--spec-mode=observe", "-n4", "-q")
    assert "8 passed" in outcome.text, outcome.text
    return outcome


@pytest.mark.parametrize(
    "before", ["", "0 or 2 or 4 or 6"], ids=["all at once", "half of it recorded before"]
)
def test_nothing_is_lost_mixed_or_left_patched(suite: Suite, before: str) -> None:
    suite.write("conftest.py", CONFTEST)
    suite.write("test_load.py", TESTS)
    if before:
        suite.run("--spec-record=once", "-q", "-k", before)

    recorded = run(suite, "new")
    left_by_recording = left_patched(suite)
    hits = len(suite.emulator.served)
    replayed = run(suite, "none")

    assert hits == len(suite.emulator.served) == 8 * 8 * 4
    assert recorded.facts["totals"]["calls"] == replayed.facts["totals"]["calls"] == hits
    assert replayed.facts["totals"]["replayed_calls"] == hits
    assert left_by_recording == left_patched(suite) == set()
