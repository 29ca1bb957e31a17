from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.audit.acks import Acknowledgement
from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import SettingError
from pytest_specbudget.settings.acks_file import acknowledgements, entry, limit_of, read_acks

if TYPE_CHECKING:
    from pathlib import Path

NAME = "specbudget-ack.toml"
WHOLE = """\
# accepted on purpose

[[ack]]
subject = "RESEARCH"
limit = "12%"
until = 2026-12-31
reason = "longer plans"

[[ack]]
subject = "tests/test_a.py::test_b"
scope = "test"
limit = "$1.20"
until = "2027-01-31"
reason = "a slower model"
owner = "ana@example.com"
"""


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(SettingError) as caught:
        acknowledgements(text, NAME)
    return caught.value.problems


def with_line(line: str, *, key: str) -> str:
    """Write one entry in which *line* stands for what it says of *key*; the third line of it."""
    lines = {
        "subject": 'subject = "A"',
        "limit": 'limit = "1%"',
        "until": "until = 2026-12-31",
        "reason": 'reason = "r"',
    }
    rest = [value for name, value in lines.items() if name != key]
    return "\n".join(["# one entry", "[[ack]]", line, *rest])


def test_entries_are_read_with_their_lines() -> None:
    assert acknowledgements(WHOLE, NAME) == (
        Acknowledgement(
            subject="RESEARCH",
            limit=Fraction(12),
            until=date(2026, 12, 31),
            reason="longer plans",
            origin="specbudget-ack.toml, line 3",
        ),
        Acknowledgement(
            subject="tests/test_a.py::test_b",
            scope="test",
            limit=Money.parse("1.20"),
            until=date(2027, 1, 31),
            reason="a slower model",
            owner="ana@example.com",
            origin="specbudget-ack.toml, line 9",
        ),
    )


@pytest.mark.parametrize(
    ("written", "limit"),
    [
        pytest.param("12%", Fraction(12), id="percent"),
        pytest.param(" 12.5 % ", Fraction("12.5"), id="a part of a percent, with spaces"),
        pytest.param("$1.20", Money.parse("1.20"), id="dollars"),
        pytest.param("1.20 USD", Money.parse("1.20"), id="dollars as a shell leaves them alone"),
        pytest.param("USD 3", Money.parse("3"), id="the currency first"),
        pytest.param("0%", Fraction(0), id="nothing but more calls"),
    ],
)
def test_a_limit_is_percent_or_dollars(written: str, limit: Fraction | Money) -> None:
    assert limit_of(written) == limit


@pytest.mark.parametrize(
    "written",
    [12, "1 2", "", "%", "$", "-3%", "$-1", "1.2.3 USD", "nan%", "EUR 3", None, True, ["1%"]],
)
def test_what_is_neither_is_an_error(written: object) -> None:
    with pytest.raises(ValueError, match="write"):
        limit_of(written)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("[[ack]", f"{NAME} is not valid TOML", id="no TOML"),
        pytest.param("a = " + "[" * 5000, f"{NAME} cannot be read: it is nested too", id="depth"),
        pytest.param("ack = 3", f"{NAME}: ack is no list of tables", id="no table"),
        pytest.param("[ack]\nlimit = 3", f"{NAME}: ack is no list of tables", id="one table"),
        pytest.param("[[acks]]", f'{NAME}: "acks" is unknown; write [[ack]]', id="another table"),
        pytest.param(
            "[[ack]]",
            f"{NAME}, line 1: an entry needs subject and limit and until and reason",
            id="an empty entry",
        ),
        pytest.param(
            with_line("limit = 12", key="limit"),
            f'{NAME}, line 3: limit: 12 is no limit; write "12%" or "$1.20"',
            id="a number without a unit",
        ),
        pytest.param(
            with_line("until = 2026-12-31T10:00:00Z", key="until"),
            f"{NAME}, line 3: until: 2026-12-31 10:00:00+00:00 is no day",
            id="an instant",
        ),
        pytest.param(
            with_line('until = "tomorrow"', key="until"),
            f'{NAME}, line 3: until: "tomorrow" is no day; write one like 2026-12-31',
            id="no date",
        ),
        pytest.param(
            with_line('reason = " "', key="reason"),
            f'{NAME}, line 3: reason: " " is no text',
            id="no reason",
        ),
        pytest.param(
            with_line('scope = "suite"', key=""),
            f'{NAME}, line 3: scope: "suite" is no scope; write one of run, spec, stage, model',
            id="an unknown scope",
        ),
        pytest.param(
            with_line("scope = [1]", key=""), "scope: an array is no scope", id="a list of scopes"
        ),
        pytest.param(
            with_line('untill = "x"', key=""),
            f'{NAME}, line 3: "untill" is unknown; did you mean "until"?',
            id="a slip",
        ),
    ],
)
def test_what_makes_no_sense_is_told_with_its_line(text: str, told: str) -> None:
    (problem,) = problems_of(text)

    assert problem.startswith(told) or told in problem


def test_every_problem_is_told_at_once() -> None:
    bad = WHOLE.replace('"12%"', "12").replace('"2027-01-31"', "31")

    assert [problem.split(": ")[0] for problem in problems_of(bad)] == [
        f"{NAME}, line 5",
        f"{NAME}, line 13",
    ]


def test_entries_that_are_written_inline_have_no_line() -> None:
    line = 'ack = [{subject = "A", limit = "1%", until = 2026-12-31, reason = "r"}]'

    assert [ack.origin for ack in acknowledgements(line, NAME)] == [NAME]


def test_without_a_file_nothing_was_accepted(tmp_path: Path) -> None:
    assert read_acks(tmp_path / NAME) == ()


def test_a_file_that_is_not_utf_8_is_an_error(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"\xff\xfe")

    with pytest.raises(SettingError, match="is not UTF-8, at byte 0"):
        read_acks(tmp_path / NAME)


def test_a_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=f"^{tmp_path.name} cannot be read: it is a folder$"):
        read_acks(tmp_path)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


@given(
    TEXTS,
    st.fractions(0, 1000).map(lambda share: Fraction(round(share * 100), 100))
    | st.integers(0, 10**24).map(Money),
    st.dates(),
    TEXTS,
    st.just("") | TEXTS,
)
def test_what_is_written_is_read_again(
    subject: str, limit: Fraction | Money, until: date, reason: str, owner: str
) -> None:
    ack = Acknowledgement(
        subject=subject.strip(),
        limit=limit,
        until=until,
        reason=reason.strip(),
        owner=owner.strip(),
        origin=f"{NAME}, line 1",
    )

    assert acknowledgements(entry(ack), NAME) == (ack,)
