"""What is asked of whom, in which order, and what comes of it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from support.scripted_models import Models, carried_out, plan

from pytest_specbudget.agents.native import NativeHandlers
from pytest_specbudget.agents.values import BadReply, Rejected, Reply, Unavailable
from pytest_specbudget.quality.judged import Judged

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from support.scripted_models import Said

GOOD, POOR = '{"score": 0.9, "reason": "fine"}', '{"score": 0.3, "reason": "no dates"}'


def judge(*scores: str) -> Callable[[str], Judged]:
    """Return a validator that gives *scores*, one after the other; the last one stays."""
    left = list(scores)

    def judged(_answer: str) -> Judged:
        score = Fraction(left.pop(0) if len(left) > 1 else left[0])
        return Judged(score=score, passed=True, reason="the judge's word", name="judge/1")

    judged.name = "judge/1"  # type: ignore[attr-defined] # what makes it a validator of its own
    return judged


def unavailable(kind: Any = "rate_limit") -> Unavailable:
    return Unavailable(kind)


# One model


def test_a_single_model_answers_and_nobody_judges() -> None:
    models = Models({"cheap": ["the plan"]})

    outcome = carried_out(models, plan("S", "cheap"))

    assert models.parts == [("primary", "cheap", 1, None)]
    assert (outcome.text, outcome.accepted, outcome.score) == ("the plan", True, None)
    assert (outcome.escalated, outcome.reason, outcome.consensus) == (False, None, None)


def test_every_call_knows_its_task_tier_and_table() -> None:
    models = Models()

    carried_out(models, plan("M", "cheap"))

    (asked,) = models.calls
    assert (asked.routed.task, asked.routed.tier, asked.routed.slot) == ("task-1", "M", "cheap")
    assert asked.routed.table == "f" * 12


def test_the_plan_s_model_judges_after_the_primary() -> None:
    models = Models({"cheap": ["the plan"], "judge": [GOOD]})

    outcome = carried_out(models, plan("M", "cheap", validator="judge"))

    assert models.parts == [("primary", "cheap", 1, None), ("validator", "judge", 1, None)]
    assert "Plan it." in models.calls[1].text
    assert "the plan" in models.calls[1].text
    assert models.calls[1].question.schema is not None
    assert (outcome.score, outcome.accepted) == (Fraction("0.9"), True)


# Cheap first


@pytest.mark.parametrize(
    ("score", "asked", "reason"),
    [
        pytest.param("0.849", ["cheap", "dear"], "quality 0.849 < 0.850", id="0.849 escalates"),
        pytest.param("0.85", ["cheap"], None, id="0.85 is enough"),
        pytest.param(
            "0.84999", ["cheap", "dear"], "quality 0.84999 < 0.85000", id="nearly is not enough"
        ),
        pytest.param("1", ["cheap"], None, id="the best is enough"),
    ],
)
def test_an_answer_below_the_threshold_escalates_and_an_equal_one_does_not(
    score: str, asked: list[str], reason: str | None
) -> None:
    models = Models()

    outcome = carried_out(
        models, plan("S", "cheap"), plan("M", "dear"), validators=[judge(score, "1")]
    )

    assert models.asked == asked
    assert outcome.escalation_reason == reason
    assert outcome.escalated is (reason is not None)
    assert outcome.tier == ("M" if reason else "S")
    assert outcome.accepted


def test_a_score_beside_its_threshold_shows_the_places_that_differ() -> None:
    outcome = carried_out(Models(), plan("S", "cheap", least="0.8504"), validators=[judge("0.85")])

    assert outcome.reason == "quality 0.8500 < 0.8504: the judge's word"


def test_an_escalated_call_says_so_and_why() -> None:
    models = Models({"judge": [POOR]})

    carried_out(models, plan("M", "cheap", validator="judge"), plan("C", "dear"))

    last = models.calls[-1].routed
    assert (last.slot, last.tier, last.attempt, last.escalated) == ("dear", "C", 2, True)
    assert last.reason == "quality 0.30 < 0.85"


def test_what_is_never_good_enough_ends_with_the_last_plan_that_was_declared() -> None:
    models = Models()
    plans = plan("S", "cheap"), plan("M", "middle"), plan("C", "dear")

    outcome = carried_out(models, *plans, validators=[judge("0.5")])

    assert models.asked == ["cheap", "middle", "dear"]
    assert [each.routed.attempt for each in models.calls] == [1, 2, 3]
    assert (outcome.text, outcome.accepted, outcome.tier) == ("dear", False, "C")
    assert outcome.reason == "quality 0.50 < 0.85: the judge's word"


def test_a_critical_plan_is_the_end_whatever_was_declared_after_it() -> None:
    models = Models()

    outcome = carried_out(models, plan("X", "best"), plan("S", "cheap"), validators=[judge("0.5")])

    assert models.asked == ["best"]
    assert not outcome.accepted


@pytest.mark.parametrize(
    ("strictness", "accepted"),
    [
        ("lenient", [False, True, True, True]),
        ("normal", [False, False, True, True]),
        ("strict", [False, False, False, True]),
    ],
)
def test_strictness_moves_what_is_good_enough(strictness: str, accepted: list[bool]) -> None:
    decided = [
        carried_out(
            Models(), plan("S", "cheap", strictness=strictness), validators=[judge(score)]
        ).accepted
        for score in ("0.7", "0.8", "0.9", "0.95")
    ]

    assert decided == accepted


@pytest.mark.parametrize(
    ("validator", "accepted"),
    [
        pytest.param(lambda text: "plan" in text, True, id="says yes"),
        pytest.param(lambda text: "risk" in text, False, id="says no"),
        pytest.param(lambda _text: 0.85, True, id="scores just enough"),
        pytest.param(lambda _text: 0.8, False, id="scores too little"),
        pytest.param(lambda _text: None, True, id="asserts nothing wrong"),
    ],
)
def test_a_user_s_function_is_a_validator(
    validator: Callable[[str], object], *, accepted: bool
) -> None:
    outcome = carried_out(Models({"cheap": ["a plan"]}), plan(), validators=[validator])

    assert outcome.accepted is accepted


def test_a_validator_that_asserts_turns_down_and_the_model_hears_what_it_said() -> None:
    def dated(text: str) -> None:
        assert "2026" in text, "there is no date in it"

    models = Models({"cheap": ["soon", "in 2026"]})

    outcome = carried_out(models, plan("S", "cheap", retries=1), validators=[dated])

    assert outcome.accepted
    assert "there is no date in it" in models.calls[1].text


def test_a_mistake_in_a_validator_is_raised() -> None:
    def broken(text: str) -> float:
        return 1 / text.count("never said")

    with pytest.raises(ZeroDivisionError):
        carried_out(Models(), plan(), validators=[broken])


def test_a_model_is_not_paid_to_judge_what_a_validator_turned_down() -> None:
    models = Models()

    outcome = carried_out(models, plan("M", "cheap", validator="judge"), validators=[judge("0.2")])

    assert models.asked == ["cheap"]
    assert not outcome.accepted


@pytest.mark.parametrize(
    "says",
    [
        pytest.param("It looks good to me overall.", id="a judge that says neither"),
        pytest.param('{"score": 85}', id="a score that is none"),
        pytest.param(Unavailable("server"), id="a judge that is not there"),
        pytest.param(BadReply("no content"), id="a judge that makes no sense"),
    ],
)
def test_an_answer_that_nobody_could_judge_is_not_accepted(says: Said) -> None:
    models = Models({"judge": [says]})

    outcome = carried_out(
        models, plan("M", "cheap", validator="judge", retries=1), plan("C", "dear")
    )

    assert models.asked == ["cheap", "judge", "dear"]
    assert outcome.escalated
    assert "validator" in str(outcome.escalation_reason)


@pytest.mark.parametrize("finish", ["length", "refusal"])
def test_a_cut_or_refused_answer_is_not_good_enough(finish: Any) -> None:
    models = Models({"cheap": [Reply(text="half a pl", finish=finish)]})

    outcome = carried_out(models, plan("S", "cheap"), plan("M", "dear"))

    assert (outcome.text, outcome.escalation_reason) == ("dear", finish)


# Retries


def test_a_retry_tells_the_model_what_was_wrong_before_anything_escalates() -> None:
    models = Models({"cheap": ["first", "second"], "judge": [POOR, GOOD]})

    outcome = carried_out(
        models, plan("C", "cheap", validator="judge", retries=1), plan("X", "dear")
    )

    assert models.parts == [
        ("primary", "cheap", 1, None),
        ("validator", "judge", 1, None),
        ("primary", "cheap", 2, "quality 0.30 < 0.85"),
        ("validator", "judge", 2, "quality 0.30 < 0.85"),
    ]
    roles = [message.role for message in models.calls[2].question.messages]
    assert roles == ["user", "assistant", "user"]
    assert "no dates" in models.calls[2].text
    assert (outcome.text, outcome.accepted, outcome.escalated) == ("second", True, False)


def test_retries_are_bounded() -> None:
    models = Models()

    carried_out(models, plan("S", "cheap", retries=3), validators=[judge("0.1")])

    assert [each.routed.attempt for each in models.calls] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("problem", "asked"),
    [
        pytest.param(Unavailable("server"), 2, id="a server error may pass"),
        pytest.param(Unavailable("timeout"), 2, id="so may a timeout"),
        pytest.param(Unavailable("connection"), 2, id="and a broken connection"),
        pytest.param(BadReply("no JSON"), 2, id="and an answer that makes no sense"),
        pytest.param(Unavailable("rate_limit", 86_400.0), 1, id="a limit for a day does not"),
        pytest.param(Rejected(400, "no such field"), 1, id="a wrong question stays wrong"),
    ],
)
def test_only_what_may_pass_is_asked_again(problem: Said, asked: int) -> None:
    models = Models({"cheap": [problem, "the plan"]})

    outcome = carried_out(models, plan("S", "cheap", retries=1))

    assert len(models.calls) == asked
    assert outcome.accepted is (asked == 2)


# Models that cannot be had


@pytest.mark.parametrize("kind", ["rate_limit", "server", "timeout", "connection"])
def test_an_alternate_takes_over_and_says_why(kind: Any) -> None:
    models = Models({"flash-1.5": [unavailable(kind)]})

    outcome = carried_out(models, plan("S", "flash-1.5"), alternates={"flash-1.5": ("flash-2.0",)})

    assert models.parts == [
        ("primary", "flash-1.5", 1, None),
        ("primary", "flash-2.0", 2, kind),
    ]
    assert [call.routed.slot for call in models.calls] == ["flash-1.5", "flash-1.5"]
    assert [(one.profile, one.ending, one.why) for one in outcome.attempts] == [
        ("flash-1.5", "unavailable", kind),
        ("flash-2.0", "answered", None),
    ]
    assert (outcome.text, outcome.accepted, outcome.escalated) == ("flash-2.0", True, False)


def test_alternates_are_tried_in_order_and_each_once() -> None:
    models = Models({name: [unavailable()] for name in ("one", "two", "three")})

    outcome = carried_out(models, plan("S", "one"), alternates={"one": ("two", "three")})

    assert models.asked == ["one", "two", "three"]
    assert (outcome.accepted, outcome.blocked, outcome.quality) == (False, True, None)
    assert str(outcome.reason).split("; ") == [
        f"rate_limit: {name} ({name}-2026)" for name in ("one", "two", "three")
    ]


def test_a_critical_task_is_never_downgraded_to_a_cheap_alternate() -> None:
    models = Models({"best": [unavailable()]})

    outcome = carried_out(
        models,
        plan("X", "best"),
        premium=("best", "other"),
        alternates={"best": ("cheap", "other")},
    )

    assert models.asked == ["best", "other"]
    assert outcome.accepted


def test_a_question_that_is_rejected_has_no_alternates() -> None:
    models = Models({"one": [Rejected(401, "no key")]})

    outcome = carried_out(models, plan("S", "one"), alternates={"one": ("two",)})

    assert models.asked == ["one"]
    assert (outcome.blocked, outcome.reason) == (False, "rejected (401): one (one-2026): no key")


def test_all_providers_at_their_limit_is_blocked_and_not_a_bad_answer() -> None:
    models = Models({"a": [unavailable()], "b": [unavailable()]})

    outcome = carried_out(models, plan("S", "a"), plan("M", "b"))

    assert (outcome.blocked, outcome.accepted, outcome.score) == (True, False, None)
    assert outcome.escalation_reason == "rate_limit"


# Without a model


def test_a_native_handler_answers_without_any_model() -> None:
    models, heard = Models(), []
    native = NativeHandlers(by_command={"plan": lambda prompt: f"done: {prompt}"})

    outcome = carried_out(
        models,
        plan("S", "cheap", native=True),
        native=native,
        tell=lambda name, **_: heard.append(name),
    )

    assert models.calls == []
    assert (outcome.text, outcome.native, outcome.accepted) == ("done: Plan it.", True, True)
    assert heard == ["staged", "classified", "planned", "native", "routed"]


@pytest.mark.parametrize(
    "handlers",
    [
        pytest.param({}, id="there is no handler"),
        pytest.param({"plan": lambda _prompt: None}, id="the handler wants a model"),
    ],
)
def test_what_is_not_done_natively_is_asked_of_a_model(handlers: dict[str, Any]) -> None:
    models = Models()

    outcome = carried_out(
        models, plan("S", "cheap", native=True), native=NativeHandlers(by_command=handlers)
    )

    assert (models.asked, outcome.native) == (["cheap"], False)


# Chosen by hand


def test_a_model_chosen_by_hand_says_so_with_each_call() -> None:
    models = Models()

    carried_out(models, plan("S", "mine"), decided={"overridden": True})

    assert models.parts == [("primary", "mine", 1, "override")]
