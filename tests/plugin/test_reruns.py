"""pytest-rerunfailures: replayed, the last attempt is judged; live, every attempt was paid."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.booked import charges

if TYPE_CHECKING:
    from support.suites import Suite

pytest.importorskip("pytest_rerunfailures", reason="it makes the reruns")

PLUGINS = ("pytest_rerunfailures",)

FLAKY = """
import httpx
import pytest
from calls import ask

@pytest.mark.spec("SPEC-1")
def test_steady():
    ask(text="steady " * 50)

@pytest.mark.spec("SPEC-1")
@pytest.mark.flaky(reruns=2)
def test_flaky(request):
    ask(text="first " * 50)
    attempt = getattr(request.node, "execution_count", 3)  # recorded without reruns
    if attempt == 3:
        ask(text="only at last " * 50)
    assert attempt == 3
"""

MOCKED = FLAKY.replace(
    "from calls import ask",
    """
import json
from calls import URL, body

def ask(text):
    usage = {"prompt_tokens": 1000, "completion_tokens": 10, "total_tokens": 1010}
    answer = {"model": "gpt-4o-mini", "choices": [], "usage": usage}
    fake = httpx.MockTransport(lambda request: httpx.Response(200, json=answer))
    with httpx.Client(transport=fake) as client:
        return client.post(URL, json=body(text=text))
""",
)

TEST = "test_it.py::test_flaky"


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_live_every_attempt_counts(suite: Suite, workers: str) -> None:
    suite.write("test_it.py", FLAKY)

    outcome = suite.run("--spec-budget=9", workers, plugins=PLUGINS)

    assert outcome.status == 0, outcome.text
    assert "2 rerun" in outcome.text
    assert outcome.row("tests", TEST)["calls"] == 4
    assert outcome.facts["totals"]["calls"] == len(suite.emulator.served) == 5
    attempts = [one.attribution.attempt for one in charges(suite) if one.attribution.test == TEST]
    assert attempts == [1, 2, 3, 3]


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_replayed_the_last_attempt_is_judged_and_the_others_are_shown_as_retries(
    suite: Suite, workers: str
) -> None:
    suite.write("test_it.py", FLAKY)
    suite.run("--spec-budget=9", "--spec-record=all")
    served = len(suite.emulator.served)

    outcome = suite.run("--spec-budget=9", workers, plugins=PLUGINS)

    assert outcome.status == 0, outcome.text
    assert len(suite.emulator.served) == served
    row = outcome.row("tests", TEST)
    assert (row["calls"], row["replayed_calls"], row["retries"]) == (2, 2, 2)
    assert outcome.facts["totals"]["calls"] == 3
    assert len(charges(suite)) == 5


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_replayed_the_alert_counts_what_the_verdict_counts(suite: Suite, workers: str) -> None:
    suite.write("test_it.py", FLAKY)
    suite.run("--spec-budget=9", "--spec-record=all")
    spent = Decimal(suite.run("--spec-budget=9").facts["totals"]["list_cost_usd"])

    # All attempts together would cost more than that.
    outcome = suite.run(f"--spec-budget={spent * Decimal('1.3')}", workers, plugins=PLUGINS)

    assert outcome.status == 0, outcome.text
    assert "2 rerun" in outcome.text
    assert Decimal(outcome.facts["totals"]["list_cost_usd"]) == spent
    assert "has spent" not in outcome.text


SPENDING = """
import pytest
from calls import ask

@pytest.mark.flaky(reruns=2)
def test_flaky(request, spec_spend):
    ask()
    assert spec_spend.calls == 1
    assert request.node.execution_count == 3
"""


def test_each_attempt_has_figures_of_its_own(suite: Suite) -> None:
    suite.write("test_it.py", SPENDING)

    outcome = suite.run("--spec-budget=9", "--junit-xml=junit.xml", plugins=PLUGINS)

    assert outcome.status == 0, outcome.text
    assert outcome.row("tests", TEST)["calls"] == 3
    attempts = ET.parse(suite.folder / "junit.xml").iter("testcase")  # noqa: S314 - our own run's
    told = [[one.get("name") for one in attempt.iter("property")] for attempt in attempts]
    assert [names.count("specbudget_calls") for names in told] == [1, 1, 1]


def test_mocked_calls_that_are_counted_are_judged_like_replayed_ones(suite: Suite) -> None:
    suite.write("test_it.py", MOCKED)
    suite.write("specbudget.toml", "count_mocked = true\n")

    outcome = suite.run("--spec-budget=9", plugins=PLUGINS)

    assert outcome.status == 0, outcome.text
    row = outcome.row("tests", TEST)
    assert (row["calls"], row["mocked_calls"], row["retries"]) == (2, 0, 2)
    assert outcome.row("specs", "SPEC-1")["input_tokens"] == 3000
