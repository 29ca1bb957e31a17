"""A change, judged by what holds where it wants to go: settings, prices and files of its base.

The run of the change was made elsewhere, perhaps by somebody whom nobody here trusts.  Its calls
are booked anew (`rebooked`), and its recordings are held against those of the base.  Where what was
booked hangs on settings that cannot be undone (`hosts`), and the change edits them, the verdict is
open, never a pass.

Tests that the run left out are judged by their recordings, where the change edits these
(`left_out`).  Of those that it touches otherwise, their code or what decides whether they run,
nobody knows what they cost now: the verdict is open (`touched`), unless the base accepts that.
Without a journal all recordings of the change are judged, as they lie in git.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_specbudget.audit.owners import with_owners
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
from pytest_specbudget.baselines.testless import lost_tests_notes
from pytest_specbudget.baselines.valued import Valued
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.cassettes.known import FILE_NAME as KNOWN_STALE
from pytest_specbudget.cassettes.known import load as read_known
from pytest_specbudget.comparisons.base import RECORDINGS_ONLY, Base, Opened
from pytest_specbudget.comparisons.both_texts import between
from pytest_specbudget.comparisons.own_prices import at_own_prices
from pytest_specbudget.comparisons.sides import OneInstant
from pytest_specbudget.comparisons.touched import Touched
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.errors import JournalError
from pytest_specbudget.proposals.hostile import DAMAGES, doubts_of
from pytest_specbudget.proposals.left_out import LeftOut, left_out
from pytest_specbudget.proposals.own_gate import own_edits
from pytest_specbudget.proposals.rebooked import Rules, extended, journal_of, rebooked, renamed
from pytest_specbudget.proposals.source_places import places_of
from pytest_specbudget.settings.acks_file import FILE_NAME as ACKS
from pytest_specbudget.settings.acks_file import read_acks
from pytest_specbudget.settings.values import BaselineSource
from pytest_specbudget.verdicts.closing import RunFacts, close

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from pathlib import Path

    from pytest_specbudget.audit.comparison import Side
    from pytest_specbudget.baselines.sources import File
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.proposals.own_gate import Edit
    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.settings.settings import Settings

__all__ = ["ByBase"]

_EXCUSES = ("volatile", "known_stale")
_BOOKED_BY = frozenset(("hosts", "pytest_specbudget_readers"))
"""What decides how a call is read when it is booked."""


class ByBase:
    """Judges one change.

    Attributes:
        edits: What it edits of its own gate.
        left_out: What its run left out; known once it was judged.
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
        self._repository = Repository.at(rootdir)
        self.edits: tuple[Edit, ...] = own_edits(
            self._repository, self._then.commit, self._head.commit
        )
        self._doubts: tuple[str, ...] = ()
        self._valued: Valued | None = None
        self._touched = Touched(between(self._repository, self._then.commit, self._head.commit))
        self._gone: frozenset[str] = frozenset()
        self.left_out = LeftOut()

    def judged(self, journal: Journal | None) -> Report:
        """Judge the run that left *journal*, or, without one, the recordings of the change.

        Args:
            journal: What a run left; of another commit it is refused.

        Raises:
            BaselineError: If the base, or a recording, cannot be read.
            CatalogueError: If the prices of the base cannot be.
            JournalError: If the journal is of another commit, or what it holds makes no sense.
            RecordingError: If the base's file of known staleness does not.
            SettingError: If its file of accepted regressions does not.
        """
        prices = OneInstant.of(self._desk)
        self._valued = Valued(self._settings, prices)
        side = self._recorded(prices)
        if journal is None:
            self._doubts += lost_tests_notes(self._head, side.charges)
            recorded = journal_of(side.charges, self._head.name, self._desk)
            return self._closed(recorded, ran=False)
        self._doubts += doubts_of(journal, self._repository, self._head.commit)
        known = read_known(self._settings.known_stale or self._rootdir / KNOWN_STALE)
        excuses = not any(edit.key in _EXCUSES for edit in self.edits)
        rules = Rules(desk=self._desk, known=known, excuses=excuses)
        try:
            booked = renamed(rebooked(journal, rules), self._rootdir, self._head.blobs)
            self.left_out = self._left_out_of(booked, side)
            self._doubts += lost_tests_notes(self._head, self.left_out.judged)
            return self._closed(extended(booked, self.left_out.judged))
        except DAMAGES as problem:
            what = f"{journal.name} makes no sense ({type(problem).__name__})"
            raise JournalError(f"{what}; let the run of the change be made again") from problem

    def _recorded(self, prices: OneInstant) -> Side:
        """Return the recordings of the change; what it renamed belongs to whom it belonged."""
        side, base = (
            recorded_side(source, self._settings, prices, valued=self._valued)
            for source in (self._head, self._then)
        )
        owned = with_owners(base, side)
        self._doubts = owned.notes[len(side.notes) :]
        gone = (one for one in owned.charges if self._touched.is_gone(one.attribution.test))
        self._gone = frozenset(one.cassette for one in gone if one.cassette is not None)
        return owned

    def _left_out_of(self, journal: Journal, side: Side) -> LeftOut:
        then, now = self._then.blobs, self._head.blobs

        def is_edited(name: str) -> bool:
            return then.get(name) != now.get(name)

        gone = {name for name in self._gone if not is_edited(name)}
        return left_out(
            (one for one in side.charges if one.cassette not in gone),
            (one for one in journal.charges if not one.mocked),
            self._rootdir,
            now,
            is_edited,
        )

    def _closed(self, journal: Journal, *, ran: bool = True) -> Report:
        acks = read_acks(self._settings.acks or self._rootdir / ACKS)
        base = Base(open=self._open, acks=acks, today=datetime.now(UTC).date())
        partial = any(event.event == "partial" for event in journal.events)
        facts = RunFacts(
            run=self._head.commit,
            findings=(*self._nothing_run(journal), *self._edited()),
            partial=("not every test was run",) if partial else (),
            notes=(*self._doubts, *self.left_out.notes, *(() if ran else (RECORDINGS_ONLY,))),
            places=places_of(self._head, {one.attribution.test for one in journal.charges}),
            base=base,
            ran=ran,
        )
        return close([journal], self._settings, facts)

    def _edited(self) -> Iterator[Finding]:
        return map(_finding, self.edits)

    def _nothing_run(self, journal: Journal) -> Iterator[Finding]:
        if self.left_out.charges and len(journal.charges) == len(self.left_out.judged):
            yield Finding(
                rule="gate-unavailable",
                subject=self._head.name,
                message=f"its run made no model call: {self.left_out.words}",
                remedy="run them, or judge the recordings alone: leave the journal out",
                inconclusive=True,
            )

    def _open(self, prices: OneInstant, head: Side) -> Opened:
        asked = self._settings.baseline
        if asked is not None and asked.path is not None:
            side = read_baseline(asked.path, prices.quote, package_of(self._rootdir))
            absent = self._absent(side, head)
            return Opened(side=side, unrun=frozenset(absent), unmeasured=self._unmeasured(absent))
        now = _Committed(self._rootdir, self._head, self._gone)
        then = against_run(
            self._then, head.charges, self._settings, prices, now=now, valued=self._valued
        )
        then = at_own_prices(then, self._then.repository, self._then.commit, prices)
        requests = request_changes(
            then,
            head,
            then=requests_in(self._then, self._rootdir, self._then.names()),
            now=requests_in(self._head, self._rootdir, self._head.names()),
            rootdir=self._rootdir,
        )
        unmeasured = self._unmeasured(self.left_out.tests)
        return Opened(side=then, requests=requests, unrun=then.unrun, unmeasured=unmeasured)

    def _absent(self, side: Side, head: Side) -> set[str]:
        """Return the tests of a stored base that the change still has and its run did not make."""
        there = {test for test in side.by_test() if self._touched.is_there(test)}
        return (there | {*self.left_out.tests}) - head.by_test().keys()

    def _unmeasured(self, tests: Iterable[str]) -> dict[str, str]:
        """Return what the change does to those of *tests* that it touches."""
        told = {test: self._touched.why(test) for test in tests}
        return {test: why for test, why in told.items() if why}


class _Committed(WorkingTree):
    """The working tree that a commit would be; nothing of it is on disk.

    What a run played may have been something else: it was made elsewhere, perhaps with edits.
    """

    def __init__(self, rootdir: Path, revision: Revision, lost: Container[str]) -> None:
        """Open *revision*; *lost* are its recordings whose tests the change takes away."""
        super().__init__(rootdir, name=revision.name, shelf=revision.shelf, is_played=False)
        self._revision = revision
        self._lost = lost

    def names(self) -> list[str]:
        return self._revision.names()

    def exists(self, name: str) -> bool:
        return name in self._revision.blobs

    def has_lost_its_test(self, name: str) -> bool:
        return name in self._lost

    def files(self, names: Iterable[str], known: Container[str] = ()) -> Iterator[File]:
        yield from self._revision.files(names, known)


def _finding(edit: Edit) -> Finding:
    if edit.key.partition(".")[0] in _BOOKED_BY:
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
