"""A disk that cannot be written never breaks a test, loses nothing, and is never green."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.booked import charges

if TYPE_CHECKING:
    from support.suites import Suite

ASKS = """
import pytest
from calls import ask

@pytest.mark.spec("SPEC-1")
@pytest.mark.parametrize("number", range(4))
def test_asks(number):
    assert ask(text=f"{number} " * 50).status_code == 200
"""


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_journal_that_cannot_be_made_loses_nothing_and_is_not_green(
    suite: Suite, workers: str
) -> None:
    suite.write("test_it.py", ASKS)
    suite.write(".specbudget", "a file where the folder should be")

    outcome = suite.run("--spec-budget=2.00", workers)

    assert outcome.status == 1
    assert "4 passed" in outcome.text
    assert set(outcome.rules("error")) == {"journal-unwritable"}
    assert outcome.facts["totals"]["calls"] == 4
    assert ".specbudget" in outcome.text


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_disk_that_runs_full_loses_nothing_and_is_not_green(suite: Suite, workers: str) -> None:
    resource = pytest.importorskip("resource", reason="only POSIX limits the size of files")
    del resource
    suite.write("test_it.py", ASKS)
    suite.write(
        "conftest.py",
        "import resource, pytest\n"
        "@pytest.fixture(scope='session', autouse=True)\n"
        "def full_disk():\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))\n"
        "    yield\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)\n",
    )

    outcome = suite.run("--spec-budget=2.00", workers)

    assert outcome.status == 1
    assert "4 passed" in outcome.text
    assert set(outcome.rules("error")) == {"journal-unwritable"}
    assert outcome.facts["totals"]["calls"] == 4


def test_a_disk_with_room_for_a_folder_and_for_no_file_loses_nothing(suite: Suite) -> None:
    suite.write("test_it.py", ASKS)
    suite.write(
        "conftest.py",
        "import errno, os\n"
        "opened = os.open\n"
        "def full(path, *rest, **more):\n"
        "    if str(path).endswith('.jsonl'):\n"
        "        raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "    return opened(path, *rest, **more)\n"
        "os.open = full\n",
    )

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 1
    assert "4 passed" in outcome.text
    assert outcome.rules("error") == ["journal-unwritable"]
    assert outcome.facts["totals"]["calls"] == 4


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_folder_of_journals_that_nobody_may_enter_loses_nothing(
    suite: Suite, workers: str
) -> None:
    suite.write("test_it.py", ASKS)
    suite.write(".specbudget/.gitignore", "*")
    suite.write(
        "conftest.py",
        "import errno, os\n"
        "def refusing(ask):\n"
        "    def asked(path='.', *rest, **more):\n"
        "        if '.specbudget' + os.sep in str(path):\n"
        "            raise PermissionError(errno.EACCES, 'Permission denied', str(path))\n"
        "        return ask(path, *rest, **more)\n"
        "    return asked\n"
        "for name in ('stat', 'scandir', 'mkdir', 'open'):\n"
        "    setattr(os, name, refusing(getattr(os, name)))\n",
    )

    outcome = suite.run("--spec-budget=2.00", workers)

    assert outcome.status == 1
    assert "4 passed" in outcome.text
    assert set(outcome.rules("error")) == {"journal-unwritable"}
    assert outcome.facts["totals"]["calls"] == 4


def test_a_torn_line_is_told_with_file_and_line(suite: Suite) -> None:
    suite.write("test_it.py", ASKS)
    suite.write(
        "conftest.py",
        "import pathlib\n"
        "def pytest_unconfigure(config): pass\n"
        "def pytest_sessionfinish(session):\n"
        "    (journal,) = pathlib.Path('.specbudget/journal').glob('*/*.jsonl')\n"
        '    with journal.open(\'a\') as file: file.write(\'{"kind": "charge", "id\' + chr(10))\n',
    )

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 1
    assert "4 passed" in outcome.text
    assert "journal-damaged" in outcome.rules("error")
    (finding,) = (one for one in outcome.facts["findings"] if one["rule"] == "journal-damaged")
    assert ".jsonl:" in finding["message"]
    assert outcome.facts["totals"]["calls"] == 4


def test_a_call_whose_line_is_torn_is_not_said_to_have_gone_without_an_answer(
    suite: Suite,
) -> None:
    suite.write("test_it.py", ASKS)
    suite.write(
        "conftest.py",
        "import pathlib\n"
        "def pytest_sessionfinish(session):\n"
        "    (journal,) = pathlib.Path('.specbudget/journal').glob('*/*.jsonl')\n"
        "    lines = journal.read_text().splitlines(keepends=True)\n"
        "    places = [n for n, line in enumerate(lines) if '\"charge\"' in line]\n"
        "    lines[places[1]] = lines[places[1]][:40] + chr(10)\n"
        "    journal.write_text(''.join(lines))\n",
    )

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 1
    assert {"journal-damaged", "call-unanswered"} <= set(outcome.rules("error"))
    (finding,) = (one for one in outcome.facts["findings"] if one["rule"] == "call-unanswered")
    (where,) = finding["details"]
    assert "no line tells of its answer; perhaps " in where
    assert ".jsonl:" in where
    assert ", which cannot be read, told of it" in where


def test_overlapping_prices_are_told_with_file_before_the_first_test(suite: Suite) -> None:
    suite.write("test_it.py", ASKS)
    entry = (
        '[[price]]\nprovider = "openai"\nmodel = "gpt-4o-mini"\nvalid_from = "2026-01-01"\n'
        'rates = { input = "1", output = "1" }\nsource = "us"\nchecked = "2026-01-01"\n'
    )
    suite.write("prices.toml", entry + entry)

    outcome = suite.run("--spec-budget=2.00", "--spec-prices=prices.toml")

    assert outcome.status == 4, outcome.text
    assert "--spec-prices=prices.toml: prices.toml" in outcome.errors
    assert suite.emulator.served == []


KEEPS = """
from calls import ask


def test_asks(spec_cassette):
    ask()
"""


def test_a_paid_call_that_its_cassette_cannot_keep_is_a_call_of_unknown_cost(suite: Suite) -> None:
    suite.write("test_it.py", KEEPS)
    suite.write(
        "conftest.py",
        "import errno\n"
        "from pytest_specbudget.cassettes import store\n"
        "def full(*anything, **more):\n"
        "    raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "store._append = full\n",
    )

    outcome = suite.run("--spec-budget=2.00", "--spec-record=once")

    assert outcome.status == 1
    assert len(suite.emulator.served) == 1
    (booked,) = charges(suite)
    assert (booked.status, booked.list_cost) == (200, None)
    assert booked.unreported
