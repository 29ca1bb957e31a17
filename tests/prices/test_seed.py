"""The seed documents' price table, a shipped overlay: what it says, and how wrong it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.prices.overlay_files import OVERLAYS, overlay_file
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from pytest_specbudget.prices.catalogue import Catalogue


@pytest.fixture(scope="module")
def seed() -> Catalogue:
    return load_catalogue([Path("seed-2025-10")])


def cost(catalogue: Catalogue, provider: str, model: str) -> str | None:
    usage = Usage(input_tokens=10_000, output_tokens=2_000)
    reading = Reading(provider=provider, operation="chat", response_model=model, usage=usage)
    quote = price(reading, catalogue, catalogue.as_of)
    return None if quote.list_cost is None else str(quote.list_cost)


@pytest.mark.parametrize(
    ("provider", "model", "usd"),
    [
        ("anthropic", "claude-haiku-3.5", "0.005"),
        ("anthropic", "claude-3-5-haiku-20241022", "0.005"),
        ("anthropic", "claude-3-5-haiku-latest", "0.005"),
        ("anthropic", "claude-sonnet-4", "0.06"),
        ("anthropic", "claude-sonnet-4-20250514", "0.06"),
        ("anthropic", "claude-sonnet-4-0", "0.06"),
        ("google", "gemini-flash-1.5", "0.00135"),
        ("google", "gemini-1.5-flash-002", "0.00135"),
        ("google", "gemini-flash-2.0", "0.0018"),
        ("google", "gemini-2.0-flash-001", "0.0018"),
        ("google", "gemini-pro-1.5", "0.0225"),
        ("google", "gemini-1.5-pro-002", "0.0225"),
        ("openai", "gpt-4o-mini", "0.0027"),
        ("openai", "gpt-4o-mini-2024-07-18", "0.0027"),
        ("openai", "gpt-4o", "0.045"),
        ("openai", "gpt-4-turbo", "0.16"),
        ("openai", "gpt-4-turbo-2024-04-09", "0.16"),
    ],
)
def test_every_model_of_the_table_costs_what_it_says(
    seed: Catalogue, provider: str, model: str, usd: str
) -> None:
    assert cost(seed, provider, model) == usd


def test_it_underprices_claude_3_5_haiku_by_a_factor_of_3_2(
    seed: Catalogue, shipped: Catalogue
) -> None:
    model = ("anthropic", "claude-3-5-haiku-20241022")

    assert (cost(seed, *model), cost(shipped, *model)) == ("0.005", "0.016")


def test_its_default_for_unknown_models_is_a_guess_that_must_be_asked_for(seed: Catalogue) -> None:
    guessing = load_catalogue([Path("seed-2025-10"), Path("seed-fallback")])

    assert cost(seed, "openai", "gpt-9") is None
    assert cost(guessing, "openai", "gpt-9") == "0.06"
    assert cost(guessing, "openai", "gpt-4o-mini") == "0.0027"


def test_it_says_that_it_disagrees_and_with_whom(seed: Catalogue) -> None:
    told = [one for one in seed.disagreements if "claude-3-5-haiku" in one]

    assert told[-1] == (
        "seed-2025-10:9 [[price]] 1 and genai-prices 0.2.3 disagree on "
        "anthropic/claude-3-5-haiku-latest/default/from-2024-12-03: "
        "input 0.25 or 0.8 USD per million, output 1.25 or 4 USD per million; the first holds"
    )


@pytest.mark.parametrize("name", sorted(path.stem for path in OVERLAYS.glob("*.toml")))
def test_a_shipped_overlay_is_meant_by_its_name(name: str, tmp_path: Path) -> None:
    shipped = OVERLAYS / f"{name}.toml"

    assert overlay_file(Path(name)) == shipped
    assert overlay_file(tmp_path / name) == shipped


def test_a_file_of_the_users_own_goes_before_a_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "seed-2025-10"
    own.write_text("", encoding="utf-8")

    assert overlay_file(own) == own
