"""The hooks of a process that runs tests: whose call is it, meter it, book it."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper, Identity
from pytest_specbudget.bookkeeping.from_children import slip_of
from pytest_specbudget.bookkeeping.hearsay import repeatable_words
from pytest_specbudget.cassettes.provenance import PATCHES, Foreign, hold_to
from pytest_specbudget.meters import watch
from pytest_specbudget.meters.late import LateCalls
from pytest_specbudget.meters.scope import Scope, carry_into_threads, entered
from pytest_specbudget.plugin import properties
from pytest_specbudget.plugin.cassettes import CassetteShelf
from pytest_specbudget.plugin.collecting import only_collects
from pytest_specbudget.plugin.deck import CassetteDeck
from pytest_specbudget.plugin.guests import is_a_guest
from pytest_specbudget.plugin.hard_ceilings import admission_for, hold_to_markers
from pytest_specbudget.plugin.instances import label_of
from pytest_specbudget.plugin.known import known_staleness
from pytest_specbudget.plugin.live_ban import LiveBan
from pytest_specbudget.plugin.markers import MarkerReader
from pytest_specbudget.plugin.minutes import End, Minutes
from pytest_specbudget.plugin.owners import (
    COLLECTION,
    attempts_of,
    begin_attempt,
    ending_of,
    fixture_owner,
    step,
    working_for,
)
from pytest_specbudget.plugin.partial import left_out, only_failures
from pytest_specbudget.plugin.refusal import Refusals
from pytest_specbudget.plugin.repeats import left_alone, repeat
from pytest_specbudget.plugin.replaced import Replaced
from pytest_specbudget.plugin.run import is_controller, is_worker
from pytest_specbudget.providers import let_through

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.plugin.collected import Collected
    from pytest_specbudget.plugin.run import Run
    from pytest_specbudget.providers import Route
    from pytest_specbudget.settings.settings import Settings

__all__ = ["OBSERVER", "Observer"]

__tracebackhide__ = True
"""What a test or fixture raises passes through our wrappers, and is shown without them."""


class Observer:
    """Watches the calls of the tests that run in this process.

    Attributes:
        books: What it books.
        deck: The cassettes that play.
        refusals: Calls that were refused.
        markers: What the markers say.
        deselected: How many tests pytest said that it left out.
        failures: Whether it left out all but those that failed last time.
        repeats_note: Which tests are not repeated although that was asked for, or None.
    """

    def __init__(
        self,
        config: pytest.Config,
        settings: Settings,
        run: Run,
        routes: tuple[Route, ...],
        collected: Collected,
    ) -> None:
        """Start to watch, unless the gate is switched off; *routes* are those of other plugins."""
        self._config, self._settings = config, settings
        self._only_collects = only_collects(config)
        self._finished = False
        self._collected = collected
        self.deselected = 0
        self.failures = False
        self.repeats_note: str | None = None
        self.refusals = Refusals(slip_of(run.folder, os.getpid()))
        known = known_staleness(settings, config.rootpath)
        volatile = (*settings.volatile, *(() if known is None else known.volatile))
        refuse = self.refusals.make
        self._shelf = CassetteShelf(settings, config.rootpath, refuse, volatile, collected)
        self.deck = CassetteDeck(self._shelf, config)
        self._ban = LiveBan(settings, self._shelf, refuse)
        self.books = self._opened(run)
        self.books.known, self.books.routes = known, routes
        self._replaced = Replaced(self.books)
        self.markers = MarkerReader(settings, config.rootpath, strict=settings.asked)
        self._minutes = Minutes(self.books, settings, self.markers)
        strict = refuse if settings.explicit_stale == "fail" else None
        self._close_routes = let_through(routes)
        self._undo = ExitStack()
        self._undo.callback(carry_into_threads())
        self._undo.callback(hold_to(Foreign(volatile=volatile, refuse=strict)))
        self._watch = None
        if not settings.disabled:
            self._watch = watch(self.books, extra=PATCHES, forbid=self.books.forbid)

    def _opened(self, run: Run) -> Bookkeeper:
        """Open the books of this process."""
        books = Bookkeeper(
            settings=self._settings,
            identity=Identity(
                run=run.id, worker=run.worker, host=run.host, commit=run.commit, shard=run.shard
            ),
            folder=run.folder,
            forbid=self._ban.signal,
            heard=self._heard,
        )
        books.admission = admission_for(books, run.folder, self.refusals.make)
        return books

    @property
    def idle(self) -> bool:
        """Whether there is nothing to judge: switched off, or only collecting, and nothing seen."""
        return self._settings.disabled or (self._only_collects and not self._has_written())

    def finish(self, end: End | None = None) -> None:
        """End all that is open and let go of everything; doing it twice is harmless.

        Args:
            end: How the run ended, for the process that judges it.
        """
        if self._finished:
            return
        self._finished = True
        if self._watch is not None:
            self._watch.finish_open()
        # What was put on last goes first, or it puts back what the watch had replaced.
        self.deck.interrupt()
        self._look_away()
        self._undo.close()
        self.refusals.forget()
        if not self.idle and not is_controller(self._config):
            self._minutes.partial(self._config, list(self._left_out()))
        if end is not None and not self.idle:
            self._minutes.ended(end)
        self._minutes.unwritable()
        self.books.close()

    def collected(self, items: list[pytest.Item]) -> None:
        """Read the markers of all *items* and write down what they limit.

        Raises:
            pytest.UsageError: If markers make no sense; in a worker the controller says so.
        """
        self.failures = only_failures(self._config, items)
        self.markers.read(items)
        if self.markers.problems:
            if not is_worker(self._config):
                raise pytest.UsageError("\n".join(self.markers.problems))
            items.clear()
        if self.books.admission is not None:
            hold_to_markers(self.books.admission, self.markers, items)
        if not self.idle:
            workers = getattr(self._config, "workerinput", {}).get("workercount", 1)
            self._minutes.terms(only_collects=self._only_collects, workers=workers)
        self.repeats_note = left_alone(items, self._settings.repeats)

    def output(self) -> dict[str, Any]:
        """Return what the controller must know beside the journal, as xdist can carry it."""
        left_out = list(self._left_out())
        return {
            "problems": self.markers.problems,
            "booked": self.books.tally.count,
            "journal": str(self.books.journal.path),
            "written": self._has_written(),
            "unwritten": self.books.journal.unwritten,
            "left_out": left_out,
            "note": self.repeats_note,
            "tests": self._collected.beside_chosen if left_out else {},
        }

    # Whose call is it?

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        """Charge what is called while test modules are imported to `<collection>`."""
        with entered(Scope(owner=COLLECTION, when="collect")):
            return (yield)

    @pytest.hookimpl(trylast=True)
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Repeat each test as often as asked; last, so that ids end in the run."""
        repeat(metafunc, self._settings.repeats)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Read the markers."""
        self.collected(items)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Remember that this is not the whole suite."""
        self.deselected += len(items)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Count how often *item* is tried."""
        with attempts_of(item):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Open the cassette of *item*, and charge it what its fixtures call."""
        if begin_attempt(item) > 1:
            self._begin_again(item)
        else:
            self._replaced.begin()
        self._ban.begin(item)
        self._minutes.torn(item, self.deck.insert(item))
        with step(self.markers.owner(item), item, "setup"):
            return (yield)

    @pytest.hookimpl(tryfirst=True, specname="pytest_runtest_setup")
    def pytest_runtest_setup_on_tape(self) -> None:
        """Fail a test whose cassette cannot be used, before its fixtures run.

        A wrapper that raises before its `yield` leaves out the wrappers inside it, and those of
        pytest then raise in the teardown, too; here all of them have begun.
        """
        self.deck.check()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Charge *item* what it calls."""
        if not self.idle:
            self._minutes.stage(item)
        with step(self.markers.owner(item), item, "call"):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Charge *item* what its fixtures call at their end, and close its cassette."""
        try:
            with step(self.markers.owner(item), item, "teardown"):
                return (yield)
        finally:
            self.deck.eject()
            if self._watch is not None:
                self._watch.settle()
            properties.tell(item, self.books.tally.by_test.get(item.nodeid))

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: Any
    ) -> Generator[None, object, object]:
        """Charge a fixture that outlives tests by its own name, at its start and at its end."""
        owner = fixture_owner(self.markers, fixturedef, request)
        label = label_of(fixturedef, request)
        alone = ending_of(owner, label)
        tape = self.deck.of_fixture(fixturedef, request)
        ending = ExitStack()
        if tape is not None:
            ending.callback(self._shelf.end, tape)
        # pytest calls finalizers last in, first out: the one added first ends what the one added
        # last begins, with the fixture's own in between.
        fixturedef.addfinalizer(ending.close)

        def begin() -> None:
            ending.enter_context(working_for(owner, label, ends=True, alone=alone))
            ending.enter_context(self._shelf.playing(tape))

        with working_for(owner, label), self._shelf.playing(tape):
            try:
                return (yield)
            finally:
                fixturedef.addfinalizer(begin)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Make a refused call one clear failure, and let the report carry counts."""
        report = yield
        self.refusals.settle(report, call)
        if report.failed:
            self.deck.keep_old(report)
        self._minutes.outcome(item, report)
        if call.when == "teardown":
            report.specbudget = self._so_far()  # type: ignore[attr-defined] # xdist carries it
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let go of everything; a worker tells the controller what it booked."""
        if is_worker(session.config):
            self.finish()
            session.config.workeroutput["specbudget"] = self.output()  # type: ignore[attr-defined]

    def pytest_unconfigure(self) -> None:
        """Let go of everything, however the session ended."""
        self.finish()

    def _look_away(self) -> None:
        """Book nothing any more; where calls are forbidden or judged, go on to hear of them."""
        goes_on = self._forbidden_by is not None or self._settings.mode != "observe"
        if self._watch is not None and goes_on and not is_a_guest(self._config):
            late = LateCalls(self.books.recognise, self._forbidden_by, repeatable_words)
            self._watch.hand_over(late, late.forbid)
            return
        if self._watch is not None:
            self._watch.stop()
        self._close_routes()

    @property
    def _forbidden_by(self) -> str | None:
        """What keeps calls from leaving when all tests are over, or None."""
        hard = None if self.books.admission is None else self._settings.origin_of("stop_loss")
        return self._ban.for_good() or hard

    def _left_out(self) -> Iterator[str]:
        return left_out(self._config, deselected=self.deselected, failures=self.failures)

    def _has_written(self) -> bool:
        journal = self.books.journal
        return bool(journal.unwritten) or journal.path.exists()

    def _begin_again(self, item: pytest.Item) -> None:
        """Let another attempt begin with figures of its own, as its fixtures do."""
        self._minutes.attempt(item)
        self.books.tally.by_test.pop(item.nodeid, None)
        self._replaced.begin_again(item.nodeid)
        properties.forget(item)

    def _heard(self, charge: Charge) -> None:
        self._replaced.hear(charge)
        listeners = self._config.hook.pytest_specbudget_booked
        if listeners.get_hookimpls():  # as a rule there are none, and asking nobody takes time
            listeners(charge=charge, config=self._config)

    def _so_far(self) -> dict[str, Any]:
        tally = self.books.tally
        specs = {spec: str(cost) for spec, cost in tally.by_spec.items()}
        return {
            "worker": self.books.identity.worker,
            "booked": tally.count,
            "specs": specs,
            "shared": tally.take_shared(),
        }


OBSERVER = pytest.StashKey[Observer]()
