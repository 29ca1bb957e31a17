"""A process that is killed while it records loses no answer that it was given."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import httpx2
import pytest

from pytest_specbudget.cassettes.router import use
from pytest_specbudget.cassettes.store import read
from pytest_specbudget.errors import CallRefused

if TYPE_CHECKING:
    from pathlib import Path

    from cassettes.loopback import Loopback

ROUNDS = 5
RECORDER = """
import sys
import threading
from itertools import count
from pathlib import Path

import httpx2

from pytest_specbudget.cassettes.router import use
from pytest_specbudget.errors import CallRefused

url, path, mark = sys.argv[1], Path(sys.argv[2]), sys.argv[3]

def record(thread):
    with httpx2.Client() as client:
        for n in count():
            name = f"{mark}-{thread}-{n}"
            client.post(url, json={"name": name, "padding": "word " * 400})
            sys.stdout.write(name + "\\n")
            sys.stdout.flush()

with use(path, "new", refuse=CallRefused, shared=True):
    threads = [threading.Thread(target=record, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def recorded_until_killed(url: str, path: Path, mark: str, answers: int) -> list[str]:
    """Record in a process that is killed once *answers* came; return all that it was given."""
    command = [sys.executable, "-c", RECORDER, url, str(path), mark]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        names = [process.stdout.readline().strip() for _ in range(answers)]
        process.kill()
        rest = process.stdout.read().split("\n")[:-1]  # what follows the last break was cut off
    assert all(names), "the recorder ended by itself"
    return names + rest


@pytest.mark.skipif(sys.platform == "win32", reason="kill is another thing there")
def test_what_a_killed_process_was_answered_is_replayed(server: Loopback, path: Path) -> None:
    names = [
        name
        for mark in range(ROUNDS)
        for name in recorded_until_killed(server.url, path, str(mark), answers=7 + 11 * mark)
    ]

    with use(path, "none", refuse=CallRefused) as tape, httpx2.Client() as client:
        heard = [
            client.post(server.url, json={"name": name, "padding": "word " * 400}).json()["heard"]
            for name in names
        ]

    assert [f'"name":"{name}"' in text for name, text in zip(names, heard, strict=True)] == [
        True
    ] * len(names)
    # All came off the tape; the server may still be at what the killed process had just sent.
    assert tape.played == len(set(names)) == len(names)


def test_a_line_that_was_cut_off_is_not_continued(server: Loopback, path: Path) -> None:
    recorded_until_killed(server.url, path, "first", answers=3)
    whole = len(read(path).interactions)
    with path.open("ab") as file:
        file.write(b'- {"request": {"method": "POST", "uri": "http')

    recorded_until_killed(server.url, path, "second", answers=3)

    again = read(path)
    assert len(again.interactions) >= whole + 3
    assert again.ours
