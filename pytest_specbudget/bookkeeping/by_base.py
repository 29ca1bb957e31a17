"""A change, judged by what holds where it wants to go: settings, prices and files of its base.

The run of the change was made elsewhere, perhaps by somebody whom nobody here trusts.  Its calls
are booked anew (`rebooked`), and its recordings are held against those of the base.  Where what was
booked hangs on settings that cannot be undone (`hosts`), and the change edits them, the verdict is
open, never a pass.

Without a journal the recordings of the change are judged as they lie in git.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_specbudget.baselines.git import Repository
from pytest_specbudget.baselines.packages import package_of
from pytest_specbudget.baselines.prompts import request_changes, requests_in
from pytest_specbudget.baselines.recorded import (
    against_run,
    merge_base_of,
    recorded_side,
    revision_of,
)
from pytest_specbudget.baselines.sources import Revision, WorkingTree
from pytest_specbudget.baselines.stored import read_baseline
from pytest_specbudget.bookkeeping.against import Base, Opened
from pytest_specbudget.bookkeeping.closing import RunFacts, close
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.bookkeeping.hostile import DAMAGES
from pytest_specbudget.bookkeeping.own_gate import own_edits
from pytest_specbudget.bookkeeping.own_prices import at_own_prices
from pytest_specbudget.bookkeeping.rebooked import Rules, journal_of, rebooked
from pytest_specbudget.bookkeeping.sides import OneInstant
from pytest_specbudget.cassettes.known import FILE_NAME as KNOWN_STALE
from pytest_specbudget.cassettes.known import load as read_known
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.errors import JournalError
from pytest_specbudget.settings.acks_file import FILE_NAME as ACKS
from pytest_specbudget.settings.acks_file import read_acks
from pytest_specbudget.settings.values import BaselineSource

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from pathlib import Path

    from pytest_specbudget.audit.comparison import Side
    from pytest_specbudget.baselines.sources import File
    from pytest_specbudget.bookkeeping.own_gate import Edit
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.settings.settings import Settings

__all__ = ["ByBase"]

_EXCUSES = ("volatile", "known_stale")
_BOOKED_BY = "hosts"


class ByBase:
    """Judges one change.

    Attributes:
        edits: What it edits of its own gate.
    """

    def __init__(self, settings: Settings, rootdir: Path, base: str, head: str) -> None:
        """Look both revisions up.

        Args:
            settings: Those of the base.
            rootdir: Where pytest runs, in a working tree of the base.
            base: The revision that the change wants to go to.
            head: The change.

        Raises:
            BaselineError: If one of them cannot be read, with what to do.
        """
        asked = BaselineSource(revision=base, origin=f"--base {base}")
        self._settings = settings if settings.baseline else replace(settings, baseline=asked)
        self._rootdir = rootdir
        self._desk = PriceDesk(self._settings)
        self._head = revision_of(rootdir, head, settings)
        self._then = merge_base_of(rootdir, base, settings, self._head.commit)
        repository = Repository.at(rootdir)
        self.edits: tuple[Edit, ...] = own_edits(repository, self._then.commit, self._head.commit)

    def judged(self, journal: Journal | None) -> Report:
        """Judge the run that left *journal*, or, without one, the recordings of the change.

        Raises:
            BaselineError: If the base, or a recording, cannot be read.
            CatalogueError: If the prices of the base cannot be.
            JournalError: If what the journal holds makes no sense.
            RecordingError: If the base's file of known staleness does not.
            SettingError: If its file of accepted regressions does not.
        """
        if journal is None:
            side = recorded_side(self._head, self._settings, OneInstant.of(self._desk))
            return self._closed(journal_of(side.charges, self._head.name, self._desk))
        known = read_known(self._settings.known_stale or self._rootdir / KNOWN_STALE)
        excuses = not any(edit.key in _EXCUSES for edit in self.edits)
        rules = Rules(desk=self._desk, known=known, excuses=excuses)
        try:
            return self._closed(rebooked(journal, rules))
        except DAMAGES as problem:
            what = f"{journal.name} makes no sense ({type(problem).__name__})"
            raise JournalError(f"{what}; let the run of the change be made again") from problem

    def _closed(self, journal: Journal) -> Report:
        acks = read_acks(self._settings.acks or self._rootdir / ACKS)
        base = Base(open=self._open, acks=acks, today=datetime.now(UTC).date())
        partial = any(event.event == "partial" for event in journal.events)
        facts = RunFacts(
            run=self._head.commit,
            findings=tuple(map(_finding, self.edits)),
            partial=("not every test was run",) if partial else (),
            base=base,
        )
        return close([journal], self._settings, facts)

    def _open(self, prices: OneInstant, head: Side) -> Opened:
        asked = self._settings.baseline
        if asked is not None and asked.path is not None:
            return Opened(side=read_baseline(asked.path, prices.quote, package_of(self._rootdir)))
        now = _Committed(self._rootdir, self._head)
        then = against_run(self._then, head.charges, self._settings, prices, now=now)
        then = at_own_prices(then, self._then.repository, self._then.commit, prices)
        requests = request_changes(
            then,
            head,
            then=requests_in(self._then, self._rootdir, self._then.names()),
            now=requests_in(self._head, self._rootdir, self._head.names()),
            rootdir=self._rootdir,
        )
        return Opened(side=then, requests=requests, unrun=then.unrun)


class _Committed(WorkingTree):
    """The working tree that a commit would be; nothing of it is on disk."""

    def __init__(self, rootdir: Path, revision: Revision) -> None:
        super().__init__(rootdir, name=revision.name, shelf=revision.shelf)
        self._revision = revision

    def names(self) -> list[str]:
        return self._revision.names()

    def exists(self, name: str) -> bool:
        return name in self._revision.blobs

    def files(self, names: Iterable[str], known: Container[str] = ()) -> Iterator[File]:
        yield from self._revision.files(names, known)


def _finding(edit: Edit) -> Finding:
    if edit.key.partition(".")[0] == _BOOKED_BY:
        return Finding(
            rule="gate-edited",
            subject=edit.place,
            message=f"this change {edit.words}, by which its own calls were counted",
            remedy="have somebody read it who may; it holds once it is merged",
            inconclusive=True,
        )
    return Finding(
        rule="gate-edited",
        subject=edit.place,
        message=f"this change {edit.words}",
        remedy="it was judged by what held before; read whether what it edits is meant",
        severity="warning",
    )
