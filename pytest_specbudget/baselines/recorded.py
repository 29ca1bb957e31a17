"""Recordings as one side of a comparison: those of a revision, or of the working tree.

`recorded_side` takes every recording once, as a suite that replays them all.  `against_run` says
what the calls of a run cost at the base: the run knows which recordings it played, how often and
for whom, and which it never opened.

Nothing is run: whose a recording is, its index tells (`index`), else the setting `spec_by_path` and
its place (`places`).  Sources are read for one thing: whether a test that a run here left out still
exists.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_specbudget.audit.comparison import Side
from pytest_specbudget.baselines.answered import calls_at_base, calls_then
from pytest_specbudget.baselines.bookcase import Bookcase
from pytest_specbudget.baselines.filenames import name_from, shelf_of
from pytest_specbudget.baselines.git import Repository
from pytest_specbudget.baselines.left_behind import left_behind
from pytest_specbudget.baselines.sources import Revision, WorkingTree
from pytest_specbudget.baselines.testless import lost_tests_notes
from pytest_specbudget.baselines.valued import Valued
from pytest_specbudget.core.wording import calls_of, first_of
from pytest_specbudget.errors import BaselineError
from pytest_specbudget.recordings.orphans import orphans_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_specbudget.baselines.sources import File, Source
    from pytest_specbudget.baselines.valued import Desk
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.settings.settings import Settings

__all__ = [
    "against_run",
    "merge_base_of",
    "recorded_side",
    "revision_of",
    "working_tree",
]

_SHORT_ID = 7
_NAMED = 3


def revision_of(rootdir: Path, revision: str, settings: Settings) -> Revision:
    """Open a revision itself.

    Args:
        rootdir: What test names are relative to; a folder of the repository.
        revision: Any that git knows.
        settings: Where cassettes are kept.

    Raises:
        BaselineError: If there is no repository, git or revision, with what to do.
    """
    repository = Repository.at(rootdir)
    commit = repository.commit(revision)
    shelf = shelf_of(settings.cassette_dir, rootdir)
    return Revision(repository, commit, f"git:{revision} ({commit[:_SHORT_ID]})", shelf)


def merge_base_of(rootdir: Path, revision: str, settings: Settings, head: str = "HEAD") -> Revision:
    """Open the commit at which *head* left *revision*: what a pull request is compared with.

    Raises:
        BaselineError: As `revision_of`; also if there is no such commit.
    """
    repository = Repository.at(rootdir)
    commit = repository.merge_base(revision, head)
    name = f"git:{revision} (merge base {commit[:_SHORT_ID]})"
    shelf = shelf_of(settings.cassette_dir, rootdir)
    return Revision(repository, commit, name, shelf, is_base=True)


def working_tree(
    rootdir: Path, settings: Settings, tests: Mapping[str, Collection[str]] | None = None
) -> WorkingTree:
    """Open a folder as it is; whether it is in a repository or not.

    Args:
        rootdir: The folder.
        settings: Where cassettes are kept.
        tests: The node ids of the tests of each module, as far as all are known.
    """
    try:
        digest = Repository.at(rootdir).digest
    except BaselineError:
        digest = "sha1"
    return WorkingTree(
        rootdir,
        shelf=shelf_of(settings.cassette_dir, rootdir),
        digest=digest,
        orphans=orphans_of(settings, rootdir, tests or {}),
    )


def recorded_side(
    source: Source,
    settings: Settings,
    desk: Desk,
    name: str | None = None,
    *,
    valued: Valued | None = None,
) -> Side:
    """Take every recording of *source* once.

    Args:
        source: Where they are.
        settings: What the user says about hosts and SPECs.
        desk: Who prices, for both sides of the comparison.
        name: What to call the side; as the source is called, if not given.
        valued: What is known already; give the same to both sides, and what they have in common
            is read and priced once.

    Raises:
        BaselineError: If files cannot be read, with what to do.
    """
    case = Bookcase(source, settings, valued or Valued(settings, desk))
    charges = [charge for recording in case.names for charge in case.charges(recording)]
    return Side(
        name=name or source.name,
        charges=tuple(charges),
        notes=(*case.notes, *lost_tests_notes(source, charges)),
        untold=case.untold,
        indexed=case.indexed,
    )


def against_run(  # noqa: PLR0913 - each is named where it is used
    base: Source,
    head: Iterable[Charge],
    settings: Settings,
    desk: Desk,
    *,
    now: WorkingTree,
    valued: Valued | None = None,
) -> Side:
    """Say what the calls of a run cost at the base.

    Args:
        base: The recordings of the base.
        head: The calls of the run, at the prices of *desk*.
        settings: What the user says about hosts and SPECs.
        desk: Who prices.
        now: The working tree that the run was made in.
        valued: As in `recorded_side`.

    Returns:
        The base.  Its `unrun` are its tests that are not in the run although they and their
        recordings are still there, so that their absence says nothing: the run left them out.

    Raises:
        BaselineError: If files cannot be read, with what to do.
    """
    case = Bookcase(base, settings, valued or Valued(settings, desk))
    calls = [charge for charge in head if not charge.mocked]
    played = _by_recording(calls, now.rootdir, case.ids)
    case.add(played)
    files = {file.name: file for file in now.files(played)}
    opened = [
        charge
        for name, answered in sorted(played.items())
        for charge in _at_base(case, files.get(name), name, answered, is_played=now.is_played)
    ]
    unopened = _Unopened(case, now, {charge.attribution.test for charge in opened})
    tests = {charge.attribution.test for charge in calls}
    unplayed = [name for name in case.names if name not in played]
    charges = (*opened, *unopened.charges(unplayed))
    return Side(
        name=base.name,
        charges=charges,
        unrun=frozenset(unopened.still_there - tests),
        notes=(*case.notes, *_baseless(calls, charges), *left_behind(unopened.left_behind)),
    )


def _by_recording(
    calls: Iterable[Charge], rootdir: Path, known: Mapping[str, str]
) -> dict[str, list[Charge]]:
    """Group calls by the recording that answered or stored them, named from rootdir."""
    by_cassette: dict[str, list[Charge]] = defaultdict(list)
    for call in calls:
        if call.cassette is not None:
            by_cassette[call.cassette].append(call)
    played: dict[str, list[Charge]] = defaultdict(list)
    for cassette, answered in by_cassette.items():
        played[name_from(cassette, rootdir, known)] += answered
    return played


def _at_base(
    case: Bookcase, file: File | None, name: str, played: Sequence[Charge], *, is_played: bool
) -> Iterator[Charge]:
    """Say what the calls of one recording cost at the base; nothing if it was not there.

    Where the run may have played something else than *file*, what it says that a call consumed
    tells nothing of the base, even if the file is as it was.
    """
    if name not in case.ids:
        return iter(())
    then = case.held(name)
    if file is None:  # gone since; what was played is all that is known of it
        return calls_at_base(then, played, played)
    if file.id == case.ids[name]:
        return calls_then(then, played) if is_played else calls_at_base(then, then, played)
    return calls_at_base(then, case.valued.of(file).charges, played)


class _Unopened:
    """The recordings of the base that the run never opened.

    Attributes:
        still_there: The tests of those that it could have opened.
        left_behind: The recordings that are still there although their test is not, and that test.
    """

    def __init__(self, case: Bookcase, now: WorkingTree, opened: set[str]) -> None:
        """Begin; *opened* are the tests of the recordings that the run did open."""
        self.still_there: set[str] = set()
        self.left_behind: dict[str, str] = {}
        self._case = case
        self._now = now
        self._opened = opened

    def charges(self, names: Iterable[str]) -> Iterator[Charge]:
        """Yield the calls of *names*.

        What lies there unused beside a recording that the same test opened is no call of it.
        """
        for name in names:
            calls = [*self._case.charges(name)]
            tests = {call.attribution.test for call in calls}
            if not self._now.exists(name):
                yield from calls
            elif not tests & self._opened:
                self._note(name, tests)
                yield from calls

    def _note(self, name: str, tests: set[str]) -> None:
        if self._now.has_lost_its_test(name):
            self.left_behind[name] = min(tests)  # a recording of the base is one test's
        else:
            self.still_there |= tests


def _baseless(calls: Iterable[Charge], base: Iterable[Charge]) -> Iterator[str]:
    """Say which calls were answered by no recording, where the base has nothing of their test."""
    known = {charge.attribution.test for charge in base}
    live = [call for call in calls if call.cassette is None and call.attribution.test not in known]
    if live:
        tests = sorted({call.attribution.test for call in live})
        yield (
            f"{calls_of(len(live))} that no recording answered had no recording at the base "
            f"either, so nobody knows what they cost then: {first_of(tests, _NAMED)}"
        )
