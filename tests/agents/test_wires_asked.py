"""Requests in the four formats; the providers' own types say whether they are well-formed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming as Messages
from google.genai import types as google
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming as Chat
from openai.types.responses.response_create_params import (
    ResponseCreateParamsNonStreaming as Responses,
)
from pydantic import TypeAdapter
from support.asking import MODELS, SCHEMA, profile, question

from pytest_specbudget.agents.wires import FORMATS
from pytest_specbudget.errors import SettingError

if TYPE_CHECKING:
    from pytest_specbudget.agents.values import Call, Question
    from pytest_specbudget.routing.values import Wire

WIRES: tuple[Wire, ...] = tuple(MODELS)
FULL: dict[str, Any] = {"max_tokens": 50, "temperature": 0.5, "stop": ("END",)}
_GONE = {"temperature"}  # from anthropic's types with version 2; still taken by older models
LOOSE = {"type": "object", "properties": {"a": {"type": "string"}}}


def body(call: Call) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(call.body)
    return document


def asked(wire: Wire, given: Question | None = None, **more: Any) -> dict[str, Any]:
    return body(FORMATS[wire].asked(profile(wire, **more), given or question()))


@pytest.mark.parametrize(
    ("wire", "url"),
    [
        ("openai", "https://api.openai.com/v1/chat/completions"),
        ("openai-responses", "https://api.openai.com/v1/responses"),
        ("anthropic", "https://api.anthropic.com/v1/messages"),
        (
            "gemini",
            "https://generativelanguage.googleapis.com/v1beta/models/gemini-1.5-flash:generateContent",
        ),
    ],
)
def test_a_provider_is_asked_at_its_own_address(wire: Wire, url: str) -> None:
    assert FORMATS[wire].asked(profile(wire), question()).url == url


@pytest.mark.parametrize(
    ("wire", "base", "url"),
    [
        pytest.param(
            "openai", "http://localhost:1/v1/", "http://localhost:1/v1/chat/completions", id="slash"
        ),
        pytest.param(
            "anthropic", "https://gate.corp/a", "https://gate.corp/a/v1/messages", id="version"
        ),
        pytest.param(
            "anthropic", "https://gate.corp/v1", "https://gate.corp/v1/messages", id="own version"
        ),
        pytest.param(
            "gemini",
            "https://x-aiplatform.googleapis.com/v1/projects/p/locations/x/publishers/google",
            "https://x-aiplatform.googleapis.com/v1/projects/p/locations/x/publishers/google"
            "/models/gemini-1.5-flash:generateContent",
            id="Vertex",
        ),
        pytest.param(
            "openai",
            "https://a.openai.azure.com/openai?api-version=2",
            "https://a.openai.azure.com/openai/chat/completions?api-version=2",
            id="a query stays at the end",
        ),
    ],
)
def test_an_address_of_ones_own_takes_the_operation(wire: Wire, base: str, url: str) -> None:
    assert FORMATS[wire].asked(profile(wire, base_url=base), question()).url == url


def test_a_provider_whose_address_nobody_knows_is_a_setting_that_makes_no_sense() -> None:
    with pytest.raises(SettingError, match=r'model "m": .* nobody\.corp .* set its base_url'):
        FORMATS["openai"].asked(profile(name="m", provider="nobody.corp"), question())


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("schema", [None, SCHEMA, LOOSE], ids=["text", "schema", "loose schema"])
def test_a_request_is_of_the_providers_own_type(wire: Wire, schema: dict[str, Any] | None) -> None:
    call = FORMATS[wire].asked(profile(wire), question(**FULL, schema=schema))

    assert (call.method, call.headers["content-type"]) == ("POST", "application/json")
    _validate(wire, body(call))


@pytest.mark.parametrize("wire", WIRES)
def test_what_is_not_said_is_not_sent(wire: Wire) -> None:
    sent = asked(wire)

    expected = {
        "openai": {"model", "messages"},
        "openai-responses": {"model", "input", "store"},
        "anthropic": {"model", "max_tokens", "system", "messages"},
        "gemini": {"systemInstruction", "contents"},
    }
    assert set(sent) == expected[wire]


@pytest.mark.parametrize("wire", WIRES)
def test_a_conversation_keeps_its_turns(wire: Wire) -> None:
    sent = asked(wire, question("Rules.", "Hello", "Hi", "What next?"))

    turns = [("user", "Hello"), ("assistant", "Hi"), ("user", "What next?")]
    assert _turns(wire, sent) == ("Rules.", turns)


@pytest.mark.parametrize(
    ("wire", "places"),
    [
        ("openai", {"max_completion_tokens": 50, "temperature": 0.5, "stop": ["END"]}),
        ("openai-responses", {"max_output_tokens": 50, "temperature": 0.5}),
        ("anthropic", {"max_tokens": 50, "temperature": 0.5, "stop_sequences": ["END"]}),
    ],
)
def test_what_is_said_stands_in_its_place(wire: Wire, places: dict[str, Any]) -> None:
    sent = asked(wire, question(**FULL))

    assert {name: sent[name] for name in places} == places


def test_geminis_places_are_its_generation_config() -> None:
    sent = asked("gemini", question(**FULL))

    places = {"maxOutputTokens": 50, "temperature": 0.5, "stopSequences": ["END"]}
    assert sent["generationConfig"] == places


def test_others_who_speak_openais_format_know_the_older_name_of_a_limit() -> None:
    sent = asked("openai", question(max_tokens=9), provider="groq")

    assert sent["max_tokens"] == 9
    assert "max_completion_tokens" not in sent


@pytest.mark.parametrize(
    ("wire", "place"),
    [
        ("openai", ("response_format", "json_schema", "schema")),
        ("openai-responses", ("text", "format", "schema")),
        ("anthropic", ("tools", 0, "input_schema")),
    ],
)
def test_a_schema_goes_out_as_it_is(wire: Wire, place: tuple[Any, ...]) -> None:
    found: Any = asked(wire, question(schema=SCHEMA))
    for step in place:
        found = found[step]

    assert found == SCHEMA


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        pytest.param(SCHEMA, True, id="closed, and all is required"),
        pytest.param(LOOSE, False, id="open"),
        pytest.param(SCHEMA | {"required": []}, False, id="something may be missing"),
        pytest.param(SCHEMA | {"properties": {"steps": LOOSE}}, False, id="open further in"),
        pytest.param({"type": "array", "items": SCHEMA}, False, id="no object"),
        pytest.param(
            SCHEMA | {"properties": {"steps": {"oneOf": [SCHEMA]}}}, False, id="a word too many"
        ),
    ],
)
def test_openai_is_strict_about_what_it_can_be_strict_about(
    schema: dict[str, Any], *, strict: bool
) -> None:
    sent = asked("openai", question(schema=schema))

    assert sent["response_format"]["json_schema"]["strict"] is strict


@pytest.mark.parametrize(
    ("model", "knows"),
    [
        ("gpt-4o", True),
        ("gpt-4.1-mini", True),
        ("gpt-5", True),
        ("gpt-4-turbo", False),
        ("gpt-4", False),
        ("gpt-3.5-turbo-0125", False),
        ("deepseek-chat", False),
    ],
)
def test_a_model_that_knows_no_schemas_is_told_in_words(model: str, *, knows: bool) -> None:
    sent = asked("openai", question(schema=SCHEMA), model=model)

    assert (sent["response_format"]["type"] == "json_schema") is knows
    assert ('"steps"' in sent["messages"][0]["content"]) is not knows


def test_a_model_that_knows_no_schemas_is_told_in_words_in_responses_too() -> None:
    sent = asked("openai-responses", question(schema=SCHEMA), model="gpt-4-turbo")

    _validate("openai-responses", sent)
    assert sent["text"] == {"format": {"type": "json_object"}}
    assert '"steps"' in sent["input"][0]["content"]


def test_claude_is_made_to_use_the_one_tool() -> None:
    sent = asked("anthropic", question(schema=SCHEMA))

    assert sent["tool_choice"] == {"type": "tool", "name": sent["tools"][0]["name"]}


@pytest.mark.parametrize("reasoning", ["high", "adaptive", "2048"])
def test_claude_is_made_to_use_no_tool_while_it_thinks(reasoning: str) -> None:
    sent = asked("anthropic", question(schema=SCHEMA), reasoning=reasoning)

    _validate("anthropic", sent)
    assert "tool_choice" not in sent
    assert sent["output_config"]["format"]["schema"] == SCHEMA


def test_claudes_thoughts_leave_the_answer_its_room() -> None:
    sent = asked("anthropic", question(max_tokens=100), reasoning="2048")

    assert sent["thinking"] == {"type": "enabled", "budget_tokens": 2048}
    assert sent["max_tokens"] == 2148


@pytest.mark.parametrize(
    ("wire", "reasoning", "sent"),
    [
        ("openai", "high", {"reasoning_effort": "high"}),
        ("openai-responses", "high", {"reasoning": {"effort": "high"}}),
        ("anthropic", "high", {"output_config": {"effort": "high"}}),
        ("anthropic", "adaptive", {"thinking": {"type": "adaptive"}}),
        ("gemini", "high", {"generationConfig": {"thinkingConfig": {"thinkingLevel": "HIGH"}}}),
        ("gemini", "512", {"generationConfig": {"thinkingConfig": {"thinkingBudget": 512}}}),
        ("openai", "auto", {}),
        ("openai-responses", "auto", {}),
        ("anthropic", "auto", {}),
        ("gemini", "auto", {}),
    ],
)
def test_reasoning_is_asked_for_in_each_formats_way(
    wire: Wire, reasoning: str, sent: dict[str, Any]
) -> None:
    plain, thinking = asked(wire), asked(wire, reasoning=reasoning)

    _validate(wire, thinking)
    assert thinking == plain | sent


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        pytest.param(
            SCHEMA,
            {
                "type": "OBJECT",
                "properties": {"steps": {"type": "ARRAY", "items": {"type": "STRING"}}},
                "required": ["steps"],
            },
            id="types in capitals",
        ),
        pytest.param(
            {"type": ["string", "null"], "enum": ["a", "b"], "$schema": "https://json-schema.org"},
            {"type": "STRING", "nullable": True, "enum": ["a", "b"]},
            id="null is a word of its own",
        ),
        pytest.param(
            {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]},
            {"anyOf": [{"type": "INTEGER", "minimum": 1}, {"type": "STRING"}]},
            id="one of several",
        ),
    ],
)
def test_gemini_is_told_a_schema_in_its_own_words(
    schema: dict[str, Any], said: dict[str, Any]
) -> None:
    config = asked("gemini", question(schema=schema))["generationConfig"]

    google.Schema.model_validate(config["responseSchema"])
    assert config == {"responseMimeType": "application/json", "responseSchema": said}


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}, id="a reference"),
        pytest.param({"oneOf": [{"type": "string"}]}, id="exactly one of several"),
        pytest.param({"enum": [1, 2]}, id="an enumeration of numbers"),
        pytest.param({"type": ["string", "integer"]}, id="two types"),
        pytest.param({"additionalProperties": {"type": "string"}}, id="a mapping"),
    ],
)
def test_gemini_is_told_in_json_schema_what_its_own_words_do_not_reach(
    schema: dict[str, Any],
) -> None:
    config = asked("gemini", question(schema=schema))["generationConfig"]

    assert config["responseJsonSchema"] == schema
    assert "responseSchema" not in config


@pytest.mark.parametrize("wire", WIRES)
def test_a_stream_is_asked_for(wire: Wire) -> None:
    call = FORMATS[wire].asked(profile(wire), question(), stream=True)

    if wire == "gemini":
        assert call.url.endswith(":streamGenerateContent?alt=sse")
    else:
        assert body(call)["stream"] is True


def test_a_streamed_chat_tells_what_it_consumed() -> None:
    call = FORMATS["openai"].asked(profile(), question(), stream=True)

    assert body(call)["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize("wire", WIRES)
def test_the_same_question_is_the_same_request(wire: Wire) -> None:
    given = question(**FULL, schema=SCHEMA)

    calls = [FORMATS[wire].asked(profile(wire), given) for _ in range(2)]

    assert calls[0] == calls[1]


def test_any_text_can_be_asked() -> None:
    sent = asked("openai", question("", "ä 🤖 \x00 \ud800"))

    assert sent["messages"][1]["content"] == "ä 🤖 \x00 ?"


def _validate(wire: Wire, document: dict[str, Any]) -> None:
    """Hold a request against the types of the provider's client; more than they know is wrong."""
    if wire == "gemini":
        assert set(document) <= {"contents", "systemInstruction", "generationConfig"}
        google.GenerationConfig.model_validate(document.get("generationConfig", {}))
        for content in (*document["contents"], document["systemInstruction"]):
            google.Content.model_validate(content)
        return
    parameters: Any = {"openai": Chat, "openai-responses": Responses, "anthropic": Messages}[wire]
    known = parameters.__required_keys__ | parameters.__optional_keys__
    assert set(document) <= known | _GONE
    TypeAdapter(parameters).validate_python(document)


def _turns(wire: Wire, sent: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    if wire == "gemini":
        spoken = [(turn["role"], turn["parts"][0]["text"]) for turn in sent["contents"]]
        named = [(role.replace("model", "assistant"), text) for role, text in spoken]
        return sent["systemInstruction"]["parts"][0]["text"], named
    messages = sent["input" if wire == "openai-responses" else "messages"]
    turns = [(each["role"], each["content"]) for each in messages]
    if wire == "anthropic":
        return sent["system"], turns
    (_, system), *rest = turns
    return system, rest
