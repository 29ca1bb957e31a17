"""What a model says that was asked to judge."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pytest_specbudget.agents.verdicts import opinion


@pytest.mark.parametrize(
    ("text", "score"),
    [
        pytest.param('{"score": 0.9, "reason": "fine"}', "0.9", id="as it was asked for"),
        pytest.param('{"score": 0.85}', "0.85", id="exact, though it is no binary fraction"),
        pytest.param('```json\n{"score": 1}\n```', "1", id="in a fence"),
        pytest.param('Well {then}: {"score": 0.5} it is', "0.5", id="among words and braces"),
        pytest.param('{"score": 0.5} is {"score": 0.50}', "0.5", id="said twice"),
        pytest.param('{"passed": true}', "1", id="only yes"),
        pytest.param('{"passed": false, "reason": "short"}', "0", id="only no"),
        pytest.param("Score: 0.70. It lacks dates.", "0.7", id="in words"),
        pytest.param("PASS", "1", id="one word, good"),
        pytest.param("**Rejected**: no rollback", "0", id="one word, bad"),
    ],
)
def test_a_verdict_is_read(text: str, score: str) -> None:
    told = opinion(text)

    assert told is not None
    assert told.score == Fraction(score)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("It looks good to me.", id="a tone"),
        pytest.param('{"score": 85}', id="a score of another scale"),
        pytest.param('{"score": -0.1}', id="a negative score"),
        pytest.param('{"score": true}', id="a truth value as a score"),
        pytest.param('{"score": "high"}', id="a word as a score"),
        pytest.param("Score: 8/10", id="a score out of ten"),
        pytest.param("Score: 1/10", id="one out of ten"),
        pytest.param("It should pass", id="a word in the middle"),
        pytest.param(
            '{"score": 1} would be perfect, mine is {"score": 0.2}', id="an example and a verdict"
        ),
        pytest.param("Score: 1 is perfect. Score: 0.2", id="two scores in words"),
        pytest.param("{" * 5_000, id="braces that never close"),
    ],
)
def test_what_is_no_verdict_is_none(text: str) -> None:
    assert opinion(text) is None
