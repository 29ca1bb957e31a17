from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.asking import profile

from pytest_specbudget.agents.credentials import authorized, base_url_in, keys_in, looked_for
from pytest_specbudget.routing.loading import default_table

if TYPE_CHECKING:
    from pytest_specbudget.routing.values import Wire


@pytest.mark.parametrize(
    ("provider", "environment", "keys"),
    [
        pytest.param("openai", {"OPENAI_API_KEY": "a"}, ("a",), id="the provider's own"),
        pytest.param("groq", {"GROQ_API_KEY": "a"}, ("a",), id="named as most are"),
        pytest.param("ibm.watsonx", {"IBM_WATSONX_API_KEY": "a"}, ("a",), id="dots"),
        pytest.param(
            "google", {"GEMINI_API_KEY": "b", "GOOGLE_API_KEY": "a"}, ("a",), id="the first of two"
        ),
        pytest.param("google", {"GEMINI_API_KEY": "b"}, ("b",), id="the one that is set"),
        pytest.param("openai", {"OPENAI_API_KEY": " "}, (), id="nothing but space"),
        pytest.param("openai", {"ANTHROPIC_API_KEY": "a"}, (), id="somebody else's"),
    ],
)
def test_a_providers_key_stands_in_its_usual_variable(
    provider: str, environment: dict[str, str], keys: tuple[str, ...]
) -> None:
    assert keys_in(environment, profile(provider=provider)) == keys


def test_keys_that_a_profile_names_are_tried_in_its_order() -> None:
    environment = {"OPENAI_API_KEY": "usual", "A": "1", "B": "2", "C": "1\n"}

    assert keys_in(environment, profile(credentials=("B", "A", "C", "MISSING"))) == ("2", "1")


@pytest.mark.parametrize(
    ("wire", "provider", "key", "headers"),
    [
        ("openai", "openai", "k", {"authorization": "Bearer k"}),
        ("openai", "google", "k", {"authorization": "Bearer k"}),
        ("openai-responses", "azure.ai.openai", "k", {"api-key": "k"}),
        ("anthropic", "anthropic", "k", {"x-api-key": "k"}),
        ("gemini", "google", "k", {"x-goog-api-key": "k"}),
        ("gemini", "google", "Bearer ya29", {"authorization": "Bearer ya29"}),
    ],
)
def test_a_key_is_written_as_its_wire_wants_it(
    wire: Wire, provider: str, key: str, headers: dict[str, str]
) -> None:
    assert authorized(profile(wire, provider=provider), key) == headers


def documented() -> dict[str, tuple[list[str], str]]:
    """Return what the docs say of each provider: the variables of its key, and of a gateway."""
    page = Path(__file__).parents[2] / "docs" / "agents.md"
    rows = (line.split("|") for line in page.read_text("utf-8").splitlines() if "_API_KEY" in line)
    cells = ([cell.strip().replace("`", "") for cell in row[1:4]] for row in rows if len(row) > 3)
    return {provider: (keys.split(", "), address) for provider, keys, address in cells}


def test_the_docs_name_the_variables_that_the_shipped_models_read() -> None:
    told = documented()

    for model in default_table().profiles.values():
        keys, address = told[model.provider]
        assert keys == [*looked_for(model)]
        assert base_url_in({address: "https://llm.example.com"}, model)


def test_a_profile_that_says_so_looks_for_no_key() -> None:
    free = profile(credentials=("none",))

    assert (looked_for(free), keys_in({"none": "k", "OPENAI_API_KEY": "k"}, free)) == ((), ())
