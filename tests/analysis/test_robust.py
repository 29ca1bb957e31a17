"""What happens to a history when something goes wrong while it is added to: processes, for real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.history import TODAY, a_record, history, journal_file, rows
from support.journals import call

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.records import named
from pytest_specbudget.analysis.store import embedded
from pytest_specbudget.analysis.store import writing as store_writing
from pytest_specbudget.analysis.store.days import NAMES
from pytest_specbudget.analysis.store.embedded import connect
from pytest_specbudget.analysis.store.history import History
from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.analysis.records import Record

ADD = "import sys; from pytest_specbudget.cli import main; sys.exit(main(sys.argv[1:]))"
KILLED_BEFORE = """
import os, signal, sys
from {module} import {owner}
def killed(*_arguments, **_others):
    os.kill(os.getpid(), signal.SIGKILL)
{owner}.{name} = killed
from pytest_specbudget.cli import main
main(sys.argv[1:])
"""
POINTS = {
    "before anything is written": ("pytest_specbudget.analysis.store", "filing", "write_days"),
    "when days are written and none is in its place": (
        "pytest_specbudget.analysis.store",
        "filing",
        "publish",
    ),
    "when one day is in its place": ("pathlib", "Path", "unlink"),
}


def started(code: str, *words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, words)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, text=True, stdout=pipe, stderr=pipe)


def total(folder: Path) -> tuple[int, int]:
    """Return how many records there are, and what they cost in attodollars."""
    told = "SELECT count(*), coalesce(sum(list_cost), 0)::HUGEINT FROM usage_t"
    ((count, cost),) = History(folder).query(told)
    return count, cost


def dimes(count: int) -> tuple[int, int]:
    return count, count * 10**17


class TestProcesses:
    def test_what_several_processes_add_at_once_is_all_there_once(self, tmp_path: Path) -> None:
        shared, folder = call(), tmp_path / "h"
        files = [
            journal_file(tmp_path / f"{name}.jsonl", shared, *(call() for _ in range(20)), run=name)
            for name in ("a", "b", "c")
        ]

        adding = [started(ADD, "history", "add", file, "--history", folder) for file in files]

        assert [one.wait() for one in adding] == [0, 0, 0]
        for one in adding:
            one.communicate()
        assert total(folder) == dimes(61)
        assert History(folder).damage() == ()

    @pytest.mark.skipif(os.name == "nt", reason="nobody is killed so on Windows")
    @pytest.mark.parametrize("point", POINTS)
    def test_one_that_is_killed_leaves_a_whole_history_and_is_made_up_for(
        self, point: str, tmp_path: Path
    ) -> None:
        folder = tmp_path / "h"
        days = ("2026-11-02T10:00:00Z", "2026-11-03T10:00:00Z")
        history(folder, *(a_record(at=day) for day in days))
        more = journal_file(tmp_path / "a.jsonl", *(call(at=day) for day in days))
        module, owner, name = POINTS[point]
        words = ("history", "add", more, "--history", folder)

        killed = started(KILLED_BEFORE.format(module=module, owner=owner, name=name), *words)
        killed.communicate()

        assert killed.returncode == -signal.SIGKILL
        assert total(folder) in [dimes(count) for count in (2, 3, 4)]
        assert History(folder).damage() == ()
        again = started(ADD, *words)
        assert "new record" in again.communicate()[1]
        assert total(folder) == dimes(4)
        assert len([*folder.glob("day=*/*")]) == 2

    def test_a_run_that_is_added_twice_counts_once(self, tmp_path: Path) -> None:
        file = journal_file(tmp_path / "a.jsonl", call(), call())
        words = ["history", "add", str(file), "--history", str(tmp_path / "h")]

        assert [main(words), main(words)] == [0, 0]

        assert total(tmp_path / "h") == dimes(2)


class TestDaysOfVeryManyCalls:
    @pytest.fixture(autouse=True)
    def _small_portions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(store_writing, "_PORTION", 4)

    def some(self, count: int, at: str = "2026-11-02T10:00:00Z") -> list[Record]:
        return [a_record(at=at) for _ in range(count)]

    def test_one_is_several_files_and_each_record_is_there_once(self, tmp_path: Path) -> None:
        records = [
            *self.some(9),
            *self.some(3, "2026-11-02T11:00:00Z"),
            *self.some(2, "2026-11-03"),
        ]

        kept = history(tmp_path, *records)

        names = sorted(file.name.partition("-")[2] for file in tmp_path.glob("day=2026-11-02/*"))
        assert [name.partition("-")[2] for name in names] == [
            f"{place}of3.parquet" for place in range(3)
        ]
        assert len([*tmp_path.glob("day=2026-11-03/*")]) == 1
        assert rows(kept) == sorted(records, key=lambda one: one[:2])
        assert kept.damage() == ()

    def test_the_parts_of_a_call_stay_together_and_none_is_lost(self, tmp_path: Path) -> None:
        free: dict[str, Any] = {"list_cost": None, "billed_cost": None}
        records = [
            a_record(id=f"r/{n // 3}", part=n % 3, **(free if n % 3 else {})) for n in range(18)
        ]

        assert rows(history(tmp_path, *records)) == records

    def test_it_is_divided_alike_in_whatever_order_it_came(self, tmp_path: Path) -> None:
        records = self.some(11)

        history(tmp_path / "a", *records)
        history(tmp_path / "b", *records[5:])
        history(tmp_path / "b", *records[:5])

        names = [
            {file.relative_to(home) for file in home.glob("day=*/*")}
            for home in (tmp_path / "a", tmp_path / "b")
        ]
        assert names[0] == names[1]
        assert len(names[0]) == 3

    def test_it_is_joined_with_what_another_process_wrote(self, tmp_path: Path) -> None:
        records = self.some(10)
        history(tmp_path / "a", *records[:7])
        history(tmp_path / "b", *records[5:])
        for file in (tmp_path / "b").glob("day=*/*"):
            file.rename(tmp_path / "a" / "day=2026-11-02" / file.name)
        joined = History(tmp_path / "a")
        assert rows(joined) == records

        joined.add_records([], today=TODAY)

        assert rows(joined) == records
        assert len({file.name.split("-")[1] for file in (tmp_path / "a").glob("day=*/*")}) == 1

    def test_one_that_lacks_a_file_is_damaged_until_it_is_added_again(self, tmp_path: Path) -> None:
        records = self.some(9)
        kept = history(tmp_path, *records)
        next(tmp_path.glob("day=*/*-1of3.parquet")).unlink()

        (told,) = kept.damage()
        assert "2 of 3 files are there that were written together" in told
        assert len(rows(kept)) < len(records)

        kept.add_records(records, today=TODAY)

        assert (kept.damage(), rows(kept)) == ((), records)

    def test_small_days_are_one_file_each(self, tmp_path: Path) -> None:
        records = [a_record(at=f"2026-11-{day:02}T10:00:00Z") for day in range(1, 12)]

        kept = history(tmp_path, *records)

        assert rows(kept) == records
        assert len([*tmp_path.glob("day=*/*")]) == 11


class TestPlaces:
    def test_what_killed_processes_left_days_ago_is_swept_and_nothing_else(
        self, tmp_path: Path
    ) -> None:
        left = {
            name: tmp_path / name / "day=2026-11-02" for name in (".days-a", ".spill-b", ".days-c")
        }
        for inner in left.values():
            inner.mkdir(parents=True)
        os.utime(tmp_path / ".days-a", (0, 0))
        os.utime(tmp_path / ".spill-b", (0, 0))

        history(tmp_path, a_record())

        assert [*tmp_path.glob(".*-*")] == [tmp_path / ".days-c"]
        assert total(tmp_path) == dimes(1)

    def test_one_of_fewer_columns_is_read_and_added_to(self, tmp_path: Path) -> None:
        kept = history(tmp_path / "h", a_record(pages=3))
        (file,) = (tmp_path / "h").glob("day=*/*")
        older = NAMES.replace(', "pages"', "").replace(', "priced_at"', "")
        with connect() as connection:
            told = connection.read_parquet(str(file)).project(older)
            told.create("told")
            connection.execute(f"COPY told TO '{file}' (FORMAT parquet)")

        kept.add_records([a_record(pages=4)], today=TODAY)

        assert total(tmp_path / "h") == dimes(2)
        assert [named(row)["pages"] for row in rows(kept)] == [None, 4]
        assert len(COLUMNS) == len(rows(kept)[0])

    def test_one_that_cannot_be_written_says_so_and_is_read_all_the_same(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "h"
        history(folder, a_record())
        file = journal_file(tmp_path / "a.jsonl", call())
        mkdtemp = "pytest_specbudget.analysis.store.history.TemporaryDirectory"

        def refused(**_others: object) -> None:
            raise PermissionError(13, "Permission denied", str(folder / ".spill"))

        monkeypatch.setattr(mkdtemp, refused)  # whoever runs the tests may be allowed everything

        status = main(["history", "add", str(file), "--history", str(folder)])

        told = capsys.readouterr().err
        assert status == 1
        assert f"{folder}: the history cannot be written (" in told
        assert f"{folder / '.spill'}); " in told
        assert "what it had it still has" in told
        assert main(["history", "show", "--history", str(folder)]) == 0

    def test_memory_or_a_disk_that_does_not_suffice_is_named_and_nothing_is_lost(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "h"
        history(folder, a_record())
        file = journal_file(tmp_path / "a.jsonl", *(call() for _ in range(50)))
        monkeypatch.setitem(embedded._SPILLING, "memory_limit", "1MB")

        status = main(["history", "add", str(file), "--history", str(folder)])

        told = capsys.readouterr().err
        assert status == 1
        assert f"{folder}: the history cannot be written (" in told
        assert "emory" in told
        assert "what it had it still has" in told
        assert total(folder) == dimes(1)

    @pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/St_Johns"])
    def test_days_are_those_of_utc_wherever_it_is_added(self, zone: str, tmp_path: Path) -> None:
        told = "2026-11-02T23:59:59.999999Z", "2026-11-03T00:00:00Z"
        file = journal_file(tmp_path / "a.jsonl", *(call(at=at) for at in told))
        command = [sys.executable, "-c", ADD, "history", "add", str(file)]

        subprocess.run(
            [*command, "--history", str(tmp_path / "h")],
            env={**os.environ, "TZ": zone},
            check=True,
            capture_output=True,
        )

        kept = [named(row) for row in rows(History(tmp_path / "h"))]
        assert [one["day"] for one in kept] == [date(2026, 11, 2), date(2026, 11, 3)]
        assert [one["at"] for one in kept] == [
            datetime.fromisoformat(at).astimezone(UTC).replace(tzinfo=None) for at in told
        ]
