from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import charge
from support.reports import passing

from pytest_specbudget.baselines.stored import write_baseline
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.comparisons.opening import Opener
from pytest_specbudget.comparisons.sides import OneInstant, side_of_run
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.reports import json_report
from pytest_specbudget.reports.report import CatalogueFacts
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.audit.comparison import Side
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.reports.report import Report


@pytest.fixture(scope="module")
def desk() -> PriceDesk:
    return PriceDesk(Settings())


def save(path: Path, desk: PriceDesk, *charges: Charge, package: str = ".") -> str:
    """Store a baseline."""
    side = side_of_run(charges, "run", OneInstant.of(desk))
    write_baseline(path, side, package=package, prices=desk.facts())
    return str(path)


def at_prices_of(desk: PriceDesk, **others: Any) -> Report:
    """Make a report that was priced as *desk* prices."""
    facts = desk.facts()
    catalogue = CatalogueFacts(sha256=facts["sha256"], as_of=facts["as_of"], source=facts["source"])
    return replace(passing(), catalogue=catalogue, **others)


def store(path: Path, report: Report) -> str:
    path.write_text(json_report.render(report), "utf-8")
    return str(path)


def cost(side: Side) -> str:
    return str(Ledger([*side.charges]).totals().list_cost)


def unpriced(side: Side) -> int:
    return Ledger([*side.charges]).totals().unpriced_calls


@pytest.mark.parametrize(
    ("then", "now", "known"),
    [
        pytest.param({}, {}, True, id="the same prices"),
        pytest.param({"catalogue": None}, {}, True, id="nothing was priced in one"),
        pytest.param(
            {"catalogue": CatalogueFacts(sha256="1", as_of="2026-01-01T00:00:00Z", source="s")},
            {},
            False,
            id="another catalogue",
        ),
        pytest.param({"price_at": "recorded"}, {}, False, id="another instant"),
    ],
)
def test_costs_of_two_reports_are_compared_only_at_the_same_prices(
    tmp_path: Path, desk: PriceDesk, then: dict[str, Any], now: dict[str, Any], known: object
) -> None:
    base = store(tmp_path / "base.json", replace(passing(), **then))
    head = store(tmp_path / "head.json", replace(passing(), **now))

    opened = Opener(desk, tmp_path).open(base, head)

    assert [unpriced(one.side) for one in opened] == ([0, 0] if known else [3, 3])


def test_a_report_stands_beside_a_baseline_at_the_same_prices(
    tmp_path: Path, desk: PriceDesk
) -> None:
    stored = save(tmp_path / "base.json", desk, charge(None, model="gpt-4o"))
    head = store(tmp_path / "head.json", at_prices_of(desk))

    base, report = Opener(desk, tmp_path).open(stored, head)

    assert cost(report.side) == "1.8312"
    assert {one.reading.operation for one in base.side.charges} == {"reported"}


def test_a_report_at_other_prices_leaves_it_open(tmp_path: Path, desk: PriceDesk) -> None:
    stored = save(tmp_path / "base.json", desk, charge(None, model="gpt-4o"))
    head = store(tmp_path / "head.json", passing())

    _, report = Opener(desk, tmp_path).open(stored, head)

    assert unpriced(report.side) == 3
    assert any("cannot be priced anew" in note for note in report.side.notes)


def test_a_baseline_of_other_packages_is_read_whole(tmp_path: Path, desk: PriceDesk) -> None:
    (tmp_path / ".git").mkdir()
    package = tmp_path / "pkgs" / "a"
    package.mkdir(parents=True)
    call = charge(None, test="t.py::test_a")
    path = save(tmp_path / "base.json", desk, call, package="pkgs/a")

    (here, _), (there, _) = (
        Opener(desk, folder).open(path, path) for folder in (package, tmp_path)
    )

    assert [one.attribution.test for one in here.side.charges] == ["t.py::test_a"]
    assert [one.attribution.test for one in there.side.charges] == ["pkgs/a/t.py::test_a"]
