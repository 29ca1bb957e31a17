"""What must hold for any answer: cuts do not matter, and nothing raises."""

from __future__ import annotations

import gzip
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from support.answers import anthropic, chat, encoded, gemini, hear, responses, sse

from pytest_specbudget.providers.counts import HIGHEST
from pytest_specbudget.providers.routes import ROUTES, candidate

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.providers.routes import Route

OPENAI = {"model": "m", "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}
CLAUDE = {"model": "m", "usage": {"input_tokens": 3, "output_tokens": 4}}
GOOGLE = {"usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 4}}
ANSWERS = [
    (chat(), encoded(OPENAI)),
    (chat(), gzip.compress(encoded(OPENAI))),
    (chat(), sse({"model": "m", "text": "äöü\n\n"}, OPENAI, "[DONE]")),
    (chat(), sse({"model": "m"}, OPENAI, "[DONE]").replace(b"\n", b"\r\n")),
    (chat(), gzip.compress(sse({"model": "m"}, OPENAI, "[DONE]"))),
    (
        responses(),
        sse({"type": "response.completed", "response": {"usage": CLAUDE["usage"], "model": "m"}}),
    ),
    (anthropic(), sse({"type": "message_start", "message": CLAUDE}, {"type": "message_stop"})),
    (gemini("streamGenerateContent"), encoded([{"text": '"]}\\'}, GOOGLE])),
]
REQUESTS = [request for request, _ in ANSWERS]

few = settings(max_examples=60, deadline=None)
cuts = st.lists(st.integers(0, 400), max_size=12)


@few
@given(st.sampled_from(ANSWERS), cuts)
def test_any_cut_into_chunks_gives_the_same_reading(
    answer: tuple[Request, bytes], places: list[int]
) -> None:
    request, body = answer
    edges = [0, *sorted(min(place, len(body)) for place in places), len(body)]
    chunks = [body[start:end] for start, end in pairwise(edges)]

    cut = hear(request, *chunks)

    assert cut == hear(request, body)
    assert cut.usage.input_tokens == 3


@few
@given(st.sampled_from(REQUESTS), st.lists(st.binary(max_size=60), max_size=5))
def test_any_bytes_give_a_reading(request: Request, chunks: list[bytes]) -> None:
    assert hear(request, *chunks).usage_state in ("none", "unreadable")


@few
@given(st.sampled_from(ANSWERS), st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_any_damage_gives_a_reading(
    answer: tuple[Request, bytes], place: int, damage: bytes
) -> None:
    request, body = answer
    place %= len(body)

    reading = hear(request, body[:place] + damage + body[place + len(damage) :])

    counts = reading.usage.reported().values()
    assert all(0 <= count <= 2 * HIGHEST for count in counts)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
WORDS = """
    usage model id choices prompt_tokens completion_tokens prompt_tokens_details cached_tokens
    input_tokens output_tokens iterations cache_creation message delta type error response output
    usageMetadata promptTokenCount candidatesTokenCount promptTokensDetails candidates modality
    tool_usage image_gen web_search usage_breakdown models service_tier total_tokens x_groq
"""
keys = st.sampled_from(WORDS.split())
objects = st.dictionaries(keys, json_values | st.dictionaries(keys, json_values))


@few
@given(st.sampled_from(REQUESTS), objects, st.booleans())
def test_any_json_gives_a_reading(request: Request, document: object, stream: bool) -> None:  # noqa: FBT001 - hypothesis passes by position
    reading = hear(request, sse(document) if stream else encoded(document))

    assert all(count >= 0 for count in reading.usage.reported().values())


@few
@given(st.sampled_from(ROUTES), st.data())
def test_every_path_of_a_route_is_a_candidate(route: Route, data: st.DataObject) -> None:
    path = data.draw(st.from_regex(route.path))

    assert candidate("POST", path)
