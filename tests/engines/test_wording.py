"""The statements in the words of each database, whole, as a review accepted them."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.gold import agree

from pytest_specbudget.analysis.engines.conforming import REPRICING
from pytest_specbudget.analysis.engines.dialects import DIALECTS, translated
from pytest_specbudget.analysis.engines.wording import DRIFT, OTHERWISE, statements

GOLD = Path(__file__).parents[1] / "analysis" / "gold"
WIDE = REPRICING[-1].name
PRICES = "catalogue_t"
PROFILE = "retrieve"  # what is no call of its own is counted there alone


@pytest.mark.parametrize("dialect", DIALECTS)
def test_statements_are_the_accepted_ones(dialect: str) -> None:
    told = [*statements(dialect)]

    # The other statements about the first question are made of the same parts, and so are those
    # that price what commands are asked about; what is left of these counts, lists and ranks.
    priced = next(place for place, (_, sql) in enumerate(told) if PRICES in sql.lower())
    kept = [*told[: priced + 1], *(one for one in told if one[0] == WIDE)]
    kept += [one for question in (DRIFT, OTHERWISE) for one in _beside_prices(told, question)]
    text = "\n".join(f"-- {question}\n{sql};\n" for question, sql in kept)
    agree(text, GOLD / f"{dialect}.sql")


def _beside_prices(told: list[tuple[str, str]], question: str) -> list[tuple[str, str]]:
    """Return what a command asks beside re-pricing, and one of the profiles of that."""
    asked = [one for one in told if one[0] == question and PRICES not in one[1].lower()]
    profiles = [one for one in asked if PROFILE in one[1].lower()]
    return [one for one in asked if one not in profiles[1:]]


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        pytest.param(
            "bigquery",
            "SELECT SUM(CAST(`u`.`at` AS BIGNUMERIC)) AS `c0` FROM `t` AS `u`",
            id="38 digits are no NUMERIC in BigQuery, and `at` is a word of its own",
        ),
        pytest.param(
            "snowflake",
            'SELECT SUM(CAST("U"."AT" AS DECIMAL(38, 0))) AS "C0" FROM "T" AS "U"',
            id="Snowflake keeps unquoted names in capitals",
        ),
        pytest.param(
            "clickhouse",
            'SELECT SUM(CAST("u"."at" AS Nullable(Decimal(38, 0)))) AS "c0" FROM "t" AS "u"',
            id="nothing is null in ClickHouse that may not be",
        ),
    ],
)
def test_what_databases_say_differently(dialect: str, expected: str) -> None:
    assert translated("select sum(cast(u.at as decimal(38,0))) from t u", dialect) == expected


def test_every_value_has_a_name_of_its_own() -> None:
    sql = "select t.a, sum(t.b), sum(t.c) as other from t group by t.a"

    told = translated(sql, "postgres")

    assert told == (
        'SELECT "t"."a" AS "c0", SUM("t"."b") AS "c1", SUM("t"."c") AS "c2" '
        'FROM "t" GROUP BY "t"."a"'
    )
