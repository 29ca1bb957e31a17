"""The findings as commands of GitHub Actions: annotations at the lines they are about.

Every line of the text is one command, `::error file=...,line=...,title=...::message`, and a step
makes annotations of it by printing it (`cat`).  The headline comes first, then the findings, errors
before warnings.  What belongs into the summary of the step are `comment` and `markdown`.

Source: actions/runner, ActionCommand.cs (commands, and what is escaped in data and properties);
actions/toolkit, docs/problem-matchers.md (a step shows ten annotations of each level; both checked
2026-11-22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.reports.blocks import block
from pytest_specbudget.reports.figures import spec_name, visible
from pytest_specbudget.reports.headline import headline, word
from pytest_specbudget.reports.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.core.finding import Finding, Severity
    from pytest_specbudget.reports.places import Place
    from pytest_specbudget.reports.report import Report

__all__ = ["render"]

_MOST = 10
_MOST_TITLE = 200
_MOST_MESSAGE = 4_000
_WIDTH = 100
_LEVELS = {"FAILED": "error", "INCONCLUSIVE": "error", "WARNED": "warning"}
_TITLE = "spec budget"


def render(report: Report) -> str:
    """Write *report* as workflow commands, a line each, ending in a newline."""
    return "".join(f"{line}\n" for line in _commands(report))


def _commands(report: Report) -> Iterator[str]:
    level = _LEVELS.get(word(report), "notice")
    yield _command(level, _TITLE, headline(report))
    places = Places(report)
    yield from _level(report, places, "error", _MOST - (level == "error"))
    yield from _level(report, places, "warning", _MOST - (level == "warning"))


def _level(report: Report, places: Places, level: Severity, room: int) -> Iterator[str]:
    """Write the findings of one level; where there are too many, the last one counts the rest."""
    found = [finding for finding in report.verdict.findings if finding.severity == level]
    shown = found if len(found) <= room else found[: room - 1]
    for finding in shown:
        yield _annotation(finding, spec_name(report, finding.subject), places.of(finding))
    more = len(found) - len(shown)
    if more:
        told = f"and {calls_of(more, f'more {level}')}: the report has them all"
        yield _command(level, _TITLE, told)


def _annotation(finding: Finding, subject: str, place: Place | None) -> str:
    title = f"{finding.rule}: {subject}"
    return _command(finding.severity, title, "\n".join(block(finding, width=_WIDTH)), place)


def _command(level: str, title: str, message: str, place: Place | None = None) -> str:
    where = [] if place is None else [f"file={_property(place.file)}"]
    where += [f"line={place.line}"] if place is not None and place.line else []
    named = ",".join([*where, f"title={_property(title[:_MOST_TITLE])}"])
    return f"::{level} {named}::{_data(message[:_MOST_MESSAGE])}"


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")


def _data(text: str) -> str:
    shown = "\n".join(map(visible, text.split("\n")))
    return shown.replace("%", "%25").replace("\n", "%0A")
