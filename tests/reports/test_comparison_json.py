from __future__ import annotations

import json
from typing import Any

import pytest
from support.charges import charge, ledger
from support.reports import HOSTILE, money

from pytest_specbudget.audit.comparison import (
    Change,
    Comparison,
    Effects,
    Listed,
    RequestChange,
    Waste,
)
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.errors import JournalError
from pytest_specbudget.reports.comparison_json import comparison_json, comparison_of
from pytest_specbudget.samples.claim import Claim


def whole() -> Comparison:
    """Return a comparison in which nothing is at its default."""
    before = ledger("1.00", "0.25").totals()
    after = ledger("0.000000000000000001", usage=Usage(input_tokens=9)).totals()
    after.add(charge(None))
    change = Change(
        scope="spec",
        subject=HOSTILE,
        base=before,
        head=after,
        said="inconclusive",
        limit="10 %",
        origin="--spec-max-regression=10",
        why=("2 calls more", "gpt-4o-mini -> gpt-5"),
        spec="A, B",
    )
    return Comparison(
        base="base.json",
        head="this run",
        limit="strict",
        origin="by default",
        changes=(change,),
        new=(Listed(test="t.py::test_new", totals=after, spec="A"),),
        vanished=(Listed(test="t.py::test_gone", totals=before),),
        unrun=("t.py::test_left_out",),
        renamed=(("t.py::test_old", "t.py::test_named"),),
        effects=(
            Effects(
                subject="whole run",
                base=money("1.25"),
                head=money("0.75"),
                price=money("0.5"),
                calls=Money(-1),
                mix=money("1") * -1,
                tokens=Money(1),
                kinds={"input": money("0.25") * -1, "output": money("0.25") + Money(1)},
            ),
        ),
        requests=(
            RequestChange(
                test="t.py::test_a",
                places=("$.model",),
                lines=("-gpt-4o", "+gpt-5"),
                base=money("0.1"),
                cassette="cassettes/t/test_a.yaml",
            ),
        ),
        waste=(
            Waste(kind="retry", test="t.py::test_a", calls=2, list_cost=money("0.1"), new=True),
        ),
        claims=(
            Claim(
                question="whole run",
                said="inconclusive",
                n=4,
                estimate="1.25",
                interval=("0.9", "1.5"),
                confidence="0.95",
                p=0.04,
                power=0.5,
                needed=12,
                method="Wilcoxon signed-rank",
            ),
        ),
        notes=("nothing is known of `b`",),
    )


@pytest.mark.parametrize(
    "comparison",
    [
        pytest.param(whole(), id="with everything"),
        pytest.param(Comparison(base="a", head="b", limit="10 %"), id="with nothing"),
    ],
)
def test_a_comparison_comes_back_from_json_whole(comparison: Comparison) -> None:
    text = json.dumps(comparison_json(comparison))

    assert comparison_of(json.loads(text)) == comparison


def test_what_is_written_is_what_json_gives_back() -> None:
    document = comparison_json(whole())

    assert json.loads(json.dumps(document)) == document


def test_amounts_are_exact_text_and_a_fall_is_negative() -> None:
    document = comparison_json(whole())

    assert document["changes"][0]["rise_usd"] == "-1.249999999999999999"
    assert document["effects"][0]["calls_usd"] == "-0.000000000000000001"
    assert document["changes"][0]["head"]["list_cost_usd"] == "0.000000000000000001"


def test_keys_of_a_later_version_are_left_alone() -> None:
    document = comparison_json(whole()) | {"from_the_future": 1}

    assert comparison_of(document) == whole()


@pytest.mark.parametrize(
    ("place", "told", "problem"),
    [
        pytest.param(("base",), 3, "base: Value error, should be text", id="a name is a number"),
        pytest.param(("changes", 0, "said"), "fine", "changes.0.said", id="no such word"),
        pytest.param(
            ("changes", 0, "base", "calls"), -1, "base.calls: Input", id="a count below 0"
        ),
        pytest.param(("changes", 0, "base", "calls"), True, "base.calls: Input", id="no count"),
        pytest.param(
            ("changes", 0, "head", "list_cost_usd"), "1e3", "list_cost_usd", id="no plain amount"
        ),
        pytest.param(
            ("changes", 0, "head"), {}, "head.calls: Field required", id="sums that lack one"
        ),
        pytest.param(("changes", 0, "head"), [], "changes.0.head: Input", id="sums that are none"),
        pytest.param(("effects", 0, "mix_usd"), "--1", "effects.0.mix_usd", id="two signs"),
        pytest.param(("effects", 0, "kinds_usd"), {"input": 1}, "kinds_usd.input", id="no text"),
        pytest.param(("claims", 0, "interval"), ["1"], "claims.0.interval", id="half an interval"),
        pytest.param(("claims", 0, "p"), 2.0, "claims.0.p", id="no probability"),
        pytest.param(("notes",), None, "notes: Input should be", id="nothing for a list"),
    ],
)
def test_damage_is_an_error_that_names_the_place(
    place: tuple[Any, ...], told: object, problem: str
) -> None:
    document = comparison_json(whole())
    within: Any = document
    for step in place[:-1]:
        within = within[step]
    within[place[-1]] = told

    with pytest.raises(JournalError, match=r"^here\.json: damaged comparison: ") as caught:
        comparison_of(document, "here.json")
    assert problem in str(caught.value)


def test_what_is_no_object_is_an_error() -> None:
    with pytest.raises(JournalError, match="damaged comparison"):
        comparison_of([])
