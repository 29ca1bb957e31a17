"""What is said of a run that did not come to its end, or of which a journal is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.journals import call, event, journal

from pytest_specbudget.bookkeeping.endings import unended
from pytest_specbudget.bookkeeping.happenings import happened

if TYPE_CHECKING:
    from pytest_specbudget.journal.reader import Journal

BEGAN = event("began", workers=2)
INTERRUPTED = event("ended", why="interrupted")


def ended(*workers: str) -> Journal:
    """Make the journal of the controller of *workers*."""
    return journal(event("ended", journals=[f"{worker}.jsonl" for worker in workers]))


def worker(name: str, run: str = "r") -> Journal:
    return journal(BEGAN, call(), worker=name, run=run)


def found(*journals: Journal) -> list[tuple[str, str]]:
    return [(one.rule, one.subject) for one in unended(journals) if one.inconclusive]


@pytest.mark.parametrize(
    ("journals", "told"),
    [
        pytest.param([journal(event("ended"))], [], id="one process that came to its end"),
        pytest.param([journal(call())], [], id="one that says nothing of it: an earlier version"),
        pytest.param(
            [worker("gw0"), worker("gw1"), ended("gw0", "gw1")], [], id="workers that all are there"
        ),
        pytest.param(
            [journal(INTERRUPTED)], [("run-interrupted", "r")], id="somebody interrupted it"
        ),
        pytest.param(
            [worker("main")], [("run-interrupted", "r")], id="one process that was killed"
        ),
        pytest.param(
            [worker("gw0"), worker("gw1")],
            [("run-interrupted", "r")],
            id="a controller that was killed",
        ),
        pytest.param(
            [worker("gw1"), ended("gw0", "gw1")],
            [("journal-incomplete", "gw0.jsonl")],
            id="a worker's journal that is lost",
        ),
        pytest.param(
            [worker("gw0"), ended("gw0"), worker("gw1", run="s")],
            [("run-interrupted", "s")],
            id="each run by itself",
        ),
        pytest.param(
            [journal(BEGAN, ended("gw0").events[0], worker="combined")],
            [],
            id="a combined journal stands for all",
        ),
        pytest.param(
            [journal(BEGAN, INTERRUPTED, worker="combined")],
            [("run-interrupted", "r")],
            id="and tells of each run that was interrupted",
        ),
    ],
)
def test_a_run_is_whole_or_it_is_told(journals: list[Journal], told: list[tuple[str, str]]) -> None:
    assert found(*journals) == told


def test_a_journal_of_another_system_is_found_by_its_name() -> None:
    here = journal(BEGAN, call(), worker="gw0")
    here.name = r"C:\ci\journal\r\gw0.jsonl"

    assert found(here, ended("gw0")) == []


def test_it_is_among_what_happened() -> None:
    (one,) = happened([journal(INTERRUPTED)])

    assert (one.rule, one.message) == (
        "run-interrupted",
        "the run ended before its last test: interrupted",
    )
