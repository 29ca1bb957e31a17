"""The runs whose journals lie in this folder, the newest first, back to one of the whole suite.

A partial run tells nothing of the tests that it left out; what those asked stands in an older one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cli._journaled import Used, used_by
from pytest_specbudget.journal.reader import journal_files, read_journal

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal

__all__ = ["JOURNAL", "Past", "Run", "past_runs", "read_run", "run_folders"]

JOURNAL = Path(".specbudget") / "journal"
_PARTIAL, _CHOSEN = "partial", "chosen"
_FIXTURE = "<"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run wrote down.

    Attributes:
        name: Of its folder.
        journals: One of each process.
    """

    name: str
    journals: Sequence[Journal]

    @property
    def uses_recordings(self) -> bool:
        """Whether any call was answered by a recording, or recorded."""
        return any(charge.cassette is not None for one in self.journals for charge in one.charges)

    def left_out(self, roots: Iterable[Path]) -> list[str]:
        """Say why it was not of all tests that have recordings below *roots*; empty if it was."""
        found = [why for one in self.journals for why in _partial(one, [*roots])]
        return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Runs, the newest first, back to one of the whole suite as far as there is one.

    Attributes:
        runs: Those that could be read.
        left_out: Why the newest was partial; empty if it was not.
        whole: The name of the one that was of the whole suite, or None.
    """

    runs: Sequence[Run] = ()
    left_out: Sequence[str] = ()
    whole: str | None = None

    @property
    def note(self) -> str:
        """What to know if the newest run was partial; empty if it was not."""
        if not self.left_out:
            return ""
        why = f"the newest run was partial ({', '.join(self.left_out)})"
        if self.whole is None:
            return f"{why}, and none here was of the whole suite: run pytest to know of all tests"
        return f"{why}; of other tests, older runs tell, back to {self.whole} of the whole suite"

    @property
    def journals(self) -> Iterator[Journal]:
        """The journals, of each test only what the newest run that it was in says of it."""
        for journals in self._by_run():
            yield from journals

    @property
    def used(self) -> Used:
        """Which tests used which recordings, each as the newest run says that did so."""
        whole = Used()
        for journals in self._by_run():
            used = used_by(journals)
            for path, tests in used.tests.items():
                whole.tests.setdefault(path, tests)
            whole.changed |= used.changed
            whole.missed |= used.missed
        return whole

    def _by_run(self) -> Iterator[list[Journal]]:
        seen: set[Hashable] = set()
        for run in self.runs:
            yield [_without(journal, seen) for journal in run.journals]
            seen.update(who for journal in run.journals for who in _asked_in(journal))


def run_folders(home: Path = JOURNAL) -> list[Path]:
    """Return the folders of the runs in *home*, the newest first."""
    return sorted((one for one in home.glob("*") if one.is_dir()), reverse=True)


def read_run(path: Path) -> Run:
    """Read the journals of a run.

    Raises:
        JournalError: If there is none, or one cannot be read.
    """
    files = journal_files(path)
    return Run(name=files[0].parent.name, journals=[read_journal(file) for file in files])


def past_runs(roots: Sequence[Path], home: Path = JOURNAL) -> Past:
    """Read the runs in *home* that tell of all tests with recordings below *roots*.

    Raises:
        JournalError: If one of them cannot be read.
    """
    runs: list[Run] = []
    whole: str | None = None
    for folder in run_folders(home):
        runs.append(read_run(folder))
        if not runs[-1].left_out(roots):
            whole = runs[-1].name
            break
    return Past(runs=runs, left_out=runs[0].left_out(roots) if runs else (), whole=whole)


def _partial(journal: Journal, roots: Sequence[Path]) -> Iterator[str]:
    if journal.incomplete is not None:
        yield journal.incomplete
    for event in journal.events:
        if event.event == _PARTIAL:
            yield from map(str, event.values.get("reasons") or ["no reason was told"])
        if event.event == _CHOSEN:
            paths = [str(one) for one in event.values.get("paths", ())]
            chosen = [Path(one).resolve() for one in paths]
            if not all(any(map(root.resolve().is_relative_to, chosen)) for root in roots):
                yield f"tests of {', '.join(paths)}"


def _without(journal: Journal, seen: set[Hashable]) -> Journal:
    """Return *journal* without what it says of those who were *seen* in a newer run."""
    charges = [one for one in journal.charges if _asker(one) not in seen]
    events = [one for one in journal.events if one.values.get("test") not in seen]
    return replace(journal, charges=charges, events=events)


def _asked_in(journal: Journal) -> Iterator[Hashable]:
    yield from map(_asker, journal.charges)
    yield from (one.values["test"] for one in journal.events if "test" in one.values)


def _asker(charge: Charge) -> Hashable:
    """Return who asked; fixtures of one name may be several, and each has its recording."""
    test = charge.attribution.test
    return (test, charge.cassette) if test.startswith(_FIXTURE) else test
