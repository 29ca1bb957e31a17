"""A history in a store is priced as its records are, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from support.past import past, shipped, told

from pytest_specbudget.analysis import stored_drift
from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.drifting import Question, summed_up
from pytest_specbudget.analysis.engine import Table, relation
from pytest_specbudget.analysis.engines.opening import opened, reading
from pytest_specbudget.analysis.looped import looped
from pytest_specbudget.analysis.records import record_of
from pytest_specbudget.analysis.stored_drift import priced_on
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import RETRIEVE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_specbudget.analysis.drifting import DriftSummary
    from pytest_specbudget.analysis.priced import PricedHistory
    from pytest_specbudget.analysis.store.history import History
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.prices.catalogue import Catalogue

pytest.importorskip("duckdb")

WHILE_O3_WAS_DEARER = datetime(2025, 6, 5, tzinfo=UTC)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ASKED = Question(history="", at=NOW, today=NOW.date(), limit=Fraction(10), origin="")
IN_JUNE = "2025-06-01T10:00:00Z"
TIMES = ("2025-06-01T10:00:00Z", "2026-11-02T10:00:00Z", "2026-11-03T10:00:00Z")

Told = dict[str, Any]


def in_history(folder: Path, records: list[Told]) -> History:
    from pytest_specbudget.analysis.store.history import History  # noqa: PLC0415 - needs the extra

    history = History(folder)
    history.add_records(map(record_of, records), today=date(2026, 11, 22))
    return history


def in_store(folder: Path, records: list[Told]) -> PricedHistory:
    with reading("duckdb", in_history(folder, records)) as engine:
        return priced_on(engine, shipped(), NOW)


def summed(history: PricedHistory) -> DriftSummary:
    return summed_up(history, shipped(), ASKED)


def of_several(first: Told, *models: str) -> list[Told]:
    """Make the records of one call that used *models*, the first of which has what it cost."""
    others = {"list_cost": None, "billed_cost": None}
    return [
        {**first, "part": part, "model": model, **(others if part else {})}
        for part, model in enumerate(models)
    ]


def fetched(charge: Charge) -> Charge:
    """Make it an answer to an earlier call."""
    return replace(charge, reading=replace(charge.reading, operation=RETRIEVE))


def test_the_engine_and_the_loop_say_the_same(tmp_path: Path) -> None:
    (several,) = told(past(id="several", tokens=(3, 9)))
    records = [
        *told(
            past("o3", at=IN_JUNE, stage="plan"),
            past("o3", at=IN_JUNE, tokens=(7, 1001), service_tier="flex"),
            past(tokens=(3, 9)),
            past("none-such", list_cost=Money.parse(1)),
            past("gpt-4o-mini", list_cost=None),
            past("gpt-4o-mini", list_cost=Money.parse(3)),
            past("o3", at=IN_JUNE, source="replay", list_cost=Money.parse(2)),
            past("o3", source="replay", priced_at=IN_JUNE, list_cost=Money.parse(10)),
            past("gemini-4-argon", provider="gcp.gemini"),
            past("llama3", free="at home"),
            past(outcome="unknown"),
            past(outcome="failed", list_cost=Money()),
            past(usage_state="none", list_cost=None),
            fetched(past(tokens=(5, 5))),
        ),
        *of_several(several, "gpt-4o", "gpt-4o-mini"),
    ]

    assert summed(in_store(tmp_path, records)) == summed(looped(records, shipped(), NOW))


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param([5, 1, 9, 7], id="of an even number half-way between two"),
        pytest.param([5, 1, 9], id="of an odd number the middle one"),
        pytest.param([3, 3, 3, 8], id="equal ones count each"),
        pytest.param([0], id="nothing is a count"),
    ],
)
def test_weeks_have_the_same_medians(counts: list[int], tmp_path: Path) -> None:
    records = told(*[past(tokens=(count, 100 - count), stage="plan") for count in counts])

    assert in_store(tmp_path, records).weeks == looped(records, shipped(), NOW).weeks


def test_the_newest_week_and_the_one_before_are_told(tmp_path: Path) -> None:
    days = ("2026-11-01", "2026-11-02", "2026-11-08", "2026-11-09", "2026-11-15")
    records = told(
        *[past(at=f"{day}T23:59:59Z", tokens=(place, 7)) for place, day in enumerate(days)],
        past("o3", at="2026-10-30T10:00:00Z"),
    )

    weeks = in_store(tmp_path, records).weeks

    assert sorted((week.monday, week.calls, week.input_tokens) for week in weeks) == [
        (date(2026, 11, 2), 2, Fraction(3, 2)),
        (date(2026, 11, 9), 2, Fraction(7, 2)),
    ]
    assert sorted(weeks) == sorted(looped(records, shipped(), NOW).weeks)


def test_a_relation_of_any_name_is_asked(tmp_path: Path) -> None:
    records = told(past(tokens=(3, 9)), past("o3", at=IN_JUNE, list_cost=None))
    kept = in_store(tmp_path, records)
    with opened("duckdb") as engine:
        engine.load([Table("elsewhere", COLUMNS, [*map(record_of, records)])])

        assert priced_on(engine, shipped(), NOW, relation("elsewhere")) == kept


def test_a_replayed_call_is_held_against_the_prices_it_was_charged(tmp_path: Path) -> None:
    charged = "2026-11-02T10:00:00Z"
    records = told(
        past("o3", at=IN_JUNE, source="replay", priced_at=charged, list_cost=Money.parse(2))
    )

    summary = summed(in_store(tmp_path, records))

    assert summary == summed(looped(records, shipped(), NOW))
    assert not summary.as_of_then.gross


def test_they_agree_to_the_attodollar(tmp_path: Path) -> None:
    random = Random(7)  # noqa: S311 - the same records each time
    calls = [
        past(
            random.choice(["gpt-4o", "o3", "gpt-5-mini", "gemini-2.5-pro", "none-such"]),
            provider=random.choice(["openai", "google", "gemini"]),
            at=random.choice(TIMES),
            tokens=(random.randrange(300_000), random.randrange(90_000)),
            stage=random.choice([None, "plan", "write"]),
            source=random.choice(["live", "replay"]),
            priced_at=random.choice([None, *TIMES]),
            list_cost=random.choice([None, Money(), Money(7), Money.parse("2.5")]),
        )
        for _ in range(300)
    ]
    records = told(*calls)

    assert summed(in_store(tmp_path, records)) == summed(looped(records, shipped(), NOW))


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(NOW, id="now"),
        pytest.param(WHILE_O3_WAS_DEARER, id="at a time before prices changed"),
        pytest.param(datetime(2024, 1, 1, tzinfo=UTC), id="at a time before there were any"),
        pytest.param(datetime(2031, 1, 1, tzinfo=UTC), id="ahead"),
    ],
)
def test_calls_without_a_recorded_cost_are_summed_up_as_the_loop_does(
    at: datetime, tmp_path: Path
) -> None:
    random = Random(11)  # noqa: S311 - the same records each time
    records = told(
        *[
            past(
                random.choice(["gpt-4o", "o3", "gemini-2.5-pro", "none-such", "it's"]),
                provider=random.choice(["openai", "gemini", "google", "it's"]),
                at=random.choice([*TIMES, "2025-06-10T00:00:00Z", "2025-06-09T23:59:59.999999Z"]),
                tokens=(random.choice([0, 7, 250_001, random.randrange(9_000)]), 7),
                source=random.choice(["live", "replay"]),
                priced_at=random.choice([None, *TIMES]),
                service_tier=random.choice([None, "flex", "batch"]),
                free=random.choice([None, None, "at home"]),
                list_cost=None,
            )
            for _ in range(300)
        ]
    )
    asked = replace(ASKED, at=at)
    kept = in_history(tmp_path, records)

    with reading("duckdb", kept) as engine:
        stored = summed_up(priced_on(engine, shipped(), at), shipped(), asked)

    assert stored == summed_up(looped(records, shipped(), at), shipped(), asked)


def test_of_calls_without_a_cost_only_those_before_a_change_are_priced_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []

    def watched(records: Iterable[Told], catalogue: Catalogue, at: datetime) -> PricedHistory:
        kept = [*records]
        looked_at.extend(one["id"] for one in kept)
        return looped(kept, catalogue, at)

    monkeypatch.setattr(stored_drift, "looped", watched)
    before = past("o3", at=IN_JUNE, list_cost=None)
    priced_before = past("o3", at=TIMES[-1], source="replay", priced_at=IN_JUNE, list_cost=None)
    since = [past("o3", at=TIMES[-1], list_cost=None), past("none-such", list_cost=None)]
    records = told(before, priced_before, *since)

    stored = summed(in_store(tmp_path, records))

    assert sorted(looked_at) == sorted([before.id, priced_before.id])
    assert stored.assumed == 3
    assert stored == summed(looped(records, shipped(), NOW))
