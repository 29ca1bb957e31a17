"""Which of several markers on one node sets a limit, and whose SPEC a test belongs to."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.core.money import Money
from pytest_specbudget.plugin.limits import Limits, strictest

if TYPE_CHECKING:
    from support.suites import Suite

LOW, HIGH = Money.parse("0.10"), Money.parse("0.20")


def limits(origin: str, node: str = "test_a.py::test_it", **values: Any) -> Limits:
    return Limits(node=node, single=True, origin=origin, **values)


@pytest.mark.parametrize(
    ("name", "lax", "strict"),
    [
        pytest.param("budget", HIGH, LOW, id="the lower budget"),
        pytest.param("max_calls", 2, 0, id="fewer calls"),
        pytest.param("allow_tiers", ("M", "S"), ("C",), id="fewer tiers"),
        pytest.param("min_quality", Fraction(0), Fraction(1, 2), id="the higher quality"),
        pytest.param("min_agreement", Fraction(1, 2), Fraction(1), id="the higher agreement"),
        pytest.param("max_regression", Fraction(10), Fraction(0), id="the smaller rise"),
    ],
)
@pytest.mark.parametrize("order", [1, -1], ids=["inner", "outer"])
def test_the_strictest_marker_of_a_test_sets_each_limit(
    name: str, lax: Any, strict: Any, order: int
) -> None:
    both = [replace(limits("strict"), **{name: strict}), replace(limits("lax"), **{name: lax})]

    held = [(one.origin, getattr(one, name)) for one in strictest(both[::order])]

    assert [pair for pair in held if pair[1] is not None] == [("strict", strict)]


def test_each_limit_of_a_test_may_come_from_another_marker() -> None:
    both = [limits("a", budget=LOW, max_calls=9), limits("b", budget=HIGH, max_calls=1)]

    held = [(one.origin, one.budget, one.max_calls) for one in strictest(both)]

    assert held == [("a", LOW, None), ("b", None, 1)]


def test_a_limit_of_one_node_says_nothing_of_another() -> None:
    both = [limits("class", node="test_a.py::TestIt", budget=LOW), limits("test", budget=HIGH)]

    assert {one.node: one.budget for one in strictest(both)} == {
        "test_a.py::TestIt": LOW,
        "test_a.py::test_it": HIGH,
    }


def test_a_case_names_its_own_spec_and_lifts_no_limit_of_its_function(suite: Suite) -> None:
    suite.write(
        "test_it.py",
        "import pytest\nfrom calls import ask\n"
        '@pytest.mark.spec("OUTER", budget="0.000001", stage="plan")\n'
        '@pytest.mark.spec("INNER", budget="1", max_calls=0)\n'
        '@pytest.mark.parametrize("n", [\n'
        '    pytest.param(1, marks=pytest.mark.spec("CASE", budget="2")), 2])\n'
        "def test_it(n): ask()\n",
    )

    outcome = suite.run("--spec-budget=2.00")

    specs = {row["name"]: (row["spec"], row["ceiling_usd"]) for row in outcome.facts["tests"]}
    assert specs == {
        "test_it.py::test_it[1]": ("CASE", "0.000001"),
        "test_it.py::test_it[2]": ("INNER", "0.000001"),
    }
    assert [row["name"] for row in outcome.facts["stages"]] == ["plan"]
    assert outcome.rules("error") == ["budget-exceeded"] * 2 + ["max-calls-exceeded"] * 2
    origins = {one["origin"] for one in outcome.facts["findings"]}
    assert all("OUTER" in one or "INNER" in one for one in origins)
