"""Doubts about prices are told, one warning each, and change no sum."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call, event, journal

from pytest_specbudget.bookkeeping.price_doubts import price_doubts
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.core.ledger import Charge


def doubts(*lines: Any) -> list[Finding]:
    return [*price_doubts([journal(*lines)])]


def stated(cost: str, ours: str | None = "0.10") -> Charge:
    made = call(ours)
    return replace(made, reading=replace(made.reading, provider_cost=Money.parse(cost)))


def test_prices_that_nobody_checked_for_a_quarter_are_told_by_source() -> None:
    lines = [
        event("price-stale", source="https://lab.example/prices", words=f"lab/{model} was checked")
        for model in ("a", "b", "b")
    ]

    (finding,) = doubts(*lines)

    assert (finding.rule, finding.severity) == ("price-stale", "warning")
    assert finding.message.startswith("2 prices of https://lab.example/prices")
    assert finding.details == ("lab/a was checked", "lab/b was checked")


def test_a_disagreement_that_each_worker_tells_is_one_warning() -> None:
    told = event("prices-disagree", words="a.toml and b.toml disagree on lab/m: input 1 or 2")

    (finding,) = doubts(told, told)

    assert finding.rule == "prices-disagree"
    assert finding.message == "a.toml and b.toml disagree on lab/m: input 1 or 2"


def test_an_entry_of_a_price_file_that_fits_nothing_is_one_warning() -> None:
    told = event("price-unused", words='a.toml [[discount]] 1: nobody sells under the name "x"')

    (finding,) = doubts(told, told)

    assert (finding.rule, finding.severity) == ("price-unused", "warning")
    assert finding.subject == "a.toml [[discount]] 1"


@pytest.mark.parametrize(
    "costs",
    [
        pytest.param(["0.10"], id="the same"),
        pytest.param(["0.101"], id="a little more, as by rounding"),
        pytest.param(["0.099", "0.101"], id="now more, now less, and the same in sum"),
    ],
)
def test_a_provider_that_states_what_we_reckon_is_no_news(costs: list[str]) -> None:
    assert doubts(*map(stated, costs)) == []


@pytest.mark.parametrize("cost", ["0.20", "0.05", "0"])
def test_a_provider_that_states_another_cost_is_told(cost: str) -> None:
    (finding,) = doubts(stated(cost))

    assert (finding.rule, finding.severity) == ("cost-contradicted", "warning")
    assert finding.message.startswith("the provider states $0")
    assert "our prices give $0.10" in finding.message


def test_what_a_fake_states_is_no_news() -> None:
    assert doubts(replace(stated("1"), source="mock")) == []


def test_a_call_without_a_price_of_ours_cannot_be_compared() -> None:
    assert doubts(stated("1", ours=None)) == []


def with_tools(*tools: str, **others: Any) -> Charge:
    made = call("0.10", **others)
    return replace(made, reading=replace(made.reading, unpriced_tools=tools))


def test_tools_without_a_price_are_added_up_a_model() -> None:
    charges = [with_tools("file_search 1"), with_tools("code_interpreter 1", "file_search 2")]

    (finding,) = doubts(*charges)

    assert (finding.rule, finding.severity) == ("tool-unpriced", "warning")
    assert finding.message.endswith("code_interpreter (1 call), file_search (3 calls)")


def test_tools_that_the_provider_priced_itself_are_told_by_its_figure_alone() -> None:
    made = with_tools("x_search 1")
    priced = replace(made, reading=replace(made.reading, provider_cost=Money.parse("0.10")))

    assert doubts(priced) == []


@pytest.mark.parametrize("told", ["search", "search many", "search ²", "3", ""])
def test_a_tool_that_is_told_in_another_way_is_told_all_the_same(told: str) -> None:
    (finding,) = doubts(with_tools(told))

    assert finding.message.endswith(f"{told} (1 call)")


def test_tools_of_mocked_answers_cost_nothing() -> None:
    assert doubts(replace(with_tools("file_search 1"), source="mock")) == []
