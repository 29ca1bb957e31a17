"""A call that every worker paid for, and that is judged once, is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.journals import call, journal

from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.settings.settings import Settings
from pytest_specbudget.verdicts.copied import copied_calls

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge

SHARED = "<fixture session:corpus>"
LISTED, BILLED = Settings(), replace(Settings(), judge="billed")


def copy(worker: str, cost: str | None = "0.1", **others: object) -> Charge:
    return call(cost, test=SHARED, asks="f", worker=worker, fixture="session:corpus", **others)


def notes(*charges: Charge, settings: Settings = LISTED) -> list[str]:
    return [*copied_calls(merge([journal(*charges)]).ledger, settings)]


@pytest.mark.parametrize(
    ("cost", "amount"),
    [
        pytest.param("0.1", "$0.2000", id="what was billed beside the first"),
        pytest.param(None, "?", id="nobody knows how much"),
    ],
)
def test_copies_that_were_paid_are_told(cost: str | None, amount: str) -> None:
    (note,) = notes(*(copy(worker, cost) for worker in ("gw0", "gw1", "gw2")))

    assert note == (
        "1 call of shared fixtures was sent by each of 3 workers and judged once: "
        f"{amount} more was billed for the copies; --spec-judge=billed holds that"
    )


def test_copies_of_different_calls_are_told_together() -> None:
    made = [
        copy("gw0"),
        copy("gw1"),
        *(copy(worker, model="m") for worker in ("gw0", "gw1", "gw2")),
    ]
    made = [*made[:2], *(replace(one, fingerprint="g") for one in made[2:])]

    (note,) = notes(*made)

    assert note.startswith(
        "2 calls of shared fixtures were sent by up to 3 workers and judged once"
    )


@pytest.mark.parametrize(
    ("source", "settings"),
    [
        pytest.param("replay", LISTED, id="nobody paid for what was replayed"),
        pytest.param("live", BILLED, id="what is billed is judged"),
    ],
)
def test_there_is_nothing_to_tell(source: str, settings: Settings) -> None:
    assert notes(copy("gw0", source=source), copy("gw1", source=source), settings=settings) == []
