"""Which of the scores in journals count."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import event, journal

from pytest_specbudget.core.score import Score
from pytest_specbudget.errors import JournalError
from pytest_specbudget.journal.combining import combined_lines
from pytest_specbudget.journal.reader import read_lines
from pytest_specbudget.verdicts.scores import score_values, scores

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.journal.schema import EventLine

SESSION = "<fixture session:warm>"


def made(value: str = "9/10", **others: Any) -> Score:
    values = {"kind": "quality", "metric": "rubric/1", "case": "a", "test": "t.py::test_a"}
    return Score(value=Fraction(value), **{**values, **others})


def taken(score: Score, sample: str = "r/main/7/1", attempt: int = 1) -> EventLine:
    return event("score", **score_values(score, sample=sample, attempt=attempt))


@pytest.mark.parametrize(
    "score",
    [
        pytest.param(made("1/3"), id="a third, exactly"),
        pytest.param(
            made(spec="SPEC-1", command="plan", stage="draft", tier="C", live=True), id="all of it"
        ),
    ],
)
def test_a_score_survives_its_line(score: Score) -> None:
    values = json.loads(json.dumps(score_values(score, sample="r/main/7/1")))

    assert scores([journal(event("score", **values))]) == [score]


def test_values_may_be_written_as_decimals() -> None:
    values = score_values(made(), sample="r/main/7/1") | {"value": "0.93"}

    assert scores([journal(event("score", **values))])[0].value == Fraction(93, 100)


def test_of_a_rerun_test_the_last_attempt_counts() -> None:
    events = [
        taken(made("0"), "r/main/7/1", attempt=1),
        event("attempt", test="t.py::test_a", attempt=2),
        taken(made("1"), "r/main/7/2", attempt=2),
        taken(made("1/2", test="t.py::test_b"), "r/main/7/3"),
    ]

    assert [score.value for score in scores([journal(*events)])] == [1, Fraction(1, 2)]


def test_a_live_attempt_was_a_sample_and_counts() -> None:
    events = [
        taken(made("0", live=True), "r/main/7/1", attempt=1),
        event("attempt", test="t.py::test_a", attempt=2),
        taken(made("1", live=True), "r/main/7/2", attempt=2),
    ]

    assert [score.value for score in scores([journal(*events)])] == [0, 1]


def test_a_test_without_a_score_in_its_last_attempt_has_none() -> None:
    events = [taken(made()), event("attempt", test="t.py::test_a", attempt=2)]

    assert scores([journal(*events)]) == []


@pytest.mark.parametrize(
    ("by_worker", "expected"),
    [
        pytest.param([["1"], ["1"]], ["1"], id="two workers, one score"),
        pytest.param([["1"], ["1/2"]], ["1/2"], id="where they differ, the lowest"),
        pytest.param([["1", "0"], ["1"]], ["1", "0"], id="one worker took it twice"),
        pytest.param([["0"], ["1 live"]], ["1"], id="a live one before all"),
    ],
)
def test_the_score_of_a_shared_fixture_counts_once(
    by_worker: list[list[str]], expected: list[str]
) -> None:
    journals = [
        journal(
            *(
                taken(
                    made(told.split()[0], test=SESSION, live="live" in told),
                    f"r/gw{worker}/{worker}/{place}",
                )
                for place, told in enumerate(values)
            ),
            worker=f"gw{worker}",
        )
        for worker, values in enumerate(by_worker)
    ]

    assert [str(score.value) for score in scores(journals)] == expected


def test_equal_scores_of_one_test_are_two_samples() -> None:
    twice = [taken(made(), "r/main/7/1"), taken(made(), "r/main/7/2")]

    assert len(scores([journal(*twice)])) == 2


def test_a_journal_that_is_given_twice_counts_once() -> None:
    one = journal(taken(made()))

    assert len(scores([one, one])) == 1


def test_combining_journals_changes_no_score(tmp_path: Path) -> None:
    lines = [
        {"kind": "event", "event": "score", "values": score_values(made(), sample=f"r/main/7/{n}")}
        for n in range(3)
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    combined = read_lines("combined", combined_lines([path, path]))

    assert scores([combined]) == [made()] * 3


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param({"value": "1.5"}, id="above 1"),
        pytest.param({"value": "1/0"}, id="no number"),
        pytest.param({"kind": "taste"}, id="another kind"),
        pytest.param({"case": None, "attempt": "x"}, id="no attempt"),
    ],
)
def test_a_score_that_makes_no_sense_is_an_error_with_its_journal(damage: dict[str, Any]) -> None:
    values = score_values(made(), sample="r/main/7/1") | damage

    with pytest.raises(JournalError, match=r"main\.jsonl: a score that makes no sense"):
        scores([journal(event("score", **values))])
