"""Tests that were not run and whose cost nobody can tell: findings, unless that was accepted.

What was accepted of a test, or of a class, file or folder that it lies in, is that nobody measures
it.  What was accepted of a SPEC is how far it may rise, and a test that is not run tells nothing of
that, so it does not count here.
"""

from __future__ import annotations

import posixpath
import shlex
from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_specbudget.audit.nodes import is_among
from pytest_specbudget.audit.repeats import base_name
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.wording import calls_of, dollars_of, first_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_specbudget.audit.acks import Acknowledgement
    from pytest_specbudget.audit.comparison import Comparison
    from pytest_specbudget.comparisons.base import Base, Opened

__all__ = ["NotRun"]

_NAMED = 5
_LONGEST = 200  # characters of a name, which may be anything
_SEPARATOR = "::"
_SCOPES = (None, "test")
_ADVICE = (
    "run {them}; if {asks} nothing any more, remove what was recorded; or accept on purpose that "
    "nobody measures {them}:"
)


class NotRun:
    """The tests that were not run although they should have been."""

    def __init__(self, opened: Opened, comparison: Comparison, base: Base) -> None:
        """Tell which of them somebody accepted.

        Args:
            opened: What the run is compared with, and what of it was not run.
            comparison: The two sides.
            base: What was accepted.
        """
        self._opened = opened
        self._known = {*opened.unmeasured, *opened.untold, *comparison.unrun}
        self._acks = [ack for ack in base.acks if ack.until >= base.today and ack.scope in _SCOPES]
        self._file = base.ack_file
        self._accepted = {
            test: ack
            for test in sorted({*opened.unmeasured, *opened.untold})
            if (ack := next((one for one in self._acks if _means(one, test)), None)) is not None
        }

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each thing that a change does to tests that were not run.

        Where nobody can tell whether a change did anything, it is a warning.
        """
        groups: dict[str, list[str]] = defaultdict(list)
        for test, why in sorted(self._opened.unmeasured.items()):
            if test not in self._accepted:
                groups[why].append(test)
        for why, tests in sorted(groups.items()):
            yield self._finding(why, tests)
        if untold := sorted(self._opened.untold - self._accepted.keys()):
            yield self._finding("", untold, is_open=False)

    def needless(self, found: Iterable[Finding]) -> Iterator[Finding]:
        """Yield *found* without what says of an entry about tests that were not run: no need."""
        held = {ack.origin for ack in self._acks if any(_means(ack, test) for test in self._known)}
        yield from (one for one in found if one.rule != "ack-unused" or one.origin not in held)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was accepted, as whole sentences."""
        groups: dict[str, list[str]] = defaultdict(list)
        for test, ack in self._accepted.items():
            groups[ack.words].append(test[:_LONGEST])
        return tuple(
            f"{first_of(tests, _NAMED)} {_was(tests)} not run, as was accepted ({words})."
            for words, tests in groups.items()
        )

    def _finding(self, why: str, tests: Sequence[str], *, is_open: bool = True) -> Finding:
        subject, named = _subject(tests)
        cost = self._cost(tests)
        done = f"this change {_plural(why, tests)}" if why else "nothing tells what {} now"
        cause = done.format("it costs" if len(tests) == 1 else "they cost")
        then = f"; at the base {'it' if len(tests) == 1 else 'they'} cost {cost}" if cost else ""
        return Finding(
            rule="test-not-run",
            subject=subject,
            message=f"{named} {_was(tests)} not run, and {cause}{then}",
            details=() if len(tests) == 1 else (first_of(_shown(tests), _NAMED),),
            remedy=self._remedy(tests),
            severity="error" if is_open else "warning",
            inconclusive=is_open,
        )

    def _cost(self, tests: Sequence[str]) -> str:
        calls = [call for call in self._opened.side.charges if call.attribution.test in {*tests}]
        totals = Ledger(calls).totals()
        more = " and more, which is unknown" if totals.unbounded_calls else ""
        return f"{dollars_of(totals.list_cost)[0]}{more}" if calls else ""

    def _remedy(self, tests: Sequence[str]) -> str:
        file = f" --file {shlex.quote(self._file)}" if self._file else ""
        quoted = (shlex.quote(name) for name in _to_accept(tests))
        commands = [
            f"specbudget ack {name} --limit 0% --until DATE --reason ...{file}"
            for name in quoted
            if len(name.splitlines()) == 1
        ]
        them, asks = ("it", "it asks") if len(tests) == 1 else ("them", "they ask")
        return "\n".join(
            (
                _ADVICE.format(them=them, asks=asks),
                *commands[:_NAMED],
            )
        )


def _means(ack: Acknowledgement, test: str) -> bool:
    return is_among({ack.subject}, test) or is_among({ack.subject}, base_name(test)[0])


def _subject(tests: Sequence[str]) -> tuple[str, str]:
    """Return what a finding about *tests* is about, and how a sentence names it."""
    if len(tests) == 1:
        return tests[0], _shown(tests)[0]
    (first, *others) = _to_accept(tests)
    many = calls_of(len(tests), "test")
    if others or first.startswith("<"):
        return first, many
    return first, f"{many} in {first[:_LONGEST]}"


def _to_accept(tests: Sequence[str]) -> list[str]:
    """Return what holds all *tests*: themselves, their file or folder; else one for each file."""
    if len(tests) == 1:
        return [*tests]
    files = sorted({test.partition(_SEPARATOR)[0] for test in tests})
    if any(test.startswith("<") for test in tests):
        return [*tests]
    folder = posixpath.commonpath(files) if len(files) > 1 else files[0]
    return [folder] if folder else files


def _shown(tests: Sequence[str]) -> list[str]:
    return [test[:_LONGEST] for test in tests]


def _was(tests: Sequence[str]) -> str:
    return "was" if len(tests) == 1 else "were"


def _plural(why: str, tests: Sequence[str]) -> str:
    return why if len(tests) == 1 else why.replace(" its ", " their ")
