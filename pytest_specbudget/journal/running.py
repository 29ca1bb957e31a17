"""Whether the process that writes a journal still runs: then it has no end yet, and lacks nothing.

That can be told on the machine that wrote it, by the number of the process.  Numbers are given out
again, and in containers they are small: a process that was started after the journal was begun is
another one.  Where nobody can tell, a journal without an end is taken for one that lost it.
"""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.journal.schema import HeaderLine

__all__ = ["is_running", "shortfall", "this_host"]

_PROCESSES = Path("/proc")
_BOOTED = re.compile(r"^btime (\d+)$", re.MULTILINE)
_STATE, _STARTED = 0, 19  # what follows the name of the program, which may have blanks in it
_DEAD = ("Z", "X", "x")
_INEXACT = timedelta(seconds=5)


def this_host() -> str:
    """Return the name of this machine, as the header of a journal has it."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", platform.node())[:40] or "host"


def is_running(journal: Journal) -> bool:
    """Tell whether *journal* has no footer since its process still runs, on this machine."""
    header = journal.header
    if journal.footer is not None or header is None or header.host != this_host():
        return False
    return _exists(header.pid) and _began(header)


def shortfall(journal: Journal) -> str | None:
    """Return why the lines are not all that was booked, or None; also if more are being written."""
    if journal.footer is not None:
        return journal.incomplete
    if is_running(journal):
        return None
    return f"{journal.incomplete}: it was killed, or still runs on another machine"


def _exists(pid: int) -> bool:
    """Tell whether there is such a process; nobody is signalled."""
    if pid <= 0 or os.name == "nt":  # there, `os.kill` ends whatever it is called with
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:  # somebody else's
        return True
    except (OSError, OverflowError):
        return False
    return True


def _began(header: HeaderLine) -> bool:
    """Tell whether the process of that number may have begun the journal; yes if nobody knows.

    Source: https://man.archlinux.org/man/proc_pid_stat.5.en, fields 3 and 22, and proc(5), `btime`
    (checked 2026-11-22).
    """
    try:
        told = (_PROCESSES / f"{header.pid}/stat").read_text().rpartition(")")[2].split()
        booted = _BOOTED.search((_PROCESSES / "stat").read_text())
        begun = datetime.fromisoformat(header.at)
    except (OSError, ValueError):
        return True
    if told[_STATE] in _DEAD:
        return False
    if booted is None or begun.tzinfo is None:
        return True
    since_boot = timedelta(seconds=int(told[_STARTED]) / os.sysconf("SC_CLK_TCK"))
    started = datetime.fromtimestamp(int(booted[1]), UTC) + since_boot
    return started <= begun + _INEXACT
