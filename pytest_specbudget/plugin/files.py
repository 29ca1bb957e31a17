"""Writes the reports that were asked for, and the evidence of every SPEC, which nobody asked for.

So a report that cannot be written fails the run; evidence that cannot, as in a suite that may only
be read, is worth a warning.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.reports import FORMATS
from pytest_specbudget.reports.evidence import write_summaries
from pytest_specbudget.reports.writing import write_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.settings.values import ReportTarget

__all__ = ["EVIDENCE", "write_evidence", "write_reports"]

EVIDENCE = "evidence"
_SOFT_LIMIT = 25 * 2**20
_GONE = "; the one of an earlier run was removed, since it says nothing of this one"


def write_reports(
    report: Report, targets: Iterable[ReportTarget], exitstatus: int
) -> Iterator[str]:
    """Write the reports; yield one sentence for each that could not be written.

    Args:
        report: What to write.
        targets: As what, and where.
        exitstatus: What the process will exit with.
    """
    final = replace(report, exitstatus=int(exitstatus))
    for target in targets:
        text = FORMATS[target.format](final)
        had_one = target.path.is_file()
        try:
            write_report(target.path, text)
        except OSError as error:
            told = f"{target.origin}: {target.path} could not be written: {reason_of(error)}"
            yield f"{told}{_GONE}" if had_one and not target.path.exists() else told


def write_evidence(report: Report, rootpath: Path) -> Iterator[str]:
    """Write the cost summaries below *rootpath*; yield what people should know of the evidence."""
    try:
        write_summaries(report, rootpath / EVIDENCE / "costs")
    except OSError as error:
        where = error.filename or rootpath / EVIDENCE
        yield f"the cost summaries could not be written: {where}: {reason_of(error)}"
    if heavy := _heavy_evidence(rootpath):
        yield heavy


def _heavy_evidence(rootpath: Path) -> str | None:
    """Say so if the folder of evidence has outgrown its soft limit of 25 MB; else None."""
    files = (path for path in (rootpath / EVIDENCE).rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in files)
    if size <= _SOFT_LIMIT:
        return None
    return f"{rootpath / EVIDENCE} holds {size / 2**20:.1f} MB; its soft limit is 25 MB"
