"""Cheap first, on the shipped table: what a plan that takes over asks of whom, and accepts."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from support.emulator import Emulator
from support.scripted_models import Models, carried_out, plan

from pytest_specbudget.agents.client import Asker
from pytest_specbudget.agents.course import Task, Tools
from pytest_specbudget.agents.execution import run
from pytest_specbudget.agents.hands import Hands
from pytest_specbudget.agents.prompts import Prompt, Prompts
from pytest_specbudget.agents.values import BadReply, Rejected, Reply, Unavailable
from pytest_specbudget.quality.judged import Judged
from pytest_specbudget.routing.deciding import decide
from pytest_specbudget.routing.loading import default_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.emulator import Prompt as Heard
    from support.scripted_models import Said

    from pytest_specbudget.agents.outcome import Outcome

HAIKU, FLASH, SONNET = "claude-3-5-haiku-20241022", "gemini-2.0-flash", "claude-sonnet-4-20250514"
GOOD, POOR = '{"score": 0.9, "reason": "fine"}', '{"score": 0.3, "reason": "no dates"}'


def has_rollback(answer: str) -> None:
    assert "rollback" in answer.lower(), "it names no rollback"


def only_premium_knows(prompt: Heard) -> str:
    """Answer as cheap models that cannot do it, and as a premium one that can."""
    if prompt.text.startswith("Judge how well"):
        return GOOD
    return "Step 1, and a rollback." if prompt.model == SONNET else "Step 1."


@pytest.fixture
def heard() -> list[Heard]:
    """What the emulator is asked, in the order of arrival."""
    return []


@pytest.fixture
def emulator(heard: list[Heard]) -> Iterator[Emulator]:
    def reply(prompt: Heard) -> str:
        heard.append(prompt)
        return only_premium_knows(prompt)

    with Emulator(reply=reply) as running:
        yield running


def walked(emulator: Emulator, command: str) -> Outcome:
    """Carry out a command of the shipped table through our own client."""
    environment = {
        "OPENAI_BASE_URL": emulator.openai_url,
        "ANTHROPIC_BASE_URL": emulator.anthropic_url,
        "GOOGLE_GEMINI_BASE_URL": emulator.google_url,
    }
    table = default_table()
    task = Task(id="walk", prompt=Prompt.said("Plan it."), validators=(has_rollback,))
    with Asker(environment=environment) as asker:
        return run(decide(table, command), task, Tools(table=table), Hands(asker))


def test_what_the_premium_model_alone_can_do_is_accepted(emulator: Emulator) -> None:
    outcome = walked(emulator, "checklist")

    assert outcome.accepted, outcome.reason
    assert (outcome.text, outcome.tier) == ("Step 1, and a rollback.", "C")
    assert outcome.escalation_reason == "quality 0.00 < 0.85"
    assert outcome.consensus is not None
    assert outcome.consensus.status == "degraded"
    assert outcome.consensus.rejected == ("claude-haiku-3.5", "gemini-flash-2.0")


def test_a_cheap_model_that_failed_hears_what_was_wrong_when_it_is_asked_again(
    emulator: Emulator, heard: list[Heard]
) -> None:
    walked(emulator, "checklist")

    told = [one.text for one in heard if one.model == HAIKU]
    assert len(told) == 2
    assert ["it names no rollback" in text for text in told] == [False, True]
    (fresh,) = (one.text for one in heard if one.model == FLASH)
    assert "rollback" not in fresh


@pytest.mark.parametrize("command", ["checklist", "tasks", "plan"])
def test_no_model_is_asked_the_same_twice(
    command: str, emulator: Emulator, heard: list[Heard]
) -> None:
    outcome = walked(emulator, command)

    asked = [(one.model, one.text) for one in heard]
    assert outcome.accepted, outcome.reason
    assert len(asked) == len(set(asked))


# Who counts


@pytest.mark.parametrize(
    ("says", "accepted", "asked"),
    [
        pytest.param(["no", "no", "yes"], True, 3, id="two poor answers and a good one"),
        pytest.param([Unavailable("timeout"), "no", "yes"], True, 3, id="two that answered"),
        pytest.param(
            [Unavailable("timeout"), Unavailable("timeout"), "yes"], False, 3, id="one answered"
        ),
        pytest.param(["no", "no", "no"], False, 3, id="none that is good enough"),
    ],
)
def test_as_many_must_have_answered_as_the_plan_says(
    says: list[Said], asked: int, *, accepted: bool
) -> None:
    models = Models({name: [said] for name, said in zip("abc", says, strict=True)})

    outcome = carried_out(
        models,
        plan("C", *"abc", aggregator="arbiter", min_agents=2),
        validators=[lambda text: text == "yes"],
    )

    assert (outcome.accepted, len(models.calls)) == (accepted, asked)


def test_a_shortage_says_who_did_not_answer_and_why() -> None:
    down = Unavailable("connection", message="api.example.com: ConnectError: refused")
    models = Models({"a": [down], "b": [Rejected(400, "too long")], "c": ["yes"]})

    outcome = carried_out(models, plan("C", *"abc", min_agents=2))

    assert outcome.reason == (
        "1 of 3 models answered, 2 are needed: connection: a (a-2026): api.example.com: "
        "ConnectError: refused; rejected (400): b (b-2026): too long"
    )


# What is carried from plan to plan


def test_an_answer_that_nothing_is_known_against_stands() -> None:
    models = Models({"cheap": ["the plan"], "judge": [Unavailable("server")]})

    outcome = carried_out(
        models,
        plan("M", "cheap", validator="judge"),
        plan("C", "cheap", "dear", aggregator="arbiter"),
    )

    assert models.asked == ["cheap", "judge", "dear", "arbiter"]
    assert "the plan" in models.calls[-1].text
    assert outcome.accepted


def test_a_stand_in_that_failed_hears_what_was_wrong_when_it_has_a_place_of_its_own() -> None:
    models = Models({"cheap": [Unavailable("rate_limit")], "other": ["no", "yes"]})

    outcome = carried_out(
        models,
        plan("M", "cheap"),
        plan("C", "other"),
        validators=[lambda text: text == "yes"],
        alternates={"cheap": ("other",)},
    )

    assert models.asked == ["cheap", "other", "other"]
    assert models.calls[1].text != models.calls[2].text
    assert outcome.accepted


def test_what_all_of_them_came_to_is_told_to_each_by_the_next_plan() -> None:
    models = Models({"a": ["one"], "b": ["one"], "judge": [POOR]})

    carried_out(models, plan("M", "a", "b", validator="judge"), plan("C", "a", "dear"))

    again, fresh = (next(c for c in models.calls[3:] if c.model == name) for name in ("a", "dear"))
    assert "no dates" in again.text
    assert "no dates" not in fresh.text


def test_a_variant_of_the_prompt_for_the_next_tier_is_asked_as_it_is() -> None:
    prompts = Prompts.of(
        {
            "plan": {
                "default": {"version": "1", "text": "Plan."},
                "C": {"version": "2", "text": "P."},
            }
        }
    )
    models = Models({"judge": [Unavailable("server")]})

    carried_out(
        models,
        plan("M", "cheap", validator="judge"),
        plan("C", "cheap"),
        prompt=prompts.prompt("plan"),  # type: ignore[arg-type] # a prompt is as good as a text
    )

    assert [call.text for call in models.calls if call.model == "cheap"] == ["Plan.", "P."]


# What is recorded


def judging(score: str, *, passed: bool = True) -> Callable[[str], Judged]:
    def judged(_answer: str) -> Judged:
        return Judged(score=Fraction(score), passed=passed, name="judge/1")

    return judged


@pytest.mark.parametrize(
    ("says", "more", "quality"),
    [
        pytest.param({}, {"validators": [judging("0.9")]}, Fraction("0.9"), id="accepted"),
        pytest.param({}, {"validators": [judging("0.7")]}, Fraction("0.7"), id="too low"),
        pytest.param({}, {"validators": [judging("1", passed=False)]}, Fraction(0), id="rejected"),
        pytest.param({}, {}, None, id="accepted without a judge"),
        pytest.param({"a": [Rejected(400, "no")]}, {}, Fraction(0), id="not taken"),
        pytest.param({"a": [BadReply("no JSON")]}, {}, Fraction(0), id="no sense"),
        pytest.param({"a": [Unavailable("server")]}, {}, None, id="could not be had"),
        pytest.param({"judge": [Unavailable("server")]}, {"judge": True}, None, id="judge away"),
        pytest.param({"judge": ["well"]}, {"judge": True}, Fraction(0), id="no verdict"),
    ],
)
def test_a_task_that_failed_is_worth_nothing_unless_its_score_says_what(
    says: dict[str, list[Said]], more: dict[str, Any], quality: Fraction | None
) -> None:
    judge = "judge" if more.pop("judge", False) else None

    outcome = carried_out(Models(says), plan("S", "a", validator=judge), **more)

    assert outcome.quality == quality
    assert outcome.blocked is (quality is None and not outcome.accepted)


def test_a_conflict_of_good_answers_is_worth_nothing() -> None:
    models = Models({"a": ["one"], "b": ["two"]})

    outcome = carried_out(models, plan("M", "a", "b"), validators=[judging("1")])

    assert not outcome.accepted
    assert (outcome.score, outcome.quality) == (Fraction(1), Fraction(0))
    assert len(outcome.judged) == 1


def test_answers_that_were_turned_down_count_where_agreement_is_measured() -> None:
    models = Models({"a": ["no"], "b": ["never"], "c": ["yes"]})

    outcome = carried_out(
        models, plan("C", *"abc", min_agents=2), validators=[lambda text: text == "yes"]
    )

    assert outcome.consensus is not None
    assert outcome.consensus.agreement == 0
    assert outcome.consensus.rejected == ("a", "b")
    assert outcome.consensus.missing == ()


# What people read


def test_an_outcome_says_in_a_line_what_came_of_the_task() -> None:
    outcome = carried_out(
        Models({"cheap": ["Step 1."]}), plan("S", "cheap"), validators=[has_rollback]
    )

    assert outcome.reason == "quality 0.00 < 0.85: it names no rollback"
    assert repr(outcome) == str(outcome)
    assert str(outcome) == (
        'Outcome("plan", tier S, not accepted: quality 0.00 < 0.85: it names no rollback, '
        "score 0.00, 1 attempt, 'Step 1.')"
    )


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param("yes", "primary cheap, try 1, tier S: answered in", id="an answer"),
        pytest.param(
            Unavailable("rate_limit"),
            "primary cheap, try 1, tier S: unavailable, rate_limit in",
            id="none",
        ),
    ],
)
def test_an_attempt_says_in_a_line_who_was_asked_and_how_that_ended(said: Said, shown: str) -> None:
    outcome = carried_out(Models({"cheap": [said]}), plan("S", "cheap"))

    assert repr(outcome.attempts[0]).startswith(f"Attempt({shown} 0.0")


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("refusal", "refusal: the model refused"),
        ("length", "length: it was cut off at its longest"),
    ],
)
def test_a_refusal_and_a_cut_answer_say_what_they_are(finish: Any, reason: str) -> None:
    models = Models({"cheap": [Reply(text="I ca", finish=finish)]})

    assert carried_out(models, plan("S", "cheap")).reason == reason


def test_no_reason_shows_a_credential() -> None:
    key = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"
    models = Models({"cheap": [Rejected(401, f"Incorrect API key provided: {key}\nmore")]})

    reason = str(carried_out(models, plan("S", "cheap")).reason)

    assert reason.startswith("rejected (401): cheap (cheap-2026): Incorrect API key provided")
    assert key not in reason


def test_the_journal_hears_our_own_words_alone() -> None:
    reasons: list[Any] = []

    carried_out(
        Models(),
        plan("S", "cheap"),
        validators=[has_rollback],
        tell=lambda _name, **values: reasons.append(values.get("reason")),
    )

    assert reasons[-1] == "quality 0.00 < 0.85"
