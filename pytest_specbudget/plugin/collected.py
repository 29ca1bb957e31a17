"""Which tests a suite has, in which files they are, and whether all that were to run did.

In whichever process they are collected.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

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
        self._tests: dict[str, set[str]] = defaultdict(set)
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
        """The node ids of the tests of each file of which all are known."""
        known = self._tests if self._whole else {}
        return {module: ids for module, ids in known.items() if module not in self._broken}

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember a test."""
        self._take([item.nodeid])

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
        self._take(ids)
        self._chosen.update(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember that a test ran, or began to."""
        self._reported.add(report.nodeid)

    def _take(self, nodes: Iterable[str]) -> None:
        for node in nodes:
            module = node.partition("::")[0]
            self.modules.add(module)
            self._tests[module].add(node)
