"""Beside other plugins: nothing breaks, nothing is counted twice, and unasked we are not heard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support.booked import charges
from support.suites import COLD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.suites import Outcome, Suite

PLUGINS = {
    "pytest_recording": "pytest_recording.plugin",
    "pytest_asyncio": "pytest_asyncio.plugin",
    "anyio": "anyio.pytest_plugin",
    "pytest_rerunfailures": "pytest_rerunfailures",
    "pytest_cov": "pytest_cov.plugin",
    "pytest_timeout": "pytest_timeout",
}
for package in PLUGINS:
    pytest.importorskip(package, reason="one of the neighbours")

SETTINGS = """
[tool.pytest]
pythonpath = ["."]
asyncio_default_fixture_loop_scope = "function"
timeout = "60"
"""

TOGETHER = """
import asyncio
import httpx2
import pytest
from calls import ask, ask_async

@pytest.fixture(scope="module")
def vcr_config():
    return {"match_on": ["method", "path", "body"]}

pytestmark = pytest.mark.spec("SPEC-1")

@pytest.mark.vcr
def test_vcr():
    assert ask(text="a stock cassette").json()["usage"]

@pytest.mark.vcr
@pytest.mark.asyncio
async def test_vcr_async():
    for answer in await asyncio.gather(
        ask_async(text="one " * 10), ask_async(text="two " * 20, client=httpx2)
    ):
        assert answer.json()["usage"]

@pytest.mark.asyncio(loop_scope="session")
async def test_asyncio():
    await ask_async(text="asyncio " * 30)

@pytest.mark.anyio
async def test_anyio(anyio_backend):
    await ask_async(text="anyio " * 40)

@pytest.mark.timeout(30)
def test_timeout():
    ask(text="timeout " * 50)

@pytest.mark.flaky(reruns=1)
def test_flaky(request):
    ask(text="flaky " * 60)
    assert request.node.execution_count == 2

@pytest.fixture
def anyio_backend():
    return "asyncio"
"""
CALLS = {
    "test_vcr": 1,
    "test_vcr_async": 2,
    "test_asyncio": 1,
    "test_anyio": 1,
    "test_timeout": 1,
    "test_flaky": 2,
}
STOCK = ("test_vcr", "test_vcr_async")


@pytest.fixture
def python() -> Sequence[str]:
    """Return a cold Python: who is imported first, they or we, is part of living together."""
    return COLD


def calls(outcome: Outcome) -> dict[str, int]:
    return {row["name"].partition("::")[2]: row["calls"] for row in outcome.facts["tests"]}


def sources(suite: Suite) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for charge in charges(suite):
        found.setdefault(charge.attribution.test.partition("::")[2], set()).add(charge.source)
    return found


def expected_sources(stock: str) -> dict[str, set[str]]:
    return {name: {stock if name in STOCK else "live"} for name in CALLS}


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_together_nothing_breaks_and_nothing_is_counted_twice(suite: Suite, workers: str) -> None:
    suite.write("test_it.py", TOGETHER)
    suite.write("pyproject.toml", SETTINGS)
    loaded = tuple(PLUGINS.values())

    recorded = suite.run(
        "--spec-budget=9", "--record-mode=once", "--cov=calls", workers, plugins=loaded
    )
    recording, hits = sources(suite), len(suite.emulator.served)
    replayed = suite.run("--spec-budget=9", "--record-mode=none", workers, plugins=loaded)

    assert (recorded.status, replayed.status) == (0, 0), recorded.text + replayed.text
    assert (calls(recorded), calls(replayed)) == (CALLS, CALLS)
    assert (recording, sources(suite)) == (expected_sources("record"), expected_sources("replay"))
    assert hits == sum(CALLS.values())
    assert len(suite.emulator.served) - hits == hits - 3
    assert replayed.facts["totals"]["list_cost_usd"] == recorded.facts["totals"]["list_cost_usd"]


def test_a_stock_cassette_without_an_answer_is_a_miss_and_sends_nothing(suite: Suite) -> None:
    suite.write("test_it.py", TOGETHER)
    suite.write("pyproject.toml", SETTINGS)
    loaded = tuple(PLUGINS.values())

    outcome = suite.run("--spec-budget=9", "--record-mode=none", "-k", "vcr", plugins=loaded)

    assert suite.emulator.served == []
    assert outcome.status == 1
    assert outcome.rules("warning") == ["cassette-miss"]
    assert outcome.facts["totals"]["calls"] == 0


def told(outcome: Outcome) -> list[str]:
    """Return the output without what differs between two equal runs: how long they took."""
    lines = [re.sub(r"\d+\.\d+s( \(.*\))?", "0s", line) for line in outcome.text.splitlines()]
    return [re.sub("=+", "=", line) for line in lines]  # which fill up what the time leaves


BARE = """
import pytest
from calls import ask

@pytest.mark.spec(x=1)
def test_with_somebody_else_s_marker():
    ask()

@pytest.mark.parametrize("number", range(2))
def test_plain(number):
    ask()
"""


@pytest.mark.parametrize("words", [(), ("-v",), ("-q",), ("-n2",), ("-rA",)], ids=" ".join)
def test_unasked_the_output_is_the_same_as_without_us(suite: Suite, words: tuple[str, ...]) -> None:
    suite.write("test_it.py", BARE)
    suite.write("conftest.py", DECLARED)

    with_us = suite.run(*words)
    without_us = suite.run(*words, "-p", "no:pytest_specbudget.plugin")

    assert told(with_us) == told(without_us)
    assert (with_us.status, with_us.errors) == (0, without_us.errors)
    assert not (suite.folder / ".specbudget").exists()


DECLARED = """
def pytest_configure(config):
    config.addinivalue_line("markers", "spec(x): somebody else's")
"""


def test_asked_a_foreign_marker_is_a_usage_error(suite: Suite) -> None:
    suite.write("test_it.py", BARE)

    outcome = suite.run("--spec-budget=9")

    assert outcome.status == 4
    assert suite.emulator.served == []


def test_a_marker_of_another_name_leaves_the_foreign_one_alone(suite: Suite) -> None:
    suite.write("test_it.py", BARE + '\n@pytest.mark.cost("SPEC-1")\ndef test_ours():\n    ask()\n')
    suite.write("specbudget.toml", 'marker = "cost"\n')

    outcome = suite.run("--spec-budget=9")

    assert outcome.status == 0, outcome.text + outcome.errors
    assert [row["name"] for row in outcome.facts["specs"]] == ["(unassigned)", "SPEC-1"]


NESTED = """
class TestOuter:
    def setup_method(self): ...

    class TestInner:
        def test_a(self): ...
"""


def test_an_error_of_pytest_s_own_fixtures_is_shown_without_our_frames(suite: Suite) -> None:
    suite.write(
        "test_it.py",
        "import pytest\n"
        "@pytest.fixture\n"
        "def broken():\n"
        "    raise ValueError('theirs')\n"
        "def test_a(broken): ...\n"
        "def test_b():\n"
        "    assert False\n" + NESTED,
    )

    outcome = suite.run("--spec-budget=2", plugins=("pytest_specbudget.plugin.children",))

    assert outcome.status == 1
    assert "theirs" in outcome.text
    assert "pytest_specbudget" not in outcome.text.partition("= FAILURES =")[2]
    assert "pytest_specbudget" not in outcome.text.partition("= ERRORS =")[2]
