"""What must hold for any answer of Bedrock and Ollama: cuts do not matter, nothing goes wrong."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from support.answers import ask, encoded, hear
from support.frames import chunk, event

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import Request

HOST = "bedrock-runtime.eu-west-1.amazonaws.com"
AGENTS = "bedrock-agent-runtime.eu-west-1.amazonaws.com"
CONVERSE = ask(HOST, "/model/m/converse-stream", {"messages": []})
INVOKE = ask(HOST, "/model/m/invoke-with-response-stream", {"messages": []})
AGENT = ask(AGENTS, "/agents/A1/agentAliases/B2/sessions/s-3/text", {"inputText": "Hi"})
OLLAMA = ask("localhost", "/api/chat", {"model": "m", "messages": []})

METRICS = {"inputTokenCount": 6, "outputTokenCount": 10}
OUTPUT = {"metadata": {"usage": {"inputTokens": 6, "outputTokens": 10}}}
STREAMS = [
    (
        CONVERSE,
        event("messageStart", {"role": "assistant"})
        + event("contentBlockDelta", {"delta": {"text": 'say "usage":{"inputTokens":9}'}})
        + event("metadata", {"usage": {"inputTokens": 6, "outputTokens": 10}}),
    ),
    (
        INVOKE,
        chunk({"generation": "Hi", "prompt_token_count": 6, "generation_token_count": 1})
        + chunk({"generation_token_count": 10, "amazon-bedrock-invocationMetrics": METRICS}),
    ),
    (
        AGENT,
        event("trace", {"trace": {"orchestrationTrace": {"modelInvocationOutput": OUTPUT}}})
        + event("chunk", {"bytes": "SGk="}),
    ),
]

few = settings(max_examples=60, deadline=None)
streams = st.sampled_from(STREAMS)


@few
@given(streams, st.lists(st.integers(0, 900), max_size=12))
def test_any_cut_of_a_stream_gives_the_same_reading(
    stream: tuple[Request, bytes], places: list[int]
) -> None:
    request, body = stream
    edges = [0, *sorted(min(place, len(body)) for place in places), len(body)]

    cut = hear(request, *(body[start:end] for start, end in pairwise(edges)))

    assert cut == hear(request, body)
    assert cut.usage.reported() == {"input_tokens": 6, "output_tokens": 10}


@few
@given(streams, st.integers(0, 900), st.integers(1, 255))
def test_any_changed_byte_leaves_no_count(
    stream: tuple[Request, bytes], place: int, change: int
) -> None:
    request, body = stream
    damaged = bytearray(body)
    damaged[place % len(body)] ^= change

    reading = hear(request, bytes(damaged))

    assert reading.usage_state in ("unreadable", "none")  # the first may make it a text stream
    assert reading.usage.reported() == {}


WORDS = """
    usage model type metadata inputTokens outputTokens totalTokens cacheDetails ttl trace bytes
    inputTextTokenCount results tokenCount prompt_token_count generation_token_count choices
    amazon-bedrock-invocationMetrics inputTokenCount outputTokenCount embedding message serviceTier
    performanceConfig latency promptRouter invokedModelId modelInvocationInput foundationModel
    modelInvocationOutput traceId invocationInputs done done_reason prompt_eval_count eval_count
"""
keys = st.sampled_from(WORDS.split())
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
values = st.recursive(
    leaves | st.sampled_from(["message", "1h", "5m"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@few
@given(
    st.sampled_from([CONVERSE, INVOKE, AGENT, OLLAMA]),
    st.lists(st.dictionaries(keys, values), min_size=1, max_size=3),
    st.sampled_from(["whole", "frames", "chunks"]),
)
def test_any_json_is_read_without_an_error_of_ours(
    request: Request, documents: list[object], form: str
) -> None:
    frames = {"frames": lambda each: event("metadata", each), "chunks": chunk}
    whole = encoded(documents[0])

    reading = hear(request, b"".join(map(frames[form], documents)) if form in frames else whole)

    assert all(count >= 0 for count in reading.usage.reported().values())
    assert not [flag for flag in reading.flags if re.match(r"(?!Damage)\w+Error:", flag)]
