"""Forty pairs of texts, labelled by hand before the rules were written."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pytest_specbudget.quality.disagreements import disagreement

PAIRS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("pairs.json").read_text("utf-8"))
LABELS = ("cosmetic", "structural", "scope", "technical")


def label(first: str, second: str) -> str:
    found = disagreement(("a", first), ("b", second))
    return "cosmetic" if found is None or found.type is None else found.type


def test_the_confusion_matrix_is_the_one_that_the_documentation_tells() -> None:
    counts = Counter((pair["label"], label(pair["first"], pair["second"])) for pair in PAIRS)

    matrix = [[counts[truth, said] for said in LABELS] for truth in LABELS]

    assert matrix == [
        [10, 0, 0, 0],
        [0, 8, 2, 0],
        [0, 0, 10, 0],
        [0, 0, 1, 9],
    ]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['label']}: {pair['why']}")
def test_a_label_does_not_depend_on_the_order(pair: dict[str, Any]) -> None:
    assert label(pair["first"], pair["second"]) == label(pair["second"], pair["first"])
