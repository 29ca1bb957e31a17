"""What a test may say of a task, what is refused with what was meant, and calls without a key."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.errors import SettingError
from pytest_specbudget.plugin.agent import SpecAgent, SpecConsensus
from pytest_specbudget.plugin.agent_tasks import Asked, Gathered, gathered
from pytest_specbudget.plugin.agent_words import (
    agents_in,
    known_words,
    model_in,
    several,
    share_in,
)
from pytest_specbudget.plugin.workshop import model_id
from pytest_specbudget.routing.deciding import decide
from pytest_specbudget.routing.loading import default_table

if TYPE_CHECKING:
    from pathlib import Path

    from support.suites import Suite

TABLE = default_table()


# Names


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        pytest.param("validaters", 'did you mean "validators"?', id="a slip"),
        pytest.param("modl", 'did you mean "model"?', id="another"),
        pytest.param("agents", "spec_consensus does", id="what the other fixture takes"),
        pytest.param("spec", ".prompt(NAME, spec=...)", id="a value of a prompt"),
    ],
)
def test_a_word_that_nobody_knows_is_refused(word: str, hint: str) -> None:
    others = {"agents": "spec_consensus"}

    with pytest.raises(TypeError) as caught:
        known_words("spec_agent.run", {"tier": "C", word: 1}, Asked.__annotations__, others)

    assert str(caught.value).startswith(f'spec_agent.run takes no "{word}"; ')
    assert hint in str(caught.value)


@pytest.mark.parametrize("fixture", [SpecAgent, SpecConsensus])
@pytest.mark.parametrize("method", ["decide", "run"])
def test_both_fixtures_and_all_their_methods_refuse_it(fixture: Any, method: str) -> None:
    agent = fixture.__new__(fixture)
    prompt = [] if method == "decide" else ["Plan it."]

    with pytest.raises(TypeError, match='did you mean "validators"'):
        getattr(agent, method)("plan", *prompt, validaters=[])


def test_the_consensus_knows_all_that_the_agent_does() -> None:
    assert set(Asked.__annotations__) < set(Gathered.__annotations__)


@pytest.mark.parametrize(
    ("given", "name"),
    [("gpt-4o", "gpt-4o"), ("claude-3-5-haiku-20241022", "claude-haiku-3.5")],
    ids=["by its name in the table", "by its id at the provider"],
)
def test_a_model_is_known_by_name_and_by_id(given: str, name: str) -> None:
    assert model_in(TABLE, given) == name


@pytest.mark.parametrize(
    ("given", "hint"), [("gpt4o", "did you mean 'gpt-4o'?"), ("nobody", "there are claude-haiku")]
)
def test_a_model_that_nobody_knows_is_told_with_what_was_meant(given: str, hint: str) -> None:
    with pytest.raises(SettingError) as caught:
        model_in(TABLE, given)

    assert str(caught.value).startswith(f"the routing table has no model '{given}'; {hint}")


@pytest.mark.parametrize(
    ("agents", "problem"),
    [
        pytest.param("gpt-4o", "agents names 'gpt-4o' alone, and a model agrees with", id="a text"),
        pytest.param(["gpt-4o"], "agents names 'gpt-4o' alone", id="one"),
        pytest.param(["gpt4o", "gpt-4o-mini"], "did you mean 'gpt-4o'?", id="a slip"),
        pytest.param(["gpt-4o", "gpt-4o"], "agents names 'gpt-4o' twice", id="one twice"),
        pytest.param(
            ["claude-haiku-3.5", "claude-3-5-haiku-20241022"],
            "agents names 'claude-haiku-3.5' twice",
            id="one by both of its names",
        ),
        pytest.param(7, "7 makes no sense here; give one, or a list of several", id="a number"),
    ],
)
def test_a_consensus_is_of_several_models_that_are_known(agents: Any, problem: str) -> None:
    shop: Any = type("Shop", (), {"table": TABLE})

    with pytest.raises(SettingError) as caught:
        gathered(shop, decide(TABLE, "clarify"), {"agents": agents})

    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"min_agents": 0}, "min_agents=0 must be from 1 to 2, as many as are asked"),
        ({"min_agents": 3}, "min_agents=3 must be from 1 to 2, as many as are asked"),
        ({"retries": -1}, "retries=-1 must be a whole number, 0 or more"),
        ({"retries": 1.5}, "retries=1.5 must be a whole number, 0 or more"),
        ({"aggregator": "gpt4o"}, "the routing table has no model 'gpt4o'; did you mean 'gpt-4o'?"),
    ],
)
def test_a_consensus_whose_numbers_make_no_sense_is_refused(
    asked: dict[str, Any], problem: str
) -> None:
    shop: Any = type("Shop", (), {"table": TABLE})
    agents: Any = {"agents": ["gpt-4o", "gpt-4o-mini"], **asked}

    with pytest.raises(SettingError) as caught:
        gathered(shop, decide(TABLE, "clarify"), agents)

    assert str(caught.value) == problem


def test_the_agents_of_the_plan_are_asked_where_none_are_named() -> None:
    assert agents_in(TABLE, ()) == ()


@pytest.mark.parametrize(
    ("given", "known"),
    [
        pytest.param("claude-haiku-3.5", "claude-3-5-haiku-20241022", id="a name in the table"),
        pytest.param("claude-3-5-haiku-20241022", "claude-3-5-haiku-20241022", id="an id"),
        pytest.param("claude-*", "claude-*", id="a pattern"),
    ],
)
def test_a_provider_knows_a_model_by_its_id(given: str, known: str) -> None:
    assert model_id(None, given) == known


def test_a_routing_table_that_cannot_be_read_says_why_in_words(tmp_path: Path) -> None:
    (tmp_path / "routing.toml").write_bytes(b"\xff")

    with pytest.raises(SettingError, match=r"routing\.toml cannot be read: it is no UTF-8 text, a"):
        model_id(tmp_path / "routing.toml", "gpt-4o")
    with pytest.raises(SettingError, match=r"cannot be read: there is no such file or folder$"):
        model_id(tmp_path / "gone.toml", "gpt-4o")


# Shares, and one for several


@pytest.mark.parametrize(
    ("given", "share"),
    [
        pytest.param(0.9, Fraction(9, 10), id="a float, as it is written"),
        pytest.param(Decimal("0.9"), Fraction(9, 10), id="a decimal"),
        pytest.param("0.9", Fraction(9, 10), id="a text"),
        pytest.param(Fraction(1, 3), Fraction(1, 3), id="a fraction"),
        pytest.param(1, Fraction(1), id="all"),
        pytest.param(0, Fraction(0), id="none"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_an_error_rate_is_taken_exactly(given: Any, share: Fraction | None) -> None:
    assert share_in("error_rate", given) == share


@pytest.mark.parametrize("given", [1.01, -0.1, float("nan"), "much", "50%", True, [], Fraction(2)])
def test_what_is_no_share_is_refused(given: Any) -> None:
    with pytest.raises(SettingError) as caught:
        share_in("error_rate", given)

    assert str(caught.value).startswith(f"error_rate={given!r} is no share; give a number from 0")


@pytest.mark.parametrize(
    ("given", "those"),
    [
        pytest.param(len, (len,), id="a function"),
        pytest.param("dated", ("dated",), id="a name"),
        pytest.param(["dated", len], ("dated", len), id="a list"),
        pytest.param(iter([len]), (len,), id="what can be gone through once"),
        pytest.param(None, (), id="nothing"),
    ],
)
def test_one_may_stand_for_several(given: Any, those: tuple[Any, ...]) -> None:
    assert several(given) == those


# In a suite

HOOKS = """
def pytest_specbudget_validators(config):
    return {"dated": lambda text: "2026" in text}
"""

SAID = """
import functools
import pytest

def has_rollback(answer):
    assert "rollback" in answer, "it names no rollback"

async def is_short(answer):
    return len(answer) < 99

def test_words(spec_agent, spec_score):
    ask = functools.partial(lambda client, prompt: client, "Step 1.")
    outcome = spec_agent.run(
        "checklist", "List it.", validators=has_rollback, ask=ask, error_rate=0.9
    )
    assert outcome.decision.plan.tier == "C"
    assert outcome.reason == "quality 0.00 < 0.85: it names no rollback"
    assert "it names no rollback" in repr(outcome)
    outcome = spec_agent.run("render", "It.", validators=[is_short, "dated"], ask=ask, tier="S")
    assert [one.name for one in outcome.judged] == ["function:is_short", "function:dated"]
    with pytest.raises(Exception, match="error_rate=9 is no share"):
        spec_agent.decide("plan", error_rate=9)
    with pytest.raises(Exception, match="did you mean 'dated'"):
        spec_agent.run("plan", "Plan it.", validators=["datd"])
    with pytest.raises(Exception, match="did you mean 'gpt-4o'"):
        spec_agent.judge("gpt4o", "Plan it.")
    assert str(spec_score(0.9, kind="agreement", case="own")) == "9/10"
    with pytest.raises(ValueError, match="no kind 'agreed'; there are 'quality' and 'agreement'"):
        spec_score(0.9, kind="agreed")
"""

KEYLESS = """
import pytest
import respx

def test_refused(spec_agent):
    spec_agent.run("plan", "Plan it.", model="gpt-4o", validators=[bool])

@respx.mock
def test_answered_by_a_fake(spec_agent):
    choice = {"message": {"role": "assistant", "content": "the plan"}, "finish_reason": "stop"}
    respx.post("https://api.openai.com/v1/chat/completions").respond(json={"choices": [choice]})
    assert spec_agent.run("plan", "Plan it.", model="gpt-4o").accepted
"""

_KEYS = ("OPENAI_API_KEY", "OPENAI_BASE_URL")


def test_a_test_says_things_in_its_own_words(suite: Suite) -> None:
    suite.write("conftest.py", HOOKS)
    suite.write("test_it.py", SAID)

    outcome = suite.run("--spec-min-quality=0.85", "-p", "no:cacheprovider")

    assert "1 passed" in outcome.text, outcome.text
    rows = {(one["kind"], one["subject"]): one for one in outcome.facts["quality"]}
    assert rows["quality", 'command "checklist"']["said"] == "failed"


def test_a_call_without_a_key_is_refused_where_it_would_leave(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in _KEYS:
        monkeypatch.delenv(name, raising=False)
    suite.write("test_it.py", KEYLESS)

    outcome = suite.run("--spec-budget=9")

    assert "1 failed, 1 passed" in outcome.text, outcome.text
    assert "gpt-4o (gpt-4o at api.openai.com) cannot be asked" in outcome.text
    assert "there is no key: set OPENAI_API_KEY" in outcome.text
    assert "call-refused" in outcome.rules("error")
    totals = outcome.facts["totals"]
    assert (totals["calls"], totals["mocked_calls"]) == (0, 1)
