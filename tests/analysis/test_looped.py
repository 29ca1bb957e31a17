"""A history priced call by call: what is compared with what."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from support.past import overlay, past, shipped, told

from pytest_specbudget.analysis.looped import looped
from pytest_specbudget.audit.shift import Week
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.prices.loading import load_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.analysis.priced import PricedHistory
    from pytest_specbudget.audit.drift import Priced
    from pytest_specbudget.core.ledger import Charge

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def priced(*charges: Charge, at: datetime = NOW) -> PricedHistory:
    return looped(told(*charges), shipped(), at)


def sums(groups: tuple[Priced, ...]) -> dict[str, tuple[str, str]]:
    return {one.model: (str(one.recorded), str(one.repriced)) for one in groups}


def test_the_same_prices_give_exactly_the_same() -> None:
    calls = [past(tokens=(1001, 7)), past("gpt-4o-mini", tokens=(999, 3))]

    history = priced(*calls)

    assert sums(history.repriced) == {
        "openai/gpt-4o": ("0.0025725", "0.0025725"),
        "openai/gpt-4o-mini": ("0.00015165", "0.00015165"),
    }
    assert sums(history.as_of_then) == sums(history.repriced)


def test_as_of_then_goes_by_the_day_of_the_call_and_now_by_another() -> None:
    history = priced(past("o3", at="2025-06-09T23:59:59.999999Z"), past("o3"))

    assert sums(history.as_of_then) == {"openai/o3": ("2", "2")}
    then, now = history.repriced
    assert (str(then.recorded), str(then.repriced)) == ("10", "2")
    assert now.recorded == now.repriced


def test_the_hour_of_the_call_counts_for_prices_by_the_hour() -> None:
    noon = past("deepseek-chat", provider="deepseek", at="2025-06-18T12:00:00Z")
    night = past("deepseek-chat", provider="deepseek", at="2025-06-19T20:00:00Z")

    history = priced(noon, night, at=datetime(2025, 7, 1, tzinfo=UTC))

    assert noon.list_cost != night.list_cost
    assert [one.recorded for one in history.repriced] == [one.repriced for one in history.repriced]


def test_an_overlay_moves_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(overlay("2.8", since="2026-11-10"), "utf-8")

    history = looped(told(past(), past("gpt-4o-mini")), load_catalogue([path]), NOW)

    assert sums(history.as_of_then)["openai/gpt-4o"] == ("2.5", "2.5")
    assert sums(history.repriced) == {
        "openai/gpt-4o": ("2.5", "2.8"),
        "openai/gpt-4o-mini": ("0.15", "0.15"),
    }


def test_a_replayed_call_has_the_prices_of_the_day_that_it_names() -> None:
    replayed = past(
        "o3",
        at="2026-11-02T10:00:00Z",
        source="replay",
        list_cost=Money.parse(10),
        priced_at="2025-06-01T00:00:00Z",
    )

    history = priced(replayed)

    assert sums(history.as_of_then) == {"openai/o3": ("10", "10")}
    assert sums(history.repriced) == {"openai/o3": ("10", "2")}
    assert [use.first.isoformat() for use in history.uses] == ["2025-06-01T00:00:00+00:00"]


def test_a_replayed_call_that_names_no_day_has_no_prices_as_of_then() -> None:
    replayed = past("o3", at="2025-06-01T10:00:00Z", source="replay", list_cost=Money.parse(2))

    history = priced(replayed)

    assert history.as_of_then == ()
    assert sums(history.repriced) == {"openai/o3": ("2", "2")}


def test_what_was_recorded_without_a_cost_is_held_against_what_it_was() -> None:
    history = priced(past("o3", at="2025-06-01T10:00:00Z", list_cost=None))

    assert (history.assumed, history.as_of_then) == (1, ())
    assert sums(history.repriced) == {"openai/o3": ("10", "2")}


def test_what_is_compared_is_what_is_on_record_but_for_what_is_told_apart() -> None:
    history = priced(
        past(),
        past(tokens=(500_000, 0), list_cost=None),
        past("none-such", list_cost=Money.parse("0.30")),
        past("none-such", list_cost=None),
        past(outcome="failed", list_cost=Money.parse("0.01")),
        past(outcome="unknown", list_cost=None),
        past(usage_state="none", list_cost=Money.parse("0.20")),
    )
    kept = history.on_record

    compared = Money.total(one.recorded for one in history.repriced)
    assert (str(kept.cost), str(kept.failed_cost), str(history.assumed_cost)) == (
        "3.01",
        "0.01",
        "1.25",
    )
    assert str(compared) == "3.75"
    assert kept.calls == 7
    assert kept.calls == kept.failed + history.untold + sum(
        one.calls + one.unknown for one in history.repriced
    )


@pytest.mark.parametrize(
    ("model", "cost"),
    [
        pytest.param("none-such", Money.parse(1), id="the model is unknown now"),
        pytest.param("none-such", None, id="and was then"),
    ],
)
def test_a_call_without_a_price_is_in_no_sum(model: str, cost: Money | None) -> None:
    (group,) = priced(past(model, list_cost=cost)).repriced

    assert (group.calls, group.unknown, group.recorded) == (0, 1, Money())
    assert group.reasons == ('no price for "none-such" of openai',)


@pytest.mark.parametrize(
    ("told_by", "untold"),
    [
        pytest.param({"outcome": "failed"}, 0, id="a call that failed cost nothing on both sides"),
        pytest.param({"outcome": "unknown"}, 1, id="one that never ended is told"),
        pytest.param({"usage_state": "none"}, 1, id="one without counts is told"),
        pytest.param({"source": "mock"}, 0, id="a fake's answer is no history"),
    ],
)
def test_what_tells_nothing_is_no_matter_of_prices(told_by: dict[str, Any], untold: int) -> None:
    history = priced(past(list_cost=None, **told_by))

    assert (history.repriced, history.untold) == ((), untold)


def test_what_was_charged_without_counts_is_in_doubt() -> None:
    history = priced(past(usage_state="none"))

    for (group,) in (history.as_of_then, history.repriced):
        assert (group.calls, group.unknown, str(group.recorded)) == (0, 1, "0")
        assert group.reasons == ("no counts were recorded, only what it cost",)
    assert history.untold == 0


def test_calls_of_one_model_that_move_against_each_other_do_not_cancel(tmp_path: Path) -> None:
    given, made = past("gpt-4.1", tokens=(400_000, 0)), past("gpt-4.1", tokens=(0, 100_000))
    path = tmp_path / "ours.toml"
    path.write_text(overlay("3", "gpt-4.1", since="2026-11-10", output="4"), "utf-8")

    history = looped(told(given, made), load_catalogue([path]), NOW)

    (group,) = history.repriced
    assert (group.recorded, group.repriced) == (Money.parse("1.6"), Money.parse("1.6"))
    assert str(group.gross) == "0.8"


def test_what_was_declared_free_stays_free() -> None:
    history = priced(past("llama3", free="at home"))

    assert sums(history.repriced) == {"openai/llama3": ("0", "0")}


def test_a_call_of_several_models_is_one_of_its_first() -> None:
    usage = Usage(input_tokens=1_000_000)
    parts = tuple(Part(model=model, usage=usage) for model in ("gpt-4o", "gpt-4o-mini"))

    (group,) = priced(past(parts=parts)).repriced

    assert (group.model, group.calls) == ("openai/gpt-4o", 1)
    assert str(group.repriced) == str(group.recorded) == "2.65"


def test_weeks_are_told_by_stage() -> None:
    calls = [past(stage="plan", tokens=(count, 10 * count)) for count in (5, 1, 9)]

    (week,) = priced(*calls).weeks

    assert week == Week("plan", "openai/gpt-4o", date(2026, 11, 2), 3, Fraction(5), Fraction(50))
