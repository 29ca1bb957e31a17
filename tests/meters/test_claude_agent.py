"""Turns of Claude Code through claude-agent-sdk, with a program and with transports of our own."""

from __future__ import annotations

import asyncio
import json
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.errors import CallRefused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from meters.fakes import RecordingSink

sdk: Any = pytest.importorskip(
    "claude_agent_sdk", reason="claude-agent-sdk is not installed (it brings 365 MB)"
)

MODEL = "claude-sonnet-4-5-20250929"
PROGRAM = """
    import json, sys

    turns = 0
    for line in sys.stdin:
        said = json.loads(line)
        if said["type"] == "control_request":
            answer = {{"subtype": "success", "request_id": said["request_id"], "response": {{}}}}
            print(json.dumps({{"type": "control_response", "response": answer}}), flush=True)
        elif said["type"] == "user":
            turns += 1
            for message in {script}:
                line = json.dumps(message).replace('"TURNS"', str(turns))
                print(line.replace("TURNS", str(turns)), flush=True)
"""
BEGIN = {
    "type": "system",
    "subtype": "init",
    "model": MODEL,
    "session_id": "s",
    "claude_code_version": "9.0.0",
}
SPEECH = {"type": "assistant", "message": {"model": MODEL, "content": []}, "session_id": "s"}


def result(uuid: str = "r-TURNS", cost: Any = "TURNS", tokens: Any = "TURNS") -> dict[str, Any]:
    """Make a result message; `TURNS` becomes the number of turns so far."""
    return {
        "type": "result",
        "subtype": "success",
        "duration_ms": 1,
        "duration_api_ms": 1,
        "is_error": False,
        "num_turns": 1,
        "session_id": "s",
        "uuid": uuid,
        "result": "a secret answer",
        "total_cost_usd": cost,
        "usage": {"input_tokens": 1, "output_tokens": 1},
        "modelUsage": {
            MODEL: {
                "inputTokens": tokens,
                "outputTokens": tokens,
                "cacheReadInputTokens": 0,
                "cacheCreationInputTokens": 0,
                "webSearchRequests": 0,
                "contextWindow": 200000,
            }
        },
    }


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Any]:
    """Write a program that prints *messages* for each prompt; return options that start it."""

    def write(*messages: Any) -> Any:
        path = tmp_path / "claude"
        script = textwrap.dedent(PROGRAM).format(script=repr(list(messages)))
        path.write_text(f"#!{sys.executable}\n{script}", "utf-8")
        path.chmod(0o755)
        return sdk.ClaudeAgentOptions(cli_path=str(path), cwd=str(tmp_path))

    return write


class Told:
    """A transport that says what it was told to say, whatever it is asked."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.messages = messages
        self.initialized = asyncio.Event()
        self.request = ""

    async def connect(self) -> None:
        pass

    async def write(self, data: str) -> None:
        said = json.loads(data)
        self.request = said.get("request_id", self.request)
        self.initialized.set()

    async def read_messages(self) -> AsyncIterator[dict[str, Any]]:
        await self.initialized.wait()
        answer = {"subtype": "success", "request_id": self.request, "response": {}}
        yield {"type": "control_response", "response": answer}
        for message in self.messages:
            yield message

    async def close(self) -> None:
        pass

    async def end_input(self) -> None:
        pass

    def is_ready(self) -> bool:
        return True


async def every(messages: AsyncIterator[Any]) -> list[Any]:
    return [message async for message in messages]


def ask(options: Any, prompt: Any = "hello") -> list[Any]:
    return asyncio.run(every(sdk.query(prompt=prompt, options=options)))


def test_a_turn_is_booked_once_and_live(program: Callable[..., Any], sink: RecordingSink) -> None:
    heard = ask(program(BEGIN, SPEECH, result(cost=0.25, tokens=7)))

    (reading,) = sink.readings
    assert isinstance(heard[-1], sdk.ResultMessage)
    assert (reading.model, reading.usage.input_tokens, reading.usage_state) == (
        MODEL,
        7,
        "complete",
    )
    assert (reading.operation, str(reading.provider_cost)) == ("invoke_agent", "0.25")
    assert (sink.only.source, sink.only.outcome, sink.only.end) == ("live", "answered", "complete")
    assert b"hello" in (sink.only.request.body or b"")
    assert [ticket.wires for ticket in sink.tickets] == [1]
    assert sink.troubles == []


def test_each_turn_of_a_session_is_what_it_added(
    program: Callable[..., Any], sink: RecordingSink
) -> None:
    async def talk() -> None:
        async with sdk.ClaudeSDKClient(program(BEGIN, result())) as client:
            for _ in range(3):
                await client.query("hello")
                await every(client.receive_response())

    asyncio.run(talk())

    added = [(one.usage.input_tokens, str(one.provider_cost)) for one in sink.readings]
    assert added == [(1, "1"), (1, "1"), (1, "1")]
    assert [one.response_id for one in sink.readings] == ["r-1", "r-2", "r-3"]


def test_a_prompt_that_streams_begins_a_turn(
    program: Callable[..., Any], sink: RecordingSink
) -> None:
    async def prompt() -> AsyncIterator[dict[str, Any]]:
        yield {"type": "user", "message": {"role": "user", "content": "streamed"}}

    ask(program(BEGIN, result(cost=1, tokens=1)), prompt())

    assert b"streamed" in (sink.only.request.body or b"")
    assert len(sink.readings) == 1


def test_a_result_that_comes_twice_counts_once(
    program: Callable[..., Any], sink: RecordingSink
) -> None:
    once = result(uuid="the same", cost=1, tokens=5)

    ask(program(BEGIN, once, once))

    assert [one.usage.input_tokens for one in sink.readings] == [5]


def test_a_turn_without_a_result_is_unknown(
    program: Callable[..., Any], sink: RecordingSink, tmp_path: Path
) -> None:
    options = program(BEGIN, SPEECH)
    path = tmp_path / "claude"
    path.write_text(f"{path.read_text('utf-8')}            sys.exit(3)\n", "utf-8")

    with pytest.raises(sdk.ProcessError):
        ask(options)

    assert (sink.only.status, sink.only.outcome, sink.only.end) == (None, "unknown", "error")


def test_an_error_before_any_answer_is_free(
    program: Callable[..., Any], sink: RecordingSink
) -> None:
    nothing = {"input_tokens": 0, "output_tokens": 0}
    failed = result(cost=0) | {"usage": nothing, "modelUsage": {}, "api_error_status": 529}

    ask(program(BEGIN, failed))

    assert (sink.only.status, sink.only.outcome) == (529, "failed")


@pytest.mark.parametrize("streams", [False, True], ids=["a prompt", "prompts that stream"])
def test_a_refused_turn_never_reaches_the_program(
    program: Callable[..., Any], sink: RecordingSink, *, streams: bool
) -> None:
    sink.refuse_wire = CallRefused("no more money")

    async def prompt() -> AsyncIterator[dict[str, Any]]:
        yield {"type": "user", "message": {"role": "user", "content": "streamed"}}

    async def talk() -> list[Any]:
        options = program(BEGIN, result(cost=1, tokens=1))
        messages = sdk.query(prompt=prompt() if streams else "hello", options=options)
        return await every(messages)

    if streams:  # the SDK writes those in a task of its own, and waits for an answer elsewhere
        assert asyncio.run(talk()) == []
    else:
        with pytest.raises(CallRefused):
            asyncio.run(talk())
    assert (sink.only.end, sink.only.outcome) == ("refused", "failed")


def test_a_transport_of_somebody_elses_is_a_fake(sink: RecordingSink) -> None:
    async def talk() -> list[Any]:
        transport = Told(BEGIN, result(cost=0.5, tokens=3))
        return await every(sdk.query(prompt="hello", transport=transport))

    heard = asyncio.run(talk())

    assert isinstance(heard[-1], sdk.ResultMessage)
    assert (sink.only.source, sink.only.outcome) == ("mock", "answered")
    assert sink.readings[0].usage.input_tokens == 3


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"type": "result", "uuid": "r"}, id="without a word about usage"),
        pytest.param(result() | {"modelUsage": [1], "usage": "?"}, id="of another shape"),
    ],
)
def test_a_result_that_makes_no_sense_is_passed_on_and_is_no_zero(
    odd: dict[str, Any], sink: RecordingSink
) -> None:
    async def talk() -> None:
        await every(sdk.query(prompt="hello", transport=Told(BEGIN, odd)))

    try:
        asyncio.run(talk())
    except sdk.ClaudeSDKError as error:
        assert "Missing required field" in str(error)  # noqa: PT017 - only one of the two raises

    assert [one.usage_state for one in sink.readings] == ["none"]


def test_nothing_is_left_behind(program: Callable[..., Any], sink: RecordingSink) -> None:
    assert sink.watching is not None
    sink.watching.stop()

    ask(program(BEGIN, result(cost=1, tokens=1)))

    assert sink.exchanges == []
