"""The shipped table is the seeds': thirteen commands, four tiers, and what they cost."""

from __future__ import annotations

import pytest
from support.routing import APPENDIX_1, MIXED, Expected

from pytest_specbudget.core.money import Money
from pytest_specbudget.routing.deciding import decide
from pytest_specbudget.routing.estimates import band_of, expected
from pytest_specbudget.routing.loading import default_table
from pytest_specbudget.routing.values import PIPELINE

AUTO = ("plan", "tasks", "implement", "validate", "audit", "unlock")


@pytest.mark.parametrize("command", [*APPENDIX_1, "auto"])
def test_each_of_the_thirteen_commands_is_routed_as_in_appendix_1(command: str) -> None:
    decisions = decide(default_table(), f"/speckit.{command}")

    steps = decisions.pipeline or (command,)
    walked = [decide(default_table(), step).plan for step in steps]
    assert steps == (AUTO if command == "auto" else (command,))
    assert [
        Expected(
            plan.tier,
            plan.primaries,
            plan.validator,
            plan.aggregator,
            plan.escalation,
            (str(plan.band.low), str(plan.band.high)) if plan.band else ("", ""),
            plan.native,
        )
        for plan in walked
    ] == [APPENDIX_1[step] for step in steps]


def test_there_are_thirteen_commands() -> None:
    commands = default_table().commands

    assert list(commands) == [*APPENDIX_1, "auto"]
    assert commands["auto"].plan.tier == PIPELINE


@pytest.mark.parametrize(
    ("tier", "cost", "limit"),
    [("S", "0.02", "0.05"), ("M", "0.3", "0.4"), ("C", "0.8", "1"), ("X", "2.5", "3")],
)
def test_a_tier_is_reckoned_with_what_appendix_2_claims(tier: str, cost: str, limit: str) -> None:
    plan = default_table().tiers[tier]

    assert (str(expected(plan.band)), str(plan.limit)) == (cost, limit)


def test_the_simple_tier_tries_native_code_and_one_cheap_model() -> None:
    plan = default_table().tiers["S"]

    assert (plan.native, plan.models, plan.alternates) == (
        True,
        ("claude-haiku-3.5",),
        ("gemini-flash-1.5",),
    )


def test_the_pipeline_adds_up_to_what_its_commands_cost() -> None:
    table = default_table()

    band = band_of(table, table.commands["auto"])

    assert expected(band) == Money.parse("8.40")


def test_implement_tries_again_with_feedback_and_may_cost_a_dollar_fifty() -> None:
    plan = decide(default_table(), "implement").plan

    assert (plan.retries, str(plan.limit), plan.min_agents) == (1, "1.5", 1)


def test_the_drafting_of_a_new_spec_is_routed_like_specify() -> None:
    table = default_table()

    draft = decide(table, "new", stage="draft").plan

    assert draft == table.commands["specify"].plan
    assert draft.primaries == MIXED


@pytest.mark.parametrize(
    ("name", "provider", "model"),
    [
        ("claude-haiku-3.5", "anthropic", "claude-3-5-haiku-20241022"),
        ("claude-sonnet-4", "anthropic", "claude-sonnet-4-20250514"),
        ("gemini-flash-1.5", "google", "gemini-1.5-flash"),
        ("gemini-flash-2.0", "google", "gemini-2.0-flash"),
        ("gemini-pro-1.5", "google", "gemini-1.5-pro"),
        ("gpt-4o", "openai", "gpt-4o"),
        ("gpt-4o-mini", "openai", "gpt-4o-mini"),
        ("gpt-4-pro", "openai", "gpt-4-turbo"),
        ("gpt-5-oauth2", "openai", "gpt-5"),
    ],
)
def test_the_seeds_name_of_a_model_stands_for_its_provider_s_id(
    name: str, provider: str, model: str
) -> None:
    profile = default_table().profiles[name]

    assert (profile.provider, profile.model) == (provider, model)
