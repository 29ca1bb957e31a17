"""A hard ceiling: the call that could break it never leaves, in any SDK and any process."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.booked import charges
from support.emulator import failing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.suites import Suite

for name in ("openai", "anthropic", "google.genai"):
    pytest.importorskip(name, reason="the SDKs of the extra `examples`")

REFUSED = "a model call was refused"
ENOUGH = 4
ASKS = """
import asyncio
import os

import anthropic
import openai
import pytest
from google import genai

URL = os.environ["EMULATOR"]
OPENAI = {"api_key": "any", "base_url": URL + "/v1"}
ANTHROPIC = {"api_key": "any", "base_url": URL}
GOOGLE = {"api_key": "any", "http_options": {"base_url": URL}}
WORDS = [{"role": "user", "content": "word " * 40}]
CHAT = {"model": "gpt-4o-mini", "messages": WORDS, "max_tokens": 100}
CLAUDE = {"model": "claude-haiku-4-5", "messages": WORDS, "max_tokens": 100}
GEMINI = {
    "model": "gemini-2.5-flash", "contents": "word " * 40, "config": {"max_output_tokens": 100}
}

def openai_():
    with openai.OpenAI(**OPENAI) as client:
        assert client.chat.completions.create(**CHAT).choices

def openai_stream():
    with openai.OpenAI(**OPENAI) as client:
        usage = {"include_usage": True}
        assert list(client.chat.completions.create(**CHAT, stream=True, stream_options=usage))

def openai_responses():
    with openai.OpenAI(**OPENAI) as client:
        asked = {"model": "gpt-4o-mini", "input": "word " * 40, "max_output_tokens": 100}
        assert client.responses.create(**asked).output_text

async def openai_async():
    async with openai.AsyncOpenAI(**OPENAI) as client:
        assert (await client.chat.completions.create(**CHAT)).choices

def anthropic_():
    with anthropic.Anthropic(**ANTHROPIC) as client:
        assert client.messages.create(**CLAUDE).content

def anthropic_stream():
    with anthropic.Anthropic(**ANTHROPIC) as client:
        assert list(client.messages.create(**CLAUDE, stream=True))

async def anthropic_async():
    async with anthropic.AsyncAnthropic(**ANTHROPIC) as client:
        assert (await client.messages.create(**CLAUDE)).content

def google():
    with genai.Client(**GOOGLE) as client:
        assert client.models.generate_content(**GEMINI).text

def google_stream():
    with genai.Client(**GOOGLE) as client:
        assert list(client.models.generate_content_stream(**GEMINI))

async def google_async():
    async with genai.Client(**GOOGLE).aio as client:
        assert (await client.models.generate_content(**GEMINI)).text

def calls(*names):
    marked = (pytest.param(globals()[name], marks=pytest.mark.spec(name)) for name in names)
    return pytest.mark.parametrize("call", marked, ids=names)

@pytest.mark.parametrize("number", range(6))
@calls(*{calls})
def test_it(call, number):
    made = call()
    if made is not None:
        asyncio.run(made)
"""
CALLS = tuple(re.findall(r"^(?:async )?def (\w+)\(\):$", ASKS, re.MULTILINE))
TESTS = 6


@pytest.fixture
def python(warm_with_sdks: Sequence[str]) -> Sequence[str]:
    return warm_with_sdks


def asks(suite: Suite, *calls: str) -> None:
    suite.write("test_it.py", ASKS.replace("{calls}", repr(calls)))


def cost_of_one(suite: Suite) -> dict[str, Decimal]:
    """Make each call once, under no hard ceiling, and return what it cost."""
    outcome = suite.run("--spec-budget=9", "-k", "0")
    return {row["name"]: Decimal(row["list_cost_usd"]) for row in outcome.facts["specs"]}


def test_of_a_ceiling_of_four_calls_worth_no_fifth_reaches_the_server(suite: Suite) -> None:
    asks(suite, *CALLS)
    ceilings = [f"--spec-budget={name}={ENOUGH * usd}" for name, usd in cost_of_one(suite).items()]
    for workers in ("-n0", "-n4"):
        before = len(suite.emulator.billable)
        outcome = suite.run(*ceilings, "--spec-stop-loss", workers)

        rows = outcome.facts["specs"]
        sent = {row["name"]: row["calls"] for row in rows}
        assert set(sent) == set(CALLS), outcome.text
        assert sum(sent.values()) == len(suite.emulator.billable) - before
        assert all(0 < count <= ENOUGH for count in sent.values()), sent
        assert all(Decimal(row["list_cost_usd"]) <= Decimal(row["ceiling_usd"]) for row in rows)
        refused = TESTS * len(CALLS) - sum(sent.values())
        assert outcome.status == 1
        assert f"{refused} failed, {sum(sent.values())} passed" in outcome.text
        assert len(re.findall(f"^{REFUSED}", outcome.text, re.MULTILINE)) == refused
        assert outcome.rules("error") == ["stop-loss"] * len(CALLS)
        assert "Traceback" not in outcome.text


ASKS_TWICE = """
from calls import ask
def test_a(): ask(max_tokens=9)
def test_b(): ask(max_tokens=9)
"""


def test_every_process_lets_go_of_the_sums_that_it_shared(suite: Suite) -> None:
    suite.write("test_it.py", ASKS_TWICE)
    for workers in ("-n0", "-n2"):
        suite.run("--spec-session-budget=1", "--spec-stop-loss", workers)

    left = {path.suffix for path in suite.folder.glob(".specbudget/journal/*/*")}
    assert left == {".jsonl"}


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--spec-session-budget=0"], id="a ceiling that is not hard"),
        pytest.param(
            ["--spec-session-budget=0", "--spec-stop-loss", "--spec-mode=warn"], id="warn"
        ),
        pytest.param(["--spec-stop-loss"], id="no ceiling"),
        pytest.param(["--spec-budget=SPEC-9=0", "--spec-stop-loss"], id="another SPEC's ceiling"),
    ],
)
def test_a_ceiling_that_is_not_hard_or_does_not_cover_a_call_refuses_nothing(
    suite: Suite, words: list[str]
) -> None:
    suite.write("test_it.py", ASKS_TWICE)

    outcome = suite.run(*words)

    assert "2 passed" in outcome.text, outcome.text
    assert len(suite.emulator.served) == 2


SWALLOWS = """
import asyncio
import contextlib
import threading

import pytest
from calls import ask, ask_async

LIMIT = {"max_tokens": 100}

def test_plain(): ask(**LIMIT)

def test_swallowed():
    with contextlib.suppress(BaseException):
        ask(**LIMIT)

def test_thread():
    thread = threading.Thread(target=ask, kwargs=LIMIT)
    thread.start()
    thread.join()

def test_gathered():
    async def main():
        await asyncio.gather(ask_async(**LIMIT), ask_async(**LIMIT), return_exceptions=True)
    asyncio.run(main())

@pytest.mark.xfail
def test_expected_to_fail(): ask(**LIMIT)

def test_nothing_asked(): pass
"""


def test_a_refused_call_is_one_clear_failure_also_when_the_test_swallows_it(suite: Suite) -> None:
    suite.write("test_it.py", SWALLOWS)

    outcome = suite.run("--spec-test-budget=0.00001", "--spec-stop-loss", "-rA")

    assert suite.emulator.served == []
    assert "5 failed, 1 passed" in outcome.text, outcome.text
    assert charges(suite) == []
    assert outcome.rules() == ["stop-loss"] * 5


MARKED = """
import pytest
from calls import ask

@pytest.mark.spec("SPEC-1", budget="0.0002")
class TestAll:
    @pytest.mark.parametrize("number", range(5))
    def test_it(self, number): ask(max_tokens=60)

@pytest.mark.spec("SPEC-1", budget="0.00001")
def test_one(): ask(max_tokens=60)
"""


def test_ceilings_on_markers_are_hard_too(suite: Suite) -> None:
    suite.write("test_it.py", MARKED)

    outcome = suite.run("--spec-stop-loss")

    assert Decimal(outcome.row("specs", "SPEC-1")["list_cost_usd"]) <= Decimal("0.0002")
    subjects = {one["subject"] for one in outcome.facts["findings"]}
    assert subjects == {'class or module "test_it.py::TestAll"', 'test "test_it.py::test_one"'}


def test_failed_attempts_leave_room_for_the_retry(suite: Suite) -> None:
    asks(suite, "anthropic_")
    suite.emulator.script(failing(), model="claude-haiku-4-5")

    outcome = suite.run("--spec-budget=0.001", "--spec-stop-loss", "-k", "0")

    assert "1 passed" in outcome.text, outcome.text
    assert [one.outcome for one in charges(suite)] == ["failed", "answered"]


def test_recordings_pass_where_a_live_call_would_not(suite: Suite) -> None:
    suite.write("test_it.py", "from calls import ask\ndef test_it(spec_cassette): ask()\n")
    suite.run("--spec-record=all")
    hits = len(suite.emulator.served)

    outcome = suite.run("--spec-session-budget=0.000001", "--spec-stop-loss")

    assert "1 passed" in outcome.text, outcome.text
    assert len(suite.emulator.served) == hits
    assert outcome.rules("error") == ["budget-exceeded"]


def test_a_call_without_a_bound_names_what_to_declare_and_the_declaration_helps(
    suite: Suite,
) -> None:
    suite.write("test_it.py", "from calls import ask\ndef test_it(): ask()\n")
    refused = suite.run("--spec-budget=1", "--spec-stop-loss")
    declared = 'hosts."127.0.0.1" = { bound_usd = "0.05" }'
    suite.write("specbudget.toml", f"{declared}\n")
    allowed = suite.run("--spec-budget=1", "--spec-stop-loss")

    assert "asks for no maximum of output tokens" in refused.text
    assert declared in refused.text
    assert (refused.status, allowed.status, len(suite.emulator.served)) == (1, 0, 1), allowed.text
