"""Whether the models that were called are those that routing allows."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import charge

from pytest_specbudget.core.attribution import Attribution
from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.routed import Routed
from pytest_specbudget.routing.conformance import ConformanceGate, PremiumShareGate, kpis
from pytest_specbudget.routing.loading import default_table

if TYPE_CHECKING:
    from pytest_specbudget.core.finding import Finding

HAIKU = "claude-3-5-haiku-20241022"
SONNET = "claude-sonnet-4-20250514"
TEST = "tests/test_a.py::test_a"


def call(model: str, command: str | None = None, **others: Any) -> Charge:
    reading = Reading(
        provider="anthropic",
        operation="chat",
        request_model=model,
        response_model=model,
        usage_state="complete",
    )
    attribution = Attribution(test=TEST, command=command, when="call", via="context")
    made = charge("0.10", **others)
    made.reading, made.attribution = reading, attribution  # type: ignore[misc] # frozen for users
    return made


def found(*calls: Charge, allowed: dict[str, Any] | None = None) -> list[Finding]:
    gate = ConformanceGate(
        table=default_table(),
        allowed=allowed or {},
        nodes=lambda one: (one.attribution.test,),
        severity="error",
    )
    return [*gate.check(Ledger(list(calls)))]


@pytest.mark.parametrize(
    ("model", "tier", "expected"),
    [
        pytest.param(HAIKU, "S", [], id="a model of the tier"),
        pytest.param(HAIKU, "C", [], id="a model of a cheaper tier"),
        pytest.param(SONNET, "S", ["tier-mismatch"], id="a model of a dearer tier"),
        pytest.param(SONNET, None, [], id="a test without a tier"),
        pytest.param("claude-of-nobody", "S", [], id="a model that the table does not know"),
    ],
)
def test_a_test_of_a_tier_may_call(model: str, tier: str | None, expected: list[str]) -> None:
    assert [finding.rule for finding in found(call(model, tier=tier))] == expected


@pytest.mark.parametrize(
    ("model", "tiers", "expected"),
    [
        pytest.param(HAIKU, ("S", "M"), [], id="a model of one of them"),
        pytest.param(SONNET, ("S", "M"), ["tier-mismatch"], id="no model of another"),
        pytest.param("claude-of-nobody", ("S",), ["tier-mismatch"], id="no model of none"),
    ],
)
def test_a_marker_that_allows_tiers_allows(
    model: str, tiers: tuple[str, ...], expected: list[str]
) -> None:
    told = found(call(model), allowed={TEST: (tiers, "tests/test_a.py:3 @spec(...)")})

    assert [finding.rule for finding in told] == expected
    assert [finding.origin for finding in told] == ["tests/test_a.py:3 @spec(...)"] * len(expected)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        pytest.param(None, ["fallback-silent"], id="is silent without a reason"),
        pytest.param("rate_limit", [], id="is declared with one"),
    ],
)
def test_another_model_than_the_plan_says(reason: str | None, expected: list[str]) -> None:
    routed = Routed(task="t", role="primary", tier="M", slot="claude-haiku-3.5", reason=reason)

    assert [one.rule for one in found(call(SONNET, routed=routed))] == expected


def test_mocked_calls_are_not_judged() -> None:
    assert found(call(SONNET, tier="S", source="mock")) == []


@pytest.mark.parametrize(
    ("cheap", "premium", "breached"),
    [
        pytest.param(19, 1, False, id="exactly the share"),
        pytest.param(18, 2, True, id="more than the share"),
        pytest.param(0, 0, False, id="no calls"),
    ],
)
def test_the_share_of_premium_models(*, cheap: int, premium: int, breached: bool) -> None:
    gate = PremiumShareGate(table=default_table(), most=Fraction(5, 100), origin="x")
    ledger = Ledger([call(HAIKU)] * cheap + [call(SONNET)] * premium)

    assert [finding.rule for finding in gate.check(ledger)] == ["premium-share"] * breached


def test_the_figures_count_calls() -> None:
    ledger = Ledger([call(HAIKU, "plan"), call(HAIKU, "tasks"), call(SONNET, "nobody-knows-it")])

    figures = {kpi.name: (kpi.value, kpi.met) for kpi in kpis(ledger, default_table())}

    assert figures == {
        "P6": ("66.6 %", False),
        "P7": ("100.0 %", True),
        "P8": ("66.6 %", False),
        "P9": ("33.3 %", False),
        "P10": ("$0.1000", True),
    }


def test_without_calls_there_are_no_figures() -> None:
    assert kpis(Ledger(), default_table()) == ()
