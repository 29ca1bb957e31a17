"""What commands price where no history is named: the history and the journals written since."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.history import a_record, history
from support.kept import keep
from support.past import overlay, past, told

from pytest_specbudget.analysis.records import record_of
from pytest_specbudget.cli import main
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge

pytest.importorskip("duckdb", reason="the extra `history` is not installed")

STORE, JOURNALS = Path(".specbudget/history"), Path(".specbudget/journal")
BOTH = f"{STORE} and {JOURNALS}"
PRICES = ("--prices", "dearer.toml", "--price-at", "2026-11-22")
COMMANDS = {
    "drift": ("drift", *PRICES, "--json"),
    "cost": ("history", "cost", "--by", "spec,model,day", *PRICES, "--json"),
    "cost as recorded": ("history", "cost", "--price-at", "recorded", "--json"),
    "whatif": ("whatif", "--engine", "duckdb", "--map", "gpt-4o=gpt-4o-mini", "--json"),
}
IN_JUNE = "2025-06-01T10:00:00Z"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dearer.toml").write_text(overlay("2.6", since="2026-11-10"), "utf-8")


def stored(*calls: Charge, **others: Any) -> None:
    """Keep *calls* in the history of the project, with other values in some columns."""
    history(STORE, *(record_of(one | others) for one in told(*calls)))


def answers(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[int, str]]:
    """Return what each command says as JSON, and its status."""
    found = {}
    for name, command in COMMANDS.items():
        status = main([*command])
        found[name] = status, capsys.readouterr().out
    return found


def drifted(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    status = main([*COMMANDS["drift"]])
    facts: dict[str, Any] = json.loads(capsys.readouterr().out)
    return status, facts


OF_TWO = tuple(
    Part(model=name, usage=Usage(input_tokens=tokens, output_tokens=0))
    for name, tokens in (("gpt-4o", 900_000), ("o3", 100_000))
)
CASES = [
    pytest.param([past(id="r/main/7/1")], [past(id="r/main/7/2")], {}, id="new calls"),
    pytest.param([past(id="r/main/7/1")], [past(id="r/main/7/1")], {}, id="known calls"),
    pytest.param(
        [past(id="r/main/7/1"), past("o3", id="r/main/7/2", at=IN_JUNE)],
        [past("o3", id="r/main/7/2", at=IN_JUNE), past("o3", id="r/main/7/3", tokens=(1, 7))],
        {},
        id="some known and some new, on several days",
    ),
    pytest.param(
        [past(id="r/main/7/1")],
        [past(id="r/main/7/1"), past(id="r/main/7/2")],
        {"outcome": "unknown", "list_cost": None, "billed_cost": None, "usage_state": "none"},
        id="a call whose end was not seen before",
    ),
    pytest.param(
        [past(id="r/main/7/1")],
        [past(id="r/main/7/2", source="replay"), past(id="r/main/7/3", list_cost=None)],
        {},
        id="a replay, and a call that was recorded without a cost",
    ),
    pytest.param(
        [past(id="r/main/7/1")],
        [past(id="r/main/7/1"), past(id="r/main/7/2", parts=OF_TWO)],
        {"outcome": "unknown", "list_cost": None, "billed_cost": None, "usage_state": "none"},
        id="a call of two models",
    ),
]


@pytest.mark.parametrize(("before", "since", "others"), CASES)
def test_the_answer_is_the_same_before_and_after_the_journals_are_added(
    before: list[Charge],
    since: list[Charge],
    others: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    stored(*before, **others)
    keep(tmp_path, *since)

    unadded = answers(capsys)
    assert main(["history", "add", str(JOURNALS)]) == 0
    added = answers(capsys)
    shutil.rmtree(JOURNALS)
    alone = answers(capsys)

    assert added == unadded
    assert alone == {
        name: (status, text.replace(BOTH, str(STORE))) for name, (status, text) in added.items()
    }
    assert f'"history": "{BOTH}"' in unadded["drift"][1]


def test_journals_alone_answer_as_the_history_that_is_made_of_them(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    keep(tmp_path, past(id="r/main/7/1"), past("o3", at=IN_JUNE, id="r/main/7/2"))

    unadded = answers(capsys)
    assert main(["history", "add", str(JOURNALS)]) == 0
    added = answers(capsys)

    assert added == {
        name: (status, text.replace(f'"{JOURNALS}"', f'"{BOTH}"'))
        for name, (status, text) in unadded.items()
    }


@pytest.mark.parametrize(
    ("kept_there", "in_journal"),
    [
        pytest.param("2.5", "9", id="the journal is dearer"),
        pytest.param("9", "2.5", id="the history is dearer"),
    ],
)
def test_the_dearer_of_two_tellings_counts_and_leaves_the_verdict_open(
    kept_there: str, in_journal: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    stored(past(id="r/main/7/1", list_cost=Money.parse(kept_there)))
    keep(tmp_path, past(id="r/main/7/1", list_cost=Money.parse(in_journal)))

    _, facts = drifted(capsys)

    assert facts["total"]["recorded_usd"] == "9"
    assert len(facts["problems"]) == 1
    assert "the dearer counts" in facts["problems"][0]


def test_a_sum_in_the_history_gives_way_to_the_calls_in_a_journal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sums: dict[str, Any] = {"operation": "cost_summary", "usage_state": "none", "run": "r"}
    history(STORE, a_record("2.5", spec="S-1", **sums), a_record("1", spec="S-2", **sums))
    keep(tmp_path, past(spec="S-1"))

    main(["history", "cost", "--by", "spec", "--price-at", "recorded", "--json"])
    facts = json.loads(capsys.readouterr().out)

    assert [(one["spec"], one["calls"], one["recorded_usd"]) for one in facts["groups"]] == [
        ("S-1", 1, "2.5"),
        ("S-2", 1, "1"),
    ]


def test_a_sum_that_says_more_than_the_calls_in_a_journal_is_a_doubt_before_they_are_added_too(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sums: dict[str, Any] = {"operation": "cost_summary", "usage_state": "none", "run": "r"}
    history(STORE, a_record("3", spec="S-1", **sums))
    keep(tmp_path, past(spec="S-1"))
    statuses = {name: main([name]) for name in ("drift", "status", "kpi")}
    capsys.readouterr()

    unadded, facts = drifted(capsys)
    main(["history", "add", str(JOURNALS)])
    added, _ = drifted(capsys)

    assert (unadded, added, statuses) == (1, 1, {"drift": 1, "status": 1, "kpi": 1})
    (problem,) = facts["problems"]
    assert problem == (
        f"{STORE}: the summary of run r, SPEC S-1 says $3.00, its calls come to $2.50: a journal "
        "of that run is missing"
    )


def test_what_no_history_would_take_is_set_aside_and_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    stored(past(id="r/main/7/1"))
    keep(
        tmp_path,
        past(id="r/main/7/2", tokens=(10**30, 0), list_cost=None),
        past(id="r/main/7/3", at="2031-01-01T10:00:00Z"),
        past(id="r/main/7/4"),
    )

    status, facts = drifted(capsys)

    assert (status, facts["result"], facts["total"]["calls"]) == (1, "inconclusive", 2)
    ahead, absurd = facts["problems"]
    assert ahead.startswith(f"{JOURNALS}/r: 1 call left out, dated 2031-01-01 and later: today is ")
    assert absurd.startswith(f"r/main/7/2: input_tokens is {10**30}, no whole number from 0 to ")


def test_a_history_that_is_named_is_priced_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    stored(past(id="r/main/7/1"))
    keep(tmp_path, past(id="r/main/7/2"))

    main([*COMMANDS["drift"], "--history", str(STORE)])
    facts = json.loads(capsys.readouterr().out)

    assert (facts["history"], facts["total"]["calls"]) == (str(STORE), 1)


def test_a_journal_that_cannot_be_read_leaves_the_verdict_open(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    stored(past(id="r/main/7/1"))
    path = keep(tmp_path, past(id="r/main/7/2"))
    path.write_text(path.read_text("utf-8") + "torn\n", "utf-8")

    status, facts = drifted(capsys)

    assert (status, facts["result"], facts["total"]["calls"]) == (1, "inconclusive", 2)
    assert any("torn" in line for line in facts["problems"])
