from __future__ import annotations

from fractions import Fraction

import pytest
from support.routing import HAIKU, SONNET, table

from pytest_specbudget.core.money import Money
from pytest_specbudget.routing.canonical import agreed, canonical, plain
from pytest_specbudget.routing.checking import differences, infeasible
from pytest_specbudget.routing.loading import default_table
from pytest_specbudget.routing.shares import Overdrawn, ceilings, overdrawn, undershared
from pytest_specbudget.routing.soundness import doubts
from pytest_specbudget.routing.values import CostLimits

_COST = "expected to cost"
_ITSELF = "a model should not judge itself"
OVER = """\
new/draft, specify, plan, analyze, validate: expected to cost $0.8000 a run, over \
per_command_budget of $0.5000
implement: expected to cost $1.50 a run, over per_command_budget of $0.50
audit, unlock: expected to cost $2.50 a run, over per_command_budget of $0.50
audit, unlock: expected to cost $2.50 a run, over per_spec_budget of $2.00
auto: expected to cost $8.40 a run (plan $0.80 + tasks $0.30 + implement $1.50 + validate $0.80 \
+ audit $2.50 + unlock $2.50), over per_spec_budget of $2.00"""


def limits(*, spec: str, command: str | None = None) -> CostLimits:
    return CostLimits(
        per_spec_budget=Money.parse(spec),
        per_command_budget=None if command is None else Money.parse(command),
    )


def test_the_shipped_table_cannot_keep_the_seeds_limits() -> None:
    told = infeasible(default_table(), limits(spec="2", command="0.50"))

    assert "\n".join(told) == OVER


def test_a_budget_of_just_what_is_expected_is_feasible() -> None:
    assert infeasible(default_table(), limits(spec="8.40")) == []


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        pytest.param("", [], id="the shipped plans keep their own limits"),
        pytest.param(
            "[tiers.M]\nlimit = 0.25",
            [f"clarify, checklist, tasks: {_COST} $0.3000 a run, over its own limit of $0.2500"],
            id="a limit below the estimate",
        ),
        pytest.param(
            '[tiers.M]\nlimit = 0.25\nband = "none"', [], id="nothing is known without an estimate"
        ),
        pytest.param(
            '[tiers.R]\nprimaries = ["gpt-4o"]\nexpected = 0.60',
            [f"tier R: {_COST} $0.6000 a run, over its own limit of $0.5000"],
            id="a tier that no command has",
        ),
    ],
)
def test_a_plan_beyond_its_own_limit_is_told(toml: str, told: list[str]) -> None:
    assert infeasible(table(toml)) == told


def test_a_change_is_told_once_with_all_the_places_that_inherit_it() -> None:
    changed = table('[tiers.M]\nvalidator = "gpt-4o"\n[commands.tasks]\naliases = ["todo"]')

    where = "commands.checklist.plan, commands.clarify.plan, tiers.M"
    assert differences(canonical(default_table()), canonical(changed)) == [
        f'validator of {where} was "gpt-4o-mini", is "gpt-4o"',
        'aliases of commands.tasks was [], is ["todo"]',
    ]


def test_what_is_new_or_gone_is_told() -> None:
    changed = canonical(table('[commands.triage]\ntier = "S"'))

    assert differences(canonical(default_table()), changed) == ["triage of commands is new"]
    assert differences(changed, canonical(default_table())) == ["triage of commands is gone"]


def test_equal_tables_do_not_differ() -> None:
    assert differences(canonical(default_table()), canonical(table())) == []


@pytest.mark.parametrize(
    ("share", "shown"), [("85/100", "0.85"), ("1/3", "1/3"), ("1", "1"), ("0", "0")]
)
def test_a_share_is_written_exactly(share: str, shown: str) -> None:
    assert plain(Fraction(share)) == shown


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        pytest.param("", [], id="nothing about the shipped table"),
        pytest.param(
            f'[tiers.S]\nprimaries = ["{HAIKU}", "{SONNET}"]',
            ["tier S asks several models for one answer; simple work needs no consensus"],
            id="consensus on simple work",
        ),
        pytest.param(
            '[tiers.X]\naggregator = "gpt-4o"',
            ["tier X: gpt-4o is aggregator and primary; a model should not judge itself"],
            id="a model that judges itself",
        ),
        pytest.param(
            f'[commands.implement]\nvalidator = "{SONNET}"',
            [f'command "implement": {SONNET} is validator and primary; {_ITSELF}'],
            id="in one command alone",
        ),
    ],
)
def test_what_is_doubtful_is_told(toml: str, told: list[str]) -> None:
    assert doubts(table(toml)) == told


SHARES = {"implement": Fraction(2, 5), "*": Fraction(3, 5)}
TWO = Money.parse("2")


def test_a_budget_is_shared_exactly() -> None:
    assert ceilings(TWO, SHARES) == {"implement": Money.parse("0.8"), "*": Money.parse("1.2")}


@pytest.mark.parametrize(
    ("spent", "over"),
    [
        pytest.param({"implement": "0.80", "plan": "1.20"}, [], id="just their shares"),
        pytest.param({"implement": "0.82"}, ["implement"], id="forty-one hundredths of forty"),
        pytest.param({"plan": "0.61", "audit": "0.60"}, ["*"], id="the others together"),
        pytest.param({}, [], id="nothing"),
    ],
)
def test_a_stage_that_takes_more_than_its_share_is_told(
    spent: dict[str, str], over: list[str]
) -> None:
    took = {stage: Money.parse(usd) for stage, usd in spent.items()}

    found = list(overdrawn(TWO, SHARES, took))

    assert [one.stage for one in found] == over


def test_the_rest_is_told_with_what_it_took_together() -> None:
    took = {"plan": Money.parse("0.7"), "audit": Money.parse("0.6"), "implement": TWO}

    (found,) = overdrawn(TWO, {"*": Fraction(1, 2), "implement": Fraction(1)}, took)

    assert found == Overdrawn(stage="*", spent=Money.parse("1.3"), ceiling=Money.parse("1"))


MONEY = "[models.cost_limits]\nper_spec_budget = {}\nstage_shares = {{ plan = {} }}\n"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param(
            MONEY.format("2.00", "0.5"),
            MONEY.format("20.00", "0.5"),
            ['per_spec_budget of cost_limits was "2", is "20"'],
            id="a budget",
        ),
        pytest.param(
            MONEY.format("2", "0.5"),
            MONEY.format("2", "0.6"),
            ['plan of cost_limits.stage_shares was "0.5", is "0.6"'],
            id="a share",
        ),
        pytest.param(
            "",
            "[models.cost_limits]\nalert_threshold = 0.9\n",
            ['alert_threshold of cost_limits is new: "0.9"'],
            id="a threshold, where there was none",
        ),
        pytest.param(
            "",
            "[commands.plan]\nlimit = 1.00\n",
            ['commands_with_ceiling is new: ["plan"]'],
            id="a limit that is a ceiling now",
        ),
        pytest.param(
            MONEY.format("2.00", "0.50"), MONEY.format("2", "0.5"), [], id="other digits alone"
        ),
    ],
)
def test_money_is_part_of_what_was_agreed_on(old: str, new: str, told: list[str]) -> None:
    assert differences(agreed(table(old)), agreed(table(new))) == told


def test_without_money_what_is_agreed_on_is_the_routing() -> None:
    assert agreed(table()) == canonical(table())


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ({"implement": Fraction(4, 10), "*": Fraction(6, 10)}, None),
        ({"implement": Fraction(4, 10)}, None),
        ({}, None),
        pytest.param(
            {"implement": Fraction(4, 10), "*": Fraction(5, 10)},
            "stage_shares: the shares add up to 0.9 (implement 0.4, * 0.5); the rest of the "
            "budget is nobody's",
            id="a tenth",
        ),
    ],
)
def test_shares_that_leave_something_over_are_told(
    shares: dict[str, Fraction], told: str | None
) -> None:
    assert undershared(shares) == told
