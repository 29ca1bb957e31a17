"""The providers' own SDKs: every attempt once, with the server's own counts, in every way."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from support.booked import charges
from support.emulator import gzipped, rate_limited, slow
from support.sdk_suite import CUT, RETRIED, SLOW, WHOLE, ZIPPED, Counts, served_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.emulator import Emulator
    from support.suites import Outcome, Suite

    from pytest_specbudget.core.ledger import Charge

for name in ("openai", "anthropic", "google.genai"):
    pytest.importorskip(name, reason="the SDKs of the extra `examples`")

CALLS = {"test_openai_async": 4, "test_openai_gzip": 2, "test_openai_retried": 2}
CALLS |= {"test_anthropic_async": 2, "test_anthropic_gzip": 2, "test_anthropic_retried": 2}
CALLS |= {"test_google_async": 2}
FAMILIES = {"gpt", "claude", "gemini"}
UNREPORTED = "test_sdks.py::test_openai_stream_without_usage"


@pytest.fixture
def python(warm_with_sdks: Sequence[str]) -> Sequence[str]:
    return warm_with_sdks


@pytest.fixture
def sdks(suite: Suite) -> Suite:
    suite.write("test_sdks.py", WHOLE)
    scripted(suite.emulator)
    return suite


def scripted(emulator: Emulator) -> None:
    for model in RETRIED:
        emulator.script(rate_limited(), model=model)
    for model in ZIPPED:
        emulator.always(gzipped(), model=model)


def booked_counts(charge: Charge) -> Counts:
    usage = charge.reading.usage
    cached = usage.cache_read_input_tokens or 0
    return Counts(charge.reading.model, usage.input_tokens or 0, usage.output_tokens or 0, cached)


def reported_by_server(emulator: Emulator) -> Counter[Counts]:
    return Counter(served_counts(one) for one in emulator.billable if one.usage is not None)


def reported_in_journal(suite: Suite) -> Counter[Counts]:
    told = (one for one in charges(suite) if one.outcome == "answered" and not one.unreported)
    return Counter(map(booked_counts, told))


def figures(outcome: Outcome) -> dict[str, Any]:
    """Return every row of the tests without what a replayed call changes: who was paid."""
    paid = ("replayed_calls", "billed_cost_usd")
    return {
        row["name"]: {name: value for name, value in row.items() if name not in paid}
        for row in outcome.facts["tests"]
    }


def test_every_attempt_is_booked_once_with_the_server_s_own_counts(sdks: Suite) -> None:
    outcome = sdks.run("--spec-budget=9")

    assert "FAILED test_" not in outcome.text, outcome.text
    tests = [row["name"].partition("::")[2] for row in outcome.facts["tests"]]
    made = {row["name"].partition("::")[2]: row["calls"] for row in outcome.facts["tests"]}
    assert made == {name: CALLS.get(name, 1) for name in tests}
    assert "test_anthropic_counts_tokens_for_free" not in tests
    counts = reported_in_journal(sdks)
    assert counts == reported_by_server(sdks.emulator)
    assert {one.model.partition("-")[0] for one in counts if one.cached} == FAMILIES
    assert {one.source for one in charges(sdks)} == {"live"}
    failed = [one for one in charges(sdks) if one.outcome == "failed"]
    assert [(one.status, str(one.list_cost)) for one in failed] == [(429, "0")] * len(RETRIED)
    assert outcome.rules("error") == ["usage-unreported"]
    assert [one.attribution.test for one in charges(sdks) if one.unreported] == [UNREPORTED]


def test_a_recorded_run_replays_with_the_same_figures_and_sends_nothing(sdks: Suite) -> None:
    recorded = sdks.run("--spec-budget=9", "--spec-unknown=warn", "--spec-record=all")
    live_counts, hits = reported_in_journal(sdks), len(sdks.emulator.served)
    replayed = sdks.run("--spec-budget=9", "--spec-unknown=warn", "--spec-forbid-live")

    assert (recorded.status, replayed.status) == (0, 0), recorded.text + replayed.text
    assert live_counts == reported_by_server(sdks.emulator)
    assert len(sdks.emulator.served) == hits
    assert reported_in_journal(sdks) == live_counts
    assert figures(replayed) == figures(recorded)
    totals = replayed.facts["totals"]
    assert totals["replayed_calls"] == totals["calls"] == recorded.facts["totals"]["calls"]
    assert (totals["billed_cost_usd"], totals["list_cost_usd"] != "0") == ("0", True)
    assert recorded.facts["totals"]["billed_cost_usd"] == totals["list_cost_usd"]


def test_without_a_recording_each_test_fails_once_and_nothing_is_sent(sdks: Suite) -> None:
    outcome = sdks.run("--spec-budget=9", "--spec-record=none")

    tests = [line for line in WHOLE.splitlines() if line.startswith("def test_")]
    assert sdks.emulator.served == []
    assert outcome.status == 1
    assert f"{len(tests)} failed" in outcome.text
    told = [line for line in outcome.text.splitlines() if line.startswith("no recording answers")]
    assert len(told) == len(tests)
    assert "Traceback" not in outcome.text
    # Counting tokens is free, so that its miss fails its test and is no finding of the budget.
    (finding,) = outcome.facts["findings"]
    assert (finding["rule"], finding["subject"]) == ("cassette-miss", f"{len(tests) - 1} tests")
    assert outcome.facts["totals"]["calls"] == 0


def test_a_stream_that_is_stopped_early_is_booked_once_and_is_a_finding(suite: Suite) -> None:
    suite.write("test_cut.py", CUT)
    suite.emulator.always(slow(0.05), model=SLOW)

    outcome = suite.run("--spec-budget=9")

    assert "5 passed" in outcome.text, outcome.text
    states = {
        one.attribution.test.partition("::test_")[2]: (one.outcome, one.reading.usage_state)
        for one in charges(suite)
    }
    assert len(charges(suite)) == len(states)
    assert states == {
        "openai_stopped": ("answered", "none"),
        "openai_left_open": ("answered", "none"),
        "openai_cancelled": ("answered", "none"),
        "anthropic_stopped": ("answered", "partial"),
        "google_stopped": ("answered", "partial"),
    }
    assert set(outcome.rules("error")) == {"usage-partial", "usage-unreported"}
    assert outcome.status == 1
