"""Where in the source a finding is shown.

At the test that it is about; else at the file that sets its limit; else at the test that made it:
the one whose cost rose most, or the dearest of its SPEC or model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.reports.figures import judged_upper

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.reports.report import Report, Row

__all__ = ["Place", "Places"]

_SETTINGS = re.compile(
    r"(?<![\w./\\-])((?:pyproject|specbudget|specbudget-ack)\.toml)(?::(\d{1,9}))?"
)
_NODE_ID = re.compile(r"(?P<file>[^:\n]+\.py)::")
_WHOLE_RUN = "whole run"
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
        self._tests: dict[str, Place] = {}
        self._dearest: dict[str, Place] = {}
        for row in sorted(report.tests, key=lambda row: -judged_upper(report, row.totals).atto):
            place = _place_of(row)
            if place is not None:
                self._tests[row.name] = place
                for subject in (_WHOLE_RUN, *row.spec.split(", "), *row.models):
                    self._dearest.setdefault(subject, place)
        self._risen = dict(self._rises(report))

    def of(self, finding: Finding) -> Place | None:
        """Return where *finding* is shown, or None if it belongs to no line."""
        found = self._tests.get(finding.subject) or _of_node_id(finding.subject)
        return found or _of_settings(finding.origin) or self._of_subject(finding)

    def at_least(self, finding: Finding) -> Place:
        """Return where *finding* is shown; for formats that know no finding without a place."""
        return self.of(finding) or self._dearest.get(_WHOLE_RUN) or Place("pyproject.toml")

    def _of_subject(self, finding: Finding) -> Place | None:
        risen = self._risen.get(finding.subject) if finding.rule == "cost-regression" else None
        return risen or self._dearest.get(finding.subject) or self._of_details(finding.details)

    def _of_details(self, details: Iterable[str]) -> Place | None:
        named = (self._tests.get(detail.partition(_COLUMN)[0]) for detail in details)
        return next(filter(None, named), None)

    def _rises(self, report: Report) -> Iterator[tuple[str, Place]]:
        """Yield each SPEC with its tests that rose, the one that rose most last."""
        changes = () if report.comparison is None else report.comparison.changes
        rises = [one for one in changes if one.scope == "test" and one.rise.atto > 0]
        for change in sorted(rises, key=lambda one: one.rise):
            place = self._tests.get(change.subject)
            if place is not None:
                yield from ((subject, place) for subject in (_WHOLE_RUN, *change.spec.split(", ")))


def _place_of(row: Row) -> Place | None:
    return _inside(row.file, row.line) if row.file else _of_node_id(row.name)


def _of_node_id(name: str) -> Place | None:
    found = _NODE_ID.match(name)
    return _inside(found["file"]) if found else None


def _of_settings(origin: str) -> Place | None:
    found = _SETTINGS.search(origin)
    return Place(found[1], int(found[2] or 0)) if found else None


def _inside(file: str, line: int = 0) -> Place | None:
    """Refuse a path that leads out of the project, or that no file of one can have."""
    path = file.replace("\\", "/")
    steps = path.split("/")
    if path.isprintable() and ":" not in path and not {"", ".."} & {*steps}:
        return Place(path, max(line, 0))
    return None
