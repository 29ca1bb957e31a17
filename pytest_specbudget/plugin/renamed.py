"""Tests that went without a recording, beside recordings whose test is gone.

A test that is renamed without its recording finds none: it calls the model, which costs money, is
recorded anew, or is refused.  The old recording tells: nothing can use it any more, and it answers
the same request or lies in the folder of the same module.

`Spare` tells before the first call of a test is paid for, `advice` when it is refused, the findings
of `renamed` at the end.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.cassettes.misses import describe
from pytest_specbudget.cassettes.names import kept_path
from pytest_specbudget.cassettes.requests import is_candidate, request_of
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars
from pytest_specbudget.recordings.orphans import named_after, orphans_of
from pytest_specbudget.recordings.renaming import Renamed, commands

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_specbudget.cassettes.interaction import Asked
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.recordings.orphans import Orphans
    from pytest_specbudget.settings.settings import Settings

    Tests = Mapping[str, Collection[str]]

__all__ = ["Spare", "advice", "renamed"]

_STOPPED = ("refused", "missed")
_INDENT = " " * 4


@dataclass(frozen=True, slots=True)
class Spare:
    """Looks, before a test or fixture is recorded, for its recording under another name.

    Attributes:
        test: The node id; of a fixture, that of the test that asks for it.
        name: What the recording is named after.
        module: The file that it is in.
        orphans: The recordings that no test uses.
        rootdir: What paths are told from.
    """

    test: str
    name: str
    module: Path
    orphans: Orphans
    rootdir: Path

    def __call__(self, asked: Asked) -> str | None:
        """Say why *asked* is not worth its money; None if it is, or is no model call."""
        fingerprint = request_of(asked).fingerprint() if is_candidate(asked) else None
        found = fingerprint and self.orphans.answering(self.module, self.name, {fingerprint})
        if not found:
            return None
        one = _renamed(found[0], self.module, self.name, self.orphans, self.rootdir)
        told = [*commands([one], self.rootdir)]
        return "\n".join(
            (
                f"a recording that nothing uses answers {describe(asked)}; nothing was sent",
                f"{_INDENT}recording  {one.old}",
                f"{_INDENT}renamed    {' && '.join(told)}",
                f"{_INDENT}otherwise  pytest {quote(self.test)} --spec-record=new",
            )
        )


def advice(module: Path, name: str, orphans: Orphans, rootdir: Path) -> str:
    """Say, in a line, how a test without a recording comes by one.

    Args:
        module: The file that it is in.
        name: What its recording would be named after.
        orphans: The recordings that no test uses.
        rootdir: What paths are told from.
    """
    found = orphans.perhaps(module, name)
    if not found:
        return f"record it first: {_ONCE}"
    told = "as recording-orphaned says"
    if len(found) == 1:
        one = _renamed(found[0], module, name, orphans, rootdir)
        told = " && ".join(commands([one], rootdir))
    return f"if it was renamed, rename its recording: {told}; else record it first: {_ONCE}"


_ONCE = "--spec-record=once"
"""Unlike `new`, this pays for nothing that a recording without a test answers."""


def renamed(
    journals: Iterable[Journal], settings: Settings, rootdir: Path, tests: Tests | None = None
) -> Iterator[Finding]:
    """Yield a warning for each module with tests that had other names when they were recorded.

    Args:
        journals: All of the run.
        settings: Where recordings are kept.
        rootdir: pytest's.
        tests: The node ids of the tests of each module, from *rootdir*, as far as all are known.
    """
    orphans = orphans_of(settings, rootdir, tests or {})
    # Who records everything anew has no use for what was recorded before.
    paid = ("live",) if settings.record == "all" else ("live", "record")
    went = _without_recording(journals, paid)
    for module, names in groupby(sorted(went), key=_module_of):
        desk = _Desk(rootdir / module, settings, orphans, rootdir)
        found = [match for test in names if (match := desk.match(test, went[test])) is not None]
        for _, alike in groupby(sorted(found, key=_kind), key=_kind):
            yield _told(module, [*alike], rootdir)


@dataclass(slots=True)
class _Went:
    """How a test went that no recording answered.

    Attributes:
        asked: What it asked, as fingerprints.
        paid: What its calls cost; None in it is a cost that nobody knows.
        anew: Whether they were recorded.
    """

    asked: set[str] = field(default_factory=set)
    paid: list[Money | None] = field(default_factory=list)
    anew: bool = False


def _without_recording(journals: Iterable[Journal], paid: Collection[str]) -> Mapping[str, _Went]:
    """Return how each test went that no recording answered, not even in part.

    Args:
        journals: All of the run.
        paid: Where the answers came from that count.
    """
    went: defaultdict[str, _Went] = defaultdict(_Went)
    answered: set[str] = set()
    for journal in journals:
        for charge in journal.charges:
            if charge.source in paid and charge.fingerprint:
                _note(went[charge.attribution.test], charge)
            elif charge.source == "replay":
                answered.add(charge.attribution.test)
        for event in journal.events:
            start = journal.starts.get(str(event.values.get("id")))
            if event.event in _STOPPED and start is not None and start.fingerprint:
                went[start.attribution.test].asked.add(start.fingerprint)
    return {
        test: one
        for test, one in went.items()
        if _is_test(test) and not (one.anew and test in answered)
    }


def _note(went: _Went, charge: Charge) -> None:
    went.asked.add(charge.fingerprint or "")
    went.paid.append(charge.billed_cost)
    went.anew = went.anew or charge.source == "record"


def _is_test(name: str) -> bool:
    return "::" in name and not name.startswith("<")


def _module_of(test: str) -> str:
    return test.partition("::")[0]


class _Match(NamedTuple):
    """A test, and what it may have been recorded as.

    Attributes:
        test: The node id.
        went: How it went.
        recording: The recording whose test is gone, and the one that the test would have.
        same: Whether the old one answers the very request.
    """

    test: str
    went: _Went
    recording: Renamed
    same: bool


def _kind(match: _Match) -> tuple[bool, bool]:
    return not match.same, match.went.anew


def _told(module: str, found: Sequence[_Match], rootdir: Path) -> Finding:
    first = found[0]
    what = "answer the same requests" if first.same else "lie where theirs would"
    went = _anew if first.went.anew else _live
    paid = _paid([cost for one in found for cost in one.went.paid])
    return Finding(
        rule="recording-orphaned",
        subject=module,
        message=f"{went(len(found), module, paid)}, and recordings whose tests are gone {what}",
        details=tuple(match.test for match in found),
        remedy="\n".join(
            (
                _TAKE_BACK if first.went.anew else _RENAME,
                *(
                    f"{_INDENT}{line}"
                    for line in commands([one.recording for one in found], rootdir)
                ),
            )
        ),
        severity="warning",
    )


_RENAME = "if tests were renamed, rename their recordings, too; if not, delete those"
_TAKE_BACK = (
    "if tests were renamed, put their recordings in place of the new ones; to keep these, delete "
    "the old ones"
)


def _live(count: int, module: str, paid: str) -> str:
    have = "has" if count == 1 else "have"
    cost = f" and cost {paid}" if paid else ""
    return f"{calls_of(count, 'test')} of {module} {have} no recording{cost}"


def _anew(count: int, module: str, paid: str) -> str:
    were = "was" if count == 1 else "were"
    cost = f" for {paid}" if paid else ""
    return f"{calls_of(count, 'test')} of {module} {were} recorded anew{cost}"


def _paid(costs: Sequence[Money | None]) -> str:
    """Say what calls cost together; nothing where there were none."""
    known = [cost for cost in costs if cost is not None]
    paid = dollars(Money.total(known)) if any(known) else ""
    if len(known) == len(costs):
        return paid
    return f"{paid} and more" if paid else "an unknown sum"


def _renamed(old: Path, module: Path, name: str, orphans: Orphans, rootdir: Path) -> Renamed:
    """Name the recording *old* as its plugin would name that of the test."""
    ours, theirs = orphans.home(module).paths(name)
    new = theirs if "[" in old.name else ours
    return Renamed(_shown(old, rootdir), _shown(new, rootdir), orphans.is_homeless(old))


def _shown(path: Path, rootdir: Path) -> Path:
    return path.relative_to(rootdir) if path.is_relative_to(rootdir) else path


@dataclass(slots=True)
class _Desk:
    """Finds out what the tests of one module may have been recorded as."""

    module: Path
    settings: Settings
    orphans: Orphans
    rootdir: Path
    _taken: set[Path] = field(default_factory=set, init=False)

    def match(self, test: str, went: _Went) -> _Match | None:
        """Say what *test* may have been recorded as; None if it has a recording, or nothing may."""
        name = named_after(test, repeats=self.settings.repeats)
        if not self.module.is_file() or self._has_recording(name, went):
            return None
        same = self.orphans.answering(self.module, name, went.asked)
        beside = [] if same or went.anew or not self._asks_for_recordings else self._left
        for old in sorted(same or beside, key=lambda path: path in self._taken):
            self._taken.add(old)
            recording = _renamed(old, self.module, name, self.orphans, self.rootdir)
            return _Match(test, went, recording, same=bool(same))
        return None

    def _has_recording(self, name: str, went: _Went) -> bool:
        """Whether it had one before the run."""
        home = self.orphans.home(self.module)
        return not went.anew and kept_path(home.folder, self.module.stem, name).exists()

    @property
    def _left(self) -> list[Path]:
        return [path for path in self.orphans.beside(self.module) if path not in self._taken]

    @property
    def _asks_for_recordings(self) -> bool:
        """Whether the tests of the module use recordings at all, as far as its text tells."""
        text = self.module.read_text("utf-8", errors="replace")
        return self.settings.cassettes == "all" or "spec_cassette" in text
