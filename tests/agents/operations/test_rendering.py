"""Templates are filled whole, or every reason why not is said."""

from __future__ import annotations

import pytest

from pytest_specbudget.agents.operations.rendering import names_in, render
from pytest_specbudget.errors import SettingError


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("# $spec: ${title}", "# SPEC-1: Cost"),
        ("costs $$2.00, ${spec}s", "costs $2.00, SPEC-1s"),
        ("nothing", "nothing"),
        ("", ""),
        ("{title} %s", "{title} %s"),
    ],
)
def test_names_are_replaced_and_nothing_else(text: str, filled: str) -> None:
    assert render(text, {"spec": "SPEC-1", "title": "Cost", "unused": 1}) == filled


def test_every_problem_is_said_with_its_line() -> None:
    with pytest.raises(SettingError) as failure:
        render("$spec\n${owner} costs $ 2\n$stage", {"spec": "S", "title": "T"}, "plan.md")

    assert failure.value.problems == (
        'plan.md:2: "${owner}" has no value; there are spec, title',
        'plan.md:2: "$" begins no name; write "$$" for a dollar sign',
        'plan.md:3: "${stage}" has no value; there are spec, title',
    )


def test_a_value_is_not_filled_again() -> None:
    assert render("$a", {"a": "$b", "b": "no"}) == "$b"


def test_the_names_of_a_template_are_known_beforehand() -> None:
    assert names_in("$b ${a} $$c $b") == ["b", "a"]
