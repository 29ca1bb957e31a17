"""Tests that went without a recording, beside recordings whose test is gone.

A test that is renamed without its recording finds none and calls the model, which costs money, or
is refused.  The old recording tells: nothing can use it any more, and it answers the same request
or lies in the folder of the same module.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.cassettes.names import cassette_paths, kept_path
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.plugin.cassettes import folder_of
from pytest_specbudget.recordings.library import recordings, request_of
from pytest_specbudget.recordings.lint_tests import orphaned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.settings.settings import Settings

__all__ = ["renamed"]

_STOPPED = ("refused", "missed")
_FIXTURE = "fixture-"
_NAMED = 3


def renamed(journals: Iterable[Journal], settings: Settings, rootdir: Path) -> Iterator[Finding]:
    """Yield a warning for each module with tests that had other names when they were recorded."""
    asked = _unanswered(list(journals))
    for module, tests in groupby(sorted(asked), key=_module_of):
        shelf = _Shelf(rootdir / module, settings, rootdir)
        found = [match for test in tests if (match := shelf.match(test, asked[test])) is not None]
        for same in (True, False):
            if alike := [match for match in found if match.same is same]:
                yield _told(module, alike, rootdir)


def _unanswered(journals: Iterable[Journal]) -> Mapping[str, set[str]]:
    """Return what each test asked that no recording answered, as fingerprints."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for journal in journals:
        for charge in journal.charges:
            if charge.source == "live" and charge.fingerprint:
                found[charge.attribution.test].add(charge.fingerprint)
        for event in journal.events:
            start = journal.starts.get(str(event.values.get("id")))
            if event.event in _STOPPED and start is not None and start.fingerprint:
                found[start.attribution.test].add(start.fingerprint)
    return {test: asked for test, asked in found.items() if _is_test(test)}


def _is_test(name: str) -> bool:
    return "::" in name and not name.startswith("<")


def _module_of(test: str) -> str:
    return test.partition("::")[0]


class _Match(NamedTuple):
    """A test, and what it may have been recorded as; paths are as people know them.

    Attributes:
        test: The node id.
        old: The recording whose test is gone.
        new: The one that the test would have.
        same: Whether the old one answers the very request.
    """

    test: str
    old: Path
    new: Path
    same: bool


def _told(module: str, found: Sequence[_Match], rootdir: Path) -> Finding:
    have = "has" if len(found) == 1 else "have"
    what = "answer the same requests" if found[0].same else "lie where theirs would"
    return Finding(
        rule="recording-orphaned",
        subject=module,
        message=f"{calls_of(len(found), 'test')} of {module} {have} no recording, and recordings "
        f"whose tests are gone {what}",
        details=tuple(match.test for match in found),
        remedy="\n".join(
            (
                "if tests were renamed, rename their recordings, too; if not, delete those",
                *(f"    {command}" for command in _moving(found, rootdir)),
            )
        ),
        severity="warning",
    )


def _moving(found: Sequence[_Match], rootdir: Path) -> Iterator[str]:
    """Yield the commands that rename the recordings; one where the module alone was renamed."""
    folders = {(match.old.parent, match.new.parent) for match in found}
    missing = sorted({new for _, new in folders if not (rootdir / new).exists()})
    if missing and len(folders) == 1 and all(match.old.name == match.new.name for match in found):
        yield _command("mv", *folders.pop())
        return
    yield from (_command("mkdir -p", folder) for folder in missing)
    yield from (_command("mv", match.old, match.new) for match in found[:_NAMED])
    if len(found) > _NAMED:
        yield f"# and likewise {len(found) - _NAMED:,} more"


def _command(verb: str, *paths: Path) -> str:
    return " ".join((verb, *(quote(path.as_posix()) for path in paths)))


@dataclass(slots=True)
class _Shelf:
    """Where the recordings of one module lie, and those of modules that are gone."""

    module: Path
    settings: Settings
    rootdir: Path
    _orphans: dict[Path, set[str]] | None = field(default=None, init=False)
    _taken: set[Path] = field(default_factory=set, init=False)

    def match(self, test: str, asked: set[str]) -> _Match | None:
        """Say what *test* may have been recorded as; None if it has a recording, or nothing may."""
        if not self.module.is_file() or self._has_recording(_name(test)):
            return None
        left = {path: held for path, held in self._gone.items() if path not in self._taken}
        same = [path for path, held in left.items() if asked & held]
        beside = [path for path in left if path.parent in self._folders]
        if same or (beside and self._asks_for_recordings):
            return self._matched(test, same or beside, same=bool(same))
        return None

    def _matched(self, test: str, gone: Sequence[Path], *, same: bool) -> _Match:
        """Take one of *gone*, one of that name before others, and name it as its plugin would."""
        ours, theirs = self._paths(_name(test))
        old = min(gone, key=lambda path: (path.name not in {ours.name, theirs.name}, path))
        self._taken.add(old)
        new = theirs if "[" in old.name else ours
        return _Match(test, self._shown(old), self._shown(new), same)

    def _has_recording(self, name: str) -> bool:
        return kept_path(self._folder, self.module.stem, name).exists()

    @property
    def _folder(self) -> Path:
        return folder_of(self.module, self.settings.cassette_dir, self.rootdir)

    @property
    def _folders(self) -> set[Path]:
        return {path.parent for path in self._paths("test")}

    def _paths(self, name: str) -> tuple[Path, Path]:
        return cassette_paths(self._folder, self.module.stem, name)

    @property
    def _gone(self) -> Mapping[Path, set[str]]:
        """What recordings without a test answer: of this module's folder, and modules now gone."""
        if self._orphans is None:
            gone = filter(self._is_orphaned, self._candidates())
            self._orphans = {path: _requests(path) for path in gone}
        return self._orphans

    def _candidates(self) -> Iterator[Path]:
        for folder in sorted(self._folder.glob("*/")):
            source = self.module.with_name(f"{folder.name}.py")
            if folder in self._folders or not source.exists():
                yield from sorted(folder.glob("*.yaml"))

    def _is_orphaned(self, path: Path) -> bool:
        shelf = self.settings.cassette_dir
        return (
            not path.name.startswith(_FIXTURE) and orphaned(path, shelf, self.rootdir) is not None
        )

    @property
    def _asks_for_recordings(self) -> bool:
        """Whether the tests of the module use recordings at all, as far as its text tells."""
        text = self.module.read_text("utf-8", errors="replace")
        return self.settings.cassettes == "all" or "spec_cassette" in text

    def _shown(self, path: Path) -> Path:
        return path.relative_to(self.rootdir) if path.is_relative_to(self.rootdir) else path


def _name(test: str) -> str:
    """Return what the recording of *test* is named after: `TestPlan.test_cheap[gpt-4o]`."""
    path, bracket, parameters = test.partition("[")
    return ".".join(path.split("::")[1:][-2:]) + bracket + parameters


def _requests(path: Path) -> set[str]:
    """Return what the recording at *path* answers, as fingerprints; nothing if it is damaged."""
    found = recordings(path, lambda _problem: None)
    return {request_of(one).fingerprint() or "" for held in found for one in held.interactions}
