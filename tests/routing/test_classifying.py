from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.routing.classifying import classify

if TYPE_CHECKING:
    from pytest_specbudget.routing.spec_text import Risk


def spec(tasks: int, *more: str) -> str:
    """Write a SPEC with a number of tasks in one domain."""
    boxes = [f"- [ ] T{number:03} write part {number}" for number in range(1, tasks + 1)]
    return "\n".join(["# SPEC-1 Reports", "", *more, "", "## Tasks", *boxes, ""])


@pytest.mark.parametrize(
    ("tasks", "size", "agents"),
    [
        (1, "simple", ("claude",)),
        (9, "simple", ("claude",)),
        (10, "medium", ("claude", "gpt")),
        (30, "medium", ("claude", "gpt")),
        (31, "complex", ("gemini", "claude", "gpt")),
    ],
)
def test_the_number_of_tasks_makes_the_class(
    tasks: int, size: str, agents: tuple[str, ...]
) -> None:
    found = classify(spec(tasks))

    assert (found.tasks, found.size, found.agents) == (tasks, size, agents)


@pytest.mark.parametrize(
    ("stated", "size"),
    [
        ("Domains: billing", "simple"),
        ("Domains: billing, frontend", "medium"),
        ("**Domains**: billing, frontend and mobile", "medium"),
        ("Domains: billing, frontend, mobile, search", "complex"),
        ("## Domains\n- billing: invoices\n- frontend\n", "medium"),
    ],
)
def test_the_number_of_domains_makes_the_class(stated: str, size: str) -> None:
    assert classify(spec(3, stated)).size == size


def test_domains_that_are_not_stated_are_those_named_more_than_once() -> None:
    text = spec(
        3, "The API has two endpoints. A screen is shown. OAuth guards them; auth is first."
    )

    assert classify(text).domains == ("api", "security")


@pytest.mark.parametrize(
    ("stated", "given", "risk"),
    [
        pytest.param("", None, ("low", False), id="nothing said, nothing seen"),
        pytest.param("Risk: high", None, ("high", True), id="stated"),
        pytest.param("**Risk level**: Critical", None, ("high", True), id="critical is high"),
        pytest.param("- Risk: medium\n- Risk: low", None, ("medium", True), id="the highest"),
        pytest.param("Risk: high", "low", ("low", True), id="what is given goes before"),
        pytest.param(
            "GDPR applies, and a vulnerability would be public.", None, ("high", False), id="two"
        ),
        pytest.param("GDPR applies.", None, ("medium", False), id="one danger"),
        pytest.param("There is no vulnerability.", None, ("low", False), id="a danger denied"),
        pytest.param(
            "Dependencies: Stripe, Twilio, S3", None, ("medium", False), id="much from outside"
        ),
    ],
)
def test_the_risk_is_given_stated_or_inferred(
    stated: str, given: Risk | None, risk: tuple[str, bool]
) -> None:
    found = classify(spec(3, stated), risk=given)

    assert (found.risk, found.risk_given) == risk


def test_a_high_risk_alone_makes_a_spec_complex() -> None:
    found = classify(spec(1), risk="high")

    assert (found.size, found.reasons, found.tier) == ("complex", ("high risk",), "C")


def test_a_spec_without_tasks_is_not_known_to_be_simple() -> None:
    found = classify("# SPEC-1 Reports")

    assert (found.size, found.tasks) == ("medium", 0)
    assert found.reasons == ("no task was found, so it is not known to be simple",)


def test_the_reasons_are_those_that_decided() -> None:
    found = classify(spec(31, "Domains: a, b"))

    assert found.reasons == ("31 tasks",)
    assert found.spared == 0


@pytest.mark.parametrize(
    ("text", "tasks"),
    [
        pytest.param("- [ ] one\n- [x] two\n", 2, id="boxes"),
        pytest.param("## Tasks\n1. one\n2. two\n   - a part of it\n", 2, id="numbers under Tasks"),
        pytest.param("**Tasks:**\n* one\n* two\n", 2, id="a label in bold"),
        pytest.param("### Task 1: one\n- [ ] a part\n### Task 2.1\n", 2, id="headings"),
        pytest.param("- Task 1: one\n- task 2: two\n", 2, id="items that say so"),
        pytest.param("## Acceptance criteria\n- [ ] it works\n", 0, id="criteria are no tasks"),
        pytest.param("**Success Criteria:**\n- [ ] it works\n", 0, id="nor below a label"),
        pytest.param("```\n- [ ] one\n```\n- [ ] two\n", 1, id="code does not count"),
        pytest.param("<!--\n- [ ] one\n-->\n", 0, id="comments do not count"),
        pytest.param("## Background\n- one\n- two\n", 0, id="other lists are no tasks"),
        pytest.param("Tasks: 31\n\n- [ ] the first\n", 31, id="a number that is stated"),
        pytest.param("## What it must do\n1. a\n2. b\n", 2, id="requirements, without tasks"),
        pytest.param("## What it must not do\n* a\n", 0, id="what is not wanted is no task"),
        pytest.param("## Requirements\n- a\n## Tasks\n- b\n- c\n", 2, id="tasks go before"),
        pytest.param("", 0, id="nothing"),
    ],
)
def test_tasks_are_counted_where_they_are_plainest(text: str, tasks: int) -> None:
    assert classify(text).tasks == tasks


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("## External dependencies\n- Stripe: payments\n- `S3`\n", ("Stripe", "S3")),
        ("**Dependencies:** Task 4.1\n", ()),
        ("Dependencies: None\n", ()),
        ("Depends on: Stripe, Stripe\n", ("Stripe",)),
    ],
)
def test_dependencies_are_those_from_outside(text: str, needs: tuple[str, ...]) -> None:
    assert classify(text).dependencies == needs


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        pytest.param("Tasks: -4", '"Tasks: -4" states no number', id="less than none"),
        pytest.param("**Tasks**: TBD", '"Tasks: TBD" states no number', id="no number"),
        pytest.param("Risk level = extreme", '"Risk level: extreme" is none of', id="no level"),
        pytest.param("| Risk | hgih |", 'did you mean "high"?', id="a level in a table"),
        pytest.param("Tasks: 12", None, id="a number"),
        pytest.param("Tasks: 12 or so", None, id="a number with words"),
        pytest.param("**Risk**: Critical", None, id="a level"),
        pytest.param("Risk: high (payments)", None, id="a level with words"),
        pytest.param("Risk: customers may be charged twice", None, id="prose"),
        pytest.param("| Risk | Mitigation |", None, id="the head of a table"),
        pytest.param("Tasks:\n- [ ] write", None, id="a label above a list"),
        pytest.param("```\nRisk: hgih\n```", None, id="code"),
    ],
)
def test_a_statement_that_makes_no_sense_is_told(stated: str, told: str | None) -> None:
    unread = classify(spec(3, stated)).unread

    assert [told in one for one in unread if told] == [True] * (told is not None)
    assert len(unread) == (told is not None)
