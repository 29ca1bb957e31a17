"""What a re-priced history tells: sums by group, and why some records have no price."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from support.usage_tables import a_told, table_of

from pytest_specbudget.analysis.pricing.repricing import Problem, reprice
from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import JournalError
from pytest_specbudget.prices.catalogue import (
    LEAST_AUDIO,
    Catalogue,
    Discount,
    Free,
    ModelPrices,
    ProviderPrices,
    Row,
    Schedule,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_specbudget.analysis.engine import Table
    from pytest_specbudget.analysis.engines.duck import Duck
    from pytest_specbudget.analysis.pricing.repricing import Group, Repriced

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
LUNCH = Schedule(
    hours=((time(12), time(13, 30)), (time(23), time(1))),
    weekdays=frozenset(range(5)),
    except_on=frozenset({date(2026, 11, 3)}),
)
ALL_DAY = Schedule(hours=((time(0), time(12)), (time(12), time(0))))


def selling(**models: Sequence[Row]) -> ProviderPrices:
    """Make a provider `p` that sells *models*."""
    return ProviderPrices(
        name="p",
        models={name: ModelPrices(name, tuple(rows)) for name, rows in models.items()},
        names={name: name for name in models},
        schedules={"lunch": LUNCH, "always": ALL_DAY},
    )


def prices(*rows: Row, others: Sequence[Row] = (), **terms: Any) -> Catalogue:
    """Make a catalogue of the models `m` and, if it has *others*, `n` of the provider `p`."""
    provider = selling(m=rows, **({"n": others} if others else {}))
    return Catalogue(
        sha256="", as_of=NEW_YEAR, source="", exponent=18, providers={"p": provider}, **terms
    )


def row(**told: Any) -> Row:
    return Row(rates={"input": 3, "output": 5} | told.pop("rates", {}), source="", **told)


def call(**told: Any) -> dict[str, Any]:
    return a_told(**{"provider": "p", "model": "m", "input_tokens": 100, **told})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def one_group(records: Sequence[dict[str, Any]], catalogue: Catalogue, **asked: Any) -> Group:
    (group,) = _repriced(records, catalogue, **asked).groups
    return group


def _repriced(
    records: Sequence[dict[str, Any]], catalogue: Catalogue, when: Any = "recorded", **asked: Any
) -> Repriced:
    return reprice(table_of(*records), catalogue, when, **{"by": (), **asked})


@pytest.mark.parametrize(
    ("rates", "counts", "atto"),
    [
        pytest.param({}, {"output_tokens": 10}, 350, id="input and output"),
        pytest.param(
            {"cache_read": 1}, {"cache_read_input_tokens": 90}, 120, id="cached input is inside"
        ),
        pytest.param(
            {"cache_read": 1}, {"cache_read_input_tokens": 900}, 900, id="more cached than there is"
        ),
        pytest.param(
            {"cache_write_5m": 4, "cache_write_1h": 6},
            {"cache_write_input_tokens": 30, "cache_write_1h_input_tokens": 10},
            350,
            id="what a whole has beyond its parts is kept for five minutes",
        ),
        pytest.param(
            {"input_audio": 9, "input_image": 7},
            {"input_audio_tokens": 60, "input_image_tokens": 70},
            820,
            id="images get what audio leaves",
        ),
        pytest.param(
            {"reasoning": 8},
            {"output_tokens": 10, "reasoning_output_tokens": 4},
            362,
            id="reasoning has a rate of its own",
        ),
        pytest.param(
            {"reasoning": 8},
            {"output_tokens": 10, "reasoning_output_tokens": 14},
            380,
            id="more reasoning than there is output",
        ),
        pytest.param(
            {"output_thinking": 9},
            {"output_tokens": 10, "reasoning_output_tokens": 4},
            390,
            id="an answer that reasoned has one",
        ),
        pytest.param(
            {"output_thinking": 9}, {"output_tokens": 10}, 350, id="one that did not has not"
        ),
        pytest.param({"request": 1000}, {}, 1300, id="a fee for each call"),
        pytest.param({"request": 1000}, {"input_tokens": 0}, 0, id="that consumed anything at all"),
        pytest.param(
            {"web_search": 10**16}, {"web_search_requests": 3}, 3 * 10**16 + 300, id="searches"
        ),
        pytest.param({"audio_hour": 1800}, {"audio_seconds": 1}, 300, id="half to even, down"),
        pytest.param({"audio_hour": 1800}, {"audio_seconds": 3}, 302, id="half to even, up"),
        pytest.param(
            {"audio_hour": 3600, LEAST_AUDIO: 10**19},
            {"audio_seconds": 3},
            310,
            id="audio for ten seconds at least",
        ),
        pytest.param(
            {"audio_hour": 3600, LEAST_AUDIO: 10**19},
            {"audio_seconds": 30},
            330,
            id="and for longer as it is",
        ),
        pytest.param({}, {"input_tokens": 10**10}, 3 * 10**10, id="a very long input"),
        pytest.param(
            {"input": 10**17 + 1},
            {"input_tokens": 10**10},
            10**27 + 10**10,
            id="what no 64 bits hold",
        ),
    ],
)
def test_a_record_costs_what_its_counts_and_rates_say(
    rates: dict[str, int], counts: dict[str, int], atto: int
) -> None:
    group = one_group([call(**counts)], prices(row(rates=rates)))

    assert group.repriced == Money(atto)


@pytest.mark.parametrize(
    ("told", "atto"),
    [
        pytest.param({"at": at("2025-12-31T23:59:59.999999")}, 300, id="the last moment before"),
        pytest.param({"at": at("2026-01-01T00:00:00")}, 700, id="the first moment of a new price"),
        pytest.param({"at": at("2026-05-01"), "input_tokens": 200}, 1400, id="just so long"),
        pytest.param({"at": at("2026-05-01"), "input_tokens": 201}, 2211, id="a token longer"),
    ],
)
def test_each_record_is_priced_at_its_own_time_and_length(told: dict[str, Any], atto: int) -> None:
    catalogue = prices(
        row(valid_to=NEW_YEAR),
        row(rates={"input": 7}, valid_from=NEW_YEAR, up_to=200),
        row(rates={"input": 11}, valid_from=NEW_YEAR, over=200),
    )
    others = [call(at=at("2025-06-01")), call(at=at("2026-06-01"))]

    groups = _repriced([call(id="it", **told), *others], catalogue, by=("id",)).groups

    assert next(group for group in groups if group.key == ("it",)).repriced == Money(atto)


@pytest.mark.parametrize(
    ("clock", "atto"),
    [
        pytest.param("2026-11-02T11:59:59.999999", 300, id="just before lunch"),
        pytest.param("2026-11-02T12:00:00", 100, id="at its first moment"),
        pytest.param("2026-11-02T13:29:59.999999", 100, id="at its last moment"),
        pytest.param("2026-11-02T13:30:00", 300, id="just after"),
        pytest.param("2026-11-02T00:30:00", 100, id="after midnight"),
        pytest.param("2026-11-03T12:30:00", 300, id="on a holiday"),
        pytest.param("2026-11-07T12:30:00", 300, id="on a Saturday"),
    ],
)
@pytest.mark.parametrize("when", ["recorded", NEW_YEAR])
def test_the_hour_of_the_answer_counts(clock: str, atto: int, when: Any) -> None:
    catalogue = prices(
        row(rates={"input": 1}, schedule="lunch"), row(schedule="lunch", within=False)
    )
    early = call(at=at("2026-10-01T03:00:00"))

    groups = _repriced([call(id="it", clock=at(clock)), early], catalogue, when, by=("id",)).groups

    assert next(group for group in groups if group.key == ("it",)).repriced == Money(atto)


def test_hours_count_for_each_model_as_long_as_its_prices_follow_them() -> None:
    spring, summer = NEW_YEAR + timedelta(days=90), NEW_YEAR + timedelta(days=180)
    catalogue = prices(
        row(valid_to=spring),
        row(rates={"input": 1}, schedule="always", valid_from=spring, valid_to=summer),
        row(rates={"input": 7}, valid_from=summer),
        others=[
            row(valid_to=NEW_YEAR),
            row(rates={"input": 2}, schedule="lunch", valid_from=NEW_YEAR),
            row(schedule="lunch", within=False, valid_from=NEW_YEAR),
        ],
    )
    days = ("2025-11-01", "2026-02-01", "2026-05-01", "2026-08-01")
    lunch = call(model="n", at=at("2026-02-02T12:30:00"))

    group = one_group([*(call(at=at(day)) for day in days), lunch], catalogue)

    assert group.repriced == Money(300 + 300 + 100 + 700 + 200)


def test_at_an_instant_all_records_have_its_prices() -> None:
    catalogue = prices(row(valid_to=NEW_YEAR), row(rates={"input": 7}, valid_from=NEW_YEAR))
    records = [call(at=at("2025-06-01")), call(at=at("2026-06-01"))]

    before = one_group(records, catalogue, when=NEW_YEAR - timedelta(microseconds=1))
    then = one_group(records, catalogue, when=NEW_YEAR)

    assert (before.repriced, then.repriced) == (Money(600), Money(1400))


def test_what_is_paid_is_told_beside_what_is_published() -> None:
    discount = Discount(provider="p", match="*", pays=Fraction(1, 3))

    group = one_group([call(), call(input_tokens=101)], prices(row(), discounts=(discount,)))

    assert (group.repriced, group.contracted) == (Money(603), Money(201))


def test_of_two_discounts_the_last_counts_for_as_long_as_it_holds() -> None:
    half = Discount(provider="p", match="*", pays=Fraction(1, 2))
    tenth = Discount(provider="p", match="m", pays=Fraction(1, 10), valid_from=NEW_YEAR)
    records = [call(id=day, at=at(day)) for day in ("2025-12-31", "2026-01-01")]
    catalogue = prices(row(rates={"input": 20, "output": 20}), discounts=(half, tenth))

    groups = _repriced(records, catalogue, by=("id",)).groups

    assert [group.contracted for group in groups] == [Money(1000), Money(200)]


def test_what_a_contract_does_not_name_is_paid_as_published() -> None:
    contract = Row(rates={"input": 1}, source="", over=50)
    catalogue = prices(row(), contracts={"p": selling(m=[contract])})
    records = [call(id="a", output_tokens=4), call(id="b", input_tokens=50, output_tokens=4)]

    groups = _repriced(records, catalogue, by=("id",)).groups

    assert [group.contracted for group in groups] == [Money(120), Money(170)]


def test_a_discount_is_rounded_for_each_call() -> None:
    discount = Discount(provider="p", match="*", pays=Fraction(1, 2))
    records = [call(input_tokens=1)] * 2

    group = one_group(
        [{**one, "id": str(n)} for n, one in enumerate(records)],
        prices(row(), discounts=(discount,)),
    )

    assert group.contracted == Money(4)  # twice 1.5, each half to even


@pytest.mark.parametrize(
    ("told", "costs"),
    [
        pytest.param({"outcome": "failed"}, True, id="a call that failed"),
        pytest.param({"free": True}, True, id="one that was declared free"),
        pytest.param({"free": True, "usage_state": "none"}, True, id="free, and it told nothing"),
        pytest.param({"outcome": "unknown", "free": True}, False, id="one that never ended"),
        pytest.param({"usage_state": "unreadable"}, False, id="one whose answer made no sense"),
        pytest.param({"input_tokens": None}, False, id="one that reports no counts"),
    ],
)
def test_some_calls_cost_nothing_and_some_cost_nobody_knows(
    told: dict[str, Any], *, costs: bool
) -> None:
    group = one_group([call(**told)], prices(row()))

    assert group.repriced == (Money(0) if costs else None)
    assert group.unpriced_calls == (0 if costs else 1)


def test_models_that_the_catalogue_has_free_cost_nothing_whatever_they_consume() -> None:
    catalogue = prices(row(), free=(Free(provider="p", match="own-*", reason="ours"),))
    records = [call(model="own-1", pages=3), call(model="own-2", input_tokens=None)]

    assert one_group(records, catalogue).repriced == Money(0)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        pytest.param({"model": "n"}, 'no price for "n" of p', id="an unknown model"),
        pytest.param(
            {"provider": "q"},
            'no price for "m" of q: the catalogue has no provider "q"',
            id="an unknown provider",
        ),
        pytest.param({"service_tier": "flex"}, 'no flex price for "m" of p', id="an unknown tier"),
        pytest.param(
            {"at": at("2025-12-31T00:00:01")},
            'no default price for "m" of p at 2025-12-31T00:00:01Z',
            id="a time before all prices",
        ),
        pytest.param(
            {"cache_read_input_tokens": 5, "pages": 1},
            'no page price for "m" of p (default/from-2026-01-01)',
            id="two units without a rate: the first is named",
        ),
        pytest.param(
            {"output_image_tokens": 5, "output_tokens": 5},
            'no output image price for "m" of p (default/from-2026-01-01)',
            id="a part of the output",
        ),
        pytest.param(
            {"audio_seconds": 5},
            'no audio time price for "m" of p (default/from-2026-01-01)',
            id="what is priced one by one",
        ),
        pytest.param({"input_tokens": None}, 'no counts were reported for "m" of p', id="no count"),
        pytest.param({"outcome": "unknown"}, "no answer was seen", id="no answer"),
        pytest.param({"usage_state": "none"}, "the answer told no counts", id="nothing told"),
    ],
)
def test_what_has_no_price_is_told_with_its_reason(told: dict[str, Any], reason: str) -> None:
    lacking = [
        call(
            id=name,
            output_tokens=told.get("output_tokens"),
            **{key: value for key, value in told.items() if key != "output_tokens"},
        )
        for name in ("b", "a")
    ]

    problems = _repriced([call(), *lacking], prices(row(valid_from=NEW_YEAR))).problems

    given = 2 * (lacking[0]["input_tokens"] or 0)
    made = 2 * (lacking[0]["output_tokens"] or 0)
    name = lacking[0]["provider"], lacking[0]["model"]
    assert problems == (Problem(*name, reason, "a", 2, given, made),)


@pytest.mark.parametrize(
    "rates",
    [
        pytest.param({"cache_read": 1}, id="no rate for output"),
        pytest.param({"cache_read": 1, "output_thinking": 2}, id="only one for thinking"),
        pytest.param({"cache_read": 1, "reasoning": 2}, id="only one for reasoning"),
    ],
)
def test_output_without_a_rate_is_what_is_lacked(rates: dict[str, int]) -> None:
    catalogue = prices(Row(rates=rates, source="", over=50))
    cached = call(cache_read_input_tokens=100, output_tokens=5, reasoning_output_tokens=5)

    (problem,) = _repriced([cached], catalogue).problems

    assert problem.reason == 'no output price for "m" of p (default/over-50)'


def test_sums_say_what_is_in_them() -> None:
    records = [
        call(list_cost=250, output_tokens=7),
        call(list_cost=None),
        call(model="n", list_cost=40, output_tokens=1),
        call(model="n", list_cost=None),
    ]

    group = one_group(records, prices(row()))

    assert (group.records, group.calls) == (4, 4)
    assert (group.recorded, group.repriced) == (Money(290), Money(635))
    assert (group.lost, group.gained) == (Money(40), Money(300))
    assert (group.unrecorded_calls, group.unpriced_calls) == (2, 2)
    assert (group.input_tokens, group.output_tokens) == (400, 8)


def test_an_answer_that_bills_two_models_is_one_call() -> None:
    parts = [call(id="one", list_cost=600), call(id="one", part=1, list_cost=None)]
    polled = call(operation="retrieve", list_cost=300)

    group = one_group([*parts, polled], prices(row()))

    assert (group.records, group.calls, group.unrecorded_calls) == (3, 1, 0)
    assert (group.recorded, group.repriced, group.gained) == (Money(900), Money(900), Money(0))


def test_what_is_priced_one_by_one_is_in_the_same_sums() -> None:
    catalogue = prices(row(rates={"audio_hour": 3600}))
    records = [
        call(list_cost=300),
        *(call(list_cost=cost, audio_seconds=2, output_tokens=1) for cost in (9, 9, None)),
    ]

    group = one_group(records, catalogue)

    assert (group.records, group.recorded, group.repriced) == (4, Money(318), Money(1221))
    assert (group.gained, group.unrecorded_calls, group.output_tokens) == (Money(307), 1, 3)


@pytest.mark.parametrize(
    ("places", "atto"),
    [
        pytest.param([{"service_tier": "batch"}, {"service_tier": "flex"}], 300, id="tiers"),
        pytest.param([{"region": "eu"}, {"region": "us"}], 700, id="regions"),
        pytest.param([{"service_tier": "batch"}] * 2, 200, id="one tier throughout"),
        pytest.param([{"service_tier": "batch"}, {}], 400, id="a tier and none"),
    ],
)
def test_a_record_has_the_price_of_its_own_place_even_where_every_record_tells_one(
    places: list[dict[str, Any]], atto: int
) -> None:
    rows = [
        row(),
        row(region="eu", rates={"input": 4}),
        row(tier="batch", rates={"input": 1}),
        row(tier="flex", rates={"input": 2}),
    ]
    seller = replace(selling(m=rows), regions={"eu": "eu", "us": ""})
    catalogue = replace(prices(), providers={"p": seller})

    group = one_group([call(**place) for place in places], catalogue)

    assert (group.records, group.repriced) == (2, Money(atto))


def test_tokens_are_left_out_on_request() -> None:
    group = one_group([call(list_cost=1)], prices(row()), tokens=False)

    assert (group.repriced, group.input_tokens, group.output_tokens) == (Money(300), None, None)


def test_groups_are_sorted_with_nothing_first() -> None:
    records = [call(spec=spec, stage=stage) for spec in ("b", None, "a") for stage in ("y", None)]

    groups = _repriced(records, prices(row()), by=("spec", "stage")).groups

    assert [group.key for group in groups] == [
        *((None, None), (None, "y"), ("a", None), ("a", "y"), ("b", None), ("b", "y")),
    ]


def test_an_empty_history_has_no_groups() -> None:
    assert _repriced([], prices(row()), by=("model",)).groups == ()


def test_a_part_of_a_history_can_be_asked_for() -> None:
    records = [call(spec="a"), call(spec="b")]

    group = one_group(records, prices(row()), usage="(select * from usage_t where spec = 'a')")

    assert group.records == 1


def test_a_column_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="a history has no column 'sepc'"):
        _repriced([call()], prices(row()), by=("sepc",))


class Adding:
    """An engine whose history grows while it is asked."""

    def __init__(self, engine: Duck) -> None:
        self._engine = engine

    def run(self, sql: str) -> Sequence[Sequence[Any]]:
        rows = self._engine.run(sql)
        self._engine.run("insert into usage_t select * from usage_t")
        return rows

    def load(self, tables: Iterable[Table]) -> None:
        self._engine.load(tables)


def test_a_history_that_changes_meanwhile_is_no_answer() -> None:
    with pytest.raises(JournalError, match="had 1 records, and then"):
        reprice(Adding(table_of(call())), prices(row()), "recorded")


class Listening(Adding):
    """An engine that keeps what it is asked."""

    said: list[str]

    def run(self, sql: str) -> Sequence[Sequence[Any]]:
        self.said = [*getattr(self, "said", []), sql]
        return self._engine.run(sql)


PORTABLE = {
    *("cast", "coalesce", "count", "decimal", "greatest", "least", "max", "min", "sum"),
    *("and", "from", "in", "join", "not"),
}


def test_statements_use_nothing_that_engines_say_differently() -> None:
    catalogue = prices(
        row(rates={"input": 1, "audio_hour": 1, "reasoning": 2, "request": 1}, schedule="lunch"),
        discounts=(Discount(provider="p", match="*", pays=Fraction(1, 3)),),
    )
    engine = Listening(
        table_of(
            call(
                audio_seconds=1,
                reasoning_output_tokens=1,
                output_tokens=2,
                clock=at("2026-11-02T12:00"),
            ),
            call(pages=1, part=1),
            call(input_tokens=None, list_cost=None),
        )
    )

    reprice(engine, catalogue, "recorded")

    called = {name for sql in engine.said for name in re.findall(r"(\w+) ?\(", sql)}
    assert called <= PORTABLE
    assert '"' not in "".join(engine.said)
