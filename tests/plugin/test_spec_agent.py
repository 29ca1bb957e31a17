"""`spec_agent` and `spec_consensus` in a user's suite, against three providers' formats."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.emulator import Emulator, failing, rate_limited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.emulator import Prompt
    from support.suites import Outcome, Suite

HAIKU, FLASH, SONNET = "claude-3-5-haiku-20241022", "gemini-2.0-flash", "claude-sonnet-4-20250514"

LOOPING = """
class Session:
    pass

Session.__module__ = "xdist.looponfail"

def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Session())
"""


def said(prompt: Prompt) -> str:
    """Answer as a judge, as a batch, or with the same words as everybody."""
    if prompt.text.startswith("Judge how well"):
        poor = "the plan of gemini" in prompt.text
        return json.dumps({"score": 0.4 if poor else 0.9, "reason": "no rollback" if poor else ""})
    if '<task number="2">' in prompt.text:
        answers = [{"number": number, "answer": f"answer {number}"} for number in (2, 1)]
        return json.dumps({"answers": answers})
    if "differ" in prompt.text and prompt.model == FLASH:
        return "the plan of gemini"
    return "the plan"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(reply=said) as running:
        yield running


def carried_out(suite: Suite, test: str, *words: str, **environment: str) -> Outcome:
    """Run one file of tests, with each provider's client sent to the emulator."""
    suite.write("test_it.py", "import asyncio\nimport pytest\n" + test)
    emulator = suite.emulator
    return suite.run(
        "--spec-budget=9",
        *words,
        OPENAI_BASE_URL=emulator.openai_url,
        ANTHROPIC_BASE_URL=emulator.anthropic_url,
        GOOGLE_GEMINI_BASE_URL=emulator.google_url,
        OPENAI_API_KEY="o",
        ANTHROPIC_API_KEY="a",
        GEMINI_API_KEY="g",
        **environment,
    )


def lines(suite: Suite, kind: str, event: str | None = None) -> list[dict[str, Any]]:
    """Return the lines of one kind in the journals of the last run."""
    told = [
        json.loads(line)
        for path in sorted(suite.folder.glob(".specbudget/journal/*/*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [one for one in told if one["kind"] == kind and one.get("event") == event]


def events(suite: Suite, name: str) -> list[dict[str, Any]]:
    return [line["values"] for line in lines(suite, "event", name)]


PLAN = """
@pytest.mark.spec("SPEC-1", command="plan")
def test_plan(spec_agent):
    outcome = spec_agent.run("plan", "Plan the move.")
    assert outcome.accepted, outcome.reason
    assert outcome.text == "the plan"
    assert outcome.consensus.status == "ok"
"""


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_mixed_plan_is_three_calls_and_one_that_are_charged_by_role(
    suite: Suite, workers: str
) -> None:
    outcome = carried_out(suite, PLAN, workers)

    assert outcome.status == 0, outcome.text
    charges = lines(suite, "charge")
    asked = sorted((one["role"], one["reading"]["request_model"]) for one in charges)
    assert asked == [
        ("aggregator", "gpt-4o"),
        ("primary", HAIKU),
        ("primary", SONNET),
        ("primary", FLASH),
    ]
    assert {one["routed"]["tier"] for one in charges} == {"C"}
    assert len({one["routed"]["task"] for one in charges}) == 1
    exact = sum(Decimal(one["list_cost"]) for one in charges)
    assert Decimal(outcome.facts["totals"]["list_cost_usd"]) == exact > 0
    assert outcome.row("specs", "SPEC-1")["calls"] == 4


def test_a_task_leaves_its_decision_its_steps_and_its_scores(suite: Suite) -> None:
    carried_out(suite, PLAN)

    (routed,) = events(suite, "routed")
    assert routed["command"] == "plan"
    assert (routed["tier"], routed["attempts"]) == ("C", 4)
    assert routed["models"] == [
        *("claude-haiku-3.5", "gemini-flash-2.0", "claude-sonnet-4", "gpt-4o"),
    ]
    assert (routed["accepted"], routed["escalated"]) == (True, False)
    assert routed["test"] == "test_it.py::test_plan"
    assert [one["step"] for one in events(suite, "agent")] == [
        *("staged", "classified", "planned", "spawned", "spawned", "spawned"),
        *("answered", "answered", "answered", "spawned", "answered", "agreed"),
    ]
    (score,) = events(suite, "score")
    assert (score["kind"], score["value"], score["metric"]) == ("agreement", "1", "answer/1")
    assert (score["case"], score["live"]) == ("test_it.py::test_plan#1", True)
    assert (score["command"], score["tier"], score["spec"]) == ("plan", "C", "SPEC-1")


def test_nothing_that_was_said_stands_in_the_journal(suite: Suite) -> None:
    carried_out(suite, PLAN)

    (journal,) = suite.folder.glob(".specbudget/journal/*/*.jsonl")
    text = journal.read_text(encoding="utf-8")
    assert "Plan the move" not in text
    assert "the plan" not in text


def test_a_consensus_leaves_the_seeds_record_with_exactly_its_keys(suite: Suite) -> None:
    outcome = carried_out(suite, PLAN)

    (path,) = suite.folder.glob("evidence/consensus/SPEC-1/spec-plan_*_telemetry.json")
    told = json.loads(path.read_text(encoding="utf-8"))
    assert (told["schemaVersion"], told["command"], told["specId"]) == (
        *("2.0", "spec-plan", "SPEC-1"),
    )
    agents = told["consensus"]["agents"]
    assert [one["agent"] for one in agents] == [
        *("claude-haiku-3.5", "gemini-flash-2.0", "claude-sonnet-4", "gpt-4o"),
    ]
    assert ["arbiter_override" in one for one in agents] == [False, False, False, True]
    assert told["consensus"]["total_cost_usd"] == outcome.facts["totals"]["list_cost_usd"]
    assert sum(Decimal(one["cost_usd"]) for one in agents) == Decimal(
        told["consensus"]["total_cost_usd"]
    )
    tokens = sum(one["prompt_tokens"] for one in agents)
    assert tokens == outcome.facts["totals"]["input_tokens"]


FULL = """
from pathlib import Path
opened = Path.open

def torn(path, mode="r", *rest, **more):
    if not path.name.endswith("_telemetry.json"):
        return opened(path, mode, *rest, **more)
    with opened(path, "wb") as file:
        file.write(b"{")
    raise OSError(28, "No space left on device")

Path.open = torn
"""


def test_on_a_full_disk_no_half_record_is_left_and_the_run_is_not_green(suite: Suite) -> None:
    suite.write("conftest.py", FULL)

    outcome = carried_out(suite, PLAN)

    assert list(suite.folder.glob("evidence/consensus/SPEC-1/*_telemetry.json")) == []
    assert "metering-trouble" in outcome.rules("error")


def test_a_consensus_leaves_no_record_that_looponfail_would_see(suite: Suite) -> None:
    suite.write("conftest.py", LOOPING)

    carried_out(suite, PLAN, "-n1")

    assert not (suite.folder / "evidence").exists()


CHECKED = """
def test_checklist(spec_agent):
    outcome = spec_agent.run("checklist", "List what to check.", case="the checklist")
    assert outcome.accepted
    assert str(outcome.score) == "9/10"
"""


def test_a_validator_is_asked_and_charged_as_one(suite: Suite) -> None:
    carried_out(suite, CHECKED)

    charges = lines(suite, "charge")
    assert [(one["role"], one["reading"]["request_model"]) for one in charges] == [
        ("primary", HAIKU),
        ("validator", "gpt-4o-mini"),
    ]
    (score,) = events(suite, "score")
    assert (score["kind"], score["value"]) == ("quality", "9/10")
    assert (score["metric"], score["case"]) == ("model:gpt-4o-mini", "the checklist")


ESCALATED = """
def test_checklist(spec_agent):
    outcome = spec_agent.run("checklist", "List it.", validators=[lambda text: "never" in text])
    assert outcome.escalated
    assert not outcome.accepted
"""


def test_every_attempt_that_was_not_good_enough_is_charged(suite: Suite) -> None:
    outcome = carried_out(suite, ESCALATED)

    charges = lines(suite, "charge")
    assert [one["routed"]["tier"] for one in charges] == [*"MCCC"]
    assert [one["routed"].get("escalated", False) for one in charges] == [False, True, True, True]
    assert {one["routed"].get("reason") for one in charges[1:]} == {"quality 0.00 < 0.85"}
    assert outcome.facts["totals"]["calls"] == 4


FALLEN_BACK = """
def test_fallback(spec_agent):
    outcome = spec_agent.run("render", "Say it.", tier="S")
    assert outcome.accepted
    assert [one.profile for one in outcome.attempts] == ["claude-haiku-3.5", "gemini-flash-1.5"]
"""


def test_an_alternate_takes_over_without_sleeping_through_a_day(suite: Suite) -> None:
    suite.emulator.always(rate_limited("90549"), model=HAIKU)

    outcome = carried_out(suite, FALLEN_BACK)

    assert outcome.status == 0, outcome.text
    last = lines(suite, "charge")[-1]
    assert last["reading"]["request_model"] == "gemini-1.5-flash"
    assert last["routed"]["reason"] == "rate_limit"


BY_HAND = """
def test_by_hand(spec_agent):
    outcome = spec_agent.run("plan", "Plan it.", model="gpt-4o-mini")
    assert outcome.decision.overridden
"""


@pytest.mark.parametrize(
    ("test", "words", "asked"),
    [
        pytest.param(BY_HAND, [], ["gpt-4o-mini"], id="by the test"),
        pytest.param(
            PLAN.replace('assert outcome.consensus.status == "ok"', ""),
            ["--spec-model=gpt-4o-mini"],
            ["gpt-4o-mini"],
            id="by an option",
        ),
        pytest.param(
            PLAN,
            ["--spec-route=premium"],
            [SONNET, "gemini-1.5-pro", "gpt-4o", "gpt-5"],
            id="premium by an option",
        ),
    ],
)
def test_the_model_may_be_chosen_by_hand(
    suite: Suite, test: str, words: list[str], asked: list[str]
) -> None:
    outcome = carried_out(suite, test, *words)

    assert outcome.status == 0, outcome.text
    models = [one["reading"]["request_model"] for one in lines(suite, "charge")]
    assert sorted(models) == sorted(asked)


OWN = """
def test_own(spec_agent):
    asked = []
    def ask(prompt, model):
        asked.append(model)
        return "my answer"
    outcome = spec_agent.run("plan", "Plan it.", ask=ask)
    assert outcome.text == "my answer"
    assert len(asked) == 4
"""


def test_a_user_s_own_client_is_driven_instead(suite: Suite) -> None:
    outcome = carried_out(suite, OWN)

    assert outcome.status == 0, outcome.text
    assert suite.emulator.served == []
    (score,) = events(suite, "score")
    assert score["live"] is False


TOGETHER = """
def test_async(spec_agent):
    async def both():
        tasks = (spec_agent.run_async("checklist", prompt) for prompt in ("one", "two"))
        return await asyncio.gather(*tasks)
    first, second = asyncio.run(both())
    assert first.accepted and second.accepted
    assert first.task != second.task

def test_reuse(spec_agent):
    outcomes = [spec_agent.run("checklist", "three", reuse=True) for _ in range(2)]
    assert [one.attempts[0].reused for one in outcomes] == [False, True]
"""


def test_tasks_run_beside_each_other_and_the_same_question_is_asked_once(suite: Suite) -> None:
    outcome = carried_out(suite, TOGETHER)

    assert outcome.status == 0, outcome.text
    assert outcome.facts["totals"]["calls"] == 4 + 2


MANY = """
def test_many(spec_agent):
    outcomes = spec_agent.run_many("checklist", ["first", "second"])
    assert [one.text for one in outcomes] == ["answer 1", "answer 2"]

def test_one_by_one(spec_agent):
    outcomes = spec_agent.run_many("checklist", ["first", "second", "third"])
    assert [one.text for one in outcomes] == ["the plan"] * 3
"""


def test_small_tasks_share_a_request_where_the_answer_can_be_taken_apart(suite: Suite) -> None:
    outcome = carried_out(suite, MANY)

    assert outcome.status == 0, outcome.text
    assert outcome.row("tests", "test_it.py::test_many")["calls"] == 2
    assert outcome.row("tests", "test_it.py::test_one_by_one")["calls"] == 2 * 3 + 1


CONSENSUS = """
import pytest
AGENTS = ["claude-haiku-3.5", "gemini-flash-2.0", "gpt-4o-mini"]

def test_agreed(spec_consensus):
    outcome = spec_consensus.run("clarify", "Say where you differ.", agents=AGENTS)
    assert outcome.text == "the plan"
    assert str(outcome.consensus.agreement) == "1/3"
    assert outcome.consensus.disagreements

def test_degraded(spec_consensus):
    outcome = spec_consensus.run("clarify", "Agree.", agents=AGENTS[:2], min_agents=1)
    assert outcome.consensus.agents

def test_async(spec_consensus):
    outcome = asyncio.run(spec_consensus.run_async("clarify", "Agree.", agents=AGENTS))
    assert outcome.consensus.status == "ok"

@pytest.mark.parametrize("agents", [["gpt-4o"], ["gpt-4o", "nobody"]])
def test_senseless(spec_consensus, agents):
    with pytest.raises(Exception, match="agrees with itself|no model 'nobody'"):
        spec_consensus.run("clarify", "Agree.", agents=agents)
"""


def test_a_consensus_of_the_models_that_a_test_names(suite: Suite) -> None:
    outcome = carried_out(suite, CONSENSUS)

    assert outcome.status == 0, outcome.text
    values = [one["value"] for one in events(suite, "score") if one["kind"] == "agreement"]
    assert values == ["1/3", "1", "1"]


BLOCKED = """
def test_blocked(spec_agent):
    outcome = spec_agent.run("checklist", "List it.")
    assert (outcome.accepted, outcome.blocked, outcome.score) == (False, True, None)
"""


def test_a_provider_that_cannot_be_had_is_no_quality_of_zero(suite: Suite) -> None:
    suite.emulator.always(failing(503))

    outcome = carried_out(suite, BLOCKED)

    assert "1 passed" in outcome.text, outcome.text
    assert events(suite, "score") == []
    (routed,) = events(suite, "routed")
    assert (routed["blocked"], routed["accepted"]) == (True, False)


HOOKS = """
def pytest_specbudget_validators(config):
    return {"dated": lambda text: "2026" in text}

def pytest_specbudget_metrics(config):
    return {"length": lambda one, other: len(one) == len(other)}

def pytest_specbudget_native(config):
    return {"new": lambda prompt: "SPEC-KIT-071" if "id" in prompt else None}
"""
ADDED = """
def test_added(spec_agent, spec_consensus):
    assert spec_agent.run("new", "the next id").text == "SPEC-KIT-071"
    asked = {"validators": ["dated"], "model": "gpt-4o"}
    assert not spec_agent.run("checklist", "List it.", **asked).accepted
    agents = ["gpt-4o", "gpt-4o-mini"]
    outcome = spec_consensus.run("clarify", "Agree.", agents=agents, metric="length")
    assert outcome.consensus.metric == "length"
    with pytest.raises(Exception, match="no plugin adds a validator called 'dates'"):
        spec_agent.run("checklist", "List it.", validators=["dates"])
"""


def test_other_plugins_add_validators_metrics_and_native_handlers(suite: Suite) -> None:
    suite.write("conftest.py", HOOKS)

    outcome = carried_out(suite, ADDED)

    assert outcome.status == 0, outcome.text
    (native,) = (one for one in events(suite, "agent") if one["step"] == "native")
    assert native["done"]
    assert native["latency_s"] >= 0


NATIVE = """
@pytest.mark.spec("SPEC-1", command="new", max_calls=0)
def test_new(spec_agent):
    outcome = spec_agent.run("/speckit.new", "A cheaper plan.")
    assert (outcome.text, outcome.native) == ("SPEC-KIT-071", True)

def test_status(spec_agent):
    assert spec_agent.run("status", "").text == "SPEC-KIT-070: plan"
"""


def test_a_new_spec_and_the_status_need_no_model(suite: Suite) -> None:
    suite.write("docs/SPEC-KIT-070-model-cost/plan.md", "# Plan")

    outcome = carried_out(suite, NATIVE)

    assert outcome.status == 0, outcome.text
    assert suite.emulator.served == []
    steps = [one for one in events(suite, "agent") if one["step"] == "native"]
    assert [one["done"] for one in steps] == [True, True]


def test_each_consensus_of_one_second_has_a_record_of_its_own(suite: Suite) -> None:
    carried_out(suite, CONSENSUS)

    told = sorted(
        suite.folder.glob("evidence/consensus/unassigned-*/spec-clarify_*_telemetry.json")
    )
    assert len(told) == 3
    assert len({json.loads(path.read_text("utf-8"))["timestamp"] for path in told}) == 3


PIPELINE = """
def test_auto(spec_agent):
    with pytest.raises(Exception, match='run."auto", prompt, stage="plan"'):
        spec_agent.run("auto", "Do it all.")
    assert spec_agent.decide("auto", stage="tasks").plan.tier == "M"
"""


def test_a_command_that_only_runs_others_says_what_to_run(suite: Suite) -> None:
    outcome = carried_out(suite, PIPELINE)

    assert outcome.status == 0, outcome.text


STRUCTURED = """
SCHEMA = {"type": "object", "properties": {"score": {"type": "number"}}, "required": ["score"]}

def test_schema(spec_agent):
    good = spec_agent.run("plan", "Judge how well", schema=SCHEMA, model="gpt-4o")
    assert good.accepted and good.parsed["score"] == 0.9
    poor = spec_agent.run("plan", "Plan it.", schema=SCHEMA, model="gpt-4o")
    assert not poor.accepted
"""


def test_an_answer_is_held_to_its_schema(suite: Suite) -> None:
    outcome = carried_out(suite, STRUCTURED)

    assert outcome.status == 0, outcome.text


RECORDED = """
@pytest.mark.spec("SPEC-1", command="plan")
def test_plan(spec_cassette, spec_agent):
    outcome = spec_agent.run("plan", "Plan the move.", case="the move")
    assert outcome.accepted

def test_list(spec_cassette, spec_agent):
    outcome = asyncio.run(spec_agent.run_async("checklist", "List it."))
    assert outcome.accepted
"""


def test_a_recorded_task_replays_for_nothing_and_its_scores_are_no_live_samples(
    suite: Suite,
) -> None:
    recorded = carried_out(suite, RECORDED, "--spec-record=all")
    hits = len(suite.emulator.served)
    shutil.rmtree(suite.folder / ".specbudget")

    replayed = carried_out(suite, RECORDED, "--spec-forbid-live")

    assert (recorded.status, replayed.status) == (0, 0), recorded.text + replayed.text
    assert (hits, len(suite.emulator.served)) == (4 + 2, 4 + 2)
    before, after = recorded.facts["totals"], replayed.facts["totals"]
    assert after["list_cost_usd"] == before["list_cost_usd"]
    assert Decimal(after["billed_cost_usd"]) == 0
    assert [score["live"] for score in events(suite, "score")] == [False, False]


JUDGED = """
from pytest_specbudget.quality.validators import Matches, prefiltered

PROMPTS = {"list": {"default": {"version": "2", "text": "List $what."},
                    "S": {"version": "2s", "text": "List $what, briefly."}}}

def test_judged(spec_agent):
    judge = spec_agent.judge("gpt-4o-mini", "List it.")
    guardrail = prefiltered(Matches("plan"), judge)
    prompt = spec_agent.prompts(PROMPTS).prompt("list", what="it")
    outcome = spec_agent.run("render", prompt, tier="S", validators=[guardrail], stage="draft")
    assert outcome.accepted
    assert outcome.prompt.version == "2s"
    with pytest.raises(Exception, match="no model 'gpt'"):
        spec_agent.judge("gpt", "List it.")
"""


def test_a_guardrail_a_prompt_s_version_and_the_stage_are_kept_with_each_call(
    suite: Suite,
) -> None:
    outcome = carried_out(suite, JUDGED)

    assert outcome.status == 0, outcome.text
    charges = lines(suite, "charge")
    assert [(one["role"], one["routed"]["slot"]) for one in charges] == [
        ("primary", "claude-haiku-3.5"),
        ("validator", "gpt-4o-mini"),
    ]
    assert {one["attribution"]["stage"] for one in charges} == {"draft"}
    (routed,) = events(suite, "routed")
    assert (routed["prompt"], routed["prompt_tier"], routed["prompt_version"]) == (
        *("list", "S", "2s"),
    )
