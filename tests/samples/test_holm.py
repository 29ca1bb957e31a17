from __future__ import annotations

import pytest

from pytest_specbudget.samples.holm import holm


@pytest.mark.parametrize(
    ("found", "adjusted"),
    [
        pytest.param({}, {}, id="no question"),
        pytest.param({"a": 0.03}, {"a": 0.03}, id="one question needs no correction"),
        pytest.param(
            {"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005},
            {"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02},
            id="each by how many are still left",
        ),
        pytest.param({"a": 0.9, "b": 0.6}, {"a": 1.0, "b": 1.0}, id="never above 1"),
        pytest.param({"a": 0.02, "b": 0.02}, {"a": 0.04, "b": 0.04}, id="equal ones stay equal"),
    ],
)
def test_probabilities_are_adjusted(found: dict[str, float], adjusted: dict[str, float]) -> None:
    assert holm(found) == pytest.approx(adjusted)
    assert list(holm(found)) == list(found)
