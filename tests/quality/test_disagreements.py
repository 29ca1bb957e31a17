"""The two axes of a disagreement, and what a text is taken apart into."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pytest_specbudget.quality.disagreements import Limits, Substance, compared, disagreement
from pytest_specbudget.quality.items import parts_of


@pytest.mark.parametrize(
    ("first", "second", "type_", "severity"),
    [
        pytest.param("- a task", "* A task.", None, None, id="the same: no disagreement"),
        pytest.param(
            "- Read every file\n- Sum",
            "- Read each file\n- Sum",
            "scope",
            "structural",
            id="half of two short items is other",
        ),
        pytest.param("Verdict: pass", "Verdict: fail", "technical", "logical", id="verdicts"),
        pytest.param(
            "# A\n- Wait 2 seconds\n- Stop",
            "# B\n- Wait 9 seconds\n- Stop",
            "structural",
            "logical",
            id="another structure, and numbers that contradict: two axes",
        ),
        pytest.param(
            "- Wait 2 minutes", "- Wait 2 hours", "technical", "logical", id="a unit is part of it"
        ),
        pytest.param(
            "Result: not approved", "Result: approved", "technical", "logical", id="a negation"
        ),
        pytest.param(
            "Status: done", "Status: open", "scope", "structural", id="words of no verdict"
        ),
    ],
)
def test_type_and_severity(
    first: str, second: str, type_: str | None, severity: str | None
) -> None:
    found = disagreement(("gemini", first), ("claude", second))

    assert (found and found.type) == type_
    assert (found and found.severity) == severity


def test_a_disagreement_names_its_agents_its_point_and_its_figures() -> None:
    found = disagreement(("gemini", "- Use Kafka"), ("claude", "- Use RabbitMQ"))

    assert found is not None
    assert found.agents == ("gemini", "claude")
    assert found.point == "0 % of the terms are in both"
    assert found.figures.terms == 0
    assert found.figures.unmatched == 0


def test_limits_can_be_moved() -> None:
    first, second = "- a1\n- b1\n- c1\n- d1", "- a1\n- b1\n- c1\n- other thing"

    assert disagreement(("a", first), ("b", second)) is not None
    usual = disagreement(("a", first), ("b", second))
    tight = disagreement(("a", first), ("b", second), Limits(unmatched=Fraction(2, 10)))

    assert usual is not None
    assert usual.type is None
    assert tight is not None
    assert tight.type == "scope"


def test_substance_is_a_metric_of_wording() -> None:
    metric = Substance()

    assert metric.name == "substance/1"
    assert metric("Yes.", "yes") == 1
    assert metric("Yes.", "no") == 0


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        pytest.param("PASS", True, id="a bare word"),
        pytest.param("**Verdict:** FAIL", False, id="bold"),
        pytest.param('{"approved": false}', False, id="JSON"),
        pytest.param("Status: pass\nVerdict: fail", False, id="the last decision counts"),
        pytest.param(
            "No news is good news for the team", None, id="a sentence that begins with no"
        ),
        pytest.param("Recommendation: no-go", False, id="no-go"),
        pytest.param("The plan", None, id="none"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_what_a_text_decides(text: str, *, verdict: bool | None) -> None:
    assert parts_of(text).verdict is verdict


def test_two_long_lists_are_compared_in_time() -> None:
    first = "\n".join(f"- task number {place} of the first" for place in range(600))
    second = "\n".join(f"- quite another thing {place}" for place in range(600))

    assert compared(first, second).unmatched == 1
