"""What `specbudget diff` prints says what was not compared, and shows one change once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from support.comparisons import doubted, regressed, same

from pytest_specbudget.cli._diff_text import print_diff
from pytest_specbudget.core.finding import Verdict

if TYPE_CHECKING:
    import pytest


def test_the_first_line_claims_nothing_of_what_was_not_compared(
    capsys: pytest.CaptureFixture[str],
) -> None:
    unchanged, moved = same(), regressed().comparison
    assert unchanged.comparison is not None
    assert moved is not None
    left = replace(unchanged.comparison, new=moved.new, unrun=moved.unrun, renamed=moved.renamed)

    print_diff(unchanged, left)

    printed = capsys.readouterr().out
    assert printed.startswith(
        "PASS baseline.json -> this run: compared tests unchanged, $1.83; "
        "not compared: 1 new $0.0120, 1 not run; run $1.8312 -> $1.8432\n"
    )
    assert "as it was" not in printed
    for test in ("test_audit.py::test_new", "test_slow.py::test_slow", "test_a.py::test_was"):
        assert test in printed


def test_a_change_that_several_requests_share_is_printed_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = regressed()
    assert report.comparison is not None
    first = report.comparison.requests[0]
    others = tuple(replace(first, test=f"t.py::test_{n}") for n in range(7))

    print_diff(report, replace(report.comparison, requests=(first, *others)))

    printed = capsys.readouterr().out
    assert printed.count("+Be thorough.") == 1
    assert "the same in 7 other requests\n    t.py::test_0: $0.0018 -> $0.0021\n" in printed
    assert "    and 2 more requests\n" in printed


def test_a_cost_that_nobody_knows_is_not_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    report = replace(doubted(), verdict=Verdict("pass", ()))
    assert report.comparison is not None

    print_diff(report, report.comparison)

    first, *_ = capsys.readouterr().out.splitlines()
    assert first.endswith("$1.00 -> $1.10 + ?, the change is unknown")
