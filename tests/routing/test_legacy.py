from __future__ import annotations

import pytest
from support.routing import table

from pytest_specbudget.routing.deciding import decide
from pytest_specbudget.routing.legacy import LEGACY_TIERS, legacy_tier


@pytest.mark.parametrize(
    ("label", "usd", "tier"),
    [
        ("0", "0", "S"),
        ("1", "0.1", "S"),
        ("2-lite", "0.35", "M"),
        ("2", "0.8", "C"),
        ("3", "2", "X"),
        ("4", "11", None),
    ],
)
def test_the_old_scale_is_the_seeds(label: str, usd: str, tier: str | None) -> None:
    step = LEGACY_TIERS[label]

    assert (str(step.usd), step.tier) == (usd, tier)


@pytest.mark.parametrize(
    ("command", "label"),
    [
        ("status", "0"),
        ("checklist", "2-lite"),
        ("tasks", "2-lite"),
        ("plan", "2"),
        ("audit", "3"),
        ("implement", "2-lite"),
    ],
)
def test_a_plan_has_a_place_on_the_old_scale(command: str, label: str) -> None:
    assert legacy_tier(decide(table(), command).plan) == label


def test_one_cheap_model_was_tier_1_and_a_pipeline_tier_4() -> None:
    assert (legacy_tier(table().tiers["S"]), legacy_tier(None)) == ("1", "4")
