"""What the controller adds to the journals before they are judged: what workers told it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from os.path import isfile, relpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.baselines.packages import package_of
from pytest_specbudget.bookkeeping.happenings import was_stopped
from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.comparisons.bases import base_of
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.histories.past import past_of
from pytest_specbudget.journal.below import journals_below
from pytest_specbudget.journal.reader import lines_of, read_lines
from pytest_specbudget.plugin.unrecorded import unrecorded
from pytest_specbudget.verdicts.closing import RunFacts, close
from pytest_specbudget.verdicts.paths import unused_paths

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.plugin.run import Run
    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Closing"]

_RECORDING = ("once", "new", "all")
_PAID = ("live", "record")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Everything that is known at the end of a run.

    Attributes:
        settings: What was asked for.
        run: Which run it was.
        workers: What each process told at its end.
        reported: How many calls each worker had booked when it last reported a test.
        partial: Why this was not the whole suite, or empty.
        chosen: The files and folders that the run was of, relative to rootdir; None for all.
        gates: Further gates, of other plugins.
        modules: The files that tests were collected from, or were to be, from rootdir.
        tests: The node ids of the tests of each such file, each function's with all its parameters,
            as far as they are known; they hold where no tests were left out.
        tests_here: The same that hold where some were.
        unrun: The node ids of what was to run and did not: tests, and files and classes of them.
        places: File and line, from 1, of each test that was reported.
        rootdir: pytest's.
    """

    settings: Settings
    run: Run
    workers: Iterable[Mapping[str, Any]]
    reported: Mapping[str, int]
    partial: tuple[str, ...] = ()
    chosen: tuple[str, ...] | None = None
    gates: tuple[Gate, ...] = ()
    modules: frozenset[str] = frozenset()
    tests: Mapping[str, Collection[str]] = field(default_factory=dict)
    tests_here: Mapping[str, Collection[str]] = field(default_factory=dict)
    unrun: tuple[str, ...] = ()
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    rootdir: Path
    _read: list[Journal] = field(default_factory=list, init=False)

    def report(self) -> Report:
        """Read the journals and judge them."""
        self._read[:] = journals = list(self._journals())
        facts = RunFacts(
            run=self.run.id,
            findings=(*self._lost(journals), *self._renamed(journals), *self._unused_paths()),
            partial=self.partial,
            notes=(*self.settings.notes, *self._notes(), *self._unrecorded(journals)),
            journal=str(self.run.folder),
            gates=self.gates,
            past=past_of(self.settings, self.rootdir, {self.run.id}, datetime.now(UTC)),
            places=dict(self._places_in_repository()),
            base=base_of(
                self.settings,
                self.rootdir,
                partial_run=bool(self.partial),
                chosen=self.chosen,
                unrun=self.unrun,
                tests={} if self.partial else self.tests,
            ),
        )
        return close(journals, self.settings, facts)

    def save_baseline(self, path: Path) -> None:
        """Store what the run consumed, which passed; of a partial run, what its tests did.

        What is stored of tests outside of what was chosen, or that were skipped, stays.

        Raises:
            BaselineError: If the file is damaged, or cannot be read or written.
        """
        from pytest_specbudget.comparisons.saving import (  # noqa: PLC0415 - few do
            Ran,
            save_baseline,
        )

        tests = self.places if self.partial else None
        ran = Ran(tests=tests, paths=self.chosen, unrun=frozenset(self.unrun))
        save_baseline(path, self._journals(), self.settings, self.rootdir, ran)

    def _notes(self) -> list[str]:
        """Return what processes want to be known, each sentence once."""
        return list(dict.fromkeys(told["note"] for told in self.workers if told.get("note")))

    def _unrecorded(self, journals: list[Journal]) -> Iterator[str]:
        """Yield a note on live calls, where they were to be recorded."""
        if self.records:
            yield from unrecorded(merge(journals).ledger)

    def _renamed(self, journals: list[Journal]) -> Iterator[Finding]:
        """Yield what is told of tests that no recording answered, but for a run without one."""
        paid = any(one.source in _PAID for journal in journals for one in journal.charges)
        if paid or was_stopped(journals):
            from pytest_specbudget.plugin.renamed import renamed  # noqa: PLC0415 - few need it

            known = self.tests_here if self.partial else self.tests
            yield from renamed(journals, self.settings, self.rootdir, known)

    def _unused_paths(self) -> Iterator[Finding]:
        """Yield what is told of `spec_by_path`, which only the whole suite can tell."""
        if not self.partial and self.chosen is None:
            yield from unused_paths(self.settings, self.modules)

    @property
    def records(self) -> bool:
        """Whether the run was asked to record."""
        return self.settings.record in _RECORDING

    def maintain_index(self, *, well: bool) -> str | None:
        """Write down beside the recordings whose they are; say so of those that were replayed.

        Args:
            well: Whether all tests came to their end; else only what was recorded is written down.

        Raises:
            BaselineError: If an index cannot be read or written.
        """
        used = [one for journal in self._read for one in journal.charges if one.cassette]
        if not used or not (well or self.records):
            return None
        from pytest_specbudget.baselines.index import maintain  # noqa: PLC0415 - few use recordings

        changed = maintain(used, self.settings.cassette_dir, replayed=well)
        if self.records or not changed:
            return None
        names = ", ".join(Path(relpath(one, self.rootdir)).as_posix() for one in changed)
        return f"brought up to date with the tests: {names}; commit it with the recordings"

    def _places_in_repository(self) -> Iterator[tuple[str, tuple[str, int]]]:
        """Say where tests stand as those who show a repository name files: from its root."""
        package = package_of(self.rootdir)
        for test, (file, line) in self.places.items():
            yield test, (file if package == "." else f"{package}/{file}", line)

    def _journals(self) -> Iterator[Journal]:
        """Read what is on disk, and what a process could not write and told instead."""
        unwritten = {told["journal"]: told["unwritten"] for told in self.workers}
        files = journals_below(self.run.folder)  # none, where the disk took the folder alone
        for name in sorted({*map(str, files), *unwritten}):
            kept = unwritten.get(name, ())
            if isfile(name):  # noqa: PTH113 # it says no where nobody may look, unlike that of `Path`
                yield read_lines(name, lines_of(Path(name), kept))
            elif kept:
                yield read_lines(name, kept)

    def _lost(self, journals: Iterable[Journal]) -> Iterator[Finding]:
        """Yield a finding for each worker that reported more calls than its journal holds."""
        held: dict[str, int] = {}
        for journal in journals:
            if journal.header is not None:
                worker = journal.header.worker
                held[worker] = held.get(worker, 0) + len(journal.charges)
        for worker, booked in sorted(self.reported.items()):
            if booked > held.get(worker, 0):
                yield Finding(
                    rule="journal-incomplete",
                    subject=worker,
                    message=f"{worker} reported {booked} calls, its journal holds "
                    f"{held.get(worker, 0)}",
                    remedy="find out what removed lines from the journal, and run again",
                    inconclusive=True,
                )
