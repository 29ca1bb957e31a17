"""Every line is on disk before the run goes on; where it cannot be, nothing is lost."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from support.charges import charge
from support.journals import line_of

from pytest_specbudget.core.money import Money
from pytest_specbudget.journal.lines import SCHEMA
from pytest_specbudget.journal.reader import read_journal, read_lines
from pytest_specbudget.journal.writer import JournalWriter

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.journal.reader import Journal

HEADER = {"kind": "header", "schema": SCHEMA, "run": "r1", "worker": "main", "pid": os.getpid()}
PRICE = "0.000732"


def writer(path: Path) -> JournalWriter:
    return JournalWriter(path, HEADER)


def booked(number: int) -> dict[str, object]:
    return line_of(charge(PRICE, id=f"r1/main/{os.getpid()}/{number}"))


def footer(count: int) -> dict[str, object]:
    return {"kind": "footer", "count": count, "list_cost": str(Money.parse(PRICE) * count)}


def spent(journal: Journal) -> Money:
    return Money.total(one.list_cost or Money() for one in journal.charges)


def test_nothing_is_made_on_disk_before_the_first_line(tmp_path: Path) -> None:
    journal = writer(tmp_path / "run" / "j.jsonl")
    journal.close(footer(0))

    assert list(tmp_path.iterdir()) == []


def test_a_line_can_be_read_as_soon_as_write_returns(tmp_path: Path) -> None:
    journal = writer(tmp_path / "run" / "j.jsonl")

    journal.write(booked(1))

    assert len(read_journal(journal.path).charges) == 1
    journal.close(footer(1))


def test_the_folder_of_journals_has_a_gitignore_of_its_own(tmp_path: Path) -> None:
    home = tmp_path / ".specbudget"
    journal = writer(home / "journal" / "run" / "j.jsonl")
    journal.write(booked(1))
    journal.close(footer(1))

    assert "*" in (home / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_a_thousand_calls_of_0_000732_sum_to_exactly_0_732(tmp_path: Path) -> None:
    journal = writer(tmp_path / "j.jsonl")
    for number in range(1000):
        journal.write(booked(number))
    journal.close(footer(1000))

    read = read_journal(journal.path)
    assert str(spent(read)) == "0.732"
    assert read.incomplete is None


def test_eight_threads_with_a_thousand_calls_each_sum_exactly(tmp_path: Path) -> None:
    journal = writer(tmp_path / "j.jsonl")

    def book(thread: int) -> None:
        for number in range(1000):
            journal.write(booked(thread * 1000 + number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(book, range(8)))
    journal.close(footer(8000))

    read = read_journal(journal.path)
    assert (read.damage, read.incomplete) == ([], None)
    assert len({one.id for one in read.charges}) == 8000
    assert str(spent(read)) == "5.856"
    assert journal.path.read_text(encoding="utf-8").count('"kind":"header"') == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_writes_to_the_same_journal(tmp_path: Path) -> None:
    journal = writer(tmp_path / "j.jsonl")
    journal.write(booked(1))

    def book_in_child() -> None:
        for number in range(200):
            journal.write(booked(number))

    children = [multiprocessing.get_context("fork").Process(target=book_in_child) for _ in range(2)]
    for child in children:
        child.start()
    for number in range(2, 201):
        journal.write(booked(number))
    for child in children:
        child.join()
    journal.close(footer(200))

    read = read_journal(journal.path)
    assert [child.exitcode for child in children] == [0, 0]
    assert (len(read.charges), read.damage, read.incomplete) == (600, [], None)


def unwritten(journal: JournalWriter) -> Journal:
    """Read what is on disk and what is not, as the end of a run does."""
    on_disk = journal.path.read_text("utf-8").split("\n") if journal.path.is_file() else []
    return read_lines(str(journal.path), [*on_disk, *journal.unwritten])


def test_a_path_that_cannot_be_made_keeps_every_line_in_memory(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder is needed", encoding="utf-8")
    journal = writer(tmp_path / "taken" / "run" / "j.jsonl")

    for number in range(3):
        journal.write(booked(number))
    journal.close(footer(3))

    read = unwritten(journal)
    assert journal.problem is not None
    assert str(journal.path) in journal.problem
    assert (len(read.charges), read.damage, read.incomplete) == (3, [], None)
    assert read.header is not None


@pytest.mark.parametrize("name", ["open", "write"])
def test_what_a_test_puts_in_the_place_of_the_system_loses_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def fake(*_arguments: object) -> int:
        raise RuntimeError("no files in tests")

    journal = writer(tmp_path / "j.jsonl")
    with monkeypatch.context() as patched:
        patched.setattr(os, name, fake)
        journal.write(booked(0))
    journal.write(booked(1))
    journal.close(footer(2))

    assert journal.problem == f"{journal.path}: no files in tests"
    assert [charge.id for charge in unwritten(journal).charges] == [
        booked(0)["id"],
        booked(1)["id"],
    ]


FULL_DISK = """
    import json, os, resource, signal, sys
    from pathlib import Path
    from pytest_specbudget.journal.writer import JournalWriter

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
    journal = JournalWriter(Path(sys.argv[1]), {header})
    for line in json.loads(sys.stdin.read()):
        journal.write(line)
    journal.close({footer})
    print(json.dumps([journal.problem, journal.unwritten]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX limits the size of files")
@pytest.mark.parametrize(
    "size",
    [
        pytest.param(0, id="no room at all"),
        pytest.param(20, id="the header does not fit"),
        pytest.param(1500, id="in the middle of a line"),
    ],
)
def test_a_disk_that_runs_full_loses_no_line(tmp_path: Path, size: int) -> None:
    lines = [booked(number) for number in range(5)]
    program = textwrap.dedent(FULL_DISK).format(size=size, header=HEADER, footer=footer(5))

    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "j.jsonl")],
        input=json.dumps(lines),
        capture_output=True,
        text=True,
        check=True,
    )

    problem, rest = json.loads(done.stdout)
    on_disk = (tmp_path / "j.jsonl").read_text(encoding="utf-8").split("\n")
    read = read_lines("j.jsonl", [*on_disk, *rest])
    assert "j.jsonl: " in problem
    assert (len(read.charges), read.incomplete) == (5, None)
    assert read.header is not None
    assert str(spent(read)) == "0.00366"
