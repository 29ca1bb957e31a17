"""When two answers are the same, and when they only look like it."""

from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import given, strategies

from pytest_specbudget.core.json_paths import JsonPath
from pytest_specbudget.quality.answers import Answers, extracted, same
from pytest_specbudget.quality.canonical import canonical
from pytest_specbudget.quality.items import parts_of


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(" The  answer.\n", "the answer", id="spaces, case, a full stop"),
        pytest.param("**Yes**", "`yes`!", id="emphasis and marks"),
        pytest.param("don\u2019t", "don't", id="a curly apostrophe"),
        pytest.param("\u22125", "-5", id="a minus sign"),
        pytest.param("\uff11\uff12", "12", id="full-width digits"),
        pytest.param("1,234.50", "1234.5", id="thousands and a last nought"),
        pytest.param("+2.0e1", "20", id="a plus and an exponent"),
        pytest.param(".5", "0.5", id="no nought before the point"),
        pytest.param("2.0 files", "2 files", id="a whole number in a sentence"),
        pytest.param("$1,200.00", "1200 dollars", id="an amount of money"),
        pytest.param("US$ 5", "usd 5", id="a currency by sign and by code"),
        pytest.param("50 %", "50 percent", id="a percentage"),
        pytest.param("3rd of March 2026", "March 3, 2026", id="a date in words"),
        pytest.param("on 2026/3/3", "On 2026-03-03.", id="a date in numbers"),
        pytest.param("a,b; c", "a, b c", id="separators"),
        pytest.param("- one\n- two", "* one\n* two", id="bullets"),
    ],
)
def test_the_same_but_for_its_spelling(first: str, second: str) -> None:
    assert same(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("5", "-5", id="a sign"),
        pytest.param("a != b", "a = b", id="a negated operator"),
        pytest.param("5!", "5", id="a factorial"),
        pytest.param("10\u00b2", "102", id="an exponent"),
        pytest.param("Python 3.10", "Python 3.1", id="a version"),
        pytest.param("C#", "C", id="a language"),
        pytest.param("C++", "C", id="another language"),
        pytest.param("03/04/2026", "2026-03-04", id="a date that may be another day"),
        pytest.param("1,5", "15", id="a comma that may be a point"),
        pytest.param("$5", "\u20ac5", id="another currency"),
        pytest.param("C$5", "$5", id="another dollar"),
        pytest.param("5", "5%", id="a percentage"),
        pytest.param("(a+b)*c", "a+b*c", id="brackets that matter"),
        pytest.param("yes", "no", id="the opposite"),
        pytest.param("", "-", id="nothing, or a dash"),
        pytest.param("0.1", "0.10000000000000001", id="a difference that a float loses"),
    ],
)
def test_not_the_same(first: str, second: str) -> None:
    assert not same(first, second)


@given(strategies.text(max_size=60))
def test_any_text_has_a_spelling_and_case_does_not_matter(text: str) -> None:
    assert canonical(f"  {text}\n") == canonical(text)


@pytest.mark.parametrize(
    ("text", "how", "answer"),
    [
        pytest.param("42", None, "42", id="the whole text"),
        pytest.param("answer: 1\nanswer: 2", re.compile(r"answer: (\d)"), "2", id="the last match"),
        pytest.param("B) x", re.compile(r"(?P<x>.)\) (?P<answer>.)"), "x", id="the group answer"),
        pytest.param("so 7", re.compile(r"\d"), "7", id="no group: all of it"),
        pytest.param("none", re.compile(r"\d"), None, id="no match"),
        pytest.param('{"a": [{"b": 1.50}]}', JsonPath.parse("$.a[0].b"), "1.5", id="a place"),
        pytest.param('```json\n{"a": "x"}\n```', JsonPath.parse("$.a"), "x", id="in a fence"),
        pytest.param('{"a": 1}', JsonPath.parse("$.b"), None, id="no such place"),
        pytest.param("no JSON", JsonPath.parse("$.b"), None, id="no JSON"),
        pytest.param("a-b", lambda text: text.split("-")[1], "b", id="a function"),
        pytest.param("a-b", lambda _: None, None, id="a function that finds none"),
    ],
)
def test_what_of_a_text_is_the_answer(text: str, how: object, answer: str | None) -> None:
    assert extracted(text, how) == answer  # type: ignore[arg-type]


def test_a_text_that_declares_no_answer_agrees_with_none_not_even_with_itself() -> None:
    metric = Answers(re.compile(r"answer: (.*)"))

    assert metric("answer: A", "I think so.\nAnswer? answer: a.") == 1
    assert metric("no idea", "no idea") == 0
    assert metric.name == "answer/1"


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 20_000,
        "a" + " " * 20_000 + "b",
        "$" + "1" * 20_000 + "x1",
        "aA_" * 7_000,
        "`" * 20_000,
    ],
    ids=["lines", "spaces", "digits", "identifiers", "marks"],
)
def test_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    began = time.process_time()

    canonical(text)
    parts_of(text)

    assert time.process_time() - began < 1


def test_a_document_nested_too_deeply_is_no_document() -> None:
    deep = "[" * 5000 + "]" * 5000

    assert extracted(deep, JsonPath.parse("$.a")) is None
    assert extracted(json.dumps({"a": 1}), JsonPath.parse("$.a")) == "1"
