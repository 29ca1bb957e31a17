"""What a run was of: all tests or some, and which of them it came to and did not run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from pytest_specbudget.audit.nodes import is_among

__all__ = ["Selection"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is known of a run.

    Attributes:
        partial: Whether it was not the whole suite.
        chosen: The files and folders that it was of, from rootdir; none for all.
        unrun: The node ids of what was to run and did not: tests, and files and classes of them.
    """

    partial: bool
    chosen: tuple[str, ...]
    unrun: frozenset[str]

    def skipped(self, test: str) -> bool:
        """Tell whether *test* was to run, and did not."""
        return is_among(self.unrun, test)

    def is_of(self, test: str) -> bool:
        """Tell whether *test* is in a file or folder that the run was of."""
        file = PurePosixPath(test.partition("::")[0])
        return not self.chosen or "::" not in test or any(map(file.is_relative_to, self.chosen))
