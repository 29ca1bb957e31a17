"""What a correction says about where it stands published, and who was asked."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import Row
from pytest_specbudget.prices.loading import CORRECTIONS, DATA

pytest.importorskip("pydantic")

from pytest_specbudget.prices.compiler.checking import remarks
from pytest_specbudget.prices.compiler.compiling import compile_catalogue
from pytest_specbudget.prices.compiler.corrections import (
    FeeRule,
    RegionRule,
    TierRule,
    count_told,
    count_unconfirmed,
    read_corrections,
)
from pytest_specbudget.prices.compiler.rules import with_fees, with_region, with_tier
from pytest_specbudget.prices.exchange import Exchange

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.prices.compiler.corrections import Corrections

SHEET = "https://lab.example/prices"
READ = 'checked = "2026-11-22"'
TOLD = 'witness = "sheets 1.2, prices.json"'
UNREAD = "unconfirmed = true"
VERSIONED = re.compile(r" (\d+\.\d+|[0-9a-f]{8})")
WITH_FILE = re.compile(r"\.(json|md|go|js|py|rb|ts)$")
THREAD = re.compile(r"[\w-]+/[\w.-]+ (issue|pull request) \d+")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ENTRIES = {
    "price": 'model = "large"\nrates = { input = "1" }',
    "alias": 'from = "big"\nto = "large"',
    "free": 'model = "large"\nreason = "a trial"',
    "tier": 'service_tier = "batch"\nsince = 2024-01-01\nmodels = ["*"]',
}


def written(folder: Path, *says: str, table: str = "price") -> Path:
    head = f'[[{table}]]\nprovider = "lab"\n{ENTRIES[table]}\nsource = "{SHEET}"\n'
    text = "\n".join(head + said for said in says)
    (folder / "lab.toml").write_text(text, encoding="utf-8")
    return folder


def read(folder: Path) -> Corrections:
    ((_, file),) = read_corrections(folder)
    return file


@pytest.mark.parametrize(
    ("says", "why"),
    [
        pytest.param("", "it needs a source, and either checked or unconfirmed", id="nothing"),
        pytest.param(
            f"{READ}\n{UNREAD}",
            "it needs a source, and either checked or unconfirmed",
            id="read, and unread",
        ),
        pytest.param(
            TOLD,
            "it needs a source, and either checked or unconfirmed",
            id="told, nobody knows when",
        ),
        pytest.param(
            f"{TOLD}\n{UNREAD}", "what a witness tells is checked; say when", id="told, and unread"
        ),
    ],
)
@pytest.mark.parametrize("table", ENTRIES)
def test_a_correction_says_when_it_was_read_and_where(
    tmp_path: Path, table: str, says: str, why: str
) -> None:
    with pytest.raises(CatalogueError) as caught:
        read_corrections(written(tmp_path, says, table=table))

    assert str(caught.value).endswith(f"lab.toml:1: [[{table}]] 1: {why}")


@pytest.mark.parametrize(
    ("says", "cited"),
    [
        pytest.param(READ, SHEET, id="the source was read"),
        pytest.param(UNREAD, SHEET, id="nothing was read"),
        pytest.param(
            f"{TOLD}\n{READ}",
            f"{SHEET} as told by sheets 1.2, prices.json",
            id="a witness was read",
        ),
    ],
)
def test_a_price_names_what_was_read(tmp_path: Path, says: str, cited: str) -> None:
    (entry,) = read(written(tmp_path, says)).entries("lab", "lab.toml", Exchange(()))

    assert entry.row.source == cited


def test_a_price_that_a_rule_makes_names_the_witness_of_the_rule() -> None:
    base = Row(rates={"input": 10}, source="elsewhere")
    told = {"provider": "lab", "source": SHEET, "witness": "sheets 1.2", "checked": "2026-11-22"}
    tier = TierRule.model_validate(
        {"service_tier": "batch", "since": "2024-01-01", "models": ["*"]}
        | {"factor": "0.5", "meters": ["input"]}
        | told
    )
    region = RegionRule.model_validate({"regions": ["eu"], "label": "eu", "factor": "1.1"} | told)

    made = [*with_tier((base,), tier)[1:], *with_region((base,), region)[1:]]

    assert [(row.source, row.checked) for row in made] == [
        (f"{SHEET} as told by sheets 1.2", date(2026, 11, 22))
    ] * 2


def test_a_fee_is_taken_while_it_holds() -> None:
    base = Row(rates={"input": 10}, source="elsewhere")
    rule = FeeRule.model_validate(
        {"provider": "lab", "models": ["*"], "each": {"web_search": "0.005"}, "source": SHEET}
        | {"since": "2025-12-03", "until": "2026-06-01", "checked": "2026-11-22"}
    )

    rows = sorted(with_fees((base,), rule), key=lambda row: row.valid_from)

    assert [row.rates.get("web_search") for row in rows] == [None, 5 * 10**15, None]
    assert [row.valid_to for row in rows[:2]] == [
        datetime(2025, 12, 3, tzinfo=UTC),
        datetime(2026, 6, 1, tzinfo=UTC),
    ]


def test_what_a_tier_reads_from_a_cache_goes_together() -> None:
    base = Row(rates={"cache_read": 10, "cache_read_audio": 40, "input": 100}, source="elsewhere")
    rule = TierRule.model_validate(
        {"provider": "lab", "service_tier": "flex", "since": "2024-01-01", "models": ["*"]}
        | {"factor": "0.5", "meters": ["cache_read"], "source": SHEET, "checked": "2026-11-22"}
    )

    (_, flex) = with_tier((base,), rule)

    assert flex.rates == {"cache_read": 5, "cache_read_audio": 20, "input": 100}


def test_a_name_that_follows_nothing_is_an_error(tmp_path: Path) -> None:
    text = f'[[names]]\nprovider = "anthropic"\nids = ["gpt-nothing"]\nsource = "{SHEET}"\n{READ}\n'
    (tmp_path / "lab.toml").write_text(text, encoding="utf-8")

    with pytest.raises(CatalogueError, match='has no model that "anthropic/gpt-nothing" follows'):
        compile_catalogue(tmp_path, "2026-11-21T00:00:00Z")


def test_what_was_told_and_what_is_unconfirmed_are_counted(tmp_path: Path) -> None:
    prices = [
        f"valid_from = {year}-01-01\nvalid_to = {year + 1}-01-01\n" for year in range(2020, 2025)
    ]
    says = [READ, UNREAD, UNREAD, f"{TOLD}\n{READ}", f"{TOLD}\n{READ}"]
    folder = written(tmp_path, *map("".join, zip(prices, says, strict=True)))

    files = [read(folder)]

    assert (count_told(files), count_unconfirmed(files)) == (2, 2)
    assert [*remarks(DATA, folder, NOW)][:2] == [
        "2 corrections were read at a witness, not at their source",
        "2 corrections are unconfirmed: their source was not read again",
    ]


def test_every_witness_that_is_shipped_can_be_looked_up() -> None:
    witnesses = {
        one.witness
        for _, file in read_corrections(CORRECTIONS)
        for _, _, one in file.sourced()
        if one.witness
    }

    unclear = [
        witness
        for witness in witnesses
        if not all(VERSIONED.search(one) or THREAD.search(one) for one in witness.split(" and "))
        or not (WITH_FILE.search(witness) or THREAD.search(witness))
    ]

    assert (len(witnesses) > 0, unclear) == (True, [])
