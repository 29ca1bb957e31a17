from __future__ import annotations

import pytest

from pytest_specbudget.core.attribution import Attribution
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.pricing import Quote


def test_values_that_hold_the_same_are_one() -> None:
    usage = Usage(pages=1)

    assert len({Part(model="m", usage=usage), Part(model="m", usage=Usage(pages=1))}) == 1


def test_a_value_is_made_by_keyword() -> None:
    with pytest.raises(TypeError, match="positional"):
        Part("m")  # type: ignore[call-arg] # as the type checker says too


def test_a_value_that_each_call_makes_is_made_by_position_too() -> None:
    assert Quote(None, None, "p") == Quote(price_id="p")


def test_amounts_are_values_that_have_an_order() -> None:
    assert sorted({Money(2), Money(1), Money(2)}) == [Money(1), Money(2)]


def test_a_value_takes_no_attribute_that_it_does_not_have() -> None:
    with pytest.raises(AttributeError):
        Attribution().owner = "me"  # type: ignore[attr-defined] # as the type checker says too
