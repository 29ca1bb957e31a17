"""What is kept of a charge: all of it but keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.charges import charge
from support.keys import KEYS

from pytest_specbudget.bookkeeping.hearsay import error_words, repeatable_call
from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.staleness import Staleness
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge

KEY = KEYS["sk-"]


@pytest.mark.parametrize(
    "clean",
    [
        pytest.param(charge(), id="a plain call"),
        pytest.param(
            charge(model="us.anthropic.claude-sonnet-4-5-20250929-v1:0"), id="a long name"
        ),
    ],
)
def test_a_call_of_which_nobody_said_anything_is_kept_as_it_is(clean: Charge) -> None:
    assert repeatable_call(clean) is clean


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        pytest.param({"error": "ReadTimeout: late"}, {"error": "ReadTimeout: late"}, id="harmless"),
        pytest.param({"error": f"E: {KEY}"}, {"error": "E: REDACTED"}, id="an error"),
        pytest.param(
            {"flags": (f"no {KEY}", "odd")}, {"flags": ("no REDACTED", "odd")}, id="flags"
        ),
        pytest.param(
            {"model": KEY, "reason": f'no price for "{KEY}"', "error": None},
            {"model": "REDACTED", "reason": 'no price for "REDACTED"'},
            id="a model, and why it has no price",
        ),
        pytest.param(
            {"staleness": Staleness(places=("$.model",), model=KEY)},
            {"staleness": Staleness(places=("$.model",), model="REDACTED")},
            id="the model of a recording",
        ),
    ],
)
def test_a_call_keeps_what_was_said_without_keys(
    said: dict[str, Any], kept: dict[str, Any]
) -> None:
    same = {"id": "c", "error": None}

    assert repeatable_call(charge(**{**same, **said})) == charge(**{**same, **kept})


def test_the_models_and_tools_of_one_answer_are_kept_without_keys() -> None:
    one = charge()
    one.reading.parts = (Part(model=KEY, usage=Usage()),)  # type: ignore[misc] # builders know none
    one.reading.unpriced_tools = (f"{KEY} 2",)  # type: ignore[misc] # likewise

    reading = repeatable_call(one).reading

    assert (reading.parts[0].model, reading.unpriced_tools) == ("REDACTED", ("REDACTED 2",))


class _MuteError(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(ValueError(f"no {KEY}"), "ValueError: no REDACTED", id="with words"),
        pytest.param(ValueError(), "ValueError", id="without words"),
        pytest.param(_MuteError(), "_MuteError", id="that cannot be asked"),
    ],
)
def test_an_error_is_told_by_its_type_and_what_it_says(error: Exception, words: str) -> None:
    assert error_words(error) == words
