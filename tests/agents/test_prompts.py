"""Prompts by name, tier and version."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_specbudget.agents.prompts import BUILT_IN, Prompt, Prompts
from pytest_specbudget.agents.values import Message
from pytest_specbudget.errors import SettingError
from pytest_specbudget.routing.loading import default_table

TOLD = {
    "plan": {
        "default": {"version": "3", "text": 'Plan $spec as {"steps": []}, for $$5.'},
        "S": {"version": "3-short", "text": "Plan $spec in ten lines."},
    }
}


@pytest.mark.parametrize(
    ("tier", "version", "text", "missing"),
    [
        pytest.param("S", "3-short", "Plan A in ten lines.", False, id="a variant of its own"),
        pytest.param("C", "3", 'Plan A as {"steps": []}, for $5.', True, id="none, so the default"),
    ],
)
def test_each_tier_gets_its_words(tier: str, version: str, text: str, *, missing: bool) -> None:
    prompt = Prompts.of(TOLD).prompt("plan", spec="A")

    picked = prompt.picked(tier)

    assert picked is not None
    assert (picked.version, picked.text, picked.missing) == (version, text, missing)
    assert prompt.text(tier) == text


def test_a_file_is_json_or_toml() -> None:
    toml = '[plan.default]\nversion = "1"\ntext = "Plan."\n'

    assert Prompts.read(json.dumps(TOLD), "prompts.json") == Prompts.of(TOLD)
    assert Prompts.read(toml, "prompts.toml").prompt("plan").text("S") == "Plan."


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        pytest.param({"a": []}, "prompt 'a' holds no table of tiers", id="no tiers"),
        pytest.param({"a": {}}, "prompt 'a' has no variant 'default'", id="no default"),
        pytest.param(
            {"a": {"default": {"text": "x"}}}, "no {version, text}", id="no version to record"
        ),
        pytest.param(
            {"a": {"default": {"version": "1", "text": 2}}}, "is no text", id="no words at all"
        ),
    ],
)
def test_a_table_that_makes_no_sense_says_why(told: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingError, match=f"my prompts: .*{problem}"):
        Prompts.of(told, "my prompts")


@pytest.mark.parametrize("text", ["[1]", "{", '"a"'])
def test_a_file_that_is_no_table_says_so(text: str) -> None:
    with pytest.raises(SettingError, match=r"prompts\.json"):
        Prompts.read(text, "prompts.json")


@pytest.mark.parametrize(
    ("text", "source", "told"),
    [
        pytest.param("{", "prompts.json", "it is no JSON, at line 1, column 2", id="JSON"),
        pytest.param("[" * 100_000, "prompts.json", "it is nested too deep", id="too deep"),
        pytest.param("a = ", "prompts.toml", "it is no TOML: ", id="TOML"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(text: str, source: str, told: str) -> None:
    with pytest.raises(SettingError, match=f"{source}: cannot be read: {told}"):
        Prompts.read(text, source)


def test_a_dollar_sign_that_begins_no_name_is_told_with_its_place() -> None:
    prompts = Prompts.of({"plan": {"default": {"version": "1", "text": "Plan\nfor $5."}}})

    told = r"'plan' .*has a \$ that begins no name, at line 2, col 5; a dollar sign is written \$\$"
    with pytest.raises(ValueError, match=told):
        prompts.prompt("plan").text("S")


def test_a_value_that_is_not_given_is_named() -> None:
    with pytest.raises(ValueError, match="prompt 'plan' for S wants a value for \\$spec"):
        Prompts.of(TOLD).prompt("plan").text("S")


def test_a_prompt_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(KeyError, match="there are: plan"):
        Prompts.of(TOLD).prompt("pln")


@pytest.mark.parametrize("tier", default_table().tiers)
@pytest.mark.parametrize("name", BUILT_IN.variants)
def test_every_prompt_of_ours_can_be_filled_in_for_every_tier(name: str, tier: str) -> None:
    values = {"task": "T-$1", "answer": "A", "answers": "B", "reason": "R"}

    picked = BUILT_IN.pick(name, tier, values)

    assert picked.version
    assert "$" not in picked.text.replace("T-$1", "")


def test_a_user_s_words_take_the_place_of_ours() -> None:
    mine = Prompts.of({"judge": {"default": {"version": "mine", "text": "Judge $answer."}}})

    assert BUILT_IN.with_(mine).pick("judge", "M", {"answer": "it"}).text == "Judge it."
    assert "aggregate" in BUILT_IN.with_(mine).variants


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(None, "NoneType", id="nothing"),
        pytest.param(3, "int", id="a number"),
        pytest.param([{"role": "user", "content": "Plan."}], "dict", id="an SDK's message"),
        pytest.param(["Plan."], "str", id="texts in a list"),
    ],
)
def test_what_is_no_prompt_is_refused_with_what_to_give(words: Any, told: str) -> None:
    with pytest.raises(TypeError, match=rf"^{told} is no prompt; give a text, a prompt, or a con"):
        Prompt.said(words)


def test_a_conversation_is_the_same_for_every_tier() -> None:
    messages = (Message(role="system", text="Be brief."), Message(role="user", text="Plan."))

    prompt = Prompt.said(messages, {"type": "object"})

    assert prompt.question("S", 100).messages == messages
    assert prompt.question("S", 100).max_tokens == 100
    assert prompt.text("S") == "system: Be brief.\n\nuser: Plan."
    assert prompt.picked("S") is None
