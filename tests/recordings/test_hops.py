"""Redirects in recordings: a call that was sent on is one call, however many answers it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.recorded import chat, write

from pytest_specbudget.core.money import Money
from pytest_specbudget.prices.pricing import Quote
from pytest_specbudget.recordings.hops import followed
from pytest_specbudget.recordings.library import recordings
from pytest_specbudget.recordings.lint import unused
from pytest_specbudget.recordings.valuation import charges_of

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from pytest_specbudget.core.exchange import Exchange
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.recordings.library import Recording

OLD = "https://gate.corp/v1/chat/completions"
NEW = "https://gate.corp/eu/v1/chat/completions"


def a_dollar(_reading: Reading, _exchange: Exchange) -> Quote:
    return Quote(list_cost=Money.parse(1), contracted_cost=Money.parse(1), price_id="p")


def moved(status: int = 307, location: str = NEW) -> dict[str, Any]:
    hop = chat(url=OLD, status=status, location=location)
    hop["response"]["body"]["string"] = ""
    return hop


def recorded(tmp_path: Path, *exchanges: dict[str, Any]) -> Recording:
    (recording,) = recordings(write(tmp_path / "a.yaml", *exchanges), pytest.fail)
    return recording


def booked(recording: Recording) -> list[Charge]:
    return [*charges_of(recording, a_dollar)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_that_was_followed_is_no_call(tmp_path: Path, status: int) -> None:
    recording = recorded(tmp_path, moved(status), chat(url=NEW))

    (charge,) = booked(recording)

    assert (charge.cassette_index, charge.outcome) == (1, "answered")
    assert charge.list_cost == Money.parse(1)


@pytest.mark.parametrize(
    "location", ["/eu/v1/chat/completions", "//gate.corp/eu/v1/chat/completions", f"{NEW}#top"]
)
def test_a_redirect_may_say_where_in_any_way(tmp_path: Path, location: str) -> None:
    assert followed(recorded(tmp_path, moved(location=location), chat(url=NEW))) == {0}


def test_several_redirects_in_a_row_are_one_call(tmp_path: Path) -> None:
    third = "https://gate.corp/us/v1/chat/completions"
    second = chat(url=NEW, status=308, location=third)

    (charge,) = booked(recorded(tmp_path, moved(), second, chat(url=third)))

    assert charge.cassette_index == 2


@pytest.mark.parametrize(
    "other",
    [
        pytest.param([], id="nothing follows"),
        pytest.param([chat()], id="another place was asked"),
        pytest.param([chat(url=OLD)], id="the old place was asked again"),
    ],
)
def test_a_redirect_that_nobody_followed_failed_and_costs_nothing(
    tmp_path: Path, other: list[dict[str, Any]]
) -> None:
    first, *_ = booked(recorded(tmp_path, moved(), *other))

    assert (first.cassette_index, first.outcome, first.status) == (0, "failed", 307)
    assert first.list_cost == Money()


def test_a_redirect_does_not_lead_back(tmp_path: Path) -> None:
    assert followed(recorded(tmp_path, chat(url=NEW), moved())) == frozenset()


@pytest.mark.parametrize("location", ["", "http://[::1", "REDACTED"])
def test_an_address_that_is_none_is_nobody_else_s(tmp_path: Path, location: str) -> None:
    assert followed(recorded(tmp_path, moved(location=location), chat(url=NEW))) == frozenset()


def test_a_redirect_that_was_followed_is_not_called_unused(tmp_path: Path) -> None:
    recording = recorded(tmp_path, moved(), chat(url=NEW), chat("b"))

    assert [*unused(recording, "a.yaml", {1, 2}, "r")] == []
    (problem,) = unused(recording, "a.yaml", {1}, "r")
    assert problem.message.endswith("run r: 2")
    (problem,) = unused(recording, "a.yaml", (), "r")
    assert problem.rule == "recording-unused"
