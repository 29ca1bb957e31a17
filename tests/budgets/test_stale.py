from __future__ import annotations

from typing import Any

import pytest
from support.charges import charge

from pytest_specbudget.budgets.stale import BypassGate, StaleGate
from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.staleness import Staleness
from pytest_specbudget.core.usage import Usage


def stale(now: str | None, then: str, *places: str, **others: Any) -> Charge:
    told = {name: others.pop(name) for name in ("foreign", "listed", "excused") if name in others}
    staleness = Staleness(
        places=places or ("$.messages[*].content",),
        model="gpt-4o-mini",
        input_tokens=12,
        list_cost=Money.parse(then),
        **told,
    )
    values = {"cassette": "/a/test_plan.yaml", "cassette_index": 3, "usage": Usage(input_tokens=24)}
    return charge(now, verdict="stale", staleness=staleness, **{**values, **others})


def test_one_change_that_touches_many_calls_is_one_finding_with_the_money() -> None:
    calls = [stale("0.02", "0.01", test=f"t.py::test_{n}") for n in range(300)]

    (finding,) = StaleGate().check(Ledger(calls))

    assert finding.rule == "recording-stale"
    assert finding.severity == "error"
    assert finding.message == (
        "300 calls were answered by recordings of others: $.messages[*].content differs; "
        "list cost $3.00 as recorded, $6.00 now"
    )
    assert finding.details[0] == (
        "t.py::test_0   test_plan.yaml#3: gpt-4o-mini -> gpt-5-mini, 12 -> 24 input tokens, "
        "$0.0100 -> $0.0200"
    )
    assert finding.details[-1] == "and 297 more calls"


def test_changes_of_other_places_are_findings_of_their_own_the_dearest_first() -> None:
    calls = [stale("0.02", "0.01", "$.a"), stale("0.09", "0.01", "$.b"), charge("1")]

    found = [*StaleGate().check(Ledger(calls))]

    assert [finding.subject for finding in found] == ["$.b", "$.a"]


@pytest.mark.parametrize(
    ("one", "told"),
    [
        pytest.param(stale("0.01", "0.01", "$.store"), "accept --path '$.store'", id="no price"),
        pytest.param(stale("0.02", "0.01", "$.store"), "cassettes rerecord", id="a price"),
        pytest.param(stale(None, "0.01", "$.store"), "cassettes rerecord", id="nobody knows"),
        pytest.param(stale("0.01", "0.01", "path"), "cassettes rerecord", id="no place in a body"),
        pytest.param(stale("0.01", "0.01", "$.model"), "cassettes rerecord", id="a dated alias"),
        pytest.param(stale("0.01", "0.01"), "cassettes rerecord", id="a prompt as long as before"),
        pytest.param(stale("0.01", "0.01", "$.n"), "cassettes rerecord", id="more answers"),
    ],
)
def test_the_remedy_follows_from_what_the_change_changes(one: Charge, told: str) -> None:
    (finding,) = StaleGate().check(Ledger([one]))

    assert told in finding.remedy


def test_a_call_without_a_price_is_told_and_not_taken_for_free() -> None:
    (one,) = StaleGate().check(Ledger([stale(None, "0.01")]))
    (two,) = StaleGate().check(Ledger([stale(None, "0.01"), stale("0.03", "0.01")]))

    assert one.message.endswith("list cost $0.0100 as recorded, and unknown now")
    assert two.message.endswith(
        "list cost $0.0200 as recorded, $0.0300 now, and 1 call without a price"
    )
    assert one.details[0].endswith("$0.0100 -> no price")


@pytest.mark.parametrize(
    ("one", "foreign_too", "expected"),
    [
        pytest.param(
            stale("1", "1", foreign=True), False, ["warning"], id="another plugin's warns"
        ),
        pytest.param(stale("1", "1", foreign=True), True, ["error"], id="and fails if asked"),
        pytest.param(stale("1", "1", listed=True), True, [], id="what is known is let be"),
        pytest.param(stale("1", "1", excused=True), True, [], id="what does not count, too"),
        pytest.param(stale("1", "1", source="mock"), True, [], id="what is mocked is not judged"),
    ],
)
def test_severity(one: Charge, *, foreign_too: bool, expected: list[str]) -> None:
    found = StaleGate(foreign_too=foreign_too).check(Ledger([one]))

    assert [finding.severity for finding in found] == expected


def test_calls_around_an_open_cassette_are_one_warning_with_their_cost() -> None:
    around = charge("0.25", source="live", verdict="bypass")

    (finding,) = BypassGate().check(Ledger([around, around, charge("1")]))

    assert (finding.rule, finding.severity) == ("cassette-bypassed", "warning")
    assert finding.message.startswith("2 calls to api.openai.com went to the network although")
    assert finding.message.endswith("list cost $0.5000")


def test_honest_replay_has_no_findings() -> None:
    ledger = Ledger([charge("1"), charge("1", source="live", verdict="live")])

    assert [*StaleGate().check(ledger), *BypassGate().check(ledger)] == []
