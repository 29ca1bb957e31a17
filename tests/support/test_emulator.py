"""The emulator against the providers' own SDKs: they understand it, and its account is theirs."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Any

import anthropic
import httpx
import httpx2
import openai
import pytest
from google import genai
from google.genai import types
from support.emulator import (
    Behaviour,
    Emulator,
    Prompt,
    cut,
    failing,
    gzipped,
    held,
    hosts_served_by,
    multiplied,
    rate_limited,
    silent,
    slow,
    vanishing,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONG = "Write the plan for SPEC-KIT-070, step by step. " * 120
SAID = "You said"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def gpt(emulator: Emulator) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=emulator.openai_url, api_key="any") as client:
        yield client


@pytest.fixture
def claude(emulator: Emulator) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=emulator.anthropic_url, api_key="any") as client:
        yield client


@pytest.fixture
def gemini(emulator: Emulator) -> Iterator[genai.Client]:
    with gemini_client(emulator) as client:
        yield client


def gemini_client(emulator: Emulator) -> genai.Client:
    options = types.HttpOptions(base_url=emulator.google_url)
    return genai.Client(api_key="any", http_options=options, vertexai=False)


def user(text: str) -> Any:
    return [{"role": "user", "content": text}]


def dumped(usage: Any) -> dict[str, Any]:
    return dict(usage.model_dump(exclude_none=True))


def chat_stream(client: openai.OpenAI, *, include_usage: bool = True) -> list[Any]:
    with client.chat.completions.create(
        model="gpt-4o",
        messages=user(LONG),
        stream=True,
        stream_options={"include_usage": include_usage},
    ) as stream:
        return list(stream)


# Unstreamed -----------------------------------------------------------------------------------


def test_chat_completions_report_what_was_served(emulator: Emulator, gpt: openai.OpenAI) -> None:
    completion = gpt.chat.completions.create(model="gpt-4o-mini", messages=user(LONG))

    [served] = emulator.served
    assert completion.usage is not None
    assert (completion.choices[0].message.content or "").startswith(SAID)
    assert dumped(completion.usage) == served.usage
    assert (served.model, served.status, served.streamed) == ("gpt-4o-mini-2024-07-18", 200, False)


def test_long_prompts_are_partly_cached_and_thinkers_think(gpt: openai.OpenAI) -> None:
    completion = gpt.chat.completions.create(model="gpt-5-mini", messages=user(LONG))

    usage = completion.usage
    assert usage is not None
    assert usage.prompt_tokens == 1410
    assert usage.prompt_tokens_details is not None
    assert usage.prompt_tokens_details.cached_tokens == 640
    assert usage.completion_tokens_details is not None
    assert 0 < (usage.completion_tokens_details.reasoning_tokens or 0) < usage.completion_tokens


def test_responses_report_what_was_served(emulator: Emulator, gpt: openai.OpenAI) -> None:
    response = gpt.responses.create(model="gpt-4o", input=LONG, instructions="Be brief.")

    assert response.output_text.startswith(SAID)
    assert response.usage is not None
    assert response.usage.model_dump(exclude_unset=True) == emulator.served[0].usage


@pytest.mark.parametrize(
    "encoding", [{"encoding_format": "float"}, {}], ids=["as numbers", "as base64, the default"]
)
def test_embeddings_of_kindred_texts_are_close(
    gpt: openai.OpenAI, encoding: dict[str, Any]
) -> None:
    answer = gpt.embeddings.create(
        model="text-embedding-3-small",
        input=["route the cheap model first", "the cheap model is first", "bread and butter"],
        dimensions=256,
        **encoding,
    )

    first, kindred, stranger = (each.embedding for each in answer.data)
    assert dot(first, kindred) > 0.7 > dot(first, stranger)
    assert answer.usage.prompt_tokens == answer.usage.total_tokens == 17


def dot(left: list[float], right: list[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


def test_anthropic_counts_cached_input_beside_the_rest(
    emulator: Emulator, claude: anthropic.Anthropic
) -> None:
    message = claude.messages.create(
        model="claude-haiku-4-5-20251001",
        max_tokens=100,
        system=[{"type": "text", "text": LONG, "cache_control": {"type": "ephemeral"}}],
        messages=user("Go on."),
    )

    usage = message.usage
    assert usage.input_tokens < 10
    assert (usage.cache_read_input_tokens, usage.cache_creation_input_tokens) == (705, 705)
    assert dumped(usage) == emulator.served[0].usage


def test_gemini_counts_thoughts_beside_the_answer(emulator: Emulator, gemini: genai.Client) -> None:
    answer = gemini.models.generate_content(model="gemini-2.5-pro", contents=LONG)

    usage = answer.usage_metadata
    assert usage is not None
    assert usage.thoughts_token_count
    assert usage.cached_content_token_count == 640
    assert usage.total_token_count == (
        (usage.prompt_token_count or 0)
        + (usage.candidates_token_count or 0)
        + usage.thoughts_token_count
    )
    assert emulator.served[0].usage is not None
    assert emulator.served[0].usage["totalTokenCount"] == usage.total_token_count


def test_counting_tokens_is_free(
    emulator: Emulator, claude: anthropic.Anthropic, gemini: genai.Client
) -> None:
    claude.messages.count_tokens(model="claude-haiku-4-5-20251001", messages=user(LONG))
    gemini.models.count_tokens(model="gemini-2.0-flash", contents=LONG)

    assert [each.free for each in emulator.served] == [True, True]
    assert emulator.billable == []


# Streamed -------------------------------------------------------------------------------------


def test_a_chat_stream_counts_in_its_last_chunk(emulator: Emulator, gpt: openai.OpenAI) -> None:
    chunks = chat_stream(gpt)

    assert [chunk.usage for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1].choices == []
    assert dumped(chunks[-1].usage) == emulator.served[0].usage


def test_a_chat_stream_that_was_not_asked_reports_nothing(
    emulator: Emulator, gpt: openai.OpenAI
) -> None:
    chunks = chat_stream(gpt, include_usage=False)

    assert all(chunk.usage is None for chunk in chunks)
    assert emulator.served[0].usage is None


def test_a_responses_stream_ends_with_the_whole(emulator: Emulator, gpt: openai.OpenAI) -> None:
    with gpt.responses.stream(model="gpt-4o-mini", input=LONG) as stream:
        response = stream.get_final_response()

    assert response.output_text.startswith(SAID)
    assert response.usage is not None
    assert response.usage.model_dump(exclude_unset=True) == emulator.served[0].usage


def test_an_anthropic_stream_adds_up(emulator: Emulator, claude: anthropic.Anthropic) -> None:
    with claude.messages.stream(
        model="claude-haiku-4-5-20251001", max_tokens=100, messages=user(LONG)
    ) as stream:
        text = "".join(stream.text_stream)
        usage = stream.get_final_message().usage

    [served] = emulator.served
    assert text.startswith(SAID)
    assert served.usage is not None
    assert (usage.input_tokens, usage.output_tokens) == (
        served.usage["input_tokens"],
        served.usage["output_tokens"],
    )


def test_a_gemini_stream_counts_all_in_its_last_chunk(
    emulator: Emulator, gemini: genai.Client
) -> None:
    chunks = list(gemini.models.generate_content_stream(model="gemini-2.0-flash", contents=LONG))

    last = chunks[-1].usage_metadata
    assert len(chunks) > 2
    assert last is not None
    assert emulator.served[0].usage is not None
    assert last.candidates_token_count == emulator.served[0].usage["candidatesTokenCount"]


def test_a_gemini_stream_without_alt_sse_is_one_json_array(emulator: Emulator) -> None:
    url = f"{emulator.google_url}/v1beta/models/gemini-2.0-flash:streamGenerateContent"

    answer = httpx.post(url, json={"contents": [{"parts": [{"text": LONG}]}]}, trust_env=False)

    assert answer.json()[-1]["usageMetadata"] == emulator.served[0].usage


# Async ----------------------------------------------------------------------------------------


def test_the_async_clients_are_served_at_the_same_time(emulator: Emulator) -> None:
    texts = asyncio.run(all_at_once(emulator))

    assert all(text.startswith(SAID) for text in texts)
    assert sorted(each.provider for each in emulator.billable) == ["anthropic", "google", "openai"]


async def all_at_once(emulator: Emulator) -> tuple[str, ...]:
    return await asyncio.gather(async_gpt(emulator), async_claude(emulator), async_gemini(emulator))


async def async_gpt(emulator: Emulator) -> str:
    async with openai.AsyncOpenAI(base_url=emulator.openai_url, api_key="any") as client:
        stream = await client.chat.completions.create(
            model="gpt-4o",
            messages=user(LONG),
            stream=True,
            stream_options={"include_usage": True},
        )
        return "".join(
            [chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices]
        )


async def async_claude(emulator: Emulator) -> str:
    async with (
        anthropic.AsyncAnthropic(base_url=emulator.anthropic_url, api_key="any") as client,
        client.messages.stream(
            model="claude-haiku-4-5-20251001", max_tokens=9, messages=user(LONG)
        ) as stream,
    ):
        return await stream.get_final_text()


async def async_gemini(emulator: Emulator) -> str:
    async with gemini_client(emulator).aio as client:
        answer = await client.models.generate_content(model="gemini-2.0-flash", contents=LONG)
        return answer.text or ""


# Misbehaviour ---------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", [rate_limited(), failing(500)], ids=["429", "500"])
def test_a_failure_is_scripted_for_so_many_calls(
    emulator: Emulator, gpt: openai.OpenAI, behaviour: Behaviour
) -> None:
    emulator.script(behaviour, behaviour)

    gpt.chat.completions.create(model="gpt-4o", messages=user("Again?"))

    assert [each.status for each in emulator.served] == [behaviour.status, behaviour.status, 200]
    assert [each.usage is None for each in emulator.served] == [True, True, False]


def test_each_provider_words_its_failures_so_that_its_sdk_knows_them(emulator: Emulator) -> None:
    emulator.always(rate_limited())

    with (
        openai.OpenAI(base_url=emulator.openai_url, api_key="any", max_retries=0) as gpt,
        pytest.raises(openai.RateLimitError, match="emulated 429"),
    ):
        gpt.responses.create(model="gpt-4o", input="Hello")
    with (
        anthropic.Anthropic(base_url=emulator.url, api_key="any", max_retries=0) as claude,
        pytest.raises(anthropic.RateLimitError, match="emulated 429"),
    ):
        claude.messages.create(model="claude", max_tokens=1, messages=user("Hello"))
    with (
        gemini_client(emulator) as gemini,
        pytest.raises(genai.errors.ClientError, match="RESOURCE_EXHAUSTED"),
    ):
        gemini.models.generate_content(model="gemini-2.0-flash", contents="Hello")


def test_a_script_for_one_model_leaves_the_others_alone(
    emulator: Emulator, gpt: openai.OpenAI
) -> None:
    emulator.always(silent(), model="gpt-quiet")

    for model in ("gpt-4o", "gpt-quiet"):
        gpt.chat.completions.create(model=model, messages=user("Hello"))

    assert [each.usage is None for each in emulator.served] == [False, True]


@pytest.mark.parametrize(
    ("header", "status", "reports"),
    [
        pytest.param("rate-limited", 429, False, id="a header asks for 429"),
        pytest.param("silent", 200, False, id="a header asks for no usage"),
        pytest.param("gzip", 200, True, id="a header asks for gzip"),
    ],
)
def test_a_request_header_scripts_its_own_call(
    emulator: Emulator, header: str, status: int, *, reports: bool
) -> None:
    httpx2.post(
        f"{emulator.openai_url}/chat/completions",
        json={"model": "gpt-4o", "messages": user("Hello")},
        headers={"x-emulate": header},
        trust_env=False,
    )

    [served] = emulator.served
    assert served.status == status
    assert (served.usage is not None) is reports


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda client: chat_stream(client)[-1].usage, id="event by event"),
        pytest.param(
            lambda client: (
                client.chat.completions.create(model="gpt-4o", messages=user(LONG)).usage
            ),
            id="as one body",
        ),
    ],
)
def test_gzip_changes_nothing(
    emulator: Emulator, gpt: openai.OpenAI, ask: Callable[[openai.OpenAI], Any]
) -> None:
    emulator.script(gzipped())

    assert dumped(ask(gpt)) == emulator.served[0].usage


def test_a_cut_stream_breaks_after_so_many_events(
    emulator: Emulator, claude: anthropic.Anthropic
) -> None:
    emulator.script(cut(4))
    seen: list[str] = []

    with (
        pytest.raises((httpx.RemoteProtocolError, httpx2.RemoteProtocolError)),
        claude.messages.create(
            model="claude-haiku-4-5-20251001", max_tokens=9, messages=user(LONG), stream=True
        ) as stream,
    ):
        seen.extend(event.type for event in stream)

    [served] = emulator.served
    assert seen[0] == "message_start"
    assert len(seen) <= 4
    assert served.usage is not None
    assert served.usage["output_tokens"] == 1


def test_a_stream_may_end_early_and_look_whole(emulator: Emulator, gpt: openai.OpenAI) -> None:
    emulator.script(Behaviour(ends_after=3))

    chunks = chat_stream(gpt)

    assert len(chunks) == 3
    assert emulator.served[0].usage is None


@pytest.mark.parametrize("factor", [-1, 10**15])
def test_counts_may_be_negative_or_absurd(
    emulator: Emulator, gpt: openai.OpenAI, factor: int
) -> None:
    emulator.script(multiplied(factor))

    completion = gpt.chat.completions.create(model="gpt-4o", messages=user("1234"))

    assert completion.usage is not None
    assert completion.usage.prompt_tokens == factor
    assert dumped(completion.usage) == emulator.served[0].usage


def test_a_vanishing_server_has_seen_the_request(emulator: Emulator) -> None:
    emulator.script(vanishing())

    with pytest.raises(httpx.RemoteProtocolError):
        post_chat(emulator)

    assert [each.status for each in emulator.served] == [None]


def post_chat(emulator: Emulator) -> httpx.Response:
    return httpx.post(
        f"{emulator.openai_url}/chat/completions",
        json={"model": "gpt-4o", "messages": user("Hello")},
        trust_env=False,
    )


def test_a_held_answer_waits_for_its_release(emulator: Emulator) -> None:
    emulator.script(held())
    answers: list[int] = []
    caller = threading.Thread(target=lambda: answers.append(post_chat(emulator).status_code))

    caller.start()
    emulator.wait_until_served(1)
    before = list(answers)
    emulator.release()
    caller.join()

    assert (before, answers) == ([], [200])


def test_slow_events_arrive_one_by_one(emulator: Emulator, gpt: openai.OpenAI) -> None:
    emulator.script(slow(0.01))

    assert len(chat_stream(gpt)) > 3


def test_an_emulator_that_is_left_while_it_holds_an_answer_lets_go(emulator: Emulator) -> None:
    emulator.always(held())
    callers = [threading.Thread(target=swallow, args=(emulator,)) for _ in range(3)]

    for caller in callers:
        caller.start()
    emulator.wait_until_served(3)
    emulator.__exit__(None, None, None)
    for caller in callers:
        caller.join()

    assert len(emulator.served) == 3


def swallow(emulator: Emulator) -> None:
    try:
        post_chat(emulator)
    except httpx.TransportError:
        return


# The same on every run ------------------------------------------------------------------------


def test_two_emulators_answer_alike_and_one_never_repeats_an_id() -> None:
    runs = [twice_the_same_question() for _ in range(2)]

    assert runs[0] == runs[1]
    assert runs[0][0]["id"] != runs[0][1]["id"]


def twice_the_same_question() -> list[dict[str, Any]]:
    with Emulator() as emulator:
        return [post_chat(emulator).json() for _ in range(2)]


def test_the_reply_is_the_users(emulator: Emulator) -> None:
    def shout(prompt: Prompt) -> str:
        return f"{prompt.provider} {prompt.model} {prompt.text.upper()}"

    with Emulator(reply=shout) as shouting:
        answer = post_chat(shouting).json()

    assert answer["choices"][0]["message"]["content"] == "openai gpt-4o HELLO"
    assert emulator.served == []


def test_an_unknown_path_is_404(emulator: Emulator) -> None:
    answer = httpx.get(f"{emulator.url}/v1/files", trust_env=False)

    assert answer.status_code == 404
    assert json.loads(answer.content) == {"error": "nothing at /v1/files"}
    assert emulator.billable == []


# Redirect -------------------------------------------------------------------------------------


@pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
def test_the_providers_hosts_are_served_by_the_emulator(emulator: Emulator, library: Any) -> None:
    with hosts_served_by(emulator):
        answer = library.post(
            "https://api.openai.com/v1/chat/completions",
            json={"model": "gpt-4o", "messages": user("Hello")},
            trust_env=False,
        )

    assert str(answer.request.url) == "https://api.openai.com/v1/chat/completions"
    assert answer.json()["usage"] == emulator.served[0].usage


def test_no_other_host_is_reached(emulator: Emulator) -> None:
    with hosts_served_by(emulator), pytest.raises(httpx.ConnectError, match=r"example\.org"):
        httpx.get("https://example.org/", trust_env=False)


def test_aiohttp_is_served_by_the_emulator_and_reaches_nothing_else(emulator: Emulator) -> None:
    aiohttp = pytest.importorskip("aiohttp", reason="a client that a test run may lack")
    asked = {"model": "gpt-4o", "messages": user("Hello")}

    async def main() -> Any:
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.InvalidURL, match="is not an emulated provider"):
                await session.get("https://example.org/")
            url = "https://api.openai.com/v1/chat/completions"
            async with session.post(url, json=asked) as answer:
                return await answer.json()

    with hosts_served_by(emulator):
        answer = asyncio.run(main())

    assert answer["usage"] == emulator.served[0].usage
