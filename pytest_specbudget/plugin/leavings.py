"""What a run leaves behind: the index of its recordings, a baseline, reports and evidence.

All of it is written when the verdict stands, and what was asked for and cannot be written fails the
run, if it had passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.errors import SpecBudgetError
from pytest_specbudget.plugin.collecting import only_collects
from pytest_specbudget.plugin.exit_status import overrule
from pytest_specbudget.plugin.files import write_evidence, write_reports
from pytest_specbudget.plugin.looping import held_back, is_looped, starts_next_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from pytest_specbudget.plugin.closing import Closing
    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Leavings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leavings:
    """Writes what is left of one run.

    Attributes:
        session: The one that ended.
        closing: What its books were closed with.
        settings: What was asked for.
        say: Shows a line, in a style of the terminal.
        interrupted: Whether somebody interrupted it.
    """

    session: pytest.Session
    closing: Closing
    settings: Settings
    say: Callable[[str, str], None]
    interrupted: bool

    def leave(self, report: Report) -> None:
        """Write all that was asked for, and what every run leaves."""
        self._maintain_index()
        self._save_baseline(report)
        self._write_reports(report)
        self._write_evidence(report)

    def _maintain_index(self) -> None:
        """Keep the index of the recordings; what a run recorded is in it even if the run failed."""
        well = not self.session.testsfailed and not self.interrupted
        try:
            if told := self.closing.maintain_index(well=well):
                self.say(told, "plain")
        except SpecBudgetError as error:
            problem = f"the index of the recordings could not be kept: {error}"
            if self.closing.records:
                self._fail(problem)
            else:
                self.say(problem, "warn")

    def _save_baseline(self, report: Report) -> None:
        """Store a baseline, if that was asked for and the run passed in every way."""
        path = self.settings.save_baseline
        if path is None or self._holds_back(self.settings.origin_of("save_baseline"), path):
            return
        if int(self.session.exitstatus) or not report.verdict.passed:
            self.say(f"the run did not pass, so {path} stays as it is", "warn")
            return
        try:
            self.closing.save_baseline(path)
            self.say(f"what the run consumed is stored in {path}", "plain")
        except SpecBudgetError as error:
            self._fail(f"{path} could not be stored: {error}")

    def _write_reports(self, report: Report) -> None:
        asked = self.settings.reports
        targets = [one for one in asked if not self._holds_back(one.origin, one.path)]
        for problem in write_reports(report, targets, self.session.exitstatus):
            self._fail(problem)

    def _write_evidence(self, report: Report) -> None:
        config = self.session.config
        if self.settings.asked and not only_collects(config) and not is_looped(config):
            for sentence in write_evidence(report, config.rootpath):
                self.say(sentence, "warn")

    def _holds_back(self, origin: str, path: Path) -> bool:
        """Tell whether *path* is not written, since it would start the next run; and say so."""
        if not starts_next_run(self.session.config, path):
            return False
        self.say(held_back(origin, path), "warn")
        return True

    def _fail(self, problem: str) -> None:
        self.say(f"ERROR: {problem}", "bad")
        overrule(self.session)
