"""What `specbudget diff` is asked to compare: opened, and priced by one catalogue.

    git:REV          the recordings of a revision; as a base, of its merge base with the head
    .                the recordings in the working tree, as they are
    baseline.json    a stored baseline (`baselines.stored`)
    report.json      a JSON report, which holds no calls (`reported`)
    run.jsonl, DIR   a journal, or a folder of journals

Of a run that is compared with a revision, each call is held against the recording that answered it
there.  Nothing of what is opened is executed, and nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.audit.owners import with_owners
from pytest_specbudget.baselines.packages import package_of
from pytest_specbudget.baselines.prompts import request_changes, requests_in
from pytest_specbudget.baselines.recorded import (
    against_run,
    merge_base_of,
    recorded_side,
    revision_of,
    working_tree,
)
from pytest_specbudget.baselines.stored import is_baseline, read_baseline
from pytest_specbudget.baselines.valued import Valued
from pytest_specbudget.bookkeeping.endings import unrun_of
from pytest_specbudget.bookkeeping.happenings import happened
from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.bookkeeping.recall import recalled
from pytest_specbudget.comparisons.comparing import own_limits
from pytest_specbudget.comparisons.own_prices import at_own_prices
from pytest_specbudget.comparisons.reported import (
    Prices,
    coarse,
    prices_of,
    reported_side,
    without_costs,
)
from pytest_specbudget.comparisons.sides import OneInstant, side_of_run
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import BaselineError
from pytest_specbudget.journal.reader import journal_files, older_runs, read_journal
from pytest_specbudget.reports import json_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from pytest_specbudget.audit.comparison import RequestChange, Side
    from pytest_specbudget.baselines.prompts import Lookup
    from pytest_specbudget.baselines.sources import Revision, Source
    from pytest_specbudget.bookkeeping.desk import PriceDesk
    from pytest_specbudget.cassettes.interaction import Asked
    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.core.ledger import Charge

__all__ = ["Opened", "Opener"]

_GIT = "git:"
_WORKING_TREE = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One side, and what is known of it beside its calls.

    Attributes:
        side: The calls.
        source: Where the recordings are that answered them, or None where nobody knows.
        run: Whether it is a run, whose calls name the recordings that answered them.
        reported: Whether the calls stand for the rows of a report.
        prices: Of a report, the prices that its costs have; None if they cost nothing.
        findings: Why its sums cannot be trusted.
        limits: Tests with a limit of their own, in percent, and where each was set.
    """

    side: Side
    source: Source | None = None
    run: bool = False
    reported: bool = False
    prices: Prices | None = None
    findings: tuple[Finding, ...] = ()
    limits: Mapping[str, tuple[Fraction, str]] = field(default_factory=dict)


class Opener:
    """Opens both sides of one comparison; what they have in common is read once."""

    def __init__(self, desk: PriceDesk, rootdir: Path) -> None:
        """Begin with nothing.

        Args:
            desk: Who prices, by the settings that hold in *rootdir*.
            rootdir: What test names are relative to.
        """
        self._desk = desk
        self._settings = desk.settings
        self._rootdir = rootdir
        self._prices = OneInstant.of(desk)
        self._valued = Valued(self._settings, self._prices)

    def open(self, base: str, head: str) -> tuple[Opened, Opened]:
        """Open both sides, as detailed as the coarser one, with costs that may be compared.

        Args:
            base: As the module says.
            head: Likewise.

        Raises:
            BaselineError: If there is nothing there that can be compared, with what to do.
            JournalError: If a journal or a report cannot be read.
        """
        now = self._opened(head)
        then = self._base(base, head, now)
        # What a run left out, the recordings of its base tell; another run does not know.
        if now.run and then.source is not None and not then.run:
            now = replace(now, side=replace(now.side, unrun=then.side.unrun))
        now = replace(now, side=with_owners(then.side, now.side))
        if then.reported or now.reported:
            known = [self._prices_of(one) for one in (then, now)]
            alike = None in known or known[0] == known[1]
            return _reduced(then, alike=alike), _reduced(now, alike=alike)
        return then, now

    def another(self, text: str) -> Side:
        """Open another run of the base or the head: a sample more.

        Raises:
            BaselineError: If it is no run, or there is nothing there.
            JournalError: If it cannot be read.
        """
        opened = self._opened(text)
        if not opened.run:
            raise BaselineError(f"{text} is no run; give the journal of one, or its folder")
        return opened.side

    def requests(self, base: Opened, head: Opened) -> tuple[RequestChange, ...]:
        """Return the requests that changed, with the text of those whose recordings are known.

        Raises:
            BaselineError: If a recording cannot be read.
        """
        then, now = self._lookup(base), self._lookup(head)
        return request_changes(base.side, head.side, then=then, now=now, rootdir=self._rootdir)

    def _lookup(self, one: Opened) -> Lookup:
        if one.source is None:
            return _nothing
        return requests_in(one.source, self._rootdir, one.source.names())

    def _base(self, text: str, head: str, now: Opened) -> Opened:
        if not text.startswith(_GIT):
            return self._opened(text)
        until = head.removeprefix(_GIT) if head.startswith(_GIT) else "HEAD"
        revision = text.removeprefix(_GIT)
        source = merge_base_of(self._rootdir, revision, self._settings, until)
        if not now.run:
            then = self._recorded(source)
            return replace(then, side=self._at_own_prices(then.side, source))
        side = against_run(
            source,
            now.side.charges,
            self._settings,
            self._prices,
            now=working_tree(self._rootdir, self._settings),
            valued=self._valued,
        )
        return Opened(side=self._at_own_prices(side, source), source=source)

    def _at_own_prices(self, side: Side, source: Revision) -> Side:
        return at_own_prices(side, source.repository, source.commit, self._prices)

    def _opened(self, text: str) -> Opened:
        if text.startswith(_GIT):
            revision = text.removeprefix(_GIT)
            return self._recorded(revision_of(self._rootdir, revision, self._settings))
        if text == _WORKING_TREE:
            return self._recorded(working_tree(self._rootdir, self._settings))
        path = Path(text)
        if path.is_dir() or path.suffix == ".jsonl":
            return self._of_journals(path)
        return self._of_file(path)

    def _recorded(self, source: Source) -> Opened:
        side = recorded_side(source, self._settings, self._prices, valued=self._valued)
        return Opened(side=side, source=source)

    def _of_file(self, path: Path) -> Opened:
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BaselineError(f"{path}: cannot be read: {reason_of(error)}") from error
        if is_baseline(text):
            return Opened(side=self._of_baseline(path))
        report = json_report.load(text, str(path))
        side = reported_side(report, str(path))
        return Opened(side=side, reported=True, prices=prices_of(report))

    def _of_baseline(self, path: Path) -> Side:
        """Read the package of this folder; all of the file, where it holds nothing of that."""
        side = read_baseline(path, self._prices.quote, package_of(self._rootdir))
        return side if side.charges else read_baseline(path, self._prices.quote)

    def _of_journals(self, path: Path) -> Opened:
        journals = [read_journal(file) for file in journal_files(path)]
        merged = merge(journals, count_mocked=self._settings.count_mocked)
        partial = any(event.event == "partial" for one in journals for event in one.events)
        older = older_runs(path)
        side = side_of_run(
            merged.ledger,
            str(path),
            self._prices,
            unrun=None if partial else unrun_of(journals),
            notes=[f"{path}: the newest of {older + 1} runs is taken."] if older else [],
        )
        return Opened(
            side=replace(side, repeats=recalled(journals).repeats),
            source=working_tree(self._rootdir, self._settings),
            run=True,
            findings=tuple(one for one in happened(journals) if one.inconclusive),
            limits=own_limits(journals, side.charges),
        )

    def _prices_of(self, one: Opened) -> Prices | None:
        if one.reported:
            return one.prices
        facts, asked = self._desk.facts(), self._settings.price_at.time
        return Prices(
            sha256=facts["sha256"],
            as_of=facts["as_of"],
            price_at="catalogue" if asked is None else asked.isoformat(),
        )


def _nothing(_calls: Iterable[Charge]) -> Mapping[str, Asked]:
    """Look requests up that nobody wrote down."""
    return {}


def _reduced(one: Opened, *, alike: bool) -> Opened:
    if not one.reported:
        return replace(one, side=coarse(one.side))
    return one if alike else replace(one, side=without_costs(one.side))
