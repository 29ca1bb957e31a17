"""Where in the source a finding is shown: never at a test that it is not about.

At the test that it is about; else where its origin says that the limit stands; else at the first
test that its details name; else in the file of its class or module.  A finding of the whole run
belongs to no test.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.reports.figures import WHOLE_RUN, spec_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.reports.report import Report, Row

__all__ = ["Place", "Places"]

_SETTINGS = re.compile(
    r"(?<![\w./\\-])((?:pyproject|specbudget|specbudget-ack)\.toml)(?::(\d{1,9}))?"
)
_MARKER = re.compile(r"(?P<file>[^:\n]+\.py):(?P<line>\d{1,9}) @")
_NODE_ID = re.compile(r"(?P<file>[^:\n]+\.py)(?:::|$)")
_SEPARATOR = "::"
_COLUMN = "   "


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, relative to where the tests were run from; line 0 if it is unknown."""

    file: str
    line: int = 0


class Places:
    """Finds the place of each finding of one report."""

    def __init__(self, report: Report) -> None:
        """Look at the tests once, whatever the number of findings."""
        self._report = report
        self._package = _package(report.tests)
        found = ((row.name, self._place_of(row)) for row in report.tests)
        self._tests = {name: place for name, place in found if place is not None}
        self._first = dict(self._first_of_classes())

    def of(self, finding: Finding) -> Place | None:
        """Return where *finding* is shown, or None if it belongs to no line."""
        found = self._tests.get(finding.subject) or self._of_line(finding.origin)
        if found or spec_name(self._report, finding.subject) == WHOLE_RUN:
            return found
        found = self._of_details(finding.details) or self._of_node(finding.subject)
        return found or self._of_settings(finding.origin)

    def at_least(self, finding: Finding) -> Place:
        """Return where *finding* is shown; for formats that know no finding without a place."""
        found = self.of(finding) or self._of_settings(finding.origin)
        return found or Place(f"{self._package}pyproject.toml")

    def _of_line(self, origin: str) -> Place | None:
        """Return the line of a marker, or of a file of settings, that *origin* names."""
        found = _MARKER.match(origin)
        if found:
            return _inside(self._package + found["file"], int(found["line"]))
        settings = self._of_settings(origin)
        return settings if settings and settings.line else None

    def _of_settings(self, origin: str) -> Place | None:
        found = _SETTINGS.search(origin)
        return Place(self._package + found[1], int(found[2] or 0)) if found else None

    def _of_details(self, details: Iterable[str]) -> Place | None:
        """Return the place of the first test that *details* name, whether it spent or not."""
        for detail in details:
            first, *others = detail.split(_COLUMN)
            known = next(filter(None, map(self._tests.get, (first, *others))), None)
            place = known or (self._of_node(first) if _SEPARATOR in first else None)
            if place is not None:
                return place
        return None

    def _of_node(self, name: str) -> Place | None:
        """Return the first test of a class that spent, or the file of a class, module or test."""
        return self._first.get(name) or self._of_node_id(name)

    def _first_of_classes(self) -> Iterator[tuple[str, Place]]:
        """Yield the place of each test under the names of its classes, the first of a class last.

        A class may inherit a test from another file; that stands in no place of the class.
        """
        for name, place in sorted(self._tests.items(), key=lambda each: -each[1].line):
            classes = name.partition("[")[0].split(_SEPARATOR)[:-1]
            own = self._of_node_id(name)
            if own is not None and own.file == place.file:
                for depth in range(2, len(classes) + 1):
                    yield _SEPARATOR.join(classes[:depth]), place

    def _place_of(self, row: Row) -> Place | None:
        return _inside(row.file, row.line) if row.file else self._of_node_id(row.name)

    def _of_node_id(self, name: str) -> Place | None:
        found = _NODE_ID.match(name)
        return _inside(self._package + found["file"]) if found else None


def _package(rows: Iterable[Row]) -> str:
    """Return what stands before the names of files in a repository: `services/shop/`, or nothing.

    Node ids, markers and settings are named from pytest's rootdir, files from the root of the
    repository; the difference is the same for all, so the first test that tells it does.
    """
    for row in rows:
        found = _NODE_ID.match(row.name)
        if found and f"/{row.file}".endswith(f"/{found['file']}"):
            return row.file.removesuffix(found["file"])
    return ""


def _inside(file: str, line: int = 0) -> Place | None:
    """Refuse a path that leads out of the project, or that no file of one can have."""
    path = file.replace("\\", "/")
    steps = path.split("/")
    if path.isprintable() and ":" not in path and not {"", ".."} & {*steps}:
        return Place(path, max(line, 0))
    return None
