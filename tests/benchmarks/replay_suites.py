"""A suite of a thousand tests, each of which replays one call from a recording of its own.

It is run as its user runs it: a process of pytest, from start to end, with the plugin in question
alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from resource import RUSAGE_CHILDREN, getrusage
from typing import TYPE_CHECKING

from replayers import MODEL, URL, asked, write

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SUITES", "TESTS", "Suite", "run_s"]

TESTS = 1_000
_ROUNDS = 3
_MODULE = """
import httpx2
import pytest

{mark}

client = httpx2.Client(transport={transport})

def ask(number):
    body = {body}
    body["messages"][1]["content"] = body["messages"][1]["content"].replace("0", str(number), 1)
    assert client.post({url!r}, json=body).json()["model"] == {model!r}

"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """How a suite is made and run.

    Attributes:
        name: What figures call it.
        form: Whose recordings it has: `ours`, `vcrpy` or `cassetter`; None for none.
        mark: The line that asks for recordings.
        words: Further arguments of pytest.
        needs: The module of the plugin.
    """

    name: str
    form: str | None = None
    mark: str = ""
    words: tuple[str, ...] = ()
    needs: str = "pytest"


SUITES = (
    Suite(name="nobody: the answer is in the test"),
    Suite(
        name="specbudget",
        form="ours",
        mark='pytestmark = pytest.mark.usefixtures("spec_cassette")',
        words=("-p", "pytest_specbudget.plugin", "--spec-record=none"),
    ),
    Suite(
        name="pytest-recording",
        form="vcrpy",
        mark="pytestmark = pytest.mark.vcr",
        words=("-p", "pytest_recording.plugin"),
        needs="pytest_recording",
    ),
    Suite(
        name="cassetter",
        form="cassetter",
        mark="pytestmark = pytest.mark.vcr",
        words=("-p", "cassetter.pytest_plugin"),
        needs="cassetter",
    ),
)


def run_s(suite: Suite, folder: Path) -> float:
    """Return the seconds of processor time that pytest takes for *suite*, at best."""
    _make(suite, folder)
    words = ("-q", "-p", "no:cacheprovider", *suite.words)
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    took = []
    for _ in range(_ROUNDS):
        before = getrusage(RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *words],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        after = getrusage(RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if done.returncode or f"{TESTS} passed" not in done.stdout:
            sys.exit(f"{suite.name}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return min(took)


def _make(suite: Suite, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    fake = f'httpx2.MockTransport(lambda _: httpx2.Response(200, json={{"model": {MODEL!r}}}))'
    text = _MODULE.format(
        mark=suite.mark,
        transport="None" if suite.form else fake,
        body=asked(0),
        url=URL,
        model=MODEL,
    )
    tests = "".join(f"def test_{n:04}():\n    ask({n})\n\n" for n in range(TESTS))
    (folder / "test_many.py").write_text(text + tests, encoding="utf-8")
    for number in range(TESTS) if suite.form else ():
        path = folder / "cassettes" / "test_many" / f"test_{number:04}.yaml"
        write(path, (number,), suite.form or "")
