from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from pytest_specbudget.settings.spec_paths import check_glob, spec_for


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("tests/billing/**", "tests/billing/test_a.py"),
        ("tests/billing/**", "tests/billing/deep/er/test_a.py"),
        ("tests/billing/", "tests/billing/deep/test_a.py"),
        ("tests/*", "tests/test_a.py"),
        ("tests/*/test_a.py", "tests/deep/test_a.py"),
        ("**", "test_a.py"),
        ("**/test_a.py", "test_a.py"),
        ("**/test_a.py", "tests/deep/test_a.py"),
        ("tests/**/refunds/*", "tests/refunds/test_a.py"),
        ("tests/**/refunds/*", "tests/x/y/refunds/test_a.py"),
        ("tests/test_?.py", "tests/test_a.py"),
        ("tests/[a]/*", "tests/[a]/test_a.py"),
    ],
)
def test_a_glob_covers(glob: str, path: str) -> None:
    assert spec_for(PurePosixPath(path), [(glob, "A")]) == "A"


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("tests/billing/**", "tests/billing_2/test_a.py"),
        ("tests/billing/**", "other/tests/billing/test_a.py"),
        ("tests/billing", "tests/billing/test_a.py"),
        ("tests/*", "tests/deep/test_a.py"),
        ("**/test_a.py", "tests/my_test_a.py"),
        ("tests/test_?.py", "tests/test_ab.py"),
        ("tests/Test_a.py", "tests/test_a.py"),
        ("tests/a.py", "tests/axpy"),
    ],
)
def test_a_glob_does_not_cover(glob: str, path: str) -> None:
    assert spec_for(PurePosixPath(path), [(glob, "A")]) is None


@pytest.mark.parametrize("turn", [1, -1])
def test_the_most_specific_glob_wins_in_any_order(turn: int) -> None:
    rules = [
        ("tests/**", "ALL"),
        ("tests/billing/**", "BILLING"),
        ("**/test_refunds.py", "REFUNDS"),
    ]

    found = [
        spec_for(PurePosixPath(path), rules[::turn])
        for path in ("tests/test_a.py", "tests/billing/test_a.py", "tests/billing/test_refunds.py")
    ]

    assert found == ["ALL", "BILLING", "REFUNDS"]


def test_of_equals_the_later_wins_and_no_match_is_none() -> None:
    rules = [("tests/*/a.py", "FIRST"), ("tests/**/a.py", "LATER")]

    assert spec_for(PurePosixPath("tests/x/a.py"), rules) == "LATER"
    assert spec_for(PurePosixPath("docs/a.py"), rules) is None


@pytest.mark.parametrize("glob", ["", "./", "/abs/**", "tests\\a", "../up/**", "tests/../x"])
def test_a_glob_that_could_never_match_is_refused(glob: str) -> None:
    with pytest.raises(ValueError, match="is no path below rootdir"):
        check_glob(glob)


def test_a_leading_dot_is_left_out() -> None:
    assert check_glob("./tests/**") == "tests/**"
