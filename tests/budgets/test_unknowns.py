from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.charges import charge

from pytest_specbudget.budgets.calls import MaxCallsGate
from pytest_specbudget.budgets.unknowns import NoCallsGate, UnknownGate
from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.reading import BEGIN


def rules(*charges: Charge, **gate: Any) -> list[tuple[str, str]]:
    findings = UnknownGate(**gate).check(Ledger(list(charges)))
    return [(finding.rule, finding.severity) for finding in findings]


UNPRICED = charge(None, model="gpt-999", reason='no price for openai "gpt-999"')
UNREPORTED = charge(None, usage_state="none")
PARTIAL = charge("0.1", usage_state="partial")
UNANSWERED = charge(None, outcome="unknown", usage_state="none", source="live", error="ReadTimeout")


@pytest.mark.parametrize(
    ("one", "rule"),
    [
        pytest.param(UNPRICED, "usage-unpriced", id="no price"),
        pytest.param(UNREPORTED, "usage-unreported", id="no counts"),
        pytest.param(charge(None, usage_state="unreadable"), "usage-unreported", id="unreadable"),
        pytest.param(PARTIAL, "usage-partial", id="a lower bound"),
        pytest.param(UNANSWERED, "call-unanswered", id="no answer"),
        pytest.param(charge("0.1"), None, id="a priced answer"),
        pytest.param(charge("0"), None, id="an answer that costs nothing"),
        pytest.param(
            charge(None, outcome="failed", usage_state="none"), None, id="a failed attempt"
        ),
        pytest.param(charge(None, source="mock"), None, id="a mocked answer"),
        pytest.param(charge("0", usage_state="none", free="ours"), None, id="a free host"),
    ],
)
def test_what_is_unknown_is_an_error_of_its_own(one: Charge, rule: str | None) -> None:
    assert rules(one) == ([(rule, "error")] if rule else [])


def test_unknowns_only_warn_where_that_was_asked_for() -> None:
    found = rules(UNPRICED, UNREPORTED, severity="warning", origin="--spec-unknown=warn")

    assert {severity for _, severity in found} == {"warning"}


def test_a_thousand_calls_of_one_host_and_model_are_one_finding() -> None:
    (finding,) = UnknownGate().check(Ledger([UNPRICED] * 1_000))

    assert finding.message.startswith("1,000 calls to api.openai.com cannot be priced: no price")


def test_each_host_and_each_model_has_its_finding() -> None:
    books = Ledger(
        [
            charge(None, model="a", reason="-"),
            charge(None, model="b", reason="-"),
            charge(None, model="a", host="llm-gw.corp", reason="-"),
            charge(None, model="a", host="llm-gw.corp", reason="-"),
        ]
    )

    findings = list(UnknownGate().check(books))

    assert [(one.subject, one.message.partition(" cannot")[0]) for one in findings] == [
        ("a", "1 call to api.openai.com"),
        ("b", "1 call to api.openai.com"),
        ("a", "2 calls to llm-gw.corp"),
    ]


def test_the_finding_has_the_toml_to_paste() -> None:
    (finding,) = UnknownGate().check(Ledger([UNPRICED]))

    assert '    [[price]]\n    provider = "openai"\n    model = "gpt-999"\n' in finding.remedy
    assert 'hosts."api.openai.com" = ' in finding.remedy


def test_work_that_tells_its_counts_later_is_to_be_asked_for_and_not_estimated() -> None:
    begun = replace(UNREPORTED, reading=replace(UNREPORTED.reading, operation=BEGIN))

    (finding,) = UnknownGate().check(Ledger([begun]))

    assert "ask for what was begun until it is done" in finding.remedy
    assert "estimate" not in finding.remedy
    assert "bound_usd" in finding.remedy


def test_a_call_that_was_booked_by_hand_gets_no_advice_about_its_host() -> None:
    (finding,) = UnknownGate().check(
        Ledger([charge(None, model="m", reason="-", host="(told by the test)")])
    )

    assert "hosts." not in finding.remedy
    assert "where the call is booked" in finding.remedy


@pytest.mark.parametrize(
    ("flags", "message", "details"),
    [
        pytest.param(
            [("prompt_tokens was -250",), ("prompt_tokens was -7",)],
            "3 calls to api.openai.com came back with token counts that make no sense",
            ("prompt_tokens was -250", "prompt_tokens was -7", "t"),
            id="every count that is none is told",
        ),
        pytest.param(
            [(), ()],
            "3 calls to api.openai.com came back with an answer that could not be read",
            ("t",),
            id="a body that cannot be read has none",
        ),
        pytest.param(
            [tuple(f"count {number} was -1" for number in range(9)), ()],
            "3 calls to api.openai.com came back with token counts that make no sense",
            (*(f"count {number} was -1" for number in range(6)), "and 3 more counts", "t"),
            id="not more of them than can be read",
        ),
    ],
)
def test_counts_that_make_no_sense_are_told_apart_from_those_that_are_missing(
    flags: list[tuple[str, ...]], message: str, details: tuple[str, ...]
) -> None:
    odd = [charge(None, usage_state="unreadable", flags=each, test="t") for each in flags]
    missing = charge(None, usage_state="none", test="t")

    absent, senseless = UnknownGate().check(Ledger([missing, *odd, odd[0]]))

    assert absent.message == "1 call to api.openai.com came back with no token counts"
    assert (senseless.message, senseless.details) == (message, details)
    assert ("stream" in absent.remedy, "estimate" in absent.remedy) == (True, True)
    assert ("stream" in senseless.remedy, "estimate" in senseless.remedy) == (False, False)
    assert "bound_usd" in senseless.remedy


@pytest.mark.parametrize(
    ("charges", "found"),
    [
        pytest.param([], 1, id="no call at all"),
        pytest.param([charge("1", source="mock")], 1, id="mocked calls only"),
        pytest.param([charge("1")], 0, id="a call"),
    ],
)
def test_a_ceiling_that_watches_nothing_is_said(charges: list[Charge], found: int) -> None:
    findings = list(NoCallsGate(origin="--spec-budget=2").check(Ledger(charges)))

    assert [(one.rule, one.severity) for one in findings] == [("no-calls-seen", "warning")] * found
    judged = any("count_mocked = true" in one.remedy for one in findings)
    assert judged is bool(charges and found)


@pytest.mark.parametrize(
    ("charges", "fails"),
    [
        pytest.param([charge(test="t")] * 2, False, id="as many as allowed"),
        pytest.param([charge(test="t")] * 3, True, id="one more"),
        pytest.param(
            [charge(test="t")] * 2 + [charge(test="t", outcome="failed")], True, id="a failed one"
        ),
        pytest.param(
            [charge(test="t")] * 2 + [charge(test="t", source="mock")], False, id="a mocked one"
        ),
        pytest.param([charge(test="u")] * 3, False, id="another test's"),
    ],
)
def test_a_test_may_make_so_many_calls(charges: list[Charge], *, fails: bool) -> None:
    gate = MaxCallsGate(
        limits={"t": (2, "@pytest.mark.spec(max_calls=2)")},
        subjects=lambda charge: (charge.attribution.test,),
    )

    findings = list(gate.check(Ledger(charges)))

    assert [one.rule for one in findings] == ["max-calls-exceeded"] * fails
