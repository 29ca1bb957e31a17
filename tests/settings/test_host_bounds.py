"""What one call costs at most, declared for a host."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_specbudget.core.money import Money
from pytest_specbudget.settings.settings import Settings

Read = Callable[..., Settings]
Problems = Callable[..., tuple[str, ...]]


@pytest.mark.parametrize(
    ("bound", "model", "usd"),
    [
        pytest.param('"0.05"', "gpt-5", "0.05", id="text, for every model"),
        pytest.param("0.05", "gpt-5", "0.05", id="a number"),
        pytest.param('{ "gpt-5" = "0.05" }', "gpt-5", "0.05", id="for one model"),
        pytest.param('{ "gpt-5" = "0.05" }', "gpt-6", None, id="and for no other"),
        pytest.param('{ "gpt-5*" = 0.05, "*" = 1 }', "gpt-5-mini", "0.05", id="for a glob"),
        pytest.param('{ "gpt-5*" = 0.05, "*" = 1 }', "o3", "1", id="the first that fits"),
    ],
)
def test_a_bound_is_an_amount_or_one_for_each_model(
    read: Read, bound: str, model: str, usd: str | None
) -> None:
    (rule,) = read(file=f"hosts.gw = {{ bound_usd = {bound} }}").hosts

    assert rule.bound_of(model) == (None if usd is None else Money.parse(usd))


@pytest.mark.parametrize("bound", ["-1", '"much"', "true", "[1]", '{ "gpt-5" = "?" }', "inf"])
def test_a_bound_that_is_no_amount_is_a_problem(problems: Problems, bound: str) -> None:
    (problem,) = problems(file=f"hosts.gw = {{ bound_usd = {bound} }}")

    assert problem.startswith('hosts."gw" = ')
    assert "bound_usd: " in problem
    assert "is not an amount; write US dollars of 0 or more" in problem
