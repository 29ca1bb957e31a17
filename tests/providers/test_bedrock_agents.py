"""Bedrock's agents: the sum of what their traces tell, each invocation once."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, hear
from support.frames import event, failure

from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.bedrock_agents import Untold
from pytest_specbudget.providers.fold import Asked

HOST = "bedrock-agent-runtime.us-east-1.amazonaws.com"
AGENT = "/agents/A1/agentAliases/B2/sessions/s-3/text"
HAIKU, SONNET = "anthropic.claude-haiku-4-5-v1:0", "anthropic.claude-sonnet-4-6"
ANSWER = event("chunk", {"bytes": "SGk="})


def trace(kind: str, **content: Any) -> bytes:
    """Write a frame of a trace."""
    return event("trace", {"sessionId": "s-3", "trace": {kind: content}})


def asked_for(model: str, trace_id: str, kind: str = "orchestrationTrace") -> bytes:
    """Write that a model was invoked."""
    told = {"traceId": trace_id, "foundationModel": model, "text": "{}"}
    return trace(kind, modelInvocationInput=told)


def told(given: int, made: int, trace_id: str, kind: str = "orchestrationTrace") -> bytes:
    """Write what an invocation consumed."""
    metadata = {"usage": {"inputTokens": given, "outputTokens": made}, "totalTimeMs": 1}
    return trace(kind, modelInvocationOutput={"traceId": trace_id, "metadata": metadata})


def agent(*frames: bytes, path: str = AGENT, **body: Any) -> Any:
    """Hear what an agent answers."""
    return hear(ask(HOST, path, {"inputText": "Hi", **body}), b"".join(frames))


def test_the_invocations_of_one_model_are_added_up() -> None:
    reading = agent(
        asked_for(HAIKU, "t-0", "preProcessingTrace"),
        told(1, 20, "t-0", "preProcessingTrace"),
        asked_for(HAIKU, "t-1"),
        told(300, 4000, "t-1"),
        ANSWER,
    )

    assert reading.usage == Usage(input_tokens=301, output_tokens=4020)
    assert (reading.model, reading.usage_state, reading.parts) == (HAIKU, "complete", ())


def test_several_models_are_told_apart() -> None:
    reading = agent(
        asked_for(HAIKU, "t-0", "routingClassifierTrace"),
        told(1, 2, "t-0", "routingClassifierTrace"),
        asked_for(SONNET, "t-1"),
        told(3, 4, "t-1"),
        ANSWER,
    )

    assert reading.usage == Usage(input_tokens=4, output_tokens=6)
    assert reading.parts == (
        Part(model=HAIKU, usage=Usage(input_tokens=1, output_tokens=2)),
        Part(model=SONNET, usage=Usage(input_tokens=3, output_tokens=4)),
    )


def test_totals_that_a_trace_repeats_are_not_added() -> None:
    usage = {"metadata": {"usage": {"inputTokens": 9, "outputTokens": 9}}}
    repeated = {"agentCollaboratorInvocationOutput": usage, "finalResponse": usage}

    reading = agent(told(3, 4, "t-1"), trace("orchestrationTrace", observation=repeated), ANSWER)

    assert reading.usage == Usage(input_tokens=3, output_tokens=4)


def test_an_agent_without_traces_reports_nothing() -> None:
    reading = agent(ANSWER)

    assert (reading.usage_state, reading.operation) == ("none", "invoke_agent")


def test_an_inline_agent_says_its_model_in_the_request() -> None:
    reading = agent(told(3, 4, "t"), ANSWER, path="/agents/session-1", foundationModel=HAIKU)

    assert (reading.request_model, reading.model) == (HAIKU, HAIKU)


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param([told(3, 4, "t-1")], id="the answer is missing"),
        pytest.param(
            [told(3, 4, "t-1"), failure("throttlingException", "Slow down")],
            id="an exception ends the stream",
        ),
        pytest.param(
            [
                told(3, 4, "t-1"),
                trace("orchestrationTrace", modelInvocationOutput={"traceId": "t-2"}),
                ANSWER,
            ],
            id="one invocation tells nothing",
        ),
    ],
)
def test_a_sum_that_lacks_something_is_a_lower_bound(frames: list[bytes]) -> None:
    reading = agent(*frames)

    assert reading.usage == Usage(input_tokens=3, output_tokens=4)
    assert reading.usage_state == "partial"


def test_an_agent_that_hands_control_back_has_answered() -> None:
    reading = agent(told(3, 4, "t-1"), event("returnControl", {"invocationInputs": []}))

    assert reading.usage_state == "complete"


def test_a_flow_is_a_lower_bound_because_its_prompts_tell_nothing() -> None:
    output = {"metadata": {"usage": {"inputTokens": 3, "outputTokens": 4}}}
    part = {"trace": {"orchestrationTrace": {"modelInvocationOutput": output}}}
    node = {"nodeDependencyTrace": {"traceElements": {"agentTraces": [part]}}}
    flow = ask(HOST, "/flows/F1/aliases/B2", {"inputs": []})

    reading = hear(flow, event("flowTraceEvent", {"trace": node}))

    assert reading.usage == Usage(input_tokens=3, output_tokens=4)
    assert reading.usage_state == "partial"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param(
            "/retrieveAndGenerate",
            {
                "input": {"text": "Hi"},
                "retrieveAndGenerateConfiguration": {
                    "knowledgeBaseConfiguration": {"modelArn": HAIKU}
                },
            },
            id="an answer from a knowledge base",
        ),
        pytest.param("/async-invoke", {"modelId": HAIKU, "modelInput": {}}, id="work for later"),
    ],
)
def test_what_never_tells_is_a_call_with_a_model(path: str, body: dict[str, Any]) -> None:
    reading = hear(ask(HOST, path, body), b'{"output":{"text":"Hi"}}')

    assert (reading.model, reading.usage_state) == (HAIKU, "none")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"targetModelId": HAIKU}, id="a prompt to be improved"),
        pytest.param(
            {
                "agenticRetrieveConfiguration": {
                    "foundationModelConfiguration": {
                        "bedrockFoundationModelConfiguration": {
                            "modelConfiguration": {"modelArn": HAIKU}
                        }
                    }
                }
            },
            id="a search by an agent",
        ),
        pytest.param(
            {
                "rerankingConfiguration": {
                    "bedrockRerankingConfiguration": {"modelConfiguration": {"modelArn": HAIKU}}
                }
            },
            id="a ranking",
        ),
    ],
)
def test_the_model_is_found_where_each_operation_names_it(body: dict[str, Any]) -> None:
    asked = Asked(request=ask(HOST, "/", body), provider="bedrock", model=None)

    assert Untold(asked).asked.model == HAIKU
