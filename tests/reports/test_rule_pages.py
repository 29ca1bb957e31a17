from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.gold import agree

import pytest_specbudget
from pytest_specbudget.reports import rule_pages

PACKAGE = Path(pytest_specbudget.__file__).parent
SECTIONS = ["## Why", "## How to satisfy it", "## Example"]


def used_rules() -> set[str]:
    sources = [path.read_text("utf-8") for path in PACKAGE.rglob("*.py")]
    assigned = [part for text in sources for part in re.findall(r"rule=([^\n]+)", text)]
    return {rule for part in assigned for rule in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', part)}


def test_every_rule_that_the_package_uses_has_a_page() -> None:
    used = used_rules()

    assert {"budget-exceeded", "usage-unpriced"} <= used
    assert used <= {*rule_pages.names()}


@pytest.mark.parametrize("rule", rule_pages.names())
def test_a_page_says_what_why_how_and_shows_it(rule: str) -> None:
    page = rule_pages.page(rule)

    assert page.startswith(f"# {rule}\n\n")
    assert re.findall("^## .*", page, re.MULTILINE) == SECTIONS
    assert len(rule_pages.summary(rule)) > 20


def test_the_pages_name_only_rules_that_exist() -> None:
    explained = re.findall(r"explain ([a-z]+(?:-[a-z]+)+)", rule_pages.book())

    assert {*explained} <= {*rule_pages.names()}


def test_a_page_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        rule_pages.page("../__init__")


def test_the_documentation_is_made_from_the_pages() -> None:
    docs = PACKAGE.parent / "docs" / "rules.md"
    if not docs.parent.is_dir():
        pytest.skip("the documentation is not part of an installed package")

    agree(rule_pages.book(), docs)
