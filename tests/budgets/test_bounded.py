"""What nobody knows counts as an interval up to what was declared; the upper end is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.charges import bound, charge

from pytest_specbudget.budgets.bounded import BoundedGate
from pytest_specbudget.budgets.gate import Ceiling, SpendGate
from pytest_specbudget.budgets.unknowns import UnknownGate
from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pytest_specbudget.budgets.gate import Basis
    from pytest_specbudget.core.finding import Finding

LIVE: dict[str, Any] = {"source": "live", "billed_cost": None}


def doubtful(cost: str | None = None, usd: str = "0.05", **others: Any) -> Charge:
    return charge(cost, bound=bound(usd), **{**LIVE, "reason": "no price", **others})


def gate(ceiling: str, basis: Basis = "list") -> SpendGate:
    return SpendGate(
        scope="session",
        subjects=lambda _charge: ("whole run",),
        each=Ceiling(amount=Money.parse(ceiling), origin="--spec-session-budget"),
        basis=basis,
    )


def ends(*charges: Charge, basis: Basis = "list") -> tuple[str, str]:
    (spending,) = gate("1", basis).spendings(Ledger(list(charges)))
    return str(spending.spent), str(spending.upper)


def found(ceiling: str, *charges: Charge) -> list[Finding]:
    return list(gate(ceiling).check(Ledger(list(charges))))


@pytest.mark.parametrize(
    ("one", "interval"),
    [
        pytest.param(doubtful(), ("0", "0.05"), id="no price"),
        pytest.param(doubtful(usage_state="none"), ("0", "0.05"), id="no counts"),
        pytest.param(doubtful(usage_state="unreadable"), ("0", "0.05"), id="counts that are none"),
        pytest.param(
            doubtful(outcome="unknown", usage_state="none"), ("0", "0.05"), id="no answer"
        ),
        pytest.param(
            doubtful("0.01", usage_state="partial"), ("0.01", "0.05"), id="a lower bound is known"
        ),
        pytest.param(
            doubtful("0.06", usage_state="partial"), ("0.06", "0.06"), id="a bound that is broken"
        ),
        pytest.param(doubtful("0.02"), ("0.02", "0.02"), id="a cost that is known"),
        pytest.param(doubtful("0", outcome="failed"), ("0", "0"), id="a failed attempt"),
        pytest.param(doubtful("0", usage_state="none", free="ours"), ("0", "0"), id="free"),
        pytest.param(
            doubtful("0", usage_state="partial", free="ours"), ("0", "0"), id="free, and cut off"
        ),
        pytest.param(doubtful(source="mock"), ("0", "0"), id="a mocked answer"),
        pytest.param(charge(None, **LIVE), ("0", "0"), id="no bound at all"),
    ],
)
def test_a_call_of_unknown_cost_adds_an_interval(one: Charge, interval: tuple[str, str]) -> None:
    assert ends(one) == interval


@pytest.mark.parametrize(
    ("one", "interval"),
    [
        pytest.param(doubtful(), ("0", "0.05"), id="live: up to the bound"),
        pytest.param(
            doubtful("0.01", usage_state="partial", billed_cost=Money.parse("0.008")),
            ("0.008", "0.05"),
            id="from what is known to be billed",
        ),
        pytest.param(
            doubtful(source="replay", billed_cost=Money()), ("0", "0"), id="a replay costs nothing"
        ),
        pytest.param(doubtful(workers=3), ("0", "0.15"), id="every worker's copy was paid"),
    ],
)
def test_what_may_be_billed_is_an_interval_too(one: Charge, interval: tuple[str, str]) -> None:
    assert ends(one, basis="billed") == interval


@pytest.mark.parametrize(
    ("ceiling", "rule"),
    [
        pytest.param("0.0620", "budget-warning", id="an upper end at the ceiling passes"),
        pytest.param("0.061999999999", "budget-exceeded", id="a pico less does not"),
        pytest.param("0.0500", "budget-exceeded", id="the known part alone would pass"),
        pytest.param("0.10", None, id="far from it: quiet"),
    ],
)
def test_the_upper_end_is_judged(ceiling: str, rule: str | None) -> None:
    findings = found(ceiling, charge("0.0120"), doubtful())

    assert [one.rule for one in findings] == ([rule] if rule else [])


def test_the_finding_shows_both_ends_the_calls_and_the_declaration() -> None:
    (finding,) = found("0.0500", charge("0.0120", test="t1"), doubtful(test="t2"))

    assert finding.message == ("whole run spent $0.0120 to $0.0620 of $0.0500 (24.0 % to 124.0 %)")
    assert finding.details == (
        "t2   $0.0000 to $0.0500   1 call, gpt-5-mini",
        "t1   $0.0120   1 call, gpt-5-mini",
        "1 call of unknown cost, each at most $0.05 by hosts.gw",
    )
    assert "declare a tighter bound" in finding.remedy


def test_a_breach_of_what_is_known_is_told_as_one() -> None:
    (finding,) = found("0.0100", charge("0.0120"), doubtful())

    assert finding.remedy.startswith("send the dearest calls to a cheaper model")


def test_a_bounded_call_is_a_warning_and_no_error() -> None:
    books = Ledger([doubtful(), doubtful(outcome="unknown", usage_state="none"), charge("1")])

    (finding,) = BoundedGate().check(books)

    assert list(UnknownGate().check(books)) == []
    assert (finding.rule, finding.severity, finding.origin) == (
        "usage-bounded",
        "warning",
        "hosts.gw",
    )
    assert finding.message == (
        "2 calls to api.openai.com of unknown cost (1 unpriced, 1 unanswered) "
        "count as $0.0000 to $0.1000"
    )


@pytest.mark.parametrize(
    ("one", "rule"),
    [
        pytest.param(charge(None, **LIVE), "usage-unpriced", id="no bound at all"),
        pytest.param(
            doubtful("0.06", usage_state="partial"), "usage-partial", id="a bound that is broken"
        ),
    ],
)
def test_what_no_bound_holds_fails_closed(one: Charge, rule: str) -> None:
    findings = list(UnknownGate().check(Ledger([one])))

    assert [(finding.rule, finding.severity) for finding in findings] == [(rule, "error")]
    assert 'hosts."api.openai.com" = { bound_usd = "0.05" }' in findings[0].remedy


def test_a_bound_that_a_known_cost_exceeds_is_said() -> None:
    books = Ledger([doubtful("0.0721"), doubtful("0.06"), doubtful("0.05")])

    (finding,) = BoundedGate().check(books)

    assert (finding.rule, finding.severity) == ("bound-contradicted", "warning")
    assert finding.message.startswith("2 calls to api.openai.com cost more than was declared")
    assert finding.message.endswith("up to $0.0721, declared $0.0500")


amounts = st.none() | st.sampled_from(["0", "0.01", "0.05", "0.07"])
doubts = st.builds(
    lambda cost, usd, state, outcome, source: charge(
        cost,
        usage_state=state,
        outcome=outcome,
        source=source,
        bound=None if usd is None else bound(usd),
    ),
    amounts,
    amounts,
    st.sampled_from(["complete", "partial", "none", "unreadable", "estimated"]),
    st.sampled_from(["answered", "failed", "unknown"]),
    st.sampled_from(["live", "replay", "mock"]),
)


@given(st.lists(doubts, max_size=6))
def test_every_doubt_is_either_bounded_or_an_error(made: list[Charge]) -> None:
    books = Ledger(made)
    unbounded = [one for one in made if one.uncertain and not one.bounded and not one.mocked]

    errors = list(UnknownGate().check(books))

    assert bool(errors) is bool(unbounded)
    assert books.totals().unbounded_calls == len(unbounded)


@given(st.lists(doubts, min_size=1, max_size=6))
def test_ceilings_and_totals_have_the_same_ends(made: list[Charge]) -> None:
    totals = Ledger(made).totals()

    assert ends(*made) == (str(totals.list_cost), str(totals.list_upper))
    assert ends(*made, basis="billed") == (str(totals.billed_cost), str(totals.billed_upper))
