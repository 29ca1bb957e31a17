from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.core.json_paths import JsonPath, drop, place


@pytest.mark.parametrize(
    ("path", "left"),
    [
        pytest.param("$.a", {"b": [{"c": 1, "d": 2}, {"c": 3}]}, id="a key of the document"),
        pytest.param("$.b[*].c", {"a": 0, "b": [{"d": 2}, {}]}, id="a key in every place"),
        pytest.param("$.b[1].c", {"a": 0, "b": [{"c": 1, "d": 2}, {}]}, id="a key in one place"),
        pytest.param("$.b[0]", {"a": 0, "b": [None, {"c": 3}]}, id="a place becomes null"),
        pytest.param("$.b.*", {"a": 0, "b": [None, None]}, id="every place"),
        pytest.param("$['a']", {"b": [{"c": 1, "d": 2}, {"c": 3}]}, id="a quoted key"),
        pytest.param("$.x.y", {"a": 0, "b": [{"c": 1, "d": 2}, {"c": 3}]}, id="nothing there"),
        pytest.param("$.b[9]", {"a": 0, "b": [{"c": 1, "d": 2}, {"c": 3}]}, id="beyond the end"),
    ],
)
def test_a_path_takes_out_what_it_names(path: str, left: Any) -> None:
    document: Any = {"a": 0, "b": [{"c": 1, "d": 2}, {"c": 3}]}

    drop(document, [JsonPath.parse(path)])

    assert document == left


@pytest.mark.parametrize(
    "text", ["", "$", "store", "$.", "$..a", "$.a b", "$[-1]", "$.a[", "$[?x]"]
)
def test_what_is_no_path_is_told_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no path into a request; write one like \$\.store"):
        JsonPath.parse(text)


@given(st.lists(st.text("ab.c 'é", min_size=1) | st.integers(0, 2), min_size=1, max_size=5))
def test_the_name_of_a_place_is_a_path_that_finds_it(steps: list[str | int]) -> None:
    steps = [step.replace("'", "_") if isinstance(step, str) else step for step in steps]
    document: Any = "found"
    for step in reversed(steps):
        document = {step: document} if isinstance(step, str) else [document] * (step + 1)

    drop(document, [JsonPath.parse(place(steps))])

    assert "found" not in str(document)
