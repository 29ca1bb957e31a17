"""Tests that were to run and whose bodies did not: skipped, or stopped by what sets them up.

A module or a class that is skipped while it is collected, or that cannot be, has tests that nobody
can name; so it is named itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

__all__ = ["Unrun"]


class Unrun:
    """Remembers what did not run, from the reports of tests and of what collects them."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._nodes: dict[str, None] = {}

    def __iter__(self) -> Iterator[str]:
        """Yield node ids: of tests, and of files and classes that have tests."""
        return iter(self._nodes)

    def hear(self, report: pytest.TestReport) -> None:
        """Take the report of one phase of a test; of several attempts the last one counts."""
        if report.when == "setup":
            self._take(report.nodeid, ran=report.passed)
        elif report.when == "call":
            # A body that was expected to fail, and did, ran.
            self._take(report.nodeid, ran=not report.skipped or hasattr(report, "wasxfail"))

    def hear_of_collecting(self, report: pytest.CollectReport) -> None:
        """Take the report of a file or a class."""
        if report.nodeid:
            self._take(report.nodeid, ran=report.passed)

    def _take(self, node: str, *, ran: bool) -> None:
        if ran:
            self._nodes.pop(node, None)
        else:
            self._nodes[node] = None
