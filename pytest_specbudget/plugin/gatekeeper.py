"""The hooks of the process that judges: close the books once, show them, set the exit status.

`pytest_terminal_summary` runs inside the terminal reporter's own wrapper of
`pytest_sessionfinish`, and cannot change the status; our outermost wrapper can, after its yield.
Both ask the same `close_books`, which closes once.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.bookkeeping.hearsay import error_words
from pytest_specbudget.budgets.guarded import Guarded, Raising
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.plugin.alerts import Alerts
from pytest_specbudget.plugin.collected import Collected
from pytest_specbudget.plugin.collecting import only_collects
from pytest_specbudget.plugin.exit_status import overrule, overrule_exit
from pytest_specbudget.plugin.hard_ceilings import forget_sums
from pytest_specbudget.plugin.looping import LOOPED, is_looped
from pytest_specbudget.plugin.minutes import End
from pytest_specbudget.plugin.overlooked import OVERLOOKED
from pytest_specbudget.plugin.partial import (
    chosen_paths,
    cut_short,
    left_out,
    takes_whole_files,
)
from pytest_specbudget.plugin.unrun import Unrun

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator

    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.plugin.alerts import Alert
    from pytest_specbudget.plugin.closing import Closing
    from pytest_specbudget.plugin.observer import Observer
    from pytest_specbudget.plugin.run import Run
    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.settings.settings import Settings

__all__ = ["GATEKEEPER", "Gatekeeper"]

DISABLED = (
    "SPECBUDGET_DISABLE is set: THE BUDGET GATE IS SWITCHED OFF. "
    "No model call is metered, so that spec_spend has no figures and skips the test that asks; "
    "--spec-forbid-live does not hold; nothing is judged, and no report is written."
)
_USAGE_ERROR = int(pytest.ExitCode.USAGE_ERROR)
_BROKEN = int(pytest.ExitCode.INTERNAL_ERROR)
_MARKUP: dict[str, dict[str, bool]] = {
    "good": {"green": True},
    "bad": {"red": True, "bold": True},
    "warn": {"yellow": True},
    "plain": {},
}


class Gatekeeper:
    """Judges the run on the controller, or in the one process that there is.

    Attributes:
        observer: What watches this process; None while nothing was asked of us.
        collected: What tests there are.
    """

    def __init__(self, config: pytest.Config, settings: Settings, run: Run) -> None:
        """Make a gatekeeper that has seen nothing yet."""
        self.observer: Observer | None = None
        self.collected = Collected(whole=takes_whole_files(config))
        self._config = config
        self._settings = settings
        self._run = run
        self._session: pytest.Session | None = None
        self._workers: list[dict[str, Any]] = []
        self._reported: dict[str, int] = {}
        self._problems: list[str] = []
        self._places: dict[str, tuple[str, int]] = {}
        self._unrun = Unrun()
        self._only_collects = only_collects(config)
        self._alerts = Alerts(settings)
        self._report: Report | None = None
        self._closing: Closing | None = None
        self._shown = False
        self._interrupted = False

    def close_books(self) -> Report | None:
        """Judge the run, once; None if there is nothing to judge."""
        if self._report is None and self._has_books():
            self._report = self._closed()
        return None if self._report is None or self._has_nothing_to_say() else self._report

    def started_late(self, session: pytest.Session) -> None:
        """Take the session of a run in which only markers or fixtures ask."""
        self._session = session

    # What workers tell

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker which run it belongs to."""
        node.workerinput["specbudget"] = self._run.for_worker() | {LOOPED: is_looped(self._config)}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take what a worker tells at its end; one that was killed tells nothing."""
        del error
        told = (getattr(node, "workeroutput", None) or {}).get("specbudget")
        if told is not None:
            self._workers.append(told)
            new = (problem for problem in told["problems"] if problem not in self._problems)
            self._problems.extend(new)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note where the test stands, and say it at once when a SPEC comes close to its ceiling."""
        file, line, _ = report.location
        if line is not None:
            self._places[report.nodeid] = (file.replace(os.sep, "/"), line + 1)
        self._unrun.hear(report)
        so_far = getattr(report, "specbudget", None)
        if so_far is not None:
            self._reported[so_far["worker"]] = so_far["booked"]
            for alert in self._alerts.after(so_far):
                self._write(str(alert), "warn")
                self._pass_on(alert)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note what was not collected; workers of xdist pass such reports on."""
        self._unrun.hear_of_collecting(report)

    # What people see

    def pytest_report_header(self) -> list[str]:
        """Say what the run is held to."""
        if self._settings.disabled:
            return [f"specbudget: {DISABLED}"]
        limits = [f"{limit.origin}" for limit in self._settings.limits]
        held = ", ".join(limits) if limits else "no ceiling"
        return [f"specbudget: {held} ({self._settings.mode})"] if self._settings.asked else []

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Remember the session, whose status is ours to set."""
        self._session = session

    def pytest_keyboard_interrupt(self) -> None:
        """Remember that somebody interrupted the run, or a test did with `pytest.exit`."""
        self._interrupted = True

    def pytest_terminal_summary(self) -> None:
        """Show the problems, or the report, or that the gate is switched off."""
        if self._settings.disabled:
            self._shown = True
            self._write(DISABLED, "bad")
            for note in self._settings.notes:
                self._write(note, "warn")
        elif self._problems:
            for problem in self._problems:
                self._write(f"ERROR: {problem}", "bad")
        elif (report := self.close_books()) is not None:
            self._show(report)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Set the exit status and write the reports, after every other plugin had its say.

        Also after one that raised, so that what was booked is in a report whatever becomes of
        the run.
        """
        try:
            result = yield
        except BaseException as error:
            before = session.exitstatus
            self._conclude(session)
            if session.exitstatus != before or (self._report and self._report.exitstatus):
                overrule_exit(error, session)
            raise
        self._conclude(session)
        return result

    def _conclude(self, session: pytest.Session) -> None:
        if self._problems:
            session.exitstatus = _USAGE_ERROR
        elif self._settings.disabled:
            if not self._shown:
                print(DISABLED, file=sys.__stderr__)
        elif (report := self.close_books()) is not None:
            if report.exitstatus:
                overrule(session)
            self._leave_files(session, report)
            self._tell_others(report)
            self._show_without_terminal(report)

    def _has_books(self) -> bool:
        """Whether the session ran so far that there is something to judge."""
        session = self._session
        if session is None or self._problems:
            return False
        if self._only_collects and not self._has_calls():
            return False
        if int(session.exitstatus) == _USAGE_ERROR:
            return False
        if int(session.exitstatus) == _BROKEN and not self._run.folder.is_dir():
            return False
        return self._settings.asked or self.observer is not None or bool(self._workers)

    def _has_calls(self) -> bool:
        """Whether any process of a run without tests has booked something."""
        here = self.observer is not None and not self.observer.idle
        return here or any(told["written"] for told in self._workers)

    def _has_nothing_to_say(self) -> bool:
        """Whether nothing was asked, and no call was seen that markers could show."""
        totals = self._report.totals if self._report is not None else None
        return totals is None or not (self._settings.asked or totals.calls or totals.mocked_calls)

    def _closed(self) -> Report:
        from pytest_specbudget.plugin.closing import Closing  # noqa: PLC0415 - not at start-up

        if self.observer is not None:
            self.observer.finish(self._end())
            self._workers.append(self.observer.output())
        if self._settings.stop_loss:
            forget_sums(self._run.folder)
        self._closing = Closing(
            settings=self._settings,
            run=self._run,
            workers=self._workers,
            reported=self._reported,
            partial=self._partial(),
            chosen=chosen_paths(self._config),
            gates=self._foreign_gates(),
            modules=frozenset(self.collected.modules),
            tests=self.collected.tests,
            tests_here=self._tests_here(),
            unrun=tuple(self._unrun),
            places=self._places,
            rootdir=self._config.rootpath,
        )
        return self._closing.report()

    def _tests_here(self) -> dict[str, Collection[str]]:
        """Return the tests of each file of which all are known, whatever was left out."""
        told = (worker["tests"].items() for worker in self._workers)
        return {**self.collected.tests_here, **dict(chain.from_iterable(told))}

    def _foreign_gates(self) -> tuple[Gate, ...]:
        """Return the gates that other plugins add."""
        try:
            added = self._config.hook.pytest_specbudget_gates(config=self._config)
        except Exception as error:  # noqa: BLE001 - whatever it is, the run must be judged
            return (Guarded(Raising("pytest_specbudget_gates", error), error_words),)
        every = (gate for gates in added if gates is not None for gate in gates)
        return tuple(Guarded(gate, error_words) for gate in every)

    def _pass_on(self, alert: Alert) -> None:
        """Let other plugins hear of *alert*; what they raise is shown and disturbs nothing."""
        try:
            self._config.hook.pytest_specbudget_alert(alert=alert, config=self._config)
        except Exception as error:  # noqa: BLE001 - observing must not break a run
            self._write(f"pytest_specbudget_alert raised {error_words(error)}", "warn")

    def _tell_others(self, report: Report) -> None:
        """Let other plugins hear of the report; what they raise changes no verdict."""
        try:
            self._config.hook.pytest_specbudget_report(report=report, config=self._config)
        except Exception as error:  # noqa: BLE001 - observing must not break a run
            self._write(f"pytest_specbudget_report raised {error_words(error)}", "warn")

    def _partial(self) -> tuple[str, ...]:
        """Say why this was not the whole suite."""
        here = left_out(self._config, deselected=0, failures=False)  # a controller collects nothing
        told = [reason for worker in self._workers for reason in worker["left_out"]]
        ended = () if self._session is None else self._ended_early(self._session)
        return tuple(dict.fromkeys((*told, *here, *ended)))

    def _end(self) -> End:
        """Say how the run ended; to stop at the first failure was asked for."""
        files = [Path(told["journal"]) for told in self._workers if told["written"]]
        journals = tuple(file.name for file in files)
        session, unrun = self._session, tuple(self._unrun)
        if session is None:
            return End(journals=journals, unrun=unrun)
        asked = session.shouldstop or session.shouldfail
        why = None if asked else next(self._cut_short(session), None)
        early = next(self._ended_early(session), None)
        return End(why=why, early=early, journals=journals, unrun=unrun)

    def _cut_short(self, session: pytest.Session) -> Iterator[str]:
        return cut_short(session, interrupted=self._interrupted)

    def _ended_early(self, session: pytest.Session) -> Iterator[str]:
        """Yield why tests that were to run did not; where nothing else tells, that they did not."""
        yield from (told := [*self._cut_short(session)])
        missed = 0 if self._only_collects else self.collected.missed
        if missed and not told:
            yield f"{calls_of(missed, 'test')} did not run"

    def _show(self, report: Report) -> None:
        from pytest_specbudget.reports.terminal import (  # noqa: PLC0415 - tabulate
            render,
            takes_unicode,
        )

        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        if reporter is None:
            return
        self._shown = True
        reporter.ensure_newline()
        width = reporter._tw.fullwidth  # noqa: SLF001 - pytest has no public name for it
        unicode = takes_unicode(getattr(sys.stdout, "encoding", None))
        verbose = reporter.verbosity > 0
        for line in render(self._untold(report), width=width, unicode=unicode, verbose=verbose):
            reporter.write_line(line.text, **_MARKUP[line.style])

    def _untold(self, report: Report) -> Report:
        """Return *report* without the note that the terminal is shown in any case."""
        told = self._config.stash.get(OVERLOOKED, None)
        return replace(report, notes=tuple(note for note in report.notes if note != told))

    def _show_without_terminal(self, report: Report) -> None:
        """Say the verdict on standard error where there is no terminal reporter."""
        if not self._shown:
            from pytest_specbudget.reports.terminal import (  # noqa: PLC0415 - tabulate
                one_line,
                takes_unicode,
            )

            self._shown = True
            line = one_line(
                report, unicode=takes_unicode(getattr(sys.__stderr__, "encoding", None))
            )
            print(line.text, file=sys.__stderr__)

    def _leave_files(self, session: pytest.Session, report: Report) -> None:
        from pytest_specbudget.plugin.leavings import Leavings  # noqa: PLC0415 - not at start-up

        if self._closing is not None:
            Leavings(
                session=session,
                closing=self._closing,
                settings=self._settings,
                say=self._write,
                interrupted=self._interrupted,
            ).leave(report)

    def _write(self, text: str, style: str) -> None:
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        if reporter is None:
            print(text, file=sys.__stderr__)
        else:
            if self._config.get_terminal_writer().width_of_current_line:
                reporter.write_line("")
            reporter.write_line(text, **_MARKUP[style])


GATEKEEPER = pytest.StashKey[Gatekeeper]()
