from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from support.routing import FLASH, HAIKU, MIXED, PREMIUM, SONNET, table

from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import SettingError
from pytest_specbudget.routing.deciding import Prices, alternates_of, decide

if TYPE_CHECKING:
    from pytest_specbudget.routing.values import ModelProfile

PRESSED = 'on_budget_pressure = "downgrade"\n'
CHEAPEST = 'select = "cheapest"\n'


@pytest.mark.parametrize(
    ("spelling", "command"),
    [
        ("plan", "plan"),
        ("/speckit.plan", "plan"),
        ("speckit.plan", "plan"),
        ("spec-plan", "plan"),
        (" /Speckit.PLAN ", "plan"),
        ("new-spec", "new"),
        ("/new-spec", "new"),
        ("spec-auto", "auto"),
    ],
)
def test_a_command_has_many_spellings(spelling: str, command: str) -> None:
    assert decide(table(), spelling) == decide(table(), command)


@pytest.mark.parametrize("spelling", ["foo", "/speckit.foo", "spec-foo"])
def test_an_unknown_command_has_the_default_tier_and_is_told(spelling: str) -> None:
    decision = decide(table(), spelling)

    assert (decision.command, decision.classified, decision.plan.tier) == ("foo", False, "C")
    assert decision.reasons == ('no command is called "foo": tier C',)


def test_the_tier_of_a_marker_goes_before_the_command_s_own() -> None:
    decision = decide(table(), "implement", tier="M")

    assert decision.plan == table().tiers["M"]
    assert decision.reasons == ("tier M is asked for",)


def test_the_same_tier_keeps_what_is_special_about_the_command() -> None:
    assert decide(table(), "implement", tier="C").plan.primaries == (SONNET,)


def test_a_tier_that_is_asked_for_makes_a_pipeline_one_task() -> None:
    assert decide(table(), "auto", tier="M").pipeline == ()


def test_a_stage_of_a_pipeline_is_routed_like_the_command_that_it_is() -> None:
    decision = decide(table(), "auto", stage="tasks")

    assert (decision.plan, decision.pipeline) == (table().commands["tasks"].plan, ())


def test_a_stage_without_a_plan_of_its_own_has_the_command_s() -> None:
    assert decide(table(), "plan", stage="draft").plan == decide(table(), "plan").plan


@pytest.mark.parametrize(
    ("command", "rate", "tier"),
    [
        pytest.param("tasks", "0.5", "M", id="as many as the limit stay"),
        pytest.param("tasks", "0.501", "C", id="more than the limit start higher"),
        pytest.param("implement", "1", "X", id="from complex to critical"),
        pytest.param("audit", "1", "X", id="never above critical"),
        pytest.param("status", "1", "S", id="nothing to escalate to"),
    ],
)
def test_what_escalated_too_often_starts_one_tier_higher(
    command: str, rate: str, tier: str
) -> None:
    assert decide(table(), command, error_rate=Fraction(rate)).plan.tier == tier


def test_a_promotion_says_why() -> None:
    decision = decide(table(), "tasks", error_rate=Fraction(2, 3))

    assert decision.reasons[-1] == "66.6 % of its runs escalated, over 50.0 %: tier C at once"


def test_a_tier_that_is_asked_for_is_not_promoted() -> None:
    assert decide(table(), "tasks", tier="M", error_rate=Fraction(1)).plan.tier == "M"


@pytest.mark.parametrize("name", [FLASH, "gemini-2.0-flash"])
def test_a_model_chosen_by_hand_does_everything(name: str) -> None:
    decision = decide(table(), "plan", model=name, error_rate=Fraction(1), premium=True)

    assert decision.plan.models == (FLASH,)
    assert (decision.overridden, decision.escalations, decision.plan.min_agents) == (True, (), 1)
    assert decision.reasons[-1] == f'model "{FLASH}" is chosen by hand'


@pytest.mark.parametrize("tier", ["S", "M", "C", "X"])
def test_the_rollback_switch_gives_every_tier_the_premium_models(tier: str) -> None:
    plan = decide(table(), "anything", tier=tier, premium=True).plan

    assert (plan.tier, plan.primaries) == ("X", PREMIUM)


def test_the_rollback_switch_leaves_native_work_native() -> None:
    assert decide(table(), "status", premium=True) == decide(table(), "status")


@pytest.mark.parametrize(
    ("command", "used", "models"),
    [
        pytest.param("plan", "0.91", (HAIKU,), id="the cheapest tier"),
        pytest.param("plan", "0.90", (HAIKU,), id="from ninety hundredths on"),
        pytest.param("plan", "0.899", (*MIXED, "gpt-4o"), id="not below"),
        pytest.param("audit", "2", (*PREMIUM, "gpt-5-oauth2"), id="critical work never"),
        pytest.param("new", "1", (), id="native work has nothing to save"),
    ],
)
def test_a_short_budget_picks_the_cheapest_tier(
    command: str, used: str, models: tuple[str, ...]
) -> None:
    decision = decide(table(PRESSED), command, pressure=Fraction(used))

    assert decision.plan.models == models
    assert decision.downgraded is (models == (HAIKU,))


def test_what_was_downgraded_does_not_escalate() -> None:
    decision = decide(table(PRESSED), "plan", pressure=Fraction(91, 100))

    assert (decision.escalations, decision.plan.escalation) == ((), None)
    assert decision.reasons[-1] == (
        "91.0 % of the budget is used: tier S, the cheapest, without escalation"
    )


def test_budget_pressure_changes_nothing_unless_the_table_says_so() -> None:
    assert decide(table(), "plan", pressure=Fraction(2)) == decide(table(), "plan")


@pytest.mark.parametrize(
    ("toml", "tiers"),
    [
        pytest.param("", ["C"], id="once"),
        pytest.param("max_escalations = 2", ["C", "X"], id="as declared, as often as allowed"),
        pytest.param("max_escalations = 9", ["C", "X"], id="not beyond the highest tier"),
        pytest.param("max_escalations = 0", [], id="never"),
        pytest.param('[tiers.M]\nescalation = "X"', ["X"], id="over a tier"),
        pytest.param('[commands.clarify]\nescalation = "none"', [], id="a command that stops"),
    ],
)
def test_escalations_are_those_that_are_declared(toml: str, tiers: list[str]) -> None:
    decision = decide(table(toml), "clarify")

    assert [plan.tier for plan in decision.escalations] == tiers


def prices(**costs: str | None) -> Prices:
    """Price profiles by name, with `_` for `-` and `.`; the others cost a dollar."""

    def price(profile: ModelProfile) -> Money | None:
        cost = costs.get(profile.name.replace("-", "_").replace(".", "_"), "1")
        return None if cost is None else Money.parse(cost)

    return price


@pytest.mark.parametrize(
    ("costs", "chosen"),
    [
        pytest.param({"gemini_flash_1_5": "0.9"}, "gemini-flash-1.5", id="the cheaper one"),
        pytest.param({}, FLASH, id="the declared one of two that cost the same"),
        pytest.param({"gemini_flash_1_5": None}, FLASH, id="never one of unknown price"),
        pytest.param({"gemini_flash_2_0": None}, FLASH, id="no comparison with an unknown price"),
    ],
)
def test_the_cheapest_of_equals_is_asked(costs: dict[str, str | None], chosen: str) -> None:
    decision = decide(table(CHEAPEST), "plan", prices=prices(**costs))

    assert decision.plan.primaries == (HAIKU, chosen, SONNET)


def test_the_model_that_was_spared_stands_in_for_the_cheaper_one() -> None:
    ours = table(CHEAPEST)

    plan = decide(ours, "plan", prices=prices(gemini_flash_1_5="0.9")).plan

    assert alternates_of(ours, plan, "gemini-flash-1.5") == (FLASH,)


def test_prices_choose_nothing_unless_the_table_says_so() -> None:
    assert decide(table(), "plan", prices=prices(gemini_flash_1_5="0")).plan.primaries == MIXED


@pytest.mark.parametrize(
    ("toml", "command", "name", "stand_ins"),
    [
        pytest.param("", "foo", FLASH, ("gemini-flash-1.5",), id="those of the profile"),
        pytest.param(
            f'[commands.foo]\ntier = "M"\nalternates = ["{FLASH}", "gpt-4o-mini"]',
            "foo",
            HAIKU,
            (FLASH,),
            id="those of the plan, but none that it asks already",
        ),
        pytest.param(
            f'[models."{SONNET}"]\nalternates = ["{HAIKU}", "gpt-4-pro", "gpt-4o"]',
            "audit",
            SONNET,
            ("gpt-4-pro",),
            id="premium models alone for critical work",
        ),
    ],
)
def test_an_unavailable_model_has_stand_ins(
    toml: str, command: str, name: str, stand_ins: tuple[str, ...]
) -> None:
    ours = table(toml)

    assert alternates_of(ours, decide(ours, command).plan, name) == stand_ins


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"tier": "Q"}, 'no tier is called "Q"; there are S, M, C, X'),
        ({"model": "gpt4o"}, 'no model is called "gpt4o"; did you mean "gpt-4o"?'),
    ],
)
def test_a_tier_or_model_that_nobody_knows_is_an_error(asked: dict[str, str], told: str) -> None:
    with pytest.raises(SettingError) as error:
        decide(table(), "plan", tier=asked.get("tier"), model=asked.get("model"))

    assert error.value.problems == (told,)
