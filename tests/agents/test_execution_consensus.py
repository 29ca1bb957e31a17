"""Several models at once: side by side, one answer of theirs, and what is left when some fail."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from support.scripted_models import Models, carried_out, plan

from pytest_specbudget.agents.values import Rejected, Unavailable
from pytest_specbudget.quality.answers import Answers

if TYPE_CHECKING:
    from typing import Any

    from support.scripted_models import Said

    from pytest_specbudget.agents.outcome import Outcome

THREE = ("haiku", "flash", "sonnet")
GOOD = '{"score": 0.9, "reason": "fine"}'
DOWN = Unavailable("rate_limit")


def mixed(models: Models, *, tier: str = "C", **more: Any) -> Outcome:
    """Ask three, and let a fourth make one answer of theirs."""
    aggregator = more.pop("aggregator", "arbiter")
    return carried_out(
        models,
        plan(tier, *THREE, aggregator=aggregator, min_agents=2, **more.pop("plan", {})),
        **more,
    )


def agreeing(*silent: str) -> Models:
    """Return models that all say the same, but for those that cannot be had."""
    said: dict[str, list[Said]] = {
        name: [DOWN if name in silent else "use Postgres"] for name in THREE
    }
    return Models({**said, "arbiter": ["use Postgres"]})


def test_three_are_asked_and_then_one_makes_an_answer_of_theirs() -> None:
    models = agreeing()

    outcome = mixed(models)

    assert sorted(models.asked[:3]) == sorted(THREE)
    assert [(call.routed.role, call.model) for call in models.calls[3:]] == [
        ("aggregator", "arbiter")
    ]
    assert models.calls[3].text.count("use Postgres") == 3
    assert (outcome.text, outcome.accepted) == ("use Postgres", True)
    assert outcome.consensus is not None
    assert (outcome.consensus.status, outcome.consensus.agreement) == ("ok", Fraction(1))


def test_the_validator_judges_what_the_aggregator_made() -> None:
    models = Models({**agreeing().says, "judge": [GOOD]})

    outcome = mixed(models, plan={"validator": "judge"})

    assert models.asked[3:] == ["arbiter", "judge"]
    assert outcome.accepted


def test_an_arbiter_that_overrides_the_agents_is_seen() -> None:
    models = Models({**agreeing().says, "arbiter": ["use SQLite"]})

    outcome = mixed(models)

    assert outcome.text == "use SQLite"
    assert outcome.consensus is not None
    assert outcome.consensus.override


def test_without_an_aggregator_the_most_agreed_answer_is_taken() -> None:
    models = Models({"haiku": ["yes"], "flash": ["no"], "sonnet": ["yes"]})

    outcome = mixed(models, aggregator=None)

    assert len(models.calls) == 3
    assert (outcome.text, outcome.accepted) == ("yes", True)


def test_agents_that_do_not_agree_escalate_where_nobody_decides() -> None:
    models = Models({"haiku": ["one"], "flash": ["two"], "sonnet": ["three"]})

    outcome = carried_out(models, plan("M", *THREE, min_agents=2), plan("C", "dear"))

    assert models.asked[3:] == ["dear"]
    assert outcome.escalation_reason == "conflict"


def critical(*, declared: bool) -> tuple[Models, Outcome]:
    """Let three agents differ in their words, with a validator and nobody to make one answer."""
    models = Models({"haiku": ["move it"], "flash": ["move"], "sonnet": ["go"], "judge": [GOOD]})
    outcome = carried_out(
        models,
        plan("X", *THREE, validator="judge", min_agents=2),
        metric=Answers() if declared else None,
    )
    return models, outcome


def test_the_validator_decides_between_words_that_nobody_said_how_to_compare() -> None:
    models, outcome = critical(declared=False)

    assert models.asked[3:] == ["judge"]
    assert (outcome.text, outcome.accepted) == ("move it", True)
    assert outcome.consensus is not None
    assert outcome.consensus.status == "conflict"


def test_a_conflict_by_the_declared_metric_stops_a_critical_task() -> None:
    models, outcome = critical(declared=True)

    assert len(models.asked) == 3
    assert not outcome.accepted
    assert outcome.reason == "conflict: several models answered and did not agree"


# Agents that fail


def test_one_agent_that_fails_leaves_a_degraded_consensus_of_the_others() -> None:
    models = agreeing("flash")

    outcome = mixed(models)

    assert models.asked[3:] == ["arbiter"]
    assert models.calls[3].text.count("use Postgres") == 2
    assert outcome.accepted
    assert outcome.consensus is not None
    assert outcome.consensus.status == "degraded"


def test_fewer_agents_than_the_plan_needs_escalate() -> None:
    models = agreeing("flash", "haiku")

    outcome = carried_out(
        models,
        plan("C", *THREE, aggregator="arbiter", min_agents=2),
        plan("X", "best"),
    )

    assert models.asked[3:] == ["best"]
    assert outcome.escalation_reason == "1 of 3 models answered, 2 are needed"


def test_a_critical_consensus_with_too_few_agents_stops() -> None:
    models = agreeing("flash", "haiku")

    outcome = mixed(models, tier="X", premium=THREE)

    assert models.asked == [*models.asked[:3]]
    assert (outcome.accepted, outcome.text) == (False, "use Postgres")
    assert outcome.consensus is not None
    assert outcome.consensus.status != "ok"


def test_a_single_agent_is_enough_where_the_plan_says_so() -> None:
    models = agreeing("flash")

    outcome = carried_out(models, plan("M", "haiku", "flash", min_agents=1))

    assert outcome.accepted
    assert outcome.consensus is not None
    assert outcome.consensus.status == "degraded"


def test_an_aggregator_that_fails_leaves_what_the_agents_agree_on_and_says_so() -> None:
    models = Models({**agreeing().says, "arbiter": [Rejected(400, "no")]})

    outcome = mixed(models)

    assert (outcome.text, outcome.accepted) == ("use Postgres", True)
    assert outcome.consensus is not None
    assert outcome.consensus.status == "degraded"


def test_a_transient_failure_is_one_retry_before_the_aggregator_is_paid() -> None:
    models = Models({**agreeing().says, "flash": [Unavailable("timeout"), "use Postgres"]})

    outcome = mixed(models, plan={"retries": 1})

    assert models.asked[3:] == ["flash", "arbiter"]
    assert models.calls[3].part == ("primary", "flash", 2, "timeout")
    assert outcome.consensus is not None
    assert outcome.consensus.status == "ok"


def test_a_hard_failure_is_degraded_without_a_retry() -> None:
    models = agreeing("flash")

    outcome = mixed(models, plan={"retries": 3})

    assert models.asked[3:] == ["arbiter"]
    assert outcome.consensus is not None
    assert outcome.consensus.status == "degraded"


def test_answers_that_a_validator_turned_down_are_not_shown_to_the_aggregator() -> None:
    models = Models({**agreeing().says, "flash": ["nonsense"]})

    outcome = mixed(models, validators=[lambda text: "Postgres" in text])

    assert "nonsense" not in models.calls[3].text
    assert outcome.consensus is not None
    assert outcome.consensus.status == "degraded"


def test_no_aggregator_is_paid_where_no_answer_can_be_used() -> None:
    models = agreeing()

    outcome = mixed(models, validators=[lambda _text: False])

    assert sorted(models.asked) == sorted(THREE)
    assert not outcome.accepted


def test_everybody_hears_what_was_wrong_with_what_all_of_them_came_to() -> None:
    poor = json.dumps({"score": 0.2, "reason": "no rollback"})
    models = Models({**agreeing().says, "judge": [poor, GOOD]})

    outcome = mixed(models, plan={"validator": "judge", "retries": 1})

    assert sorted(models.asked[5:8]) == sorted(THREE)
    assert all("no rollback" in call.text for call in models.calls[5:8])
    assert models.asked[8:] == ["arbiter", "judge"]
    assert outcome.accepted


def test_an_agent_s_alternate_is_no_other_agent_of_the_plan() -> None:
    models = agreeing("flash")

    mixed(models, alternates={"flash": ("haiku", "flash-1.5"), "haiku": ("flash-1.5",)})

    assert models.asked[3:] == ["flash-1.5", "arbiter"]


@pytest.mark.parametrize("silent", [(), ("flash",)], ids=["all answer", "one fails"])
def test_the_attempts_say_who_was_asked(silent: tuple[str, ...]) -> None:
    outcome = mixed(agreeing(*silent))

    told = {one.routed.slot: one.ending for one in outcome.attempts}
    expected = {name: "unavailable" if name in silent else "answered" for name in THREE}
    assert told == {**expected, "arbiter": "answered"}
