from __future__ import annotations

import pytest

from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage


def test_unreported_and_zero_are_not_the_same() -> None:
    assert Usage(input_tokens=0).reported() == {"input_tokens": 0}


def test_usages_that_report_the_same_are_one() -> None:
    same = [Usage(pages=1, input_tokens=2), Usage(input_tokens=2, pages=1, output_tokens=None)]

    assert len({*same, Usage(pages=1)}) == 2
    assert same[0] != Usage(pages=1)
    assert same[0] != {"pages": 1, "input_tokens": 2}


def test_a_usage_is_shown_with_what_it_reports() -> None:
    assert repr(Usage(pages=1, output_tokens=None)) == "Usage(pages=1)"


def test_a_usage_does_not_change() -> None:
    with pytest.raises(AttributeError, match=r"Usage\.pages"):
        Usage(pages=1).pages = 2  # type: ignore[misc] # as the type checker says too


def test_a_count_that_nobody_knows_is_refused() -> None:
    with pytest.raises(TypeError, match="'tokens'"):
        Usage(tokens=1)  # type: ignore[call-arg] # as the type checker says too


def test_what_is_made_of_known_counts_is_as_any_other() -> None:
    assert Usage.known({"pages": 1, "output_tokens": None, "input_tokens": 0}) == Usage(
        pages=1, input_tokens=0
    )


def test_names_that_are_not_ours_are_left_out() -> None:
    assert Usage.of({"input_tokens": 3, "made_up": 4}) == Usage(input_tokens=3)


def test_what_neither_reported_stays_unreported() -> None:
    total = Usage(input_tokens=1, pages=None) + Usage(input_tokens=2, output_tokens=0)

    assert total == Usage(input_tokens=3, output_tokens=0)


@pytest.mark.parametrize(
    ("reading", "model"),
    [
        pytest.param({"real_model": "r", "response_model": "b"}, "r", id="as declared"),
        pytest.param({"response_model": "b", "request_model": "a"}, "b", id="as answered"),
        pytest.param({"request_model": "a"}, "a", id="as asked"),
        pytest.param({}, "(unnamed)", id="unnamed"),
    ],
)
def test_the_model_that_is_charged(reading: dict[str, str], model: str) -> None:
    assert Reading(provider="openai", operation="chat", **reading).model == model  # type: ignore[arg-type]
