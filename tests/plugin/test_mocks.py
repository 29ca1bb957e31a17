"""Mocked calls are shown and never judged, unless somebody counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.suites import Suite

pytest.importorskip("respx", reason="one of the mocks")

MOCKED = """
import httpx
import httpx2
import pytest
import respx
from calls import URL, ask, body

USAGE = {"prompt_tokens": 1_000_000, "completion_tokens": 0, "total_tokens": 1_000_000}
ANSWER = {"model": "gpt-4o-mini", "choices": [], "usage": USAGE}

pytestmark = pytest.mark.spec("SPEC-1")

@pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
def test_transport(library):
    fake = library.MockTransport(lambda request: library.Response(200, json=ANSWER))
    with library.Client(transport=fake) as client:
        assert client.post(URL, json=body()).json() == ANSWER

@respx.mock
def test_respx():
    respx.post(URL).mock(return_value=httpx.Response(200, json=ANSWER))
    assert ask().json() == ANSWER

def test_monkeypatched(monkeypatch):
    def handle(self, request):
        return httpx.Response(200, json=ANSWER)
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle)
    assert ask().json() == ANSWER

def test_live_beside_them():
    ask()
"""
MOCKS = ("test_transport[httpx]", "test_transport[httpx2]", "test_respx", "test_monkeypatched")


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_mocked_calls_are_shown_and_not_judged(suite: Suite, workers: str) -> None:
    suite.write("test_it.py", MOCKED)

    outcome = suite.run("--spec-budget=0.10", workers)

    assert outcome.status == 0, outcome.text
    totals = outcome.facts["totals"]
    assert (totals["calls"], totals["mocked_calls"]) == (1, len(MOCKS))
    for name in MOCKS:
        row = outcome.row("tests", f"test_it.py::{name}")
        assert (row["mocked_calls"], row["calls"], row["list_cost_usd"]) == (1, 0, "0")


def test_mocked_calls_are_judged_where_that_was_asked_for(suite: Suite) -> None:
    suite.write("test_it.py", MOCKED)
    suite.write("specbudget.toml", "count_mocked = true\n")

    outcome = suite.run("--spec-budget=0.10")

    assert outcome.status == 1
    assert outcome.rules("error") == ["budget-exceeded"]
    totals = outcome.facts["totals"]
    assert (totals["calls"], totals["mocked_calls"]) == (1 + len(MOCKS), 0)
    for name in MOCKS:
        row = outcome.row("tests", f"test_it.py::{name}")
        # A million input tokens of gpt-4o-mini are $0.15; a fake sends no bill.
        assert (row["list_cost_usd"], row["billed_cost_usd"]) == ("0.15", "0")


def test_a_run_with_nothing_but_mocks_says_that_no_call_was_seen(suite: Suite) -> None:
    suite.write("test_it.py", MOCKED)

    outcome = suite.run("--spec-budget=9", "-k", "transport")

    assert outcome.status == 0
    assert outcome.rules() == ["no-calls-seen"]
    assert "2 mocked, not counted" in outcome.text


def test_a_mock_does_not_need_the_network_that_is_forbidden(suite: Suite) -> None:
    suite.write("test_it.py", MOCKED)

    outcome = suite.run("--spec-budget=9", "--spec-forbid-live", "-k", "not live")

    assert outcome.status == 0, outcome.text
    assert suite.emulator.served == []
