from __future__ import annotations

import pytest

from pytest_specbudget.core.usage import Usage


def test_values_that_hold_the_same_are_one() -> None:
    assert len({Usage(pages=1), Usage(pages=1), Usage(pages=2)}) == 2


def test_a_value_is_made_by_keyword() -> None:
    with pytest.raises(TypeError, match="positional"):
        Usage(1)  # type: ignore[call-arg] # as the type checker says too


def test_a_value_takes_no_attribute_that_it_does_not_have() -> None:
    with pytest.raises(AttributeError):
        Usage().tokens = 1  # type: ignore[attr-defined] # as the type checker says too
