"""Which tests a suite has, in which files they are, and whether all that were to run did.

In whichever process they are collected.  Of tests that are chosen by name pytest tells plugins no
others, but to find them it makes all tests of each module and class on the way: so all parameters
of those functions are known.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Mapping

    _Tests = dict[str, set[str]]

__all__ = ["Collected"]


class Collected:
    """Remembers what is collected; a plugin of each process that has to know.

    Attributes:
        modules: The files with tests, from rootdir, with `/` between folders; of tests that are
            deselected later, too, and those that failed to be imported or skipped themselves.
    """

    def __init__(self, *, whole: bool = True) -> None:
        """Begin with nothing.

        Args:
            whole: Whether all tests of a file are collected where one is.
        """
        self.modules: set[str] = set()
        self._whole = whole
        self._tests: _Tests = defaultdict(set)
        self._told: _Tests = defaultdict(set)
        self._made: _Tests = defaultdict(set)
        self._broken: set[str] = set()
        self._chosen: set[str] = set()
        self._reported: set[str] = set()

    @property
    def missed(self) -> int:
        """How many of the tests that were to run nobody reported.

        They are counted, not named: a plugin may report a test under another name than its own.
        """
        return max(0, len(self._chosen) - len(self._reported))

    @property
    def tests(self) -> Mapping[str, Collection[str]]:
        """The node ids of the tests of each file, each function's with all its parameters.

        They hold where no tests were left out: workers do not tell which these are.
        """
        here, told = self.tests_here, self._told if self._whole else {}
        of_workers = {module: {*ids, *here.get(module, ())} for module, ids in told.items()}
        return {**here, **self._sound(of_workers)}

    @property
    def tests_here(self) -> Mapping[str, Collection[str]]:
        """The same of what this process collected, whatever was left out."""
        return self._sound(self._tests if self._whole else self._made)

    @property
    def beside_chosen(self) -> dict[str, list[str]]:
        """The same, of the files of the tests that are to run here, as xdist can carry it."""
        chosen = {node.partition("::")[0] for node in self._chosen}
        here = self.tests_here.items()
        return {module: sorted(ids) for module, ids in here if module in chosen}

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember a test."""
        self._take([item.nodeid], self._tests)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Remember what a module or class has, also what is not asked for; `--lf` drops it here."""
        report = yield
        by_name = not (self._whole or collector.config.getoption("lf", default=False))
        if by_name and report.passed and isinstance(collector, (pytest.Module, pytest.Class)):
            module = collector.nodeid.partition("::")[0]
            made = (one.nodeid for one in report.result if isinstance(one, pytest.Item))
            self._made[module].update(made)
        return report

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember a file whose tests nobody knows; workers report those as well."""
        if not report.passed:
            module = report.nodeid.partition("::")[0]
            self.modules.add(module)
            self._broken.add(module)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember what is to run here."""
        self._chosen.update(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Remember what a worker collected, less what it deselected."""
        self._take(ids, self._told)
        self._chosen.update(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember that a test ran, or began to."""
        self._reported.add(report.nodeid)

    def _take(self, nodes: Iterable[str], among: _Tests) -> None:
        for node in nodes:
            module = node.partition("::")[0]
            self.modules.add(module)
            among[module].add(node)

    def _sound(self, tests: Mapping[str, set[str]]) -> dict[str, Collection[str]]:
        return {module: ids for module, ids in tests.items() if module not in self._broken}
