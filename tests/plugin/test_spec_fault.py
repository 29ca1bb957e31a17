"""`spec_fault` inside a test: what the test sees, what the books say, and what never happened."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.booked import charges, journals

if TYPE_CHECKING:
    from support.suites import Suite

ESCALATING = """
import json
import pytest
from calls import ask

def wrote(answer):
    return answer.json()["choices"][0]["message"]["content"]

@pytest.mark.spec("SPEC-1")
def test_plan(spec_cassette, spec_fault):
    spec_fault("bad_output", model="gpt-4o-mini", words="no plan")
    cheap = wrote(ask("gpt-4o-mini", "Plan."))
    dear = wrote(ask("gpt-4o", "Plan.")) if cheap == "no plan" else cheap
    assert dear.startswith("You said")
"""

FAILING = """
import httpx
import pytest
from calls import ask

@pytest.mark.spec("SPEC-1")
@pytest.mark.parametrize("kind", ["429", "500", "timeout", "refusal"])
def test_fault(kind, spec_fault):
    fault = spec_fault(kind)
    try:
        seen = ask().status_code
    except httpx.ReadTimeout:
        seen = "timeout"
    assert (str(seen), fault.hits) == ({"refusal": "200"}.get(kind, kind), 1)
"""

HIDING = """
import pytest
from calls import ask

@pytest.mark.spec("SPEC-1")
@pytest.mark.parametrize("kind", KINDS)
def test_fault(kind, spec_cassette, spec_fault):
    if kind:
        spec_fault(kind)
    ask(stream=True, stream_options={"include_usage": True})
"""

RETRIED = """
import openai
from calls import URL

def test_fault(spec_cassette, spec_fault):
    spec_fault("429", times=2)
    with openai.OpenAI(base_url=URL.removesuffix("/chat/completions"), api_key="any") as client:
        messages = [{"role": "user", "content": "Plan."}]
        assert client.chat.completions.create(model="gpt-4o-mini", messages=messages).choices
"""

VCR = """
import vcr
from calls import ask

def test_fault(spec_fault):
    if FAULT:
        spec_fault(FAULT, words="spoilt")
    with vcr.use_cassette("plan.yaml", record_mode="once"):
        answer = ask()
        assert ("spoilt" in answer.text) == (FAULT is not None)
        assert (answer.status_code == 429) == (FAULT == "429")
"""

MARKED = """
import pytest
from calls import ask

@pytest.mark.vcr
def test_fault(spec_fault):
    spec_fault("no_usage", after=1)
    assert ask(text="a").json()["usage"]
    assert ask(text="b").json()["usage"] is None
"""


def told(suite: Suite) -> list[dict[str, Any]]:
    """Return the faults that the newest run tells of."""
    events = (event for journal in journals(suite) for event in journal.events)
    return [event.values for event in events if event.event == "fault"]


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_what_needs_no_recording_is_mocked_and_costs_nothing(suite: Suite, workers: str) -> None:
    suite.write("test_it.py", FAILING)

    outcome = suite.run("--spec-budget=0", workers)

    assert not suite.emulator.served
    totals = outcome.facts["totals"]
    assert (totals["calls"], totals["mocked_calls"], totals["list_cost_usd"]) == (0, 4, "0")
    assert {charge.verdict for charge in charges(suite)} == {"mocked"}
    assert sorted(one["fault"] for one in told(suite)) == ["429", "500", "refusal", "timeout"]
    assert {one["model"] for one in told(suite)} == {"gpt-4o-mini"}
    assert "4 passed" in outcome.text


def test_bad_output_costs_what_was_recorded_and_so_does_the_escalation(suite: Suite) -> None:
    suite.write("test_it.py", ESCALATING)
    first = suite.run("--spec-budget=9", "--spec-record=new")
    second = suite.run("--spec-budget=9", "--spec-record=new")
    sent = len(suite.emulator.served)

    replayed = suite.run("--spec-budget=9", "--spec-forbid-live")

    assert "was recorded, unaltered; run the test again" in first.text
    assert (first.status, second.status, replayed.status) == (1, 0, 0), replayed.text
    assert len(suite.emulator.served) == sent == 2
    cheap, dear = charges(suite)
    assert (cheap.source, dear.source) == ("replay", "replay")
    assert cheap.list_cost is not None
    assert dear.list_cost is not None
    spent = Decimal(replayed.facts["totals"]["list_cost_usd"])
    assert spent == Decimal(str(cheap.list_cost)) + Decimal(str(dear.list_cost))
    (fault,) = told(suite)
    assert fault["fault"] == "bad_output"
    assert fault["cassette"] == cheap.cassette
    assert fault["cassette_index"] == cheap.cassette_index == 0
    assert fault["test"] == "test_it.py::test_plan"


def test_an_answer_whose_counts_a_fault_hides_is_a_fake_s_and_no_unknown(suite: Suite) -> None:
    kinds = '["truncated", "no_usage"]'
    suite.write("test_it.py", HIDING.replace("KINDS", kinds).replace("if kind:", "if False:"))
    suite.run("--spec-budget=9", "--spec-record=once")
    suite.write("test_it.py", HIDING.replace("KINDS", kinds))

    outcome = suite.run("--spec-budget=9")

    assert outcome.status == 0, outcome.text
    assert outcome.rules("error") == []
    assert outcome.facts["totals"]["mocked_calls"] == 2
    assert {(one.verdict, one.cassette_index) for one in charges(suite)} == {("mocked", 0)}


def test_the_attempt_after_an_injected_failure_is_answered_by_the_recording(suite: Suite) -> None:
    suite.write("test_it.py", RETRIED.replace('spec_fault("429", times=2)', ""))
    suite.run("--spec-budget=9", "--spec-record=once")
    suite.write("test_it.py", RETRIED)

    outcome = suite.run("--spec-budget=9")

    assert outcome.status == 0, outcome.text
    assert len(suite.emulator.served) == 1
    assert [charge.verdict for charge in charges(suite)] == ["mocked", "mocked", "hit"]


@pytest.mark.parametrize("fault", ["bad_output", "429"])
def test_a_cassette_of_vcrpy_is_altered_like_one_of_ours(suite: Suite, fault: str) -> None:
    suite.write("test_it.py", VCR.replace("FAULT", "None"))
    before = suite.run("--spec-budget=9")
    suite.write("test_it.py", VCR.replace("FAULT", repr(fault)))

    outcome = suite.run("--spec-budget=9")

    assert (before.status, outcome.status) == (0, 0), before.text + outcome.text
    assert len(suite.emulator.served) == 1
    assert [one["fault"] for one in told(suite)] == [fault]


def test_a_cassette_of_a_marker_opens_behind_the_faults(suite: Suite) -> None:
    suite.write(
        "test_it.py", MARKED.replace("is None", "").replace('"no_usage"', '"500", path="x"')
    )
    plugins = ["pytest_recording.plugin"]
    suite.run("--spec-budget=9", "--record-mode=new_episodes", plugins=plugins)
    suite.write("test_it.py", MARKED)
    sent = len(suite.emulator.served)

    outcome = suite.run("--spec-budget=9", plugins=plugins)

    assert "1 passed" in outcome.text
    assert len(suite.emulator.served) == sent == 2
    assert [charge.verdict for charge in charges(suite)] == ["hit", "mocked"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param("    ask()", "no model call of the test fits it", id="another model"),
        pytest.param("    pass", "no model call of the test fits it", id="no call"),
    ],
)
def test_a_fault_that_never_happened_fails_the_test(suite: Suite, body: str, said: str) -> None:
    head = "from calls import ask\ndef test_it(spec_fault):\n    spec_fault('500', model='o*')\n"
    suite.write("test_it.py", head + body + "\n")

    outcome = suite.run()

    assert outcome.status == 1
    assert f"spec_fault('500', model='o*') never happened: {said}" in outcome.text
    assert "1 failed" in outcome.text


def test_too_few_calls_are_told(suite: Suite) -> None:
    text = (
        "from calls import ask\ndef test_it(spec_fault):\n    spec_fault('500', after=1)\n    ask()"
    )
    suite.write("test_it.py", text)

    outcome = suite.run()

    assert "spec_fault('500', after=1) never happened: only 1 call fit it" in outcome.text


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        pytest.param("import pytest; pytest.skip('no need')", "1 skipped", id="skipped"),
        pytest.param("assert False, 'its own reason'", "1 failed", id="failed already"),
    ],
)
def test_a_test_that_did_not_pass_is_told_nothing_more(
    suite: Suite, body: str, counts: str
) -> None:
    suite.write("test_it.py", f"def test_it(spec_fault):\n    spec_fault('500')\n    {body}\n")

    outcome = suite.run()

    assert counts in outcome.text
    assert "never happened" not in outcome.text


def test_a_fault_ends_with_its_test(suite: Suite) -> None:
    text = (
        "from calls import ask\n"
        "def test_a(spec_fault):\n    spec_fault('500', times=9)\n    assert ask().is_error\n"
        "def test_b():\n    assert ask().is_success\n"
        "def test_c(spec_fault):\n    assert ask().is_success\n"
    )
    suite.write("test_it.py", text)

    outcome = suite.run()

    assert "3 passed" in outcome.text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("'404'", "there is no such kind; there are bad_output, timeout, 429, 500, truncated"),
        ("'429', times=0", "times=0 must be a whole number of 1 or more"),
        ("'429', after=-1", "after=-1 of 0 or more"),
        ("'429', times='2'", "times='2' must be a whole number of 1 or more"),
        ("'429', after=1.5", "after=1.5 of 0 or more"),
        ("'429', after=True", "after=True of 0 or more"),
        ("'429', retry_after='2'", "retry_after='2' must be 0 seconds or more"),
        ("'429', model=None", "model=None is no text; write it in quotes"),
        ("'429', words=3", "words=3 is no text; write it in quotes"),
        ("'429', retry_after=-2", "retry_after=-2 must be 0 seconds or more"),
        ("'429', role='boss'", "there is no role 'boss'; there are primary, validator"),
    ],
)
def test_what_makes_no_sense_is_said_at_once(suite: Suite, arguments: str, said: str) -> None:
    suite.write("test_it.py", f"def test_it(spec_fault):\n    spec_fault({arguments})\n")

    outcome = suite.run()

    assert outcome.status == 1
    assert said in outcome.text


def test_what_cannot_be_altered_fails_and_sends_nothing(suite: Suite) -> None:
    text = (
        "from calls import ask\ndef test_it(spec_fault):\n    spec_fault('bad_output')\n    ask()\n"
    )
    suite.write("test_it.py", text)

    outcome = suite.run("--spec-budget=9")

    assert outcome.status == 1
    assert "alters a recorded answer, and there is none to POST 127.0.0.1" in outcome.text
    assert not suite.emulator.served
