"""Decoding JSON: as the standard library does, only sooner."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.core.documents import decode

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
JSON_LIKE = st.text('{}[]":,0123456789.-+eE\\utrfalsn \n\x00é\ud83d').map(
    lambda text: text.encode("utf-8", "surrogatepass")
)


def by_the_standard_library(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8", "replace"))
    except ValueError:
        return ValueError


def decoded(data: bytes) -> Any:
    try:
        return decode(data)
    except ValueError:
        return ValueError


@given(VALUES)
def test_what_was_written_comes_back(value: object) -> None:
    assert decode(json.dumps(value).encode()) == value


@given(JSON_LIKE)
def test_text_is_json_exactly_where_the_standard_library_says_so(data: bytes) -> None:
    assert repr(decoded(data)) == repr(by_the_standard_library(data))


@pytest.mark.parametrize(
    ("data", "value"),
    [
        pytest.param(b'{"a": "\\ud83d"}', {"a": "\ud83d"}, id="half of a surrogate pair"),
        pytest.param(b'{"a": "\xff"}', {"a": "�"}, id="a byte that is no UTF-8"),
        pytest.param(b'\xef\xbb\xbf{"a": 1}', {"a": 1}, id="a byte-order mark"),
        pytest.param(b' \n{"a": 1}\r\n', {"a": 1}, id="white space around"),
        pytest.param(b'{"a": 1, "a": 2}', {"a": 2}, id="the last of two equal keys counts"),
        pytest.param(b'{"a": 1e400}', {"a": math.inf}, id="a number beyond all floats"),
        pytest.param(b"[" * 500 + b"]" * 500, json.loads("[" * 500 + "]" * 500), id="deep nesting"),
    ],
)
def test_odd_json_is_decoded(data: bytes, value: object) -> None:
    assert decode(data) == value


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"a": 1} {"a": 2}', id="two documents"),
        pytest.param(b'{"a": 1', id="a document that was cut"),
        pytest.param(b"[" * 100_000, id="nesting that would end the stack"),
        pytest.param(b"<html>", id="a web page"),
    ],
)
def test_what_is_no_json_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(data)
