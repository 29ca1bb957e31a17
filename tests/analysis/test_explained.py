"""Which dated price change explains that a model costs something else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from support.past import overlay, past, shipped, told

from pytest_specbudget.analysis.explained import Use, changes_of
from pytest_specbudget.analysis.looped import looped
from pytest_specbudget.prices.loading import load_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.analysis.explained import PriceChange
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.prices.catalogue import Catalogue

NOW = datetime(2026, 11, 22, tzinfo=UTC)
IN_JUNE = "2025-06-01T10:00:00Z"


def explained(
    *charges: Charge, at: datetime = NOW, catalogue: Catalogue | None = None
) -> list[PriceChange]:
    catalogue = catalogue or shipped()
    history = looped(told(*charges), catalogue, at)
    return [*changes_of(catalogue, history.uses, at)]


def test_a_change_names_both_rows_the_day_and_the_source() -> None:
    (change,) = explained(past("o3", at=IN_JUNE, tokens=(10, 10)))

    assert (change.old, change.new) == ("openai/o3/default", "openai/o3/default/from-2025-06-10")
    assert change.day == date(2025, 6, 10)
    assert change.rates_told == "input 10 -> 2, output 40 -> 8 USD per million"
    assert change.source
    assert str(change).startswith("from 2025-06-10 input 10 -> 2, output 40 -> 8 USD per million (")


def test_only_what_was_consumed_is_told() -> None:
    (change,) = explained(past("o3", at=IN_JUNE, tokens=(10, 0)))

    assert [rate.meter for rate in change.rates] == ["input"]


def test_one_change_of_several_uses_tells_what_any_of_them_consumed() -> None:
    june = datetime(2025, 6, 1, tzinfo=UTC)
    plain = frozenset({"input_tokens"})
    use = Use("openai/o3", "openai", "o3", "default", "", june, june, 10, 10, plain)
    other = use._replace(name="o3-2025-04-16", counted=frozenset({"output_tokens"}))

    (change,) = changes_of(shipped(), [use, other], NOW)

    assert [rate.meter for rate in change.rates] == ["input", "output"]
    assert changes_of(shipped(), [other, use], NOW) == (change,)


def test_an_announced_change_is_found_ahead_of_time() -> None:
    ahead = datetime(2026, 12, 1, tzinfo=UTC)

    (change,) = explained(past("gemini-4-argon", provider="google"), at=ahead)

    assert (change.day, change.rates_told) == (date(2026, 12, 1), "input 2 -> 4 USD per million")


def test_an_earlier_instant_is_explained_likewise() -> None:
    (change,) = explained(past("o3"), at=datetime(2025, 6, 9, tzinfo=UTC))

    assert (change.day, change.rates_told) == (date(2025, 6, 10), "input 2 -> 10 USD per million")


def test_prices_of_other_service_tiers_are_not_told() -> None:
    changes = explained(
        past("gemini-4-argon", provider="google"), at=datetime(2027, 1, 1, tzinfo=UTC)
    )

    assert [change.new for change in changes] == ["google/gemini-4-argon/default/from-2026-12-01"]


def test_nothing_changed_where_the_rates_did_not() -> None:
    assert explained(past(), past("o3"), past("none-such")) == []


def test_a_price_of_our_own_is_told_with_its_day_and_source(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(overlay("2.8", since="2026-11-10"), "utf-8")

    (change,) = explained(past(), catalogue=load_catalogue([path]))

    assert str(change) == (
        "from 2026-11-10 input 2.5 -> 2.8 USD per million (https://example.org/prices)"
    )


def test_lengths_that_no_call_had_are_not_told() -> None:
    then, now = "2025-12-01T00:00:00Z", datetime(2026, 11, 22, tzinfo=UTC)

    changes = explained(
        past("gemini-2.5-pro", provider="google", at=then, tokens=(1000, 9)), at=now
    )

    assert not [change for change in changes if "over-" in change.new]


def test_a_least_that_is_billed_explains_what_short_audio_costs(tmp_path: Path) -> None:
    ears = (
        '[[price]]\nprovider="groq"\nmodel="ears"\neach={audio_hour="1"%s}\nvalid_%s=2026-06-01\n'
    )
    path = tmp_path / "ours.toml"
    path.write_text(ears % ("", "to") + ears % (", least_audio_seconds=9", "from"), "utf-8")
    may = datetime(2026, 5, 1, tzinfo=UTC)
    counts = frozenset({"audio_seconds"})
    use = Use("groq/ears", "groq", "ears", "default", "", may, may, 0, 0, counts)

    (change,) = changes_of(load_catalogue([path]), [use], NOW)

    assert change.rates_told == "least_audio_seconds none -> 9 seconds"
