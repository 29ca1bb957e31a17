"""Answers of every provider, damaged by chance: the reading never lies and never breaks.

`ci/fuzz.py` runs the same for longer; the seed in a failure repeats it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.fuzzing import experiment, our_cases, recorded_cases

RECORDINGS = os.environ.get("SPECBUDGET_CONFORMANCE", "")


def test_nothing_that_is_done_to_our_answers_misleads() -> None:
    cases = our_cases()

    assert [problem for seed in range(4000) for problem in experiment(seed, cases)] == []


@pytest.mark.skipif(
    not RECORDINGS, reason="SPECBUDGET_CONFORMANCE does not name the folder of the recordings"
)
def test_nothing_that_is_done_to_recorded_answers_misleads() -> None:
    cases = recorded_cases(Path(RECORDINGS, "recordings", "corpus"))
    assert len(cases) > 300

    assert [problem for seed in range(4000) for problem in experiment(seed, cases)] == []
