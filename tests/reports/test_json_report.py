from __future__ import annotations

import json
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.gold import agree
from support.reports import bounded, failing, gate, hostile, passing, unpriced

from pytest_specbudget.core.finding import Finding, Verdict
from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import JournalError
from pytest_specbudget.reports.json_report import load, render
from pytest_specbudget.reports.report import CatalogueFacts, GateResult, Report, Row

if TYPE_CHECKING:
    from collections.abc import Callable

GOLD = Path(__file__).parent / "gold"
ROWS = ("specs", "commands", "stages", "models", "tests")
COLUMNS = [
    *("name", "calls", "replayed_calls", "failed_calls", "unknown_calls", "mocked_calls"),
    *("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_write_input_tokens"),
    *("reasoning_output_tokens", "list_cost_usd", "contracted_cost_usd", "billed_cost_usd"),
]

texts = st.text(st.characters(), max_size=8)
counts = st.integers(0, 10**30)
amounts = st.builds(Money, counts)
totals = st.builds(
    Totals,
    **{
        one.name: counts if one.name.endswith(("calls", "tokens")) else amounts
        for one in fields(Totals)
    },
)
tuples = st.lists(texts, max_size=2).map(tuple)
rows = st.builds(
    Row,
    name=texts,
    totals=totals,
    ceiling=st.none() | amounts,
    tests=counts,
    spec=texts,
    models=tuples,
    workers=counts,
    retries=counts,
    stages=st.dictionaries(texts, amounts, max_size=2),
    model_costs=st.dictionaries(texts, amounts, max_size=2),
)
sorted_rows = st.lists(rows, max_size=2, unique_by=lambda one: one.name).map(
    lambda found: tuple(sorted(found, key=lambda one: one.name))
)
findings = st.builds(
    Finding,
    **dict.fromkeys(("rule", "subject", "message", "origin", "remedy"), texts),
    details=tuples,
    severity=st.sampled_from(["error", "warning"]),
)
reports = st.builds(
    Report,
    **dict.fromkeys(ROWS, sorted_rows),
    run=texts,
    verdict=st.builds(
        Verdict,
        st.sampled_from(["pass", "fail", "inconclusive"]),
        st.lists(findings, max_size=2).map(tuple),
    ),
    exitstatus=st.integers(0, 5),
    mode=st.sampled_from(["observe", "warn", "enforce"]),
    basis=st.sampled_from(["list", "billed"]),
    partial=tuples,
    catalogue=st.none()
    | st.builds(CatalogueFacts, sha256=texts, as_of=texts, source=texts, overlays=tuples),
    price_at=texts,
    totals=totals,
    gates=st.lists(
        st.builds(
            GateResult,
            **dict.fromkeys(("rule", "scope", "subject", "origin"), texts),
            spent=amounts,
            ceiling=amounts,
            spread=amounts,
            passed=st.booleans(),
            estimated=st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    notes=tuples,
    sources=st.dictionaries(texts, counts, max_size=2),
    estimated=st.booleans(),
    journal=texts,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(report=reports)
def test_what_is_written_is_read_back_whole(report: Report) -> None:
    assert load(render(report), "a.json") == report


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(bounded(), id="with an interval"),
        pytest.param(passing(), id="passing"),
        pytest.param(failing(unpriced()), id="failing"),
        pytest.param(hostile(), id="hostile names"),
    ],
)
def test_a_plausible_report_is_read_back_whole(report: Report) -> None:
    assert load(render(report), "a.json") == report


def test_the_json_is_what_was_accepted() -> None:
    agree(render(failing(unpriced())), GOLD / "report.json")


def test_the_public_names_are_there() -> None:
    document = json.loads(render(failing()))

    assert {*document} >= {
        *("schemaVersion", "verdict", "exitstatus", "mode", "partial", "catalogue", "price_at"),
        *("totals", "specs", "stages", "models", "tests", "findings", "gates"),
        *("calls_unpriced", "calls_unreported"),
    }
    assert {*document["findings"][0]} >= {
        *("rule", "subject", "message", "origin", "remedy", "severity")
    }
    for one in (document["totals"], *(one for name in ROWS for one in document[name])):
        assert {*one} >= {*COLUMNS}


def test_money_is_an_exact_decimal_string() -> None:
    (spec,) = [one for one in json.loads(render(passing()))["specs"] if one["name"] == "BILLING"]

    assert (spec["list_cost_usd"], spec["billed_cost_usd"]) == ("0.5204", "0")
    assert spec["ceiling_usd"] == "2"


def test_a_ceiling_stands_only_where_one_applies() -> None:
    report = replace(passing(), gates=(gate("whole run", "1.8312", "5.00", "session"),))

    document = json.loads(render(report))

    assert document["totals"]["ceiling_usd"] == "5"
    assert "ceiling_usd" not in document["models"][0]


def test_the_specs_add_up_to_the_totals() -> None:
    document = json.loads(render(passing()))

    for name in ("specs", "models", "tests"):
        costs = [Decimal(one["list_cost_usd"]) for one in document[name]]
        assert sum(costs) == Decimal(document["totals"]["list_cost_usd"])


def test_rows_are_sorted_by_name() -> None:
    report = passing()
    shuffled = replace(report, specs=report.specs[::-1], tests=report.tests[::-1])

    assert render(shuffled) == render(report)


def damaged(change: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(render(passing()))
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(render(passing())[:500], r"a\.json:\d+:\d+: not JSON .* cut off", id="torn"),
        pytest.param("[]", "holds no JSON object", id="another shape"),
        pytest.param("[" * 100_000, "a.json: not a report: it is nested too deep", id="a bomb"),
        pytest.param("{}", "there is no schemaVersion", id="no version"),
        pytest.param(
            damaged(lambda all_: all_.update(schemaVersion="2.0")),
            'schemaVersion is "2.0", and this version reads "1.0"',
            id="a later major version",
        ),
        pytest.param(
            damaged(lambda all_: all_["totals"].update(calls=-1)), "totals.calls", id="a negative"
        ),
        pytest.param(
            damaged(lambda all_: all_["totals"].update(calls="7")), "totals.calls", id="a string"
        ),
        pytest.param(
            damaged(lambda all_: all_["specs"][1].update(list_cost_usd=0.1)),
            "specs.1.list_cost_usd: Value error, should be text",
            id="a binary fraction",
        ),
        pytest.param(
            damaged(lambda all_: all_["specs"][1].update(list_cost_usd="1e3")),
            "specs.1.list_cost_usd: Value error, '1e3' is not an amount",
            id="no plain amount",
        ),
        pytest.param(
            damaged(lambda all_: all_.pop("findings")), "findings: Field required", id="a key less"
        ),
        pytest.param(
            '{"schemaVersion": "1.0"}',
            "and 1[0-9] more",
            id="many problems are counted",
        ),
    ],
)
def test_damage_is_named_with_its_place(text: str, told: str) -> None:
    with pytest.raises(JournalError, match=told):
        load(text, "a.json")


def test_a_report_without_the_figures_of_bounds_has_none() -> None:
    new = ("partial_calls", "bounded_calls", "estimated_calls", "list_spread_usd")
    text = damaged(lambda all_: [all_["totals"].pop(name) for name in (*new, "billed_spread_usd")])

    assert load(text, "a.json") == passing()


def test_a_later_minor_version_is_read() -> None:
    text = damaged(lambda all_: all_.update(schemaVersion="1.7", something_new=[1]))

    assert load(text, "a.json") == passing()
