"""What a value of a journal may be, kind by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.journal import checks
from pytest_specbudget.journal.checks import OddValueError

if TYPE_CHECKING:
    from pytest_specbudget.journal.checks import Check

PAIR = checks.row(checks.text, checks.or_none(checks.amount))
KNOWN = checks.record({"a": checks.text}, {"b": checks.listed(checks.flag)})
DIGITS = "9" * 2001


@pytest.mark.parametrize(
    ("check", "value"),
    [
        pytest.param(checks.text, "", id="empty text"),
        pytest.param(checks.flag, False, id="false"),
        pytest.param(checks.path, "prices/own.toml", id="a path"),
        pytest.param(checks.number, 0, id="no calls"),
        pytest.param(checks.count, 1, id="the first attempt"),
        pytest.param(checks.seconds, 0.25, id="a quarter of a second"),
        pytest.param(checks.seconds, 2, id="two seconds"),
        pytest.param(checks.amount, "0.000000000000000001", id="the smallest amount"),
        pytest.param(checks.ratio, "12.5", id="more than all"),
        pytest.param(checks.share, "1/3", id="a third"),
        pytest.param(checks.share, "0.999", id="nearly all"),
        pytest.param(checks.share, "1.00", id="just all"),
        pytest.param(checks.share, "7/7", id="all of seven"),
        pytest.param(checks.instant, "2026-11-21T00:00:00+00:00", id="a time"),
        pytest.param(checks.instant, "2026-11-21T00:00:00Z", id="a time in UTC"),
        pytest.param(checks.one_of(("list", "billed")), "billed", id="one of the words"),
        pytest.param(PAIR, ["a", None], id="a row with nothing in it"),
        pytest.param(checks.entries(checks.text), {"a": "b"}, id="entries"),
        pytest.param(KNOWN, {"a": "", "b": [True], "c": 7}, id="a key that nobody knows"),
    ],
)
def test_what_is_written_passes(check: Check, value: object) -> None:
    check(value)


@pytest.mark.parametrize(
    ("check", "value", "said"),
    [
        pytest.param(checks.text, 7, "'7' is not text", id="a number for text"),
        pytest.param(checks.flag, "true", "'true' is not true or false", id="text for a flag"),
        pytest.param(checks.flag, 1, "'1' is not true or false", id="a number for a flag"),
        pytest.param(checks.path, "a\0b", "is not the name of a file", id="no file's name"),
        pytest.param(checks.number, True, "a whole number of 0 or more", id="a flag for a number"),
        pytest.param(checks.number, -1, "a whole number of 0 or more", id="less than nothing"),
        pytest.param(checks.number, 10**30, "a whole number of 0 or more", id="beyond reason"),
        pytest.param(checks.count, 0, "a whole number of 1 or more", id="no attempt"),
        pytest.param(checks.seconds, float("nan"), "a number of seconds", id="not a number"),
        pytest.param(checks.seconds, 10**400, "a number of seconds", id="without an end"),
        pytest.param(checks.amount, "-1", "is not an amount of dollars", id="a debt"),
        pytest.param(checks.amount, 0.5, "'0.5' is not text", id="an amount that is inexact"),
        pytest.param(checks.amount, DIGITS, "is too long", id="all the money there is"),
        pytest.param(checks.ratio, "1e999999999", "is not a number", id="what takes a day to read"),
        pytest.param(checks.ratio, "1/0", "is not a number", id="a share of nothing"),
        pytest.param(checks.ratio, DIGITS, "is too long", id="a number without an end"),
        pytest.param(checks.share, "1.0001", "is not a number from 0 to 1", id="above all"),
        pytest.param(checks.share, "8/7", "is not a number from 0 to 1", id="eight of seven"),
        pytest.param(checks.share, "-0.1", "is not a number", id="below nothing"),
        pytest.param(checks.instant, "2026-11-21", "with its offset from UTC", id="a day"),
        pytest.param(checks.instant, "now", "'now' is not a time", id="a word for a time"),
        pytest.param(
            checks.instant, "0001-01-01T00:00:00+14:00", "is not a time", id="before all time"
        ),
        pytest.param(checks.one_of(("a", "b")), "c", "'c' is not one of a, b", id="another word"),
        pytest.param(checks.one_of(("a", "b")), ["a"], "is not one of a, b", id="a list of words"),
        pytest.param(PAIR, ["a"], "is not a list of 2", id="a short row"),
        pytest.param(PAIR, ["a", "x"], "1: 'x' is not an amount", id="a place in a row"),
        pytest.param(KNOWN, {"b": []}, "a: is missing", id="what must be there"),
        pytest.param(KNOWN, {"a": "", "b": [True, 1]}, "b.1: '1' is not true", id="a deep place"),
        pytest.param(KNOWN, [], "'[]' is not an object", id="a list for an object"),
        pytest.param(checks.entries(checks.text), {"k": {}}, "k: '{}' is not text", id="an entry"),
        pytest.param(
            checks.entries(checks.text), {"\x1b[2J": 7}, r"'\x1b[2J': '7'", id="a hostile key"
        ),
    ],
)
def test_what_is_not_written_is_told_with_its_place(check: Check, value: object, said: str) -> None:
    with pytest.raises(OddValueError) as told:
        check(value)

    assert said in str(told.value)
