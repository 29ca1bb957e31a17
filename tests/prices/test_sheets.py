"""Sheets of regional prices: what stands on one, and what is withheld because it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import ModelPrices, Row

pytest.importorskip("pydantic")

from pytest_specbudget.prices.compiler.compiling import compile_catalogue
from pytest_specbudget.prices.compiler.corrections import read_corrections
from pytest_specbudget.prices.compiler.rules import homes
from pytest_specbudget.prices.compiler.sheets import ListedRule, SheetRule, with_rest_withheld

if TYPE_CHECKING:
    from pathlib import Path

SHEET = """
[[sheet]]
provider = "anthropic"
models = ["large"]
meters = {meters}
lines = [{{ regions = ["north"], default = {rates} }}]
source = "https://lab.example/prices"
checked = 2026-11-22
"""
ELSEWHERE = (
    Row(rates={"input": 10**12, "output": 2 * 10**12}, source=""),
    Row(rates={"input": 5 * 10**11, "output": 10**12}, source="", tier="batch"),
)


def sheet(*lines: dict[str, Any]) -> SheetRule:
    stated = {
        "provider": "lab",
        "models": ["large"],
        "meters": ["input", "output"],
        "lines": [{"regions": ["north"], **line} for line in lines],
        "source": "https://lab.example/prices",
        "checked": "2026-11-22",
    }
    return SheetRule.model_validate(stated)


def written(folder: Path, meters: str, rates: str) -> Path:
    text = SHEET.format(meters=meters, rates=rates)
    (folder / "sheet.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_line_is_a_row_for_each_tier_region_and_model() -> None:
    rule = sheet({"regions": ["north", "south"], "default": ["1.2", "2.4"], "batch": ["0.6"]})

    rows = {(one.row.tier, one.row.region): one.row.rates for one in rule.entries("")}

    default, batch = {"input": 12 * 10**11, "output": 24 * 10**11}, {"input": 6 * 10**11}
    assert rows == {
        ("default", "north"): default,
        ("default", "south"): default,
        ("batch", "north"): batch,
        ("batch", "south"): batch,
    }


@pytest.mark.parametrize(
    ("line", "withheld"),
    [
        pytest.param({"default": ["1.2", "2.4"]}, {"batch"}, id="another price, and no batch"),
        pytest.param({"default": ["1.2", "2.4"], "batch": ["0.6", "1.2"]}, set(), id="all tiers"),
        pytest.param({"default": ["1", "2"]}, set(), id="the price of everywhere"),
        pytest.param({"batch": ["0.6", "1.2"]}, {"default"}, id="a batch alone"),
        pytest.param({}, {"batch", "default"}, id="a region, and nothing of it"),
    ],
)
def test_what_a_region_has_no_price_for_is_withheld(
    line: dict[str, list[str]], withheld: set[str]
) -> None:
    rule = sheet(line)
    rows = (*ELSEWHERE, *(one.row for one in rule.entries("")))

    added = with_rest_withheld(rows, rule)[len(rows) :]

    assert {row.tier for row in added} == withheld
    assert all((row.region, row.rates) == ("north", {}) for row in added)


def listed(*models: str) -> ListedRule:
    stated = {
        "provider": "lab",
        "models": list(models),
        "regions": ["home"],
        "apart": ["moon"],
        "source": "https://lab.example/prices",
        "checked": "2026-11-22",
    }
    return ListedRule.model_validate(stated)


@pytest.mark.parametrize(
    ("model", "region", "found"),
    [
        pytest.param("large", "north", {"home"}, id="a model on a sheet"),
        pytest.param("large", "moon", set(), id="on one that says nothing about others"),
        pytest.param("large", "", set(), id="on none"),
        pytest.param("small", "north", set(), id="a model that is not meant"),
    ],
)
def test_a_model_on_a_sheet_is_sold_at_home_and_where_it_is_listed(
    model: str, region: str, found: set[str]
) -> None:
    rows = (*ELSEWHERE, Row(rates={"input": 1}, source="", region=region))

    assert homes(model, rows, listed("large")) == found


@pytest.mark.parametrize(
    ("tier", "region", "rates"),
    [
        pytest.param("default", "north", {"input": 7}, id="its own price"),
        pytest.param("batch", "north", {"input": 1}, id="a tier that costs what it costs at home"),
        pytest.param("default", "home", {"input": 2}, id="at home"),
        pytest.param("default", "", {"input": 2}, id="a region that nobody knows"),
        pytest.param("default", "south", None, id="a region where it is not listed"),
    ],
)
def test_a_model_has_no_price_where_it_is_not_listed(
    tier: str, region: str, rates: dict[str, int] | None
) -> None:
    rows = (
        Row(rates={"input": 2}, source=""),
        Row(rates={"input": 1}, source="", tier="batch"),
        Row(rates={"input": 7}, source="", region="north"),
    )
    model = ModelPrices("large", rows, frozenset({"home"}))

    assert [row.rates for row in model.rows_for(tier, region)] == ([rates] if rates else [])


@pytest.mark.parametrize(
    ("meters", "rates", "why"),
    [
        pytest.param('["input"]', '["1", "2"]', "2 rates for 1 meters", id="too many rates"),
        pytest.param('["inputs"]', '["1"]', '"inputs" is not a meter', id="no such meter"),
        pytest.param('["input"]', '["cheap"]', "is not a number", id="no number"),
    ],
)
def test_a_line_that_makes_no_sense_is_told_with_its_place(
    tmp_path: Path, meters: str, rates: str, why: str
) -> None:
    folder = written(tmp_path, meters, rates)

    with pytest.raises(CatalogueError) as told:
        read_corrections(folder)

    assert "sheet.toml:2: [[sheet]] 1: " in str(told.value)
    assert why in str(told.value)


def test_a_sheet_for_a_model_that_nobody_sells_is_an_error(tmp_path: Path) -> None:
    folder = written(tmp_path, '["input"]', '["1"]')

    with pytest.raises(CatalogueError, match=r'there is no model "large"'):
        compile_catalogue(folder, "2026-11-21T00:00:00Z")
