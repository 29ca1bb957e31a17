"""Whether the models that were called are those that routing allows."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from support.routing import MARKET, model_call, table

from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.routed import Routed
from pytest_specbudget.routing.conformance import ConformanceGate, PremiumShareGate
from pytest_specbudget.routing.standing import Standings

if TYPE_CHECKING:
    from pytest_specbudget.core.finding import Finding, Severity

HAIKU = "claude-3-5-haiku-20241022"
SONNET = "claude-sonnet-4-20250514"
OPUS, CHEAP, STRANGE = "claude-of-the-dear", "claude-of-the-cheap", "claude-of-nobody"
TEST = "tests/test_a.py::test_a"
STANDINGS = Standings(table(), MARKET)


def call(model: str, **others: Any) -> Charge:
    return model_call("anthropic", model, test=TEST, **others)


def routed(tier: str = "M", slot: str = "claude-haiku-3.5", **others: Any) -> Routed:
    return Routed(**{"task": "t", "role": "primary", "tier": tier, "slot": slot, **others})


def found(
    *calls: Charge,
    allowed: dict[str, Any] | None = None,
    severity: Severity = "error",
    override: str = "",
) -> list[Finding]:
    gate = ConformanceGate(
        standings=STANDINGS,
        allowed=allowed or {},
        nodes=lambda one: (one.attribution.test,),
        severity=severity,
        override=override,
    )
    return [*gate.check(Ledger(list(calls)))]


@pytest.mark.parametrize(
    ("model", "tier", "expected"),
    [
        pytest.param(HAIKU, "S", [], id="a model of the tier"),
        pytest.param(HAIKU, "C", [], id="a model of a cheaper tier"),
        pytest.param(CHEAP, "S", [], id="a model of no plan that is cheaper"),
        pytest.param("claude-haiku-by-another-name", "S", [], id="a model by another name"),
        pytest.param(SONNET, "S", ["tier-mismatch"], id="a model of a dearer tier"),
        pytest.param("claude-sonnet-4-0", "M", ["tier-mismatch"], id="a dearer one, by an alias"),
        pytest.param(OPUS, "X", ["tier-mismatch"], id="a model dearer than any"),
        pytest.param(STRANGE, "X", ["tier-mismatch"], id="a model that nobody can place"),
        pytest.param(SONNET, "X", [], id="a premium model for critical work"),
        pytest.param(HAIKU, "X", ["tier-mismatch"], id="no cheap model for critical work"),
        pytest.param(CHEAP, "X", ["tier-mismatch"], id="nor one of no plan"),
        pytest.param(OPUS, None, [], id="a test without a tier"),
        pytest.param(OPUS, "T1", [], id="a word that is no tier of the table"),
    ],
)
def test_a_test_of_a_tier_may_call(model: str, tier: str | None, expected: list[str]) -> None:
    assert [finding.rule for finding in found(call(model, tier=tier))] == expected


@pytest.mark.parametrize(
    ("model", "told", "doubted"),
    [
        pytest.param(SONNET, "it is of tier C", False, id="by a plan"),
        pytest.param("claude-mid", "it is of tier C, by its price", False, id="by its price"),
        pytest.param(OPUS, "dearer than every model that does", False, id="above all"),
        pytest.param(STRANGE, "so nobody knows its tier", True, id="nowhere"),
    ],
)
def test_where_a_model_stands_is_told(model: str, told: str, *, doubted: bool) -> None:
    (finding,) = found(call(model, tier="S"))

    assert finding.message.startswith(f"1 call of {model} in tests of tier S: ")
    assert finding.message.endswith(told)
    assert finding.inconclusive is doubted


def test_a_warning_makes_no_run_inconclusive() -> None:
    (finding,) = found(call(STRANGE, tier="S"), severity="warning")

    assert (finding.severity, finding.inconclusive) == ("warning", False)


def test_a_tier_that_took_over_as_declared_is_held_to_its_own_models() -> None:
    took_over = routed("C", "claude-sonnet-4", escalated=True)

    assert found(call(SONNET, tier="S", routed=took_over)) == []
    assert [one.subject for one in found(call(OPUS, tier="S", routed=took_over))][:1] == [OPUS]


@pytest.mark.parametrize(
    ("model", "tiers", "expected"),
    [
        pytest.param(HAIKU, ("S", "M"), [], id="a model of one of them"),
        pytest.param(CHEAP, ("M",), [], id="a cheaper one"),
        pytest.param(SONNET, ("S", "M"), ["tier-mismatch"], id="no model of another"),
        pytest.param(STRANGE, ("S",), ["tier-mismatch"], id="no model of none"),
        pytest.param(HAIKU, ("X",), ["tier-mismatch"], id="no cheap one for critical work"),
        pytest.param("claude-mid", ("X",), [], id="a premium one for critical work"),
        pytest.param(HAIKU, ("Q",), ["tier-mismatch"], id="nothing of a tier that is none"),
    ],
)
def test_a_marker_that_allows_tiers_allows(
    model: str, tiers: tuple[str, ...], expected: list[str]
) -> None:
    told = found(call(model), allowed={TEST: (tiers, "tests/test_a.py:3 @spec(...)")})

    assert [finding.rule for finding in told] == expected
    assert [finding.origin for finding in told] == ["tests/test_a.py:3 @spec(...)"] * len(expected)


@pytest.mark.parametrize("allowed", [{}, {TEST: (("S",), "x.py:3")}], ids=["tier", "allowed"])
def test_what_the_whole_run_was_sent_to_is_a_warning_that_says_so(allowed: dict[str, Any]) -> None:
    tier = None if allowed else "S"
    sent, own = call(SONNET, tier=tier, routed=routed(reason="override")), call(SONNET, tier=tier)

    told = found(sent, own, allowed=allowed, override="--spec-route=premium")

    assert [finding.severity for finding in told] == ["error", "warning"]
    assert told[1].message.endswith("; --spec-route=premium asks for that")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        pytest.param(None, ["fallback-silent"], id="is silent without a reason"),
        pytest.param("rate_limit", [], id="is declared with one"),
    ],
)
def test_another_model_than_the_plan_says(reason: str | None, expected: list[str]) -> None:
    assert [one.rule for one in found(call(SONNET, routed=routed(reason=reason)))] == expected


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
    gate = PremiumShareGate(STANDINGS, Fraction(5, 100), "x")
    ledger = Ledger([call(HAIKU)] * cheap + [call(SONNET)] * premium)

    assert [finding.rule for finding in gate.check(ledger)] == ["premium-share"] * breached


@pytest.mark.parametrize(
    ("model", "told"),
    [
        pytest.param(OPUS, (["premium-share"], [False]), id="is premium if it is dear"),
        pytest.param(CHEAP, ([], []), id="is none if it is cheap"),
        pytest.param(STRANGE, (["premium-share"], [True]), id="is unknown without a price"),
    ],
)
def test_a_model_that_the_table_does_not_name(
    model: str, told: tuple[list[str], list[bool]]
) -> None:
    gate = PremiumShareGate(STANDINGS, Fraction(5, 100), "x")

    findings = [*gate.check(Ledger([call(HAIKU), call(model)]))]

    assert ([one.rule for one in findings], [one.inconclusive for one in findings]) == told


def test_premium_models_that_were_asked_for_are_a_warning() -> None:
    gate = PremiumShareGate(STANDINGS, Fraction(0), "x", "--spec-route=premium")

    (finding,) = gate.check(Ledger([call(SONNET)]))

    assert finding.severity == "warning"
    assert "--spec-route=premium asks for that" in finding.message
