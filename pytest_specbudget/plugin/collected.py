"""Which files the tests of a suite are in, in whichever process they are collected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Collected"]


class Collected:
    """Remembers what is collected; a plugin of the process that judges.

    Attributes:
        modules: The files with tests, from rootdir, with `/` between folders; of tests that are
            deselected later, too, and those that failed to be imported or skipped themselves.
    """

    def __init__(self) -> None:
        self.modules: set[str] = set()

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember the file of a test."""
        self._take([item.nodeid])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember a file whose tests nobody knows; workers report those as well."""
        if not report.passed:
            self._take([report.nodeid])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Remember the files of what a worker collected."""
        self._take(ids)

    def _take(self, nodes: Iterable[str]) -> None:
        self.modules.update(node.partition("::")[0] for node in nodes)
