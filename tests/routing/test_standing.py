"""Where models stand among the tiers: by the plans that name them, and by what they cost."""

from __future__ import annotations

from typing import Any

import pytest
from support.routing import MARKET, model_call, table

from pytest_specbudget.core.routed import Role, Routed
from pytest_specbudget.routing.standing import Standing, Standings

SHIPPED = Standings(table(), MARKET)


def standing(provider: str, model: str, standings: Standings = SHIPPED, **others: Any) -> Standing:
    return standings.of(model_call(provider, model, **others))


def as_a(role: Role) -> Routed:
    return Routed(task="t", role=role, tier="C", slot="x")


@pytest.mark.parametrize(
    ("provider", "model", "tier", "named"),
    [
        ("anthropic", "claude-3-5-haiku-20241022", "S", ("S", "M", "C")),
        ("anthropic", "claude-sonnet-4-20250514", "C", ("C", "X")),
        pytest.param("google", "gemini-2.0-flash", "S", ("M", "C"), id="cheaper than its tiers"),
        pytest.param("openai", "gpt-4o-mini", "S", ("M",), id="cheaper than its tier"),
        pytest.param("google", "gemini-2.5-flash", "S", (), id="in no plan, cheap"),
        pytest.param("anthropic", "claude-mid", "C", (), id="in no plan, dearer"),
        pytest.param("anthropic", "claude-of-the-dear", None, (), id="in no plan, above all"),
        pytest.param("anthropic", "claude-sonnet-4-0", "C", ("C", "X"), id="an alias"),
    ],
)
def test_a_model_is_of_the_lowest_tier_that_has_it(
    provider: str, model: str, tier: str | None, named: tuple[str, ...]
) -> None:
    found = standing(provider, model)

    assert (found.tier, found.named, found.doubtful) == (tier, named, None)


@pytest.mark.parametrize("tier", ["S", "M", "C", "X"])
def test_the_shipped_plans_are_within_their_own_tiers(tier: str) -> None:
    profiles = SHIPPED.table.profiles
    plans = [SHIPPED.table.tiers[tier], *(one.plan for one in SHIPPED.table.commands.values())]
    models = [profiles[name] for plan in plans if plan.tier == tier for name in plan.models]

    calls = [model_call(one.provider, one.model) for one in models]

    assert {SHIPPED.is_within(call, tier) for call in calls} == {True}


@pytest.mark.parametrize(
    ("tokens", "tier"),
    [
        pytest.param((9000, 1), "S", id="cheap where it reads"),
        pytest.param((1, 9000), None, id="dear where it writes"),
        pytest.param((0, 0), None, id="as much of both where nobody knows"),
    ],
)
def test_models_are_compared_by_the_tokens_of_the_call(
    tokens: tuple[int, int], tier: str | None
) -> None:
    found = standing("anthropic", "claude-of-long-questions", tokens=tokens)

    assert found.tier == tier


def test_a_snapshot_of_what_was_asked_for_is_that_model() -> None:
    dated = standing("openai", "gpt-4o-2024-05-13", asked="gpt-4o")

    assert (dated.named, dated.premium) == (("C", "X"), True)


def test_another_model_than_was_asked_for_is_not_that_model() -> None:
    assert standing("openai", "gpt-4o", asked="gpt-4o-mini").tier == "C"


def test_a_judge_is_compared_with_judges() -> None:
    ours = Standings(table('[tiers.M]\nvalidator = "gpt-4o"\n'), MARKET)

    judge = standing("openai", "gpt-4o", ours, routed=as_a("validator"))
    primary = standing("openai", "gpt-4o", ours, routed=as_a("primary"))

    assert (judge.tier, primary.tier) == ("M", "C")


def test_without_a_price_nobody_knows() -> None:
    call = model_call("acme", "acme-1")

    assert SHIPPED.of(call) == Standing(tier=None, doubtful="S", premium=None)
    assert SHIPPED.is_within(call, "X") is None


def test_what_the_call_itself_cost_stands_in_for_a_price() -> None:
    cheap = standing("acme", "acme-1", tokens=(1000, 1000), cost="0.0001")
    dear = standing("acme", "acme-1", tokens=(1000, 1000), cost="9")

    assert (cheap.tier, cheap.premium) == ("S", False)
    assert (dear.tier, dear.premium) == (None, True)


def test_a_tier_whose_models_have_no_price_may_have_a_model() -> None:
    ours = table(
        '[models.house]\nprovider = "acme"\nmodel = "acme-1"\nwire = "openai"\n'
        '[tiers.M]\nprimaries = ["house"]\n[commands.tasks]\nprimaries = ["house"]\n'
    )

    call = model_call("anthropic", "claude-mid")

    assert Standings(ours, MARKET).is_within(call, "S") is False
    assert Standings(ours, MARKET).is_within(call, "M") is None
