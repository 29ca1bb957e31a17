"""What a journal keeps of the settings that its run was held to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from pytest_specbudget.bookkeeping.recall import recalled, values_of
from pytest_specbudget.core.money import Money
from pytest_specbudget.journal.reader import read_lines
from pytest_specbudget.providers.hosts import HostRule
from pytest_specbudget.settings.settings import Limit, Settings
from pytest_specbudget.settings.values import PriceAt

MOMENT = datetime(2027, 1, 1, 12, tzinfo=UTC)
CEILING = Limit(scope="month", ceiling=Money.parse("0.40"), origin="--spec-month-budget=0.40")
GATEWAY = HostRule(
    pattern="llm-gw.corp",
    provider="openai",
    models={"fast-1": "gpt-5-mini"},
    bounds={"*": Money.parse("0.05")},
    estimate="chars/4",
    origin="hosts in a file",
)
OURS = HostRule(pattern="*.lab.corp", free="our own machines")


@pytest.mark.parametrize(
    "held_to",
    [
        pytest.param(Settings(limits=(CEILING,)), id="ceilings"),
        pytest.param(Settings(judge="billed", on_inconclusive="warn"), id="how it is judged"),
        pytest.param(Settings(min_quality=Fraction(9, 10)), id="thresholds"),
        pytest.param(Settings(price_at=PriceAt(kind="recorded")), id="prices of a named instant"),
        pytest.param(Settings(price_at=PriceAt(kind="time", time=MOMENT)), id="prices of a day"),
        pytest.param(Settings(prices=(Path("ours.toml"),), prices_as_of=MOMENT), id="overlays"),
        pytest.param(Settings(history=Path("past"), max_drift=Fraction(5)), id="a history"),
        pytest.param(Settings(hosts=(GATEWAY, OURS)), id="what answers at which host"),
    ],
)
def test_a_run_is_recalled_as_it_was(held_to: Settings) -> None:
    told = {"kind": "event", "event": "settings", "values": values_of(held_to)}

    journal = read_lines("j", [json.dumps(told)])

    assert values_of(recalled([journal])) == values_of(held_to)
    assert recalled([journal]).price_at == held_to.price_at
    assert recalled([journal]).history == held_to.history
    assert recalled([journal]).hosts == held_to.hosts
