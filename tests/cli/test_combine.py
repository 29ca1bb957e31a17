from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from support.charges import charge

from pytest_specbudget.cli import main
from pytest_specbudget.core.money import Money
from pytest_specbudget.journal.lines import charge_line
from pytest_specbudget.journal.writer import JournalWriter
from pytest_specbudget.verdicts.closing import report_of_journals

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge


def journal(path: Path, *charges: Charge, ended: bool = True, **named: str | None) -> Path:
    header = {"kind": "header", "schema": 1, "run": path.stem, "worker": "main", **named}
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


def combine(output: Path, *words: object) -> int:
    return main(["combine", *map(str, words), "-o", str(output)])


def kinds(path: Path) -> list[str]:
    return [json.loads(line)["kind"] for line in path.read_text("utf-8").splitlines()]


def test_a_line_that_is_damaged_is_told_and_the_rest_is_combined(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shard, output = journal(tmp_path / "shard.jsonl", charge("0.10")), tmp_path / "all.jsonl"
    with shard.open("a", encoding="utf-8") as file:
        file.write('{"kind": "charge", "i')

    assert combine(output, shard) == 1
    assert "torn" in capsys.readouterr().err
    assert kinds(output) == ["header", "charge", "event", "footer"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    shard, pipe = journal(tmp_path / "shard.jsonl", charge("0.10")), tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        status = combine(pipe, shard)
        lines = os.read(reader, 1 << 16).splitlines()
    finally:
        os.close(reader)

    assert (status, pipe.is_fifo()) == (0, True)
    assert [json.loads(line)["kind"] for line in lines] == ["header", "charge", "footer"]


def test_a_link_goes_on_leading_to_what_is_written(tmp_path: Path) -> None:
    shard, link = journal(tmp_path / "shard.jsonl", charge("0.10")), tmp_path / "link.jsonl"
    link.symlink_to("all.jsonl")

    assert combine(link, shard) == 0
    assert link.is_symlink()
    assert kinds(tmp_path / "all.jsonl") == ["header", "charge", "footer"]


def test_a_folder_is_no_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shard = journal(tmp_path / "shard.jsonl", charge("0.10"))

    assert combine(tmp_path, shard) == 1
    assert capsys.readouterr().err == f"specbudget: {tmp_path}: cannot be used: it is a folder\n"


def test_ten_thousand_foreign_lines_are_one_sentence_and_one_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shard, output = journal(tmp_path / "shard.jsonl", charge("0.10")), tmp_path / "all.jsonl"
    with shard.open("a", encoding="utf-8") as file:
        file.writelines(['{"log": 1}\n'] * 10_000)

    assert combine(output, shard) == 1
    told = [line for line in capsys.readouterr().err.splitlines() if "cannot be read" in line]
    findings = report_of_journals([output]).verdict.findings
    assert len(told) == 1
    assert "10,000 lines cannot be read; the first: " in told[0]
    assert f"{shard}:4: " in told[0]
    assert [finding.message in told[0] for finding in findings] == [True]


def test_a_shard_that_did_not_end_well_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = journal(tmp_path / "whole.jsonl", charge("0.10"))
    torn = journal(tmp_path / "torn.jsonl", charge("0.20"), ended=False)
    output = tmp_path / "build" / "all.jsonl"

    assert combine(output, whole, torn) == 4
    told = capsys.readouterr().err
    assert "torn.jsonl: the process did not end well" in told
    assert "all.jsonl is not written" in told
    assert not output.parent.exists()


def test_what_was_missing_is_not_green_in_the_combined_journal_either(tmp_path: Path) -> None:
    shard = journal(tmp_path / "shard.jsonl", charge("0.10"), ended=False)

    status = combine(tmp_path / "all.jsonl", shard, "--allow-incomplete")

    report = report_of_journals([tmp_path / "all.jsonl"])
    assert status == 0
    assert (report.verdict.result, report.exitstatus) == ("inconclusive", 1)
    assert [finding.rule for finding in report.verdict.findings] == ["journal-damaged"]


@pytest.mark.parametrize(
    ("names", "words", "told"),
    [
        pytest.param(["1", "2", "3"], ["--shards", "3"], "", id="all are there"),
        pytest.param(["1/2", "2/2"], [], "", id="as their names say"),
        pytest.param([None, None], ["--shards", "2"], "", id="without names, two runs"),
        pytest.param(["1", "2"], [], "", id="nobody said how many"),
        pytest.param(
            ["1", "3"], ["--shards", "3"], "1 of 3 shards is missing (there: 1, 3)", id="one lacks"
        ),
        pytest.param(["2/3"], [], "2 of 3 shards are missing (there: 2/3)", id="as the name says"),
        pytest.param(
            [None], ["--shards", "2"], "1 of 2 shards is missing (there: 0)", id="one run of two"
        ),
    ],
)
def test_shards_are_counted(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    names: list[str | None],
    words: list[str],
    told: str,
) -> None:
    shards = [
        journal(tmp_path / f"{number}.jsonl", charge("0.10"), shard=name)
        for number, name in enumerate(names)
    ]
    output = tmp_path / "all.jsonl"

    status = combine(output, *shards, *words)

    assert status == (4 if told else 0)
    assert output.exists() is not bool(told)
    assert told in capsys.readouterr().err


def test_what_is_missing_is_told_in_the_combined_journal_too(tmp_path: Path) -> None:
    shard = journal(tmp_path / "1.jsonl", charge("0.10"), shard="1")

    combine(tmp_path / "all.jsonl", shard, "--shards", 2, "--allow-incomplete")

    report = report_of_journals([tmp_path / "all.jsonl"])
    assert report.verdict.result == "inconclusive"
    assert report.verdict.findings[0].message == (
        "1 of 2 shards is missing (there: 1); their calls are not in the sums"
    )


def test_processes_of_one_shard_are_one_and_what_is_combined_is_still_counted(
    tmp_path: Path,
) -> None:
    shards = [
        journal(tmp_path / f"{shard}-{worker}.jsonl", charge("0.10"), shard=shard)
        for shard in ("1", "2", "3")
        for worker in ("gw0", "gw1")
    ]
    first = tmp_path / "first.jsonl"

    assert combine(first, *shards[:4], "--shards", 2) == 0
    assert combine(tmp_path / "all.jsonl", first, *shards[4:], "--shards", 3) == 0
    assert combine(tmp_path / "all.jsonl", first, "--shards", 3) == 4


@pytest.mark.parametrize("count", ["0", "-1", "two", "1.5"])
def test_a_number_of_shards_that_makes_no_sense_is_refused(tmp_path: Path, count: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        combine(tmp_path / "all.jsonl", tmp_path, f"--shards={count}")


def test_more_shards_than_there_can_be_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shards = [
        journal(tmp_path / f"{name}.jsonl", charge("0.10"), shard=name) for name in ("1", "2")
    ]

    assert combine(tmp_path / "all.jsonl", *shards, "--shards", 1) == 2
    assert "2 shards are there (1, 2), and 1 expected" in capsys.readouterr().err


def test_one_of_several_folders_without_a_journal_is_an_incomplete_shard(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shard, empty = journal(tmp_path / "one.jsonl", charge("0.10")), tmp_path / "empty"
    empty.mkdir()

    assert combine(tmp_path / "all.jsonl", shard, empty) == 4
    assert "empty holds no journal" in capsys.readouterr().err
    assert combine(tmp_path / "all.jsonl", shard, empty, "--allow-incomplete") == 0
    assert report_of_journals([tmp_path / "all.jsonl"]).verdict.result == "inconclusive"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{"schemaVersion": "1.0", "verdict": "pass"}\n', id="a report"),
        pytest.param(b"hello\n", id="some text"),
        pytest.param(bytes(range(256)), id="anything"),
    ],
)
def test_a_file_that_is_no_journal_is_told_to_be_none(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shard, foreign = journal(tmp_path / "one.jsonl", charge("0.10")), tmp_path / "spend.json"
    foreign.write_bytes(content)
    output = tmp_path / "all.jsonl"

    assert combine(output, foreign) == 2
    assert "spend.json holds no journal; name what a run left" in capsys.readouterr().err
    assert combine(output, shard, foreign) == 4
    assert not output.exists()


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


def test_a_shard_that_is_there_twice_is_told_and_counts_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [
        journal(tmp_path / f"{name}.jsonl", charge("0.10"), shard=shard)
        for name, shard in (("first", "1/2"), ("again", "1/2"), ("other", "2/2"))
    ]

    status = combine(tmp_path / "all.jsonl", *runs)
    told = capsys.readouterr().err

    assert status == 0
    assert "shard 1/2 is there 2 times, by the runs again, first: all count" in told
    assert "shard 2/2" not in told


def test_shards_of_several_commits_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [
        journal(tmp_path / f"{commit}.jsonl", charge("0.10"), shard=f"{number}/2", commit=commit)
        for number, commit in enumerate(("abc", "def"), 1)
    ]

    combine(tmp_path / "one.jsonl", runs[0])
    alone = capsys.readouterr().err
    combine(tmp_path / "all.jsonl", *runs)

    assert "the journals are of" not in alone
    assert "the journals are of 2 commits: abc, def" in capsys.readouterr().err
