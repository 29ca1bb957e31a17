"""What a run is compared with: of what was not asked for nothing vanished."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.journals import call, journal

from pytest_specbudget.audit.aligning import align
from pytest_specbudget.audit.comparison import Side
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.comparisons.bases import base_of
from pytest_specbudget.comparisons.saving import Ran, save_baseline
from pytest_specbudget.comparisons.sides import OneInstant, side_of_run
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.settings.settings import Settings
from pytest_specbudget.settings.values import BaselineSource

if TYPE_CHECKING:
    from pathlib import Path

A, B = "tests/a/test_x.py::test_a", "tests/b/test_x.py::test_b"


def test_what_was_to_run_and_did_not_is_no_test_that_vanished(tmp_path: Path) -> None:
    path, settings = tmp_path / "base.json", Settings()
    books = [journal(call(test=A), call(test=B))]
    save_baseline(path, books, settings, tmp_path, Ran(tests=None, paths=None))
    asked = Settings(baseline=BaselineSource(path=path, origin="--spec-baseline"))
    prices = OneInstant.of(PriceDesk(settings))

    base = base_of(asked, tmp_path, partial_run=False, unrun=("tests/b/test_x.py",))

    assert base is not None
    assert base.open is not None
    opened = base.open(prices, side_of_run(Ledger(), "run", prices))
    head = Side(name="run", charges=(), unrun=opened.unrun)
    assert align(opened.side, head).unrun == (B,)
    assert [*align(opened.side, head).vanished] == [A]


@pytest.mark.parametrize(
    ("chosen", "partial", "unrun"),
    [
        pytest.param(None, False, frozenset(), id="all was asked for"),
        pytest.param(("tests/a",), False, {B}, id="a folder"),
        pytest.param(("tests/a/test_x.py",), False, {B}, id="a file"),
        pytest.param(("tests",), False, frozenset(), id="the folder of all"),
        pytest.param(("tests/a",), True, None, id="a part of a folder"),
    ],
)
def test_what_lies_outside_of_what_was_chosen_was_not_run(
    tmp_path: Path,
    chosen: tuple[str, ...] | None,
    partial: bool,  # noqa: FBT001 - a column
    unrun: frozenset[str] | None,
) -> None:
    path, settings = tmp_path / "base.json", Settings()
    books = [journal(call(test=A), call(test=B))]
    save_baseline(path, books, settings, tmp_path, Ran(tests=None, paths=None))
    asked = Settings(baseline=BaselineSource(path=path, origin="--spec-baseline"))
    prices = OneInstant.of(PriceDesk(settings))

    base = base_of(asked, tmp_path, partial_run=partial, chosen=chosen)

    assert base is not None
    assert base.open is not None
    assert base.open(prices, side_of_run(Ledger(), "run", prices)).unrun == unrun
