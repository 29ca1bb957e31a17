"""How a changed price is told."""

from __future__ import annotations

import pytest

from pytest_specbudget.prices.comparing import Change, changes, renamed


@pytest.mark.parametrize(
    ("meter", "old", "new", "told"),
    [
        pytest.param(
            "input",
            250_000_000_000,
            800_000_000_000,
            "lab/model/default input 0.25 -> 0.8 USD per million x3.2",
            id="tokens, by the million",
        ),
        pytest.param(
            "web_search",
            10**16,
            25 * 10**15,
            "lab/model/default web_search 0.01 -> 0.025 USD each x2.5",
            id="searches, each",
        ),
        pytest.param(
            "input",
            3 * 10**12,
            10**12,
            "lab/model/default input 3 -> 1 USD per million x0.333",
            id="three digits of a factor",
        ),
        pytest.param(
            "input",
            10**12,
            10**14,
            "lab/model/default input 1 -> 100 USD per million x100",
            id="a large factor",
        ),
        pytest.param(
            "input", None, 10**12, "lab/model/default input none -> 1 USD per million", id="new"
        ),
        pytest.param(
            "input", 10**12, None, "lab/model/default input 1 -> none USD per million", id="gone"
        ),
        pytest.param(
            "input",
            0,
            10**12,
            "lab/model/default input 0 -> 1 USD per million",
            id="free until then",
        ),
    ],
)
def test_a_change_is_told_as_people_read_prices(
    meter: str, old: int | None, new: int | None, told: str
) -> None:
    assert str(Change(place="lab/model/default", meter=meter, old=old, new=new)) == told


def test_what_is_the_same_is_no_change() -> None:
    assert changes({("lab", "input"): 1}, {("lab", "input"): 1}) == []


def test_a_name_that_leads_elsewhere_is_told() -> None:
    found = renamed({"lab/a": "x", "lab/b": "x"}, {"lab/a": "y", "lab/c": "x"})

    assert list(map(str, found)) == [
        "lab/a names x -> y",
        "lab/b names x -> none",
        "lab/c names none -> x",
    ]
