"""Whether the process that writes a journal still runs."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.journals import call, journal

from pytest_specbudget.journal.reader import Journal
from pytest_specbudget.journal.running import is_running, shortfall, this_host
from pytest_specbudget.journal.schema import HeaderLine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process can be asked there")

_TELLS_STARTS = Path("/proc/self/stat").exists()


def begun(*, ended: bool = False, **header: Any) -> Journal:
    """Make the journal of this very process, unless *header* says otherwise."""
    made = journal(call(), ended=ended)
    values = {"host": this_host(), "pid": os.getpid(), "at": datetime.now(UTC).isoformat()}
    told = {"kind": "header", "schema": 1, "run": "r", "worker": "main", **values, **header}
    made.header = HeaderLine.model_validate(told)
    return made


def over() -> int:
    """Return the pid of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


def test_a_journal_whose_process_still_runs_lacks_nothing() -> None:
    assert is_running(begun())
    assert shortfall(begun()) is None


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda: begun(pid=over()), id="its process is over"),
        pytest.param(lambda: begun(host="elsewhere"), id="another machine wrote it"),
        pytest.param(lambda: begun(pid=0), id="its process is not told"),
        pytest.param(lambda: begun(pid=-1), id="its process is none"),
        pytest.param(lambda: begun(pid=10**30), id="no process could have that number"),
        pytest.param(
            lambda: begun(at="2020-01-01T00:00:00Z"),
            id="another process has its number now",
            marks=pytest.mark.skipif(not _TELLS_STARTS, reason="nobody tells when it was started"),
        ),
        pytest.param(lambda: Journal("j.jsonl"), id="it has no header"),
    ],
)
def test_any_other_journal_without_a_footer_lacks_its_end(made: Any) -> None:
    told = made()

    assert not is_running(told)
    assert (shortfall(told) or "").endswith("was killed, or still runs on another machine")


def test_a_process_that_waits_to_be_buried_does_not_run() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it ended, and is still listed

        assert is_running(begun(pid=process.pid)) is not _TELLS_STARTS


def test_a_time_that_is_none_leaves_it_at_the_number() -> None:
    assert is_running(begun(at="yesterday"))
    assert is_running(begun(at=""))


def test_a_journal_that_ended_runs_no_more_and_is_judged_by_its_footer() -> None:
    whole, short = begun(ended=True), begun(ended=True)
    short.charges = []

    assert not is_running(whole)
    assert shortfall(short) == short.incomplete
