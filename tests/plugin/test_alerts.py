"""What is told while the tests run is what the verdict counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.journals import call, journal

from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.bookkeeping.tally import Tally
from pytest_specbudget.core.money import Money
from pytest_specbudget.plugin.alerts import Alerts
from pytest_specbudget.settings.settings import Limit, Settings

if TYPE_CHECKING:
    from pytest_specbudget.budgets.gate import Basis
    from pytest_specbudget.core.ledger import Charge

SHARED = "<fixture session:corpus>"


def shared(cost: str, worker: str, asks: str = "f") -> Charge:
    return call(cost, test=SHARED, spec="A", asks=asks, worker=worker, fixture="session:corpus")


def own(cost: str, worker: str) -> Charge:
    return call(cost, spec="A", asks="f", worker=worker)


def told(*charges: Charge, judge: Basis = "list") -> list[str]:
    """Let each worker tell what it booked, and return what is said of a ceiling of a cent."""
    limit = Limit(scope="spec", ceiling=Money.parse("0.01"), origin="test")
    alerts = Alerts(replace(Settings(limits=(limit,)), judge=judge))
    said = []
    for worker in sorted({one.worker for one in charges}):
        tally = Tally(basis=judge)
        for one in charges:
            if one.worker == worker:
                tally.add(one)
        specs = {spec: str(cost) for spec, cost in tally.by_spec.items()}
        so_far = {"worker": worker, "specs": specs, "shared": tally.take_shared()}
        said += [str(alert) for alert in alerts.after(so_far)]
    return said


@pytest.mark.parametrize(
    ("charges", "spent"),
    [
        pytest.param(
            [shared("0.007", "gw0"), shared("0.007", "gw1")], "0.007", id="a copy counts once"
        ),
        pytest.param(
            [shared("0.007", "gw0"), shared("0.011", "gw1")], "0.011", id="the dearest copy"
        ),
        pytest.param(
            [shared("0.007", "gw0"), shared("0.007", "gw1", "g")], "0.014", id="two calls are two"
        ),
        pytest.param(
            [shared("0.006", "gw0"), shared("0.006", "gw0"), shared("0.006", "gw1")],
            "0.012",
            id="a worker that repeats a call made two",
        ),
        pytest.param(
            [
                shared("0.007", "gw0"),
                own("0.001", "gw0"),
                shared("0.007", "gw1"),
                own("0.003", "gw1"),
            ],
            "0.011",
            id="what tests call counts as often as they do",
        ),
    ],
)
def test_an_alert_counts_what_the_verdict_counts(charges: list[Charge], spent: str) -> None:
    judged = merge([journal(*charges)]).ledger.totals().list_cost
    exceeded = [line for line in told(*charges) if "exceeded" in line]

    assert str(judged) == spent
    assert bool(exceeded) is (judged > Money.parse("0.01"))
    assert all(f"has spent ${spent}" in line for line in exceeded)


def test_every_copy_counts_where_ceilings_judge_what_is_billed() -> None:
    copies = [shared("0.007", worker) for worker in ("gw0", "gw1")]

    assert any("exceeded" in line for line in told(*copies, judge="billed"))


def test_what_a_shared_call_cost_is_told_once_however_many_tests_follow() -> None:
    tally = Tally()
    tally.add(shared("0.007", "gw0"))

    first, second = tally.take_shared(), tally.take_shared()

    assert [cost for _, _, cost in first] == ["0.007"]
    assert second == []
