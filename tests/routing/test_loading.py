from __future__ import annotations

import os
import re
from fractions import Fraction
from pathlib import Path

import pytest
from support.routing import FLASH, HAIKU, MIXED, PREMIUM, SONNET, table

from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import SettingError
from pytest_specbudget.routing.deciding import decide
from pytest_specbudget.routing.loading import SHIPPED, default_table, load
from pytest_specbudget.routing.values import CostLimits

WITHOUT = "SPECBUDGET_CONFORMANCE names no folder with the seeds"
SEED = "seeds/002-spec-kit-070-prd.md"
BLOCK = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def seed() -> str:
    """Return the configuration that stands in the seeds, word for word."""
    path = Path(os.environ.get("SPECBUDGET_CONFORMANCE", "none"), SEED)
    if not path.is_file():
        pytest.skip(WITHOUT)
    found = BLOCK.search(path.read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def problems_of(toml: str) -> tuple[str, ...]:
    with pytest.raises(SettingError) as error:
        load(toml, "r.toml")
    return error.value.problems


def test_the_seeds_configuration_is_the_shipped_table(seed: str) -> None:
    assert load(seed, "config.toml").checksum == default_table().checksum


def test_the_seeds_limits_are_read_exactly(seed: str) -> None:
    assert load(seed, "config.toml").cost_limits == CostLimits(
        per_spec_budget=Money.parse("2"),
        per_command_budget=Money.parse("0.5"),
        monthly_budget=Money.parse("200"),
        alert_threshold=Fraction(4, 5),
    )


@pytest.mark.parametrize(
    ("line", "tier", "slot", "models"),
    [
        ('tier_s_model = "gpt-4o-mini"', "S", "primaries", ("gpt-4o-mini",)),
        ('tier_s_fallback = "gpt-4o-mini"', "S", "alternates", ("gpt-4o-mini",)),
        ('tier_m_primary = "gpt-4o"', "M", "primaries", ("gpt-4o",)),
        ('tier_m_validator = "gpt-4o"', "M", "validator", "gpt-4o"),
        ('tier_c_cheap_1 = "gpt-4o-mini"', "C", "primaries", ("gpt-4o-mini", FLASH, SONNET)),
        ('tier_c_cheap_2 = "gpt-4o-mini"', "C", "primaries", (HAIKU, "gpt-4o-mini", SONNET)),
        ('tier_c_premium = "gpt-4-pro"', "C", "primaries", (HAIKU, FLASH, "gpt-4-pro")),
        ('tier_c_premium = "gpt-4-turbo"', "C", "primaries", (HAIKU, FLASH, "gpt-4-pro")),
        ('tier_c_aggregator = "gpt-4-pro"', "C", "aggregator", "gpt-4-pro"),
        ('tier_x_models = ["gpt-4o", "gpt-4-pro"]', "X", "primaries", ("gpt-4o", "gpt-4-pro")),
        ('tier_x_validator = "gpt-4-pro"', "X", "validator", "gpt-4-pro"),
    ],
)
def test_each_key_of_the_seeds_fills_its_slot(
    line: str, tier: str, slot: str, models: object
) -> None:
    ours = table(f"[models.cost_tiers]\n{line}\n")

    assert getattr(ours.tiers[tier], slot) == models


def test_our_own_tables_lie_over_the_seeds() -> None:
    ours = table(
        '[models.cost_tiers]\ntier_m_primary = "gpt-4o"\n[tiers.M]\nprimaries = "gpt-4o-mini"\n'
        'validator = "none"\n'
    )

    assert ours.tiers["M"].models == ("gpt-4o-mini",)


def test_a_text_without_limits_has_none() -> None:
    assert table("[models.cost_tiers]").cost_limits is None


def test_shares_of_stages_stand_among_the_limits() -> None:
    shares = 'stage_shares = { implement = 0.40, "*" = 0.60 }'
    limits = table(f"[models.cost_limits]\n{shares}").cost_limits

    assert limits is not None
    assert limits.stage_shares == {"implement": Fraction(2, 5), "*": Fraction(3, 5)}


def test_an_empty_text_is_the_shipped_table_under_its_own_name() -> None:
    ours = table()

    assert (ours.checksum, ours.source) == (default_table().checksum, "routing.toml")
    assert default_table().source == SHIPPED


def test_a_command_inherits_what_its_tier_changed() -> None:
    ours = table('[tiers.C]\naggregator = "gpt-4-pro"\nmin_quality = 0.9')

    assert ours.commands["plan"].plan.aggregator == "gpt-4-pro"
    assert ours.commands["implement"].plan.aggregator is None
    assert ours.commands["implement"].plan.min_quality == Fraction(9, 10)


def test_a_command_with_another_tier_keeps_nothing_of_its_old_plan() -> None:
    ours = table('[commands.implement]\ntier = "X"')

    assert ours.commands["implement"].plan == ours.tiers["X"]


def test_a_command_keeps_its_aliases_with_another_tier() -> None:
    ours = table('[commands.new]\ntier = "M"')

    assert decide(ours, "new-spec").plan == ours.tiers["M"]


def test_a_band_takes_the_figure_to_reckon_with_along() -> None:
    ours = table("[tiers.X]\nband = [1, 2]")

    band = ours.tiers["X"].band

    assert band is not None
    assert (str(band.low), str(band.high), band.expected) == ("1", "2", None)


STAGES = """
[commands.plan.stages.{stage}]
{rest}
"""


@pytest.mark.parametrize(
    ("rest", "models"),
    [
        pytest.param(
            f'primaries = ["{HAIKU}", "{FLASH}"]', (HAIKU, FLASH, "gpt-4o"), id="a model less"
        ),
        pytest.param('aggregator = "none"', MIXED, id="no arbiter"),
        pytest.param('tier = "M"', (HAIKU, "gpt-4o-mini"), id="another tier"),
        pytest.param('like = "implement"', (SONNET, HAIKU), id="like another command"),
    ],
)
def test_a_stage_changes_what_its_command_does(rest: str, models: tuple[str, ...]) -> None:
    ours = table(STAGES.format(stage="technical", rest=rest))

    assert decide(ours, "plan", stage="technical").plan.models == models
    assert decide(ours, "plan").plan.models == (*MIXED, "gpt-4o")


def test_a_guardrail_can_be_left_to_schema_checks_alone() -> None:
    ours = table('[commands.guardrail]\ntier = "M"\nvalidator = "none"\nstrictness = "strict"')

    plan = decide(ours, "guardrail").plan

    assert (plan.models, plan.strictness) == ((HAIKU,), "strict")


CUSTOM = """
[models.ours]
provider = "acme"
model = "acme-1"
wire = "openai"
base_url = "https://llm.example.com/v1"
credentials = ["ACME_KEY", "ACME_KEY_2"]
reasoning = "high"

[tiers.R]
after = "M"
primaries = ["ours"]
escalation = "C"
"""


def test_a_tier_of_ones_own_stands_where_it_is_put() -> None:
    ours = table(CUSTOM)

    plan = ours.tiers["R"]

    assert list(ours.tiers) == ["S", "M", "R", "C", "X"]
    assert (plan.primaries, plan.min_agents, str(plan.limit)) == (("ours",), 1, "0.5")
    assert ours.profiles["ours"].credentials == ("ACME_KEY", "ACME_KEY_2")


def test_the_command_budget_is_the_limit_of_a_plan_without_one() -> None:
    ours = table(CUSTOM + "[models.cost_limits]\nper_command_budget = 0.75")

    assert (str(ours.tiers["R"].limit), str(ours.tiers["M"].limit)) == ("0.75", "0.4")


def test_where_a_tier_stands_is_part_of_the_checksum() -> None:
    places = [CUSTOM.replace('"C"', '"X"').replace('"M"', place) for place in ('"M"', '"C"')]

    low, high = (table(toml) for toml in places)

    assert (list(low.tiers), list(high.tiers)) == ([*"SMRCX"], [*"SMCRX"])
    assert low.checksum != high.checksum


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        pytest.param("[tiers.C", "r.toml is not valid TOML: ", id="no TOML"),
        pytest.param(
            '[tiers.C]\nagregator = "gpt-4o"',
            'r.toml [tiers.C]: there is no key "agregator"; did you mean "aggregator"?',
            id="a misspelt key",
        ),
        pytest.param('tiers = "C"', 'r.toml [tiers]: "C" stands where', id="no table"),
        pytest.param('models = "x"', 'r.toml [models]: "x" stands where', id="no table of models"),
        pytest.param(
            "[tiers.C]\nmin_quality = 1.2",
            "r.toml [tiers.C]: min_quality = 1.2: '1.2' is not between 0 and 1",
            id="a share above 1",
        ),
        pytest.param(
            "[tiers.C]\nmin_quality = 1e999999999",
            "r.toml [tiers.C]: min_quality = 1E+999999999: write a number from 0 to 1",
            id="a number that would fill the memory",
        ),
        pytest.param("limit = nan", "r.toml: limit = NaN: write US dollars", id="no number"),
        pytest.param("limit = true", "r.toml: limit = true: write US dollars", id="a switch"),
        pytest.param("limit = -1", "r.toml: limit = -1: ", id="less than nothing"),
        pytest.param(
            "[tiers.C]\nband = [2, 1]",
            "r.toml [tiers.C]: band = [2, 1]: the lower amount stands first",
            id="a band upside down",
        ),
        pytest.param(
            "[tiers.C]\nmin_agents = 0",
            "r.toml [tiers.C]: min_agents = 0: write a whole number of 1 or more",
            id="no agent",
        ),
        pytest.param(
            '[tiers.C]\nprimaries = ["gpt-4o", "gpt-4o"]',
            'r.toml [tiers.C]: primaries = ["gpt-4o", "gpt-4o"]: write names in brackets, each',
            id="the same model twice",
        ),
        pytest.param(
            '[tiers.C]\nprimaries = ["gpt4o", "gpt-4o"]',
            'r.toml [tiers.C]: no model is called "gpt4o"; did you mean "gpt-4o"? A new one is',
            id="an unknown model, told once",
        ),
        pytest.param(
            '[models.x]\nprovider = "openai"', 'r.toml [models."x"]: "model" is missing', id="no id"
        ),
        pytest.param(
            '[models.x]\nprovider = "acme"\nmodel = "a"',
            'r.toml [models."x"]: "wire" is missing',
            id="a provider whose wire format nobody knows",
        ),
        pytest.param(
            '[commands.plan]\ntier = "Z"',
            'r.toml [commands.plan]: tier = "Z": no tier is called "Z"; there are S, M, C, X.',
            id="an unknown tier",
        ),
        pytest.param(
            '[commands.plan.stages.a]\nlike = "implment"',
            'r.toml [commands.plan.stages.a]: like = "implment": no command is called "implment"',
            id="a stage like no command",
        ),
        pytest.param(
            '[tiers.R]\nafter = "Q"\nprimaries = ["gpt-4o"]',
            'r.toml [tiers.R]: after = "Q": no such tier comes before it',
            id="a tier after none",
        ),
        pytest.param(
            '[tiers.c]\nprimaries = ["gpt-4o"]',
            'r.toml [tiers.c]: did you mean "C"? Capitals count',
            id="a tier that differs from another by its capitals alone",
        ),
        pytest.param(
            '[models.cost_tiers]\ntier_x_modles = ["gpt-4o"]',
            'r.toml [models.cost_tiers]: there is no key "tier_x_modles"; did you mean "tier_x_mod',
            id="a misspelt key of the seeds",
        ),
        pytest.param(
            "[models.cost_limits]\nmonthly_budget = -1",
            "r.toml [models.cost_limits]: monthly_budget = -1: ",
            id="a limit below nothing",
        ),
    ],
)
def test_what_makes_no_sense_is_told_with_its_place(toml: str, told: str) -> None:
    (problem,) = problems_of(toml)

    assert problem.startswith(told)


def test_all_problems_are_told_at_once() -> None:
    told = problems_of('colour = "red"\n[tiers.C]\nretries = -1\n[commands.plan]\ntier = "Z"\n')

    assert len(told) == 3


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        pytest.param(
            f'[tiers.X]\nprimaries = ["{HAIKU}", "gpt-4o"]',
            f"r.toml: tier X: asks {HAIKU}; tier X asks models with premium = true alone",
            id="a cheap model for critical work",
        ),
        pytest.param(
            '[commands.audit]\nvalidator = "gpt-4o-mini"',
            'r.toml: command "audit": asks gpt-4o-mini; tier X asks models with premium = true',
            id="a cheap judge of critical work",
        ),
        pytest.param(
            '[tiers.C]\nprimaries = ["gpt-4o"]',
            "r.toml: tier C: needs 2 agents and has 1; name more primaries, or say min_agents",
            id="one agent for complex work",
        ),
        pytest.param(
            '[tiers.C]\nprimaries = ["gpt-4o"]\nmin_agents = 1',
            "r.toml: tier C: min_agents = 1; complex work needs 2 or more, a single command may",
            id="one agent for complex work, on purpose",
        ),
        pytest.param(
            '[tiers.X]\nescalation = "S"',
            "r.toml: tier X: escalates to tier S, which does not come after it",
            id="critical work that falls to simple",
        ),
        pytest.param(
            f'[tiers.Y]\nprimaries = ["{HAIKU}"]\n[tiers.X]\nescalation = "Y"',
            f"r.toml: tier X: escalates to tier Y, which asks {HAIKU}; tier X asks models",
            id="critical work that escalates to a cheap model",
        ),
        pytest.param(
            '[commands.plan]\nescalation = "C"',
            'r.toml: command "plan": escalates to tier C, which does not come after it',
            id="an escalation to itself",
        ),
        pytest.param(
            '[tiers.M]\nescalation = "Q"',
            'r.toml: tier M: escalation = "Q": no tier is called "Q"; there are S, M, C, X',
            id="an escalation to nowhere",
        ),
        pytest.param(
            "[tiers.C]\nexpected = 5",
            "r.toml: tier C: expected = 5 lies outside its band",
            id="a figure outside of its band",
        ),
        pytest.param("[tiers.R]", "r.toml: tier R: asks nobody; name primaries", id="nobody"),
        pytest.param(
            '[tiers.pipeline]\nprimaries = ["gpt-4o"]',
            "r.toml: tier pipeline: this name stands for what is no tier; choose another",
            id="a tier that would look like none",
        ),
        pytest.param(
            'default = "Q"', 'r.toml: default = "Q": no tier is called "Q"', id="no default"
        ),
        pytest.param(
            '[commands.all]\npipeline = ["plan", "implment"]',
            'r.toml: command "all" runs "implment", which is no command; did you mean "implement"',
            id="a pipeline of what is no command",
        ),
        pytest.param(
            '[commands.all]\npipeline = ["auto"]',
            'r.toml: command "all" runs "auto", which is a pipeline itself',
            id="a pipeline of pipelines",
        ),
        pytest.param(
            '[commands.fresh]\ntier = "S"\naliases = ["new-spec"]',
            'r.toml: command "fresh": "new-spec" is a name of command "new" already',
            id="one alias of two commands",
        ),
    ],
)
def test_a_table_that_cannot_be_followed_is_refused(toml: str, told: str) -> None:
    (problem,) = problems_of(toml)

    assert problem.startswith(told)


def test_one_agent_may_do_complex_work_where_a_command_says_so() -> None:
    ours = table('[commands.plan]\nprimaries = ["gpt-4o"]\naggregator = "none"\nmin_agents = 1')

    assert ours.commands["plan"].plan.models == ("gpt-4o",)


def test_a_tier_above_critical_asks_premium_models() -> None:
    ours = table(f'[tiers.Y]\nprimaries = {list(PREMIUM)}\n[tiers.X]\nescalation = "Y"')

    assert [plan.tier for plan in decide(ours, "audit").escalations] == ["Y"]


def test_shares_above_the_whole_are_told_with_their_sum() -> None:
    shares = 'stage_shares = { implement = 0.7, "*" = 0.5 }'
    (told,) = problems_of(f"[models.cost_limits]\n{shares}\n")

    assert "the shares add up to 1.2 (implement 0.7, * 0.5), which is more than 1" in told


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        pytest.param("", {}, id="nothing that is shipped"),
        pytest.param("[commands.plan]\nlimit = 1.00", {"plan": "1"}, id="a command's"),
        pytest.param("[tiers.X]\nlimit = 2", {"audit": "2", "unlock": "2"}, id="a tier's"),
        pytest.param(
            '[commands.triage]\ntier = "W"\n[tiers.W]\nprimaries = ["gpt-4o-mini"]',
            {},
            id="nothing that nobody stated",
        ),
        pytest.param('[commands.plan]\nlimit = "none"', {}, id="none at all"),
        pytest.param("[models.cost_limits]\nper_command_budget = 1", {}, id="those of all"),
    ],
)
def test_ceilings_are_the_limits_that_the_file_states(toml: str, expected: dict[str, str]) -> None:
    assert {name: str(most) for name, most in table(toml).ceilings.items()} == expected
