"""What a failed check says: the user's words, and nothing that changes from run to run."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.quality.asserting import asserted, steady
from pytest_specbudget.quality.checks import Function
from pytest_specbudget.quality.metric import Named, share_of
from pytest_specbudget.quality.wording import decimal

if TYPE_CHECKING:
    from collections.abc import Callable


def mute(answer: str) -> None:
    assert "rollback" in answer.lower()


def telling(answer: str) -> None:
    assert "rollback" in answer.lower(), "it names no rollback"


def telling_twice(answer: str) -> None:
    assert "rollback" in answer.lower(), "it names no rollback\nand no way back"


def telling_an_object(answer: str) -> None:
    assert "rollback" in answer.lower(), f"{answer.lower!r} finds none"


def parsing(answer: str) -> int:
    raise ValueError(f"{answer.lower!r} is no number")


@pytest.mark.parametrize(
    ("check", "said"),
    [
        pytest.param(mute, 'what "mute" asserts does not hold', id="an assertion without words"),
        pytest.param(telling, "it names no rollback", id="the user's words"),
        pytest.param(
            telling_twice, "it names no rollback\n  and no way back", id="all of the user's lines"
        ),
        pytest.param(
            telling_an_object,
            "<built-in method lower of str object> finds none",
            id="no address of an object that the user shows",
        ),
        pytest.param(
            parsing,
            "<built-in method lower of str object> is no number",
            id="nor one in another error",
        ),
    ],
)
def test_a_model_hears_what_the_user_wrote(check: Callable[[str], object], said: str) -> None:
    # pytest rewrites the assertions of this module, as it does those of a user's.
    assert Function(check)("the plan").reason == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("no date", "no date", id="a message alone"),
        pytest.param(
            "no date\nassert '2026' in 'soon'\n +  where 'soon' = <f at 0x7f00aa>()",
            "no date",
            id="what pytest adds is left out",
        ),
        pytest.param("assert 1 == 2", 'what "dated" asserts does not hold', id="nothing else"),
        pytest.param("", 'what "dated" asserts does not hold', id="nothing at all"),
    ],
)
def test_what_pytest_adds_is_no_part_of_it(text: str, said: str) -> None:
    assert asserted(AssertionError(text), "dated") == said


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("<f at 0x7f00aa12>", "<f>", id="an address"),
        pytest.param("<f of <g at 0x7F00AA12>>", "<f of <g>>", id="one within another"),
        pytest.param("the mask is 0xFF00FF", "the mask is 0xFF00FF", id="a number"),
    ],
)
def test_only_addresses_are_taken_away(text: str, kept: str) -> None:
    assert steady(text) == kept


async def later(_: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        pytest.param("yes", "'yes'", id="a word"),
        pytest.param(1.5, "1.5", id="more than 1"),
        pytest.param(-1, "-1", id="less than 0"),
        pytest.param(float("nan"), "nan", id="no number"),
        pytest.param({}, "{}", id="something else"),
        pytest.param(later(""), "a coroutine", id="what nobody awaited"),
    ],
)
def test_what_is_no_share_is_told_as_it_was_returned(told: object, shown: str) -> None:
    with pytest.raises(ValueError, match="from 0 to 1") as caught:
        share_of(told, "rubric")

    assert str(caught.value) == f'"rubric" returned {shown}, which is no number from 0 to 1'


def test_validators_and_metrics_name_what_returned_it() -> None:
    with pytest.raises(ValueError, match="\"rubric\" returned 'yes', which is no number"):
        Function(lambda _: "yes", called="rubric")("x")
    with pytest.raises(ValueError, match='"near/1" returned 2, which is no number'):
        Named("near/1", lambda _one, _other: 2)("x", "y")


@pytest.mark.parametrize(
    ("share", "limit", "shown"),
    [
        ("29/30", None, "0.9667"),
        ("29/30", "0.85", "0.9667"),
        ("17/20", None, "0.85"),
        ("1", "0.85", "1.00"),
        ("0.849", "0.85", "0.849"),
        ("0.849996", "0.85", "0.849996"),
        ("1/3", None, "0.3333"),
        ("0.30000000000000004", "0.3", "0.30000000000000004"),
        ("0", None, "0.00"),
    ],
)
def test_a_share_is_shown_as_a_decimal(share: str, limit: str | None, shown: str) -> None:
    assert decimal(Fraction(share), None if limit is None else Fraction(limit)) == shown
