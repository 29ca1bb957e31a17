"""A run beside the recordings of a git revision.

What the run left out costs what its recordings say, as long as nothing touches it: neither its code
nor what decides whether it runs.  Of what a change does touch, nobody knows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.baselines.left_behind import left_behind
from pytest_specbudget.baselines.prompts import request_changes, requests_in
from pytest_specbudget.baselines.recorded import against_run, merge_base_of, working_tree
from pytest_specbudget.comparisons.base import Opened
from pytest_specbudget.comparisons.both_texts import since
from pytest_specbudget.comparisons.own_prices import at_own_prices
from pytest_specbudget.comparisons.rerecorded import rerecorded
from pytest_specbudget.comparisons.touched import Touched

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from pytest_specbudget.audit.comparison import Side
    from pytest_specbudget.baselines.sources import WorkingTree
    from pytest_specbudget.comparisons.selection import Selection
    from pytest_specbudget.comparisons.sides import OneInstant
    from pytest_specbudget.settings.settings import Settings

    Tests = Mapping[str, Collection[str]]

__all__ = ["opened_revision"]


def opened_revision(  # noqa: PLR0913, PLR0917 - bound one by one where the base is named
    settings: Settings,
    rootdir: Path,
    revision: str,
    tests: Tests,
    run: Selection,
    prices: OneInstant,
    head: Side,
) -> Opened:
    """Open the merge base with *revision* for a run.

    Args:
        settings: What was asked for.
        rootdir: pytest's, which test names are relative to.
        revision: Any that git knows.
        tests: The node ids of the tests of each module, as far as all are known.
        run: What the run was of.
        prices: Those of the comparison.
        head: The run.

    Raises:
        BaselineError: If it cannot be read, with what to do.
    """
    then = merge_base_of(rootdir, revision, settings)
    now = working_tree(rootdir, settings, tests)
    side = against_run(then, head.charges, settings, prices, now=now)
    side = at_own_prices(side, then.repository, then.commit, prices)
    unmeasured: dict[str, str] = {}
    if run.unrun:
        changed = rerecorded(then, now, settings, prices)
        unmeasured.update((test, does) for test, does in changed if run.skipped(test))
    unrun = side.unrun or frozenset()
    absent = {test for test in {*unrun, *_without_calls(side, head, now)} if run.is_of(test)}
    if absent:
        touched = Touched(since(then.repository, then.commit))
        gone = {test for test in absent if _is_gone(test, touched, tests, run)}
        left = {test for test in absent - gone if test in unrun or touched.is_there(test)}
        side = _without(replace(side, unrun=unrun | left), gone)
        unmeasured.update(_touched_by(touched, left, head, run))
    played = head.by_test()
    return Opened(
        side=side,
        requests=request_changes(
            side,
            head,
            then=requests_in(then, rootdir),
            now=requests_in(now, rootdir),
            rootdir=rootdir,
        ),
        unrun=side.unrun,
        unmeasured={test: why for test, why in unmeasured.items() if test not in played},
    )


def _without_calls(side: Side, head: Side, now: WorkingTree) -> Iterator[str]:
    """Yield the tests of recordings that are still there, of whose function nothing made a call.

    A test with a parameter that is gone has vanished; one whose parameters are all gone is skipped.
    """
    played = {_function(test) for test in head.by_test()}
    for call in side.charges:
        test = call.attribution.test
        if (
            call.cassette is not None
            and _function(test) not in played
            and now.exists(call.cassette)
        ):
            yield test


def _function(test: str) -> str:
    return test.partition("[")[0]


def _is_gone(test: str, touched: Touched, tests: Tests, run: Selection) -> bool:
    """Tell whether *test* is no more; where it was collected it is, whatever its file shows."""
    known = tests.get(test.partition("::")[0], ())
    return touched.is_gone(test) and test not in known and not run.skipped(test)


def _without(side: Side, gone: Collection[str]) -> Side:
    """Return *side* such that its tests that are *gone* have vanished, though recorded still."""
    lost = {
        call.cassette: call.attribution.test
        for call in side.charges
        if call.cassette is not None and call.attribution.test in gone
    }
    notes = (*side.notes, *left_behind(lost))
    return replace(side, unrun=(side.unrun or frozenset()) - {*gone}, notes=notes)


def _touched_by(
    touched: Touched, absent: Iterable[str], head: Side, run: Selection
) -> Iterator[tuple[str, str]]:
    """Yield those of the *absent* tests that a change touches, and what it does to each.

    Where a whole run made no call at all, nobody needs to have touched anything.
    """
    for test in absent:
        why = touched.why(test, selected=run.skipped(test) or not run.partial)
        if why or not (head.charges or run.partial):
            yield test, why
