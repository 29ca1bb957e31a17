"""By how much something rose, by a JSON report: of a run, or of `specbudget diff --json`.

Who goes by a report that nobody named says which one that was, when it was made, and of which run.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.audit.nodes import is_among
from pytest_specbudget.audit.regression import limit_for
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._unreadable import A_REPORT, named_text
from pytest_specbudget.core.names import nearest
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.reports.comparison_json import comparison_of
from pytest_specbudget.reports.figures import visible

if TYPE_CHECKING:
    from pytest_specbudget.audit.comparison import Change, Comparison
    from pytest_specbudget.core.money import Money

__all__ = ["Measured", "UnsureError", "check_readable", "measured", "rootdir_told_by"]

_HOME = ".specbudget"
_REPORTS = (".", _HOME)
_RUN = re.compile(r"(\d{8}T\d{6})(?:\.\d+)?Z-")
_ADVICE = (
    "say how much with --limit 12%, or let a run tell: "
    "pytest --spec-baseline=... --spec-report=json:report.json"
)


class UnsureError(Exception):
    """What is meant cannot be told from what was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """By how much something rose, and who says so.

    Attributes:
        limit: In percent, rounded up to a hundredth; in dollars where it cost nothing before; 0 %
            for what was not run, which did not rise as far as anybody knows.
        source: The report, for people: its path, when it was made, and of which run; empty where
            somebody typed how much.
    """

    limit: Fraction | Money
    source: str


def measured(subject: str, scope: str | None, report: Path | None) -> Measured:
    """Return by how much *subject* rose.

    Args:
        subject: A SPEC, stage, model or test, or `whole run`; a class, file or folder of tests that
            were not run.
        scope: Which of these it is, where that was said.
        report: The report to go by; None for the newest one that is here or in `.specbudget`.

    Raises:
        JournalError: If the report cannot be read.
        UnsureError: If there is none, or it does not tell that of one thing.
    """
    path = report or _newest()
    document = _read(path)
    compared = _comparison(document, path)
    if compared is None:
        raise UnsureError(f"{path} compares nothing; {_ADVICE}")
    if scope in (None, "test") and _was_not_run(compared, subject):
        return Measured(limit=Fraction(0), source=_source(path, document, compared))
    change = _named(compared, subject, scope, path)
    if document.get("partial") and change.scope != "test":
        complain(
            f"{path} is of a part of the suite: in the whole, {visible(subject)} may have risen by "
            "more; see that its next run passes, or say how much with --limit"
        )
    if change.said not in ("regressed", "acknowledged"):
        raise UnsureError(
            f'"{change.subject}" is "{change.said}" in {path}, so there is nothing to accept; '
            "name what you mean with --limit"
        )
    return Measured(limit=limit_for(change), source=_source(path, document, compared))


def _was_not_run(compared: Comparison, subject: str) -> bool:
    """Tell whether *subject* is a test that was not run, or what such a test lies in."""
    named = any(one.subject == subject for one in compared.changes)
    return not named and any(is_among({subject}, test) for test in compared.unrun)


def check_readable(report: Path) -> None:
    """Read a *report* that was named, though nothing of it may be needed.

    Raises:
        JournalError: If it cannot be.
    """
    _read(report)


def rootdir_told_by(report: Path | None) -> Path | None:
    """Return the rootdir of the run of a report: its journal lies in `.specbudget` there."""
    try:
        document = _read(report or _newest())
    except (JournalError, UnsureError):
        return None
    journal = Path(str(document.get("journal") or ""))
    homes = [one for one in journal.parents if one.name == _HOME]
    return homes[0].parent if homes and homes[0].parent.is_dir() else None


def _named(compared: Comparison, subject: str, scope: str | None, path: Path) -> Change:
    found = [one for one in compared.changes if one.subject == subject]
    found = [one for one in found if scope in (None, one.scope)]
    if not found:
        near = nearest(subject, [one.subject for one in compared.changes])
        hint = f'; did you mean "{near}"?' if near else ""
        raise UnsureError(f'{path} has no "{subject}"{hint}')
    if len(found) > 1:
        scopes = " or ".join(one.scope for one in found)
        raise UnsureError(f'"{subject}" is several things in {path}; add --scope {scopes}')
    return found[0]


def _source(path: Path, document: dict[str, Any], compared: Comparison) -> str:
    run = str(document.get("run") or "")
    begun = _begun(run)
    if begun is None:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        told = f"written {written:%Y-%m-%d %H:%M} UTC"
    else:
        told = f"of the run {run}, begun {begun:%Y-%m-%d %H:%M} UTC"
    return visible(f"{path}, {told}: {compared.head} beside {compared.base}")


def _begun(run: str) -> datetime | None:
    """Return when a run of ours began, which its id says; None for any other text."""
    found = _RUN.match(run)
    try:
        return datetime.fromisoformat(f"{found[1]}Z") if found else None
    except ValueError:
        return None


def _newest() -> Path:
    """Find the newest report here that compares something."""
    found = (file for folder in _REPORTS for file in Path(folder).glob("*.json"))
    files = [file for file in found if file.is_file()]
    for file in sorted(files, key=lambda one: one.stat().st_mtime_ns, reverse=True):
        try:
            if _comparison(_read(file), file) is not None:
                return file
        except JournalError:  # another program's
            continue
    raise UnsureError(f"no JSON report of a comparison is here; {_ADVICE}")


def _read(path: Path) -> dict[str, Any]:
    """Read what a run, or `specbudget diff --json`, wrote."""
    try:
        document = json.loads(named_text(path, "a report", A_REPORT))
    except (ValueError, RecursionError) as error:
        told = f"{path}: cannot be read as a report: {reason_of(error)}; {A_REPORT}"
        raise JournalError(told) from error
    return document if isinstance(document, dict) else {}


def _comparison(document: dict[str, Any], path: Path) -> Comparison | None:
    """Return what the *document* at *path* says of a comparison, if anything."""
    told = document if "changes" in document else document.get("comparison")
    return None if told is None else comparison_of(told, str(path))
