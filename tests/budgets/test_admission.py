"""The words for a refusal: amounts that are compared never look alike, and parts add up."""

from __future__ import annotations

import pytest
from support.reports import money

from pytest_specbudget.budgets.admission import Standing, Worst, over
from pytest_specbudget.budgets.gate import Ceiling


@pytest.mark.parametrize(
    ("ceiling", "spent", "in_flight", "cost", "what", "why"),
    [
        pytest.param(
            "0.01896",
            "0.0185",
            "0",
            "0.0005",
            "$0.01900 of $0.01896",
            "$0.01850 is spent and $0.00000 in flight, and a call may cost $0.00050",
            id="the ceiling is told as it was set",
        ),
        pytest.param(
            "0.04",
            "0.02005",
            "0.01",
            "0.01005",
            "$0.0401 of $0.0400",
            "$0.0201 is spent and $0.0100 in flight, and a call may cost $0.0100",
            id="halves of the last place add up",
        ),
        pytest.param(
            "0.000001",
            "0",
            "0",
            "0.0002265",
            "$0.0002265 of $0.0000010",
            "$0.0000000 is spent and $0.0000000 in flight, and a call may cost $0.0002265",
            id="one call is too dear by itself",
        ),
    ],
)
def test_a_refusal_tells_amounts_that_come_to_what_it_says(  # noqa: PLR0913, PLR0917 - a row of the table
    ceiling: str, spent: str, in_flight: str, cost: str, what: str, why: str
) -> None:
    standing = Standing(
        name="SPEC-1",
        ceiling=Ceiling(amount=money(ceiling), origin=f"--spec-budget={ceiling}"),
        committed=money(spent) + money(in_flight),
        in_flight=money(in_flight),
    )

    stop = over(standing, "a call", Worst(cost=money(cost), declared="somebody"))

    assert stop.what == f"a model call was refused: with it, SPEC-1 could spend {what}"
    assert stop.why == f"{why}: somebody declares that"
