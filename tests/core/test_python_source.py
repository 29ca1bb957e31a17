"""Python that is read and never run."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

import pytest_specbudget
from pytest_specbudget.core.python_source import NO_PYTHON, tree_of

ODD = 'PATTERN = "\\d"\nassert (PATTERN, "is a tuple, so always true")\nA = 1 is 1\n'


@pytest.mark.parametrize(
    "source", [pytest.param(ODD, id="text"), pytest.param(ODD.encode(), id="bytes")]
)
def test_what_python_would_warn_of_is_neither_told_nor_an_error(source: str | bytes) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert len(tree_of(source).body) == 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(tree_of(source).body) == 3

    assert told == []


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("def (:", id="no syntax"),
        pytest.param("a = '\0'", id="a null byte"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param("(" * 5000, id="too deep"),
    ],
)
def test_what_is_no_python_raises_what_is_named(source: str | bytes) -> None:
    with pytest.raises(NO_PYTHON):
        tree_of(source)


def test_nobody_else_reads_python() -> None:
    package = Path(pytest_specbudget.__file__).parent
    readers = [
        path.name for path in package.rglob("*.py") if "ast.parse(" in path.read_text("utf-8")
    ]

    assert readers == ["python_source.py"]
