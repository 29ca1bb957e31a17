from __future__ import annotations

import pytest

from pytest_specbudget.cli import main
from pytest_specbudget.reports import rule_pages


@pytest.mark.parametrize("rule", rule_pages.names())
def test_a_rule_is_explained_by_its_page(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["explain", rule])

    assert (status, capsys.readouterr().out) == (0, rule_pages.page(rule))


def test_without_a_rule_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["explain"])

    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert (status, listed) == (0, rule_pages.names())


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        pytest.param("budget-exceded", 'did you mean "budget-exceeded"?', id="misspelt"),
        pytest.param(
            "Quality",
            'did you mean "quality-below-threshold"',
            id="a word of one",
        ),
        pytest.param(
            "budget",
            'did you mean "budget-exceeded" or "budget-projected" or "budget-uncertain"?',
            id="a word of several",
        ),
        pytest.param("unreported", 'did you mean "usage-unreported"?', id="half the name"),
        pytest.param("nosuch", '"nosuch"; `specbudget', id="far from any"),
        pytest.param("zzz", "`specbudget explain` lists them all", id="nothing like it"),
    ],
)
def test_an_unknown_rule_is_a_wrong_argument(
    asked: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["explain", asked])

    shown = capsys.readouterr()
    assert (status, shown.out) == (2, "")
    assert told in shown.err
