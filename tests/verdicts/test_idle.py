"""A stop-loss that holds nothing is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_specbudget.bookkeeping.gates import Marked, spend_gates
from pytest_specbudget.budgets.gate import Ceiling
from pytest_specbudget.core.money import Money
from pytest_specbudget.settings.settings import Limit, Settings
from pytest_specbudget.verdicts.idle import stop_loss_notes

LIMIT = Limit(scope="session", subject=None, ceiling=Money.parse("2"), origin="test")
ASKED = Settings(stop_loss=True, asked=True, origins={"stop_loss": "--spec-stop-loss"})


def notes(settings: Settings) -> list[str]:
    return [*stop_loss_notes(settings, spend_gates(settings, Marked(), has_specs=False))]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param(
            {},
            "there is no ceiling; set one, like --spec-session-budget=2.00",
            id="without a ceiling",
        ),
        pytest.param(
            {"limits": (LIMIT,), "explicit_mode": "warn", "origins": {"mode": "--spec-mode=warn"}},
            "--spec-mode=warn fails no run; only enforce refuses calls",
            id="in a mode that only warns",
        ),
        pytest.param(
            {"limits": (LIMIT,), "explicit_mode": "observe"},
            "fails no run; only enforce refuses calls",
            id="in a mode that only observes",
        ),
    ],
)
def test_a_stop_loss_that_holds_nothing_is_told(changes: dict[str, Any], told: str) -> None:
    origins = {**ASKED.origins, **changes.get("origins", {})}

    (note,) = notes(replace(ASKED, **{**changes, "origins": origins}))

    assert note.startswith("--spec-stop-loss holds nothing: ")
    assert note.endswith(told)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(replace(ASKED, limits=(LIMIT,)), id="with a ceiling"),
        pytest.param(replace(ASKED, disabled=True), id="switched off with all the rest"),
        pytest.param(Settings(), id="not asked for"),
    ],
)
def test_a_stop_loss_that_holds_or_was_not_asked_is_no_news(settings: Settings) -> None:
    assert notes(settings) == []


def test_a_ceiling_on_a_marker_is_held_too() -> None:
    marks = Marked(tests={"t": Ceiling(amount=Money.parse("1"), origin="m")}, groups={})

    assert [*stop_loss_notes(ASKED, spend_gates(ASKED, marks, has_specs=False))] == []


def test_a_ceiling_of_the_calendar_is_not_held_by_a_stop_loss() -> None:
    month = Limit(scope="month", subject=None, ceiling=Money.parse("9"), origin="the month's")

    (note,) = notes(replace(ASKED, limits=(LIMIT, month)))

    assert note == "the month's is judged when the run has ended: a stop-loss does not hold it"
