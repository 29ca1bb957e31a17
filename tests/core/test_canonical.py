"""JSON written in the one way that equal documents share."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.core import canonical as module
from pytest_specbudget.core.canonical import _encoder, _quoted, canonical

DOCUMENT = {"b": [1, 2.5, None, {"z": "\u00e9", "a": "\ud800"}], "a": "\n"}
WRITTEN = r'{"a":"\n","b":[1,2.5,null,{"a":"\ud800","z":"\u00e9"}]}'
LONG = 1_000


def standard(document: object) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def test_keys_are_sorted_at_every_depth_and_nothing_is_left_but_ascii() -> None:
    assert canonical(DOCUMENT, b"") == WRITTEN
    assert canonical(DOCUMENT, b"{" * 100) == WRITTEN


def test_a_python_without_an_encoder_in_c_writes_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("json.encoder.c_make_encoder", None)

    assert _encoder(_quoted)(DOCUMENT) == WRITTEN


@pytest.mark.parametrize(
    "character", [*map(chr, range(128)), "\u0080", "\u00e9", "\ud800", "\U0001f600"]
)
def test_a_long_string_is_quoted_as_a_short_one_is(character: str) -> None:
    document = {"content": "x" * LONG + character, character: character * LONG}

    assert canonical(document, b"x" * LONG) == standard(document)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.sampled_from([1, 400]),
)
def test_a_document_is_written_as_the_standard_library_writes_it(drawn: object, times: int) -> None:
    document = {"drawn": drawn, "long": str(drawn) * times}

    assert canonical(document, json.dumps(document).encode()) == standard(document)


def test_how_long_strings_are_decides_who_quotes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_of_long_strings", lambda _: "quickly")
    prompt = {"messages": [{"role": "user", "content": "x" * 4 * LONG}]}
    many = {"messages": [{"role": "user", "content": "x"}] * LONG}

    assert canonical(prompt, json.dumps(prompt).encode()) == "quickly"
    assert canonical(many, json.dumps(many).encode()) == standard(many)
