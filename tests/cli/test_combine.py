from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.charges import charge

from pytest_specbudget.bookkeeping.closing import report_of_journals
from pytest_specbudget.cli import main
from pytest_specbudget.core.money import Money
from pytest_specbudget.journal.lines import charge_line
from pytest_specbudget.journal.writer import JournalWriter

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge


def journal(path: Path, *charges: Charge, ended: bool = True) -> Path:
    header = {"kind": "header", "schema": 1, "run": path.stem, "worker": "main"}
    writer = JournalWriter(path, header)
    for one in charges:
        writer.append(charge_line(one))
    total = Money.total(one.list_cost or Money() for one in charges)
    if ended:
        writer.close({"kind": "footer", "count": len(charges), "list_cost": str(total)})
    return path


def test_each_charge_counts_once_whatever_the_order(tmp_path: Path) -> None:
    first, second, third = charge("0.10"), charge("0.20"), charge("0.30")
    one = journal(tmp_path / "one.jsonl", first, second)
    two = journal(tmp_path / "two.jsonl", second, third)

    statuses = [
        main(["combine", str(one), str(two), "-o", str(tmp_path / "a.jsonl")]),
        main(["combine", str(two), str(one), "-o", str(tmp_path / "b.jsonl")]),
        main(
            [
                "combine",
                *map(str, (one, two, tmp_path / "a.jsonl")),
                "-o",
                str(tmp_path / "c.jsonl"),
            ]
        ),
    ]

    reports = [report_of_journals([tmp_path / f"{name}.jsonl"]) for name in "abc"]
    assert statuses == [0, 0, 0]
    assert [(report.totals.calls, str(report.totals.list_cost)) for report in reports] == [
        (3, "0.6")
    ] * 3
    assert [report.verdict.result for report in reports] == ["pass"] * 3


@pytest.mark.parametrize(
    ("tail", "ended", "status", "told"),
    [
        pytest.param("", True, 0, "1 journal combined", id="whole"),
        pytest.param("", False, 4, "did not end well", id="a shard without its end"),
        pytest.param('{"kind": "charge", "i', True, 1, "torn", id="a torn line"),
    ],
)
def test_what_is_missing_is_told_and_the_rest_is_combined(  # noqa: PLR0913, PLR0917 - a table
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    tail: str,
    ended: bool,  # noqa: FBT001 - a column of the table
    status: int,
    told: str,
) -> None:
    shard = journal(tmp_path / "shard.jsonl", charge("0.10"), ended=ended)
    with shard.open("a", encoding="utf-8") as file:
        file.write(tail)

    result = main(["combine", str(shard), "-o", str(tmp_path / "all.jsonl")])

    lines = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    assert result == status
    assert told in capsys.readouterr().err
    kinds = (
        ["header", "charge", "footer"] if status == 0 else ["header", "charge", "event", "footer"]
    )
    assert [line["kind"] for line in lines] == kinds


def test_what_was_missing_is_not_green_in_the_combined_journal_either(tmp_path: Path) -> None:
    shard = journal(tmp_path / "shard.jsonl", charge("0.10"), ended=False)
    main(["combine", str(shard), "-o", str(tmp_path / "all.jsonl")])

    report = report_of_journals([tmp_path / "all.jsonl"])

    assert (report.verdict.result, report.exitstatus) == ("inconclusive", 1)
    assert [finding.rule for finding in report.verdict.findings] == ["journal-damaged"]


def test_several_journals_are_told_as_several(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shards = [journal(tmp_path / f"{name}.jsonl", charge("0.10")) for name in ("one", "two")]

    main(["combine", *map(str, shards), "-o", str(tmp_path / "all.jsonl")])

    assert "2 journals combined" in capsys.readouterr().err


def test_a_folder_without_a_journal_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = main(["combine", str(tmp_path), "-o", str(tmp_path / "all.jsonl")])

    assert result == 2
    assert "holds no journal" in capsys.readouterr().err
