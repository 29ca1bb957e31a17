from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.comparisons import (
    accepted,
    change,
    doubted,
    enormous,
    hostile_compared,
    regressed,
    same,
)
from support.gold import agree
from support.markup import bare
from support.reports import failing, near, passing

from pytest_specbudget.core.finding import Verdict
from pytest_specbudget.reports import markdown
from pytest_specbudget.reports.comment import LIMIT, MARKER, nothing_changed, render

if TYPE_CHECKING:
    from pytest_specbudget.audit.comparison import Change, RequestChange
    from pytest_specbudget.reports.report import Report

GOLD = Path(__file__).parent / "gold"


def with_whole(whole: Change) -> Report:
    report = same()
    assert report.comparison is not None
    return replace(report, comparison=replace(report.comparison, changes=(whole,)))


def with_requests(report: Report, requests: tuple[RequestChange, ...]) -> Report:
    assert report.comparison is not None
    return replace(report, comparison=replace(report.comparison, requests=requests))


@pytest.fixture(name="huge", scope="module")
def rendered_of_the_largest_suite() -> str:
    return render(enormous(specs=5_000, tests=20_000))


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("| `")]


@pytest.mark.parametrize(
    ("name", "report"),
    [
        pytest.param("regressed", regressed(), id="a SPEC that became dearer"),
        pytest.param("accepted", accepted(), id="the same, accepted on purpose"),
        pytest.param("same", same(), id="nothing changed"),
        pytest.param("doubted", doubted(), id="nobody can tell"),
        pytest.param("hostile", hostile_compared(), id="names that would break out"),
    ],
)
def test_the_comment_is_what_was_accepted(name: str, report: Report) -> None:
    agree(render(report), GOLD / f"comment_{name}.md")


def test_the_marker_comes_first_and_the_verdict_with_the_change_second() -> None:
    first, second = render(regressed()).split("\n\n")[:2]

    told = "+$0.1400 (+8.3 %) in compared tests; not compared: 1 new $0.0120, 1 vanished $0.0004,"
    assert first == MARKER
    assert second == f"### FAILED spec budget: {told} 1 not run; run $1.6916 to $1.8432"


@pytest.mark.parametrize(
    ("whole", "told"),
    [
        pytest.param(change("run", "whole run", "1", "1", "same"), "cost unchanged", id="same"),
        pytest.param(
            change("run", "whole run", "1", "0.5", "cheaper"), "-$0.5000 (-50.0 %)", id="cheaper"
        ),
        pytest.param(
            change("run", "whole run", "0", "0.5", "regressed"), "+$0.5000", id="from nothing"
        ),
        pytest.param(
            change("run", "whole run", "1", "1.100001", "regressed"),
            "+$0.1000 (+10.0001 %)",
            id="just beyond the limit",
        ),
    ],
)
def test_the_headline_says_how_much_dearer_it_is(whole: Change, told: str) -> None:
    assert render(with_whole(whole)).split("\n\n")[1] == f"### PASS spec budget: {told}"


def test_what_cannot_be_told_is_no_figure() -> None:
    text = render(doubted())

    assert "### INCONCLUSIVE spec budget: the change is unknown" in text
    assert "| `RESEARCH` | **inconclusive** | 1.0000 | 1.1020 + ? | ? | ? |" in text


def test_what_regressed_stands_before_what_is_new_and_what_is_cheaper() -> None:
    shown = [row.split("`")[1] for row in rows(render(regressed()))[:5]]

    assert shown == ["RESEARCH", "AUDIT", "BILLING", "SUPPORT", "compared tests"]


def test_a_change_that_several_requests_share_is_shown_once() -> None:
    report = regressed()
    assert report.comparison is not None
    first = report.comparison.requests[0]
    others = tuple(replace(first, test=f"t.py::test_{n}") for n in range(6))
    text = render(with_requests(report, (first, *others)))

    assert text.count("+Be thorough.") == 1
    assert "Changed requests (7)" in text
    assert "The same in 6 other requests:\n\n- `t.py::test_0`: $0.0018 to $0.0021" in text
    assert "- and 1 more\n" in text


def test_requests_that_differ_otherwise_are_shown_each() -> None:
    report = regressed()
    assert report.comparison is not None
    first = report.comparison.requests[0]
    text = render(with_requests(report, (first, replace(first, lines=("+Be kind.",)))))

    assert "+Be thorough." in text
    assert "+Be kind." in text
    assert "The same in" not in text


def test_without_a_comparison_it_is_the_report_of_the_run() -> None:
    assert render(failing()) == markdown.render(failing())


def test_the_report_of_a_run_shows_the_comparison_folded() -> None:
    _, _, folded = markdown.render(regressed()).partition("<summary>Compared with the baseline")

    assert "| `RESEARCH` | **regressed** | 0.9520 | 1.1020 |" in folded


def test_the_largest_suite_fits_and_each_part_says_what_it_left_out(huge: str) -> None:
    assert len(huge) < LIMIT
    assert "and 4,950 more SPECs: 4,950 regressed" in huge
    assert huge.endswith("the `json` report has the rest.\n")


@pytest.mark.parametrize(
    "title",
    ["Why: ", "Changed requests (500)", "Calls to do without (20,000)", "Findings (5,000)",
     "Tests: 20,000 new, 20,000 vanished", "Tests that changed (20,000)", "Notes"],
)  # fmt: skip
def test_no_part_takes_the_room_of_those_that_follow(huge: str, title: str) -> None:
    assert f"<summary>{title}" in huge


def test_what_is_cut_is_cut_at_whole_entries(huge: str) -> None:
    assert huge.count("<details") == huge.count("</details>")
    assert "`" not in bare(huge)


@pytest.mark.parametrize(
    ("report", "quiet"),
    [
        pytest.param(same(), True, id="no figure differs"),
        pytest.param(passing(), False, id="nothing was compared"),
        pytest.param(regressed(), False, id="a SPEC is dearer"),
        pytest.param(accepted(), False, id="a rise was accepted"),
        pytest.param(doubted(), False, id="nobody can tell"),
        pytest.param(
            replace(same(), verdict=Verdict("pass", (near(),))), False, id="there is a warning"
        ),
        pytest.param(
            with_whole(change("run", "whole run", "2", "1", "cheaper")), False, id="it is cheaper"
        ),
    ],
)
def test_a_caller_can_keep_quiet_when_nothing_changed(report: Report, *, quiet: bool) -> None:
    assert nothing_changed(report) is quiet
