"""The hooks of a process that runs tests: whose call is it, meter it, book it."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper, Identity
from pytest_specbudget.bookkeeping.recall import values_of
from pytest_specbudget.cassettes.provenance import PATCHES, Foreign, hold_to
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.meters import watch
from pytest_specbudget.meters.scope import Owner, Scope, carry_into_threads, entered, running
from pytest_specbudget.plugin.cassettes import NO_CASSETTE, CassetteShelf
from pytest_specbudget.plugin.collecting import limits_of_calls, only_collects
from pytest_specbudget.plugin.hard_ceilings import admission_for, hold_to_markers
from pytest_specbudget.plugin.instances import instance_of
from pytest_specbudget.plugin.known import known_staleness
from pytest_specbudget.plugin.markers import MarkerReader
from pytest_specbudget.plugin.partial import chosen_paths, left_out, only_failures
from pytest_specbudget.plugin.refusal import Refusals
from pytest_specbudget.plugin.repeats import left_alone, repeat
from pytest_specbudget.plugin.run import is_controller, is_worker
from pytest_specbudget.providers import let_through

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from fractions import Fraction

    from pytest_specbudget.cassettes.tape import Tape
    from pytest_specbudget.core.attribution import When
    from pytest_specbudget.core.ledger import Charge, Totals
    from pytest_specbudget.plugin.run import Run
    from pytest_specbudget.providers import Route
    from pytest_specbudget.settings.settings import Settings

__all__ = ["OBSERVER", "Observer"]

_COLLECTION = Owner(test="<collection>")
_PROPERTY = "specbudget_"
_DOUBTS = ("unpriced_calls", "unreported_calls", "partial_calls", "unknown_calls")
_AT_IMPORT = "a call at import cannot be recorded: move it into a fixture or test"
_BUT_IN_CI = " (this test uses a cassette; forbid_live = false lets its calls out)"


class Observer:
    """Watches the calls of the tests that run in this process.

    Attributes:
        books: What it books.
        shelf: The cassettes of the tests.
        refusals: Calls that were refused.
        markers: What the markers say.
        deselected: How many tests pytest said that it left out.
        failures: Whether it left out all but those that failed last time.
        repeats_note: Which tests are not repeated although that was asked for, or None.
        tape: The cassette of the test that runs, or None.
    """

    def __init__(
        self, config: pytest.Config, settings: Settings, run: Run, routes: tuple[Route, ...] = ()
    ) -> None:
        """Start to watch, unless the gate is switched off; *routes* are those of other plugins."""
        self.refusals = Refusals()
        self.books = Bookkeeper(
            settings=settings,
            identity=Identity(
                run=run.id, worker=run.worker, host=run.host, commit=run.commit, shard=run.shard
            ),
            folder=run.folder,
            forbid=self._forbid,
            heard=self._heard,
        )
        self.books.admission = admission_for(self.books, run.folder, self.refusals.make)
        self.books.known = known = known_staleness(settings, config.rootpath)
        volatile = (*settings.volatile, *(() if known is None else known.volatile))
        self.shelf = CassetteShelf(settings, config.rootpath, self.refusals.make, volatile)
        self.markers = MarkerReader(settings, config.rootpath, strict=settings.asked)
        self.deselected = 0
        self.failures = False
        self.repeats_note: str | None = None
        self.tape: Any = None
        self._settings = settings
        self._config = config
        self._on_cassette = False
        self._item: pytest.Item | None = None
        self._tape = ExitStack()
        self._unusable: RecordingError | None = None
        self._stages: set[tuple[str, str | None]] = set()
        self._only_collects = only_collects(config)
        self.books.routes = routes
        self._undo_routes = let_through(routes)
        strict = self.refusals.make if settings.explicit_stale == "fail" else None
        self._undo_foreign = hold_to(Foreign(volatile=volatile, refuse=strict))
        self._watch = None if settings.disabled else watch(self.books, extra=PATCHES)
        self._undo_threads = carry_into_threads()
        self._finished = False

    @property
    def idle(self) -> bool:
        """Whether there is nothing to judge: switched off, or only collecting, and nothing seen."""
        return self._settings.disabled or (self._only_collects and not self._has_written())

    def finish(self) -> None:
        """End all that is open and let go of everything; doing it twice is harmless."""
        if self._finished:
            return
        self._finished = True
        if self._watch is not None:
            self._watch.finish_open()
        if self.tape is not None:
            self.tape.keep_old()  # one that is still open is of a test that was interrupted
        # What was put on last goes first, or it puts back what the watch had replaced.
        self._tape.close()
        self.shelf.close()
        if self._watch is not None:
            self._watch.stop()
        self._undo_foreign()
        self._undo_threads()
        self._undo_routes()
        self._note_partial()
        journal = self.books.journal
        if journal.problem is not None:
            self.books.event("unwritable", where=str(journal.path), error=journal.problem)
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
            self._write_limits()
        self.repeats_note = left_alone(items, self._settings.repeats)

    def output(self) -> dict[str, Any]:
        """Return what the controller must know beside the journal, as xdist can carry it."""
        return {
            "problems": self.markers.problems,
            "booked": self.books.tally.count,
            "journal": str(self.books.journal.path),
            "unwritten": self.books.journal.unwritten,
            "left_out": list(self._left_out()),
            "note": self.repeats_note,
        }

    # Whose call is it?

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        """Charge what is called while test modules are imported to `<collection>`."""
        with entered(Scope(owner=_COLLECTION, when="collect")):
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
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Open the cassette of *item*, and charge it what its fixtures call."""
        attempt = _attempt(item)
        if attempt > 1:
            self.books.event("attempt", test=item.nodeid, attempt=attempt)
            self._forget_figures(item)
        self._on_cassette = self.shelf.asked_by(item)
        self._item = item
        self._open_tape(item)
        with self._step(item, "setup"):
            return (yield)

    @pytest.hookimpl(tryfirst=True, specname="pytest_runtest_setup")
    def pytest_runtest_setup_on_tape(self) -> None:
        """Fail a test whose cassette cannot be used, before its fixtures run.

        A wrapper that raises before its `yield` leaves out the wrappers inside it, and those of
        pytest then raise in the teardown, too; here all of them have begun.
        """
        problem, self._unusable = self._unusable, None
        if problem is not None:
            pytest.fail(f"{type(problem).__name__}: {problem}", pytrace=False)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Charge *item* what it calls."""
        self._note_stage(item)
        with self._step(item, "call"):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Charge *item* what its fixtures call at their end, and close its cassette."""
        try:
            with self._step(item, "teardown"):
                return (yield)
        finally:
            self._tape.close()
            if self._watch is not None:
                self._watch.settle()
            self._tell_properties(item)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: Any
    ) -> Generator[None, object, object]:
        """Charge a fixture that outlives tests by its own name, at its start and at its end."""
        owner = self._fixture_owner(fixturedef, request)
        label = f"{fixturedef.scope}:{fixturedef.argname}"
        tape = self._fixture_tape(fixturedef, request)
        ending = ExitStack()
        if tape is not None:
            ending.callback(self.shelf.end, tape)
        # pytest calls finalizers last in, first out: the one added first ends what the one added
        # last begins, with the fixture's own in between.
        fixturedef.addfinalizer(ending.close)

        def begin() -> None:
            ending.enter_context(_working_for(owner, label, ends=True))
            ending.enter_context(self.shelf.playing(tape))

        with _working_for(owner, label), self.shelf.playing(tape):
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
        if report.failed and self.tape is not None:
            self.tape.keep_old()
            if self.tape.fate:
                report.sections.append(("specbudget", self.tape.fate))
        self._note_outcome(item, report)
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

    def _note_partial(self) -> None:
        """Write down that this was not the whole suite, for those who ask what is not used."""
        reasons = list(self._left_out())
        if self.idle or is_controller(self._config):
            return
        if reasons:
            self.books.event("partial", reasons=reasons)
        if (chosen := chosen_paths(self._config)) is not None:
            self.books.event("chosen", paths=chosen)

    def _left_out(self) -> Iterator[str]:
        return left_out(self._config, deselected=self.deselected, failures=self.failures)

    def _note_outcome(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """Write down how a test ended, where the share of tests that pass is judged."""
        if self._outcomes_count and (report.when == "call" or report.failed):
            owner = self.markers.owner(item)
            self.books.event(
                "outcome",
                test=item.nodeid,
                outcome=report.outcome,
                when=report.when,
                attempt=_attempt(item),
                spec=owner.spec,
                command=owner.command,
                tier=owner.tier,
            )

    @property
    def _outcomes_count(self) -> bool:
        """Whether a threshold needs to know which tests ran, and how they ended."""
        thresholds = self._settings.min_pass_rate, self._settings.min_quality
        by_marker = self.markers.scored
        asked = (*thresholds, self._settings.min_agreement)
        return by_marker or any(least is not None for least in asked)

    def _has_written(self) -> bool:
        journal = self.books.journal
        return bool(journal.unwritten) or journal.path.exists()

    def _open_tape(self, item: pytest.Item) -> None:
        """Open the cassette of *item*; one that cannot be used fails it a little later."""
        self.tape = self._unusable = None
        try:
            self.tape = self._tape.enter_context(self.shelf.of_test(item))
            for words in getattr(self.tape, "notes", ()):
                self.books.event("torn", test=item.nodeid, words=words)
        except RecordingError as problem:
            self._unusable = problem

    def _write_limits(self) -> None:
        if self._settings.asked:
            self.books.event("settings", **values_of(self._settings))
            if (path := self._settings.routing) is not None:
                text = path.read_text("utf-8")
                self.books.event("routing_table", text=text, source=str(path))
        every = self.markers.limits
        for limits in map(limits_of_calls, every) if self._only_collects else every:
            budget = None if limits.budget is None else str(limits.budget)
            self.books.event(
                "limit",
                node=limits.node,
                single=limits.single,
                origin=limits.origin,
                budget=budget,
                max_calls=limits.max_calls,
                allow_tiers=limits.allow_tiers,
                min_quality=_text(limits.min_quality),
                min_agreement=_text(limits.min_agreement),
                max_regression=_text(limits.max_regression),
            )

    def _note_stage(self, item: pytest.Item) -> None:
        """Write down, once, that a stage which a marker names has run."""
        owner = self.markers.owner(item)
        key = (owner.spec, owner.stage)
        if owner.stage is not None and key not in self._stages and not self.idle:
            self._stages.add(key)
            self.books.event("stage", spec=owner.spec, stage=owner.stage)

    @contextmanager
    def _step(self, item: pytest.Item, when: When) -> Iterator[None]:
        owner = self.markers.owner(item)
        with entered(Scope(owner=owner, when=when, attempt=_attempt(item))):
            yield

    def _fixture_owner(self, fixturedef: pytest.FixtureDef[Any], request: Any) -> Owner | None:
        if fixturedef.scope == "function":
            return None
        name = f"<fixture {fixturedef.scope}:{fixturedef.argname}>"
        owner = self.markers.owner(request.node, name)
        limited = fixturedef.scope in ("class", "module")
        return replace(owner, within=request.node.nodeid) if limited else owner

    def _fixture_tape(self, fixturedef: pytest.FixtureDef[Any], request: Any) -> Tape | None:
        """Open the cassette of a fixture that outlives tests, for its start and for its end."""
        item = request._pyfuncitem  # noqa: SLF001 - the item that asks; pytest offers no other way
        if fixturedef.scope == "function" or not self.shelf.wants(item):
            return None
        instance = instance_of(fixturedef, request, item, self._config.rootpath)
        return self.shelf.of_fixture(item, instance, apart=is_worker(self._config))

    def _forbid(self, call: str) -> BaseException | None:
        """Return the signal for a call that may not leave the process, or None."""
        origin = self._forbidden_by()
        if origin is None:
            return None
        return self.refusals.make(
            f"a model call to {call} would have gone to the network, which {origin} forbids; "
            f"{self._way_out()}{_BUT_IN_CI if origin == 'CI' else ''}"
        )

    def _way_out(self) -> str:
        """Say what makes the call that is forbidden here a recorded one."""
        scope = running()
        if scope is not None and scope.owner is _COLLECTION:
            return _AT_IMPORT
        return NO_CASSETTE if self._item is None else self.shelf.advice(self._item)

    def _forbidden_by(self) -> str | None:
        """Say what forbids live calls here, or None: the setting, else a CI run on cassettes."""
        settings = self._settings
        if settings.forbid_live is not None:
            return settings.origin_of("forbid_live") if settings.forbid_live else None
        in_ci = os.environ.get("CI", "").lower() not in ("", "0", "false")
        if in_ci and self._on_cassette and settings.record is None:
            return "CI"
        return None

    def _heard(self, charge: Charge) -> None:
        self._config.hook.pytest_specbudget_booked(charge=charge, config=self._config)

    def _so_far(self) -> dict[str, Any]:
        tally = self.books.tally
        specs = {spec: str(cost) for spec, cost in tally.by_spec.items()}
        return {"worker": self.books.identity.worker, "booked": tally.count, "specs": specs}

    def _forget_figures(self, item: pytest.Item) -> None:
        """Let an attempt begin with figures of its own, as its fixtures do."""
        self.books.tally.by_test.pop(item.nodeid, None)
        told = [each for each in item.user_properties if not each[0].startswith(_PROPERTY)]
        item.user_properties[:] = told

    def _tell_properties(self, item: pytest.Item) -> None:
        totals = self.books.tally.by_test.get(item.nodeid)
        if totals is not None:
            item.user_properties.extend(_properties(totals))


OBSERVER = pytest.StashKey[Observer]()


def _text(share: Fraction | None) -> str | None:
    return None if share is None else str(share)


def _properties(totals: Totals) -> Iterator[tuple[str, object]]:
    yield f"{_PROPERTY}calls", totals.calls
    yield f"{_PROPERTY}input_tokens", totals.input_tokens
    yield f"{_PROPERTY}output_tokens", totals.output_tokens
    yield f"{_PROPERTY}list_cost_usd", str(totals.list_cost)
    for doubt in _DOUBTS:
        if calls := getattr(totals, doubt):
            yield f"{_PROPERTY}{doubt}", calls


def _attempt(item: pytest.Item) -> int:
    """Return which attempt this is; pytest-rerunfailures counts them on the item."""
    return max(1, getattr(item, "execution_count", 1))


@contextmanager
def _working_for(owner: Owner | None, label: str, *, ends: bool = False) -> Iterator[None]:
    """Let the step that runs work for *owner* meanwhile.

    A fixture that *ends* is torn down, even in the setup of the first test with another of its
    parameters: which test that is depends on the worker, and what is booked must not.
    """
    scope = running()
    if scope is None:
        yield
        return
    before = scope.owner, scope.fixture, scope.when
    scope.owner, scope.fixture = owner or scope.owner, label
    scope.when = "teardown" if ends else scope.when
    try:
        yield
    finally:
        scope.owner, scope.fixture, scope.when = before
