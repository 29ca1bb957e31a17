"""Runs the tests that record, holds them to a cap, and counts what they sent.

A cap holds before each call, as any ceiling does with `--spec-stop-loss`: what a test may not spend
any more is refused.  What was sent is told by the journals of the runs, never by the estimate; a
call whose cost nobody knows ends a capped recording, since nobody knows what is left.

A command says one line on standard error; what pytest printed follows it only where that failed.
"""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._waiting import working
from pytest_specbudget.cli.cassettes._running import run_pytest
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars, dollars_beside
from pytest_specbudget.errors import JournalError
from pytest_specbudget.journal.reader import journal_files, read_journal
from pytest_specbudget.reports.figures import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.journal.reader import Journal

    Command = tuple[str, str]
    """A node id, and the option that makes pytest record it."""

__all__ = ["Sending", "send"]

_JOURNAL = Path(".specbudget/journal")
_UNMETERED = "a run without a ceiling or another option of specbudget is not metered"
_NEVER_SENT = frozenset({"replay", "mock"})


@dataclass(slots=True)
class Sending:
    """What became of the commands that record.

    Attributes:
        cap: The most that may be billed for all of them, or None.
        calls: How many calls were sent.
        billed: What is known to be billed for them.
        unknown: How many of them may have cost more than that.
        doubts: Why the books of a run are not whole; one sentence for each.
        failed: The commands that did not pass, or were not run.
    """

    cap: Money | None
    calls: int = 0
    billed: Money = field(default_factory=Money)
    unknown: int = 0
    doubts: list[str] = field(default_factory=list)
    failed: list[Command] = field(default_factory=list)

    def __str__(self) -> str:
        """Say what was sent: `sent 2 calls, $0.0926`."""
        cost = dollars(self.billed)
        if self.cap is not None:
            spent, cap = dollars_beside(self.cap, self.billed)
            cost = f"{spent} of --max-cost {cap}"
        doubt = f" and {calls_of(self.unknown)} of unknown cost" if self.unknown else ""
        more = "".join(f"; more may have been sent: {why}" for why in dict.fromkeys(self.doubts))
        return f"sent {calls_of(self.calls)}, {cost}{doubt}{more}"

    @property
    def is_well(self) -> bool:
        """Whether all commands passed, and a cap is known to have held."""
        return not self.failed and not (self.cap is not None and self.doubts)

    def book(self, journals: Iterable[Journal]) -> None:
        """Count what one run sent: each attempt of a test, and each worker's copy of a fixture."""
        journals = list(journals)
        self.doubts += [why for one in journals for why in (one.incomplete, one.damaged) if why]
        ledger = merge(journals).ledger
        sent = ledger.only(lambda charge: charge.source not in _NEVER_SENT)
        self.calls += sum(charge.workers for charge in sent.charges)
        self.billed += ledger.totals().billed_upper
        self.unknown += sent.totals().unbounded_calls

    def add(self, other: Sending) -> None:
        """Add what another one counted."""
        self.calls += other.calls
        self.billed += other.billed
        self.unknown += other.unknown
        self.doubts += other.doubts

    @property
    def obstacle(self) -> str:
        """Why nothing more may be sent under the cap; empty if something may."""
        if self.cap is None:
            return ""
        if self.unknown:
            return (
                f"what {calls_of(self.unknown)} cost is unknown, and so is what --max-cost leaves"
            )
        if self.doubts:
            return f"{self.doubts[0]}; what --max-cost leaves is unknown"
        if self.billed >= self.cap > Money():
            return "--max-cost is spent"
        return ""

    @property
    def terms(self) -> list[str]:
        """The options that hold a run to what is left of the cap."""
        if self.cap is None:
            return []
        left = max(self.cap - self.billed, Money())
        held = ("--spec-stop-loss", "--spec-judge=billed", "--spec-mode=enforce")
        return [f"--spec-session-budget={left}", *held]


def send(commands: Iterable[Command], cap: Money | None) -> Sending:
    """Run *commands* with this interpreter, as long as *cap* leaves anything."""
    sending = Sending(cap)
    for command in commands:
        if sending.obstacle:
            complain(f"{command[0]}: not recorded anew; {sending.obstacle}")
            sending.failed.append(command)
        elif not _passes(command, sending):
            sending.failed.append(command)
    return sending


def _passes(command: Command, sending: Sending) -> bool:
    """Record by one command, count what that sent, and say both in a line.

    What pytest printed follows where something failed.
    """
    words = [*command, *sending.terms]
    before = set(_runs())
    try:
        with working(f"recording {command[0]}"):
            ended = run_pytest(words)
    except KeyboardInterrupt:
        sending.add(_sent_by(sorted(set(_runs()) - before)))
        complain(sending)
        raise
    sent = _sent_by(sorted(set(_runs()) - before))
    sending.add(sent)
    print(visible(f"{command[0]}: {ended.outcome}, {sent}"), file=sys.stderr)
    if ended.status:
        complain(shlex.join(["pytest", *words]))
        print(ended.text.rstrip(), file=sys.stderr)
    return ended.status == 0


def _sent_by(runs: list[Path]) -> Sending:
    """Count what *runs* sent, which should be one."""
    sent = Sending(cap=None)
    if not runs:
        sent.doubts.append(_UNMETERED)
    for run in runs:
        try:
            sent.book(map(read_journal, journal_files(run)))
        except JournalError as problem:
            sent.doubts.append(str(problem))
    return sent


def _runs() -> Iterator[Path]:
    return (one for one in _JOURNAL.glob("*") if one.is_dir())
