"""Estimated tokens are said, once for each model."""

from __future__ import annotations

from support.charges import charge

from pytest_specbudget.budgets.estimated import EstimatedGate
from pytest_specbudget.budgets.gate import Ceiling, SpendGate
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.usage import Usage

GUESS = charge(
    "0.10", model="m", usage_state="estimated", usage=Usage(input_tokens=1_000, output_tokens=2)
)


def test_each_model_has_one_warning() -> None:
    mocked = charge(model="n", usage_state="estimated", source="mock")

    (finding,) = EstimatedGate().check(Ledger([GUESS, GUESS, charge("1"), mocked]))

    assert (finding.rule, finding.subject, finding.severity) == ("usage-estimated", "m", "warning")
    assert finding.message == (
        "2 calls to api.openai.com told no token counts: 2,000 input and 4 output tokens of m are "
        "estimated from the length of their texts"
    )


def test_what_a_ceiling_says_of_estimates_is_marked() -> None:
    ceiling = Ceiling(amount=Money.parse("0.05"), origin="here")
    gate = SpendGate(scope="session", subjects=lambda _charge: ("whole run",), each=ceiling)

    (finding,) = gate.check(Ledger([GUESS]))

    assert finding.message == "whole run spent $0.1000 of $0.0500 (200.0 %), estimated"
