"""What a plugin of somebody else hears and adds."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.suites import Suite

PAGE = Path(__file__).resolve().parents[2] / "docs/extending.md"
NAMED_BLOCK = re.compile(
    r"^```(?:python|toml)\n# (acme\.\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)

CONFTEST = """
from pytest_specbudget.core.finding import Finding

class NoMini:
    def check(self, ledger):
        for charge in ledger:
            if "mini" in charge.reading.model:
                yield Finding(rule="no-mini", subject=charge.reading.model, message="too small")

def pytest_specbudget_gates(config):
    return [NoMini()]

def pytest_specbudget_booked(charge, config):
    with open("booked.txt", "a") as file:
        file.write(f"{charge.attribution.spec} {charge.list_cost}\\n")

def pytest_specbudget_report(report, config):
    with open("verdict.txt", "w") as file:
        file.write(report.verdict.result)
"""

TESTS = """
import pytest
from calls import ask

@pytest.mark.spec("SPEC-1")
@pytest.mark.parametrize("number", range(2))
def test_asks(number):
    ask(text=f"{number}")
"""


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_another_plugin_hears_every_charge_and_adds_a_gate(suite: Suite, workers: str) -> None:
    suite.write("conftest.py", CONFTEST)
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-budget=2.00", workers)

    assert outcome.status == 1
    assert outcome.rules() == ["no-mini", "no-mini"]
    booked = (suite.folder / "booked.txt").read_text().splitlines()
    assert len(booked) == 2
    assert all(line.startswith("SPEC-1 0.0000") for line in booked)
    assert (suite.folder / "verdict.txt").read_text() == "fail"


def test_a_listener_that_raises_breaks_no_test_and_is_a_finding(suite: Suite) -> None:
    suite.write("conftest.py", "def pytest_specbudget_booked(charge): 1 / 0\n")
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-budget=2.00")

    assert "2 passed" in outcome.text
    assert outcome.status == 1
    assert outcome.rules() == ["metering-trouble"]
    assert outcome.facts["verdict"] == "inconclusive"


def test_a_gate_that_raises_does_not_pass_the_run(suite: Suite) -> None:
    suite.write(
        "conftest.py",
        "class Broken:\n    def check(self, ledger):\n        1 / 0\n"
        "def pytest_specbudget_gates(config): return [Broken()]\n",
    )
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 1
    assert (outcome.rules(), outcome.facts["verdict"]) == (["gate-failed"], "inconclusive")
    assert "the gate Broken raised ZeroDivisionError" in outcome.text


def test_hooks_that_raise_leave_a_judged_run(suite: Suite) -> None:
    suite.write(
        "conftest.py",
        "def pytest_specbudget_gates(): 1 / 0\ndef pytest_specbudget_report(): [][0]\n",
    )
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 1
    assert outcome.rules() == ["gate-failed"]
    assert "the gate pytest_specbudget_gates raised ZeroDivisionError" in outcome.text
    assert "pytest_specbudget_report raised IndexError" in outcome.text


class _Acme(BaseHTTPRequestHandler):
    """A provider that nobody knows; it streams where it is asked to."""

    answer = b'{"id": "a1", "consumed": {"fresh": 100, "cached": 20, "made": 30}}'
    events = b'data: {"id": "a1", "text": "Be"}\n\ndata: %s\n\n' % answer

    def do_POST(self) -> None:
        """Answer whatever is asked."""
        asked = self.rfile.read(int(self.headers["content-length"]))
        streams = b"stream" in asked
        body = self.events if streams else self.answer
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if streams else "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def acme() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Acme) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def toy(suite: Suite, acme: str) -> Suite:
    """Make a suite that asks Acme, with the plugin that the documentation shows."""
    for name, text in NAMED_BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        suite.write(name, text)
    suite.write(
        "test_it.py",
        "import httpx\nimport pytest\n"
        '@pytest.mark.parametrize("body", [{"question": "?"}, {"question": "?", "stream": 1}])\n'
        "def test_asks(body):\n"
        f"    assert httpx.post('{acme}/acme/v1/acme-1/ask', json=body).status_code == 200\n",
    )
    return suite


BROKEN = "def pytest_specbudget_readers(): 1 / 0\ndef pytest_specbudget_prices(): 1 / 0\n"
# 100 * 2.00 + 20 * 0.20 + 30 * 8.00 USD for a million, and that twice
TWO_ANSWERS = "0.000888"


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_another_plugin_adds_a_provider_with_its_prices(toy: Suite, workers: str) -> None:
    outcome = toy.run("--spec-budget=2.00", workers, plugins=["acme"], PYTHONPATH=".")

    assert outcome.status == 0, outcome.text + outcome.errors
    assert outcome.rules() == []
    totals = outcome.facts["totals"]
    assert (totals["calls"], totals["list_cost_usd"]) == (2, TWO_ANSWERS)
    assert (totals["input_tokens"], totals["output_tokens"]) == (240, 60)


def test_without_the_plugin_nobody_knows_such_a_call(toy: Suite) -> None:
    outcome = toy.run("--spec-budget=2.00")

    assert outcome.facts["totals"]["calls"] == 0


def test_prices_of_a_plugin_lie_under_those_of_the_user(toy: Suite) -> None:
    toy.write(
        "mine.toml",
        '[[price]]\nprovider = "acme"\nmodel = "acme-1"\n'
        'rates = { input = "1.00", output = "0", cache_read = "0" }\nreason = "a gift"\n',
    )

    outcome = toy.run(
        "--spec-budget=2.00", "--spec-prices=mine.toml", plugins=["acme"], PYTHONPATH="."
    )

    assert outcome.facts["totals"]["list_cost_usd"] == "0.0002"


@pytest.mark.parametrize(
    ("hook", "words"),
    [
        pytest.param(
            "def pytest_specbudget_readers(): 1 / 0",
            ("pytest_specbudget_readers raised ZeroDivisionError", "conftest.py:1"),
            id="readers that raise",
        ),
        pytest.param(
            "def pytest_specbudget_readers(): return ['/acme']",
            ("'/acme' is no pytest_specbudget.providers.Route", "conftest.py"),
            id="a reader that is no route",
        ),
        pytest.param(
            "import re\n"
            "from pytest_specbudget.providers import Fold, Route\n"
            "def pytest_specbudget_readers():\n"
            "    return [Route(re.compile('/a'), [['q']], 'chat', 'acme', Fold)]",
            ("unhashable type: 'list'", "conftest.py"),
            id="a route of lists",
        ),
        pytest.param(
            "def pytest_specbudget_prices(): yield 1 / 0",
            ("pytest_specbudget_prices raised ZeroDivisionError", "conftest.py:1"),
            id="prices that raise",
        ),
        pytest.param(
            "def pytest_specbudget_prices(): return 7",
            ("pytest_specbudget_prices raised TypeError", "conftest.py"),
            id="prices that are none",
        ),
        pytest.param(
            "def pytest_specbudget_prices(): return ['lost.toml']",
            ("lost.toml",),
            id="a price file that is not there",
        ),
    ],
)
def test_what_cannot_be_added_ends_the_run_before_the_first_test(
    suite: Suite, hook: str, words: tuple[str, ...]
) -> None:
    suite.write("conftest.py", hook)
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == pytest.ExitCode.USAGE_ERROR
    assert [word for word in words if word not in outcome.errors] == []
    assert "passed" not in outcome.text


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--spec-budget=2.00",), id="an option asks"),
        pytest.param((), id="a marker alone asks"),
    ],
)
def test_all_that_cannot_be_added_is_told_wherever_it_is_asked_for(
    suite: Suite, words: tuple[str, ...], workers: str
) -> None:
    suite.write("conftest.py", BROKEN)
    suite.write("test_it.py", TESTS)

    outcome = suite.run(*words, workers)

    assert outcome.status == pytest.ExitCode.USAGE_ERROR
    said = outcome.text + outcome.errors
    assert said.count("pytest_specbudget_readers raised") == 1
    assert said.count("pytest_specbudget_prices raised") == 1
    assert "passed" not in outcome.text


def test_a_fold_that_raises_breaks_no_test_and_is_a_finding(toy: Suite) -> None:
    broken = (toy.folder / "acme.py").read_text(encoding="utf-8")
    toy.write("acme.py", broken.replace("self.stated.response_id =", "1 / 0  #"))

    outcome = toy.run("--spec-budget=2.00", plugins=["acme"], PYTHONPATH=".")

    assert "2 passed" in outcome.text
    assert (outcome.status, outcome.rules()) == (1, ["usage-unreported"])
    assert "ZeroDivisionError" in outcome.text


def test_where_nothing_is_asked_no_hook_is_called(suite: Suite) -> None:
    suite.write("conftest.py", BROKEN)
    suite.write("test_it.py", "def test_it(): pass\n")

    outcome = suite.run()

    assert outcome.status == 0, outcome.errors
