"""What must hold for any request and any answer: nothing raises, and no count is nonsense."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from support.answers import encoded, hear, sse
from support.wire import ANSWERS

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers import candidate, read_whole
from pytest_specbudget.providers.counts import HIGHEST
from pytest_specbudget.providers.routes import RETRIEVALS, ROUTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.route import Route

REQUESTS = [request for request, _ in ANSWERS.values()]
HOSTS = ("api.openai.com", "localhost", "", "bedrock-runtime.eu-west-1.amazonaws.com", "x.invalid")

patient = settings(deadline=None)


@patient
@given(st.sampled_from(REQUESTS), st.lists(st.binary(max_size=60), max_size=5))
def test_any_bytes_give_a_reading(request: Request, chunks: list[bytes]) -> None:
    assert hear(request, *chunks).usage_state in ("none", "unreadable")


@patient
@given(
    st.sampled_from(list(ANSWERS.values())), st.integers(0, 400), st.binary(min_size=1, max_size=3)
)
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


@patient
@given(st.sampled_from(REQUESTS), objects, st.booleans())
def test_any_json_gives_a_reading(request: Request, document: object, stream: bool) -> None:  # noqa: FBT001 - hypothesis passes by position
    reading = hear(request, sse(document) if stream else encoded(document))

    assert all(count >= 0 for count in reading.usage.reported().values())


@patient
@given(st.sampled_from(ROUTES), st.data())
def test_every_path_of_a_route_is_a_candidate(route: Route, data: st.DataObject) -> None:
    path = data.draw(st.from_regex(route.path))

    assert candidate("POST", path)


forms = st.builds(
    lambda name, value: (
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name, value)
    ),
    st.sampled_from([b"model", b"file", b"stream", b"n"]),
    st.binary(max_size=20),
)
requests = st.one_of(
    *(st.none(), st.binary(max_size=40), forms),
    objects.map(encoded),
    st.sampled_from([b"[" * 9999, b'{"a":' * 9999, b"\xff\xfe{}", b'{"model": 1e999}', b"null"]),
)
headers = st.dictionaries(
    st.sampled_from(["Content-Encoding", "content-type", "X-Amzn-Bedrock-Input-Token-Count"]),
    st.sampled_from(
        ["", "gzip", "br", "gzip, br", "text/event-stream", "-1", "\xff", "1e9", "9" * 99]
    ),
)


exchanges = st.builds(
    Request,
    st.sampled_from(["POST", "GET"]),
    st.sampled_from(HOSTS),
    st.sampled_from([*ROUTES, *RETRIEVALS]).flatmap(lambda route: st.from_regex(route.path)),
    requests,
)
told = st.sampled_from(list(ANSWERS.values())).map(lambda answer: answer[1]) | requests


@patient
@given(exchanges, st.sampled_from([0, 100, 200, 204, 500]), headers, told)
def test_any_exchange_gives_a_reading_or_none(
    request: Request, status: int, head: Mapping[str, str], body: bytes | None
) -> None:
    reading = read_whole(request, status, head, body or b"")

    counts = reading.usage.reported().values() if reading else ()
    assert all(0 <= count <= 2 * HIGHEST for count in counts)
