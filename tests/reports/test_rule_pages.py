from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.gold import agree

import pytest_specbudget
from pytest_specbudget.reports import rule_pages
from pytest_specbudget.reports.rule_pages import severity

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(pytest_specbudget.__file__).parent
SECTIONS = ["## Why", "## How to satisfy it", "## Example"]
SEVERITY = re.compile(r"(error|warning)(, inconclusive)?(; a (error|warning) w(?:here|ith) .+)?")


def used_rules() -> set[str]:
    sources = [path.read_text("utf-8") for path in PACKAGE.rglob("*.py")]
    assigned = [part for text in sources for part in re.findall(r"rule=([^\n]+)", text)]
    return {rule for part in assigned for rule in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', part)}


def severities_in_the_code() -> dict[str, set[str]]:
    """Return what each rule may be, by the findings that the package makes; a variable is both."""
    told: dict[str, set[str]] = {}
    for call in finding_calls():
        arguments = {one.arg: one.value for one in call.keywords}
        rule, severity = arguments.get("rule"), arguments.get("severity", ast.Constant("error"))
        if isinstance(rule, ast.Constant):
            known = isinstance(severity, ast.Constant)
            words = {str(ast.literal_eval(severity))} if known else {"error", "warning"}
            words |= {"inconclusive"} & {str(name) for name in arguments}
            told.setdefault(str(rule.value), set()).update(words)
    return told


def finding_calls() -> Iterator[ast.Call]:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                yield node


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


@pytest.mark.parametrize("rule", rule_pages.names())
def test_a_page_says_whether_its_rule_fails_a_run(rule: str) -> None:
    assert rule_pages.page(rule).split("\n\n")[2].startswith("Severity: ")
    assert SEVERITY.fullmatch(severity(rule))


def test_the_pages_say_the_severity_that_the_code_gives() -> None:
    code = severities_in_the_code()

    pages = {rule: {*re.findall(r"error|warning|inconclusive", severity(rule))} for rule in code}

    assert len(code) > 20
    assert pages == code


def test_the_pages_name_only_rules_that_exist() -> None:
    explained = re.findall(r"explain ([a-z]+(?:-[a-z]+)+)", rule_pages.book())

    assert {*explained} <= {*rule_pages.names()}


def test_a_page_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        rule_pages.page("../__init__")


def test_the_documentation_is_made_from_the_pages() -> None:
    # Beside these tests and not beside the package, which may be installed elsewhere.
    agree(rule_pages.book(), Path(__file__).parents[2] / "docs" / "rules.md")
