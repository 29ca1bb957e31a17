"""Writes the reports that were asked for, and the evidence of every SPEC."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.reports import FORMATS
from pytest_specbudget.reports.evidence import write_summaries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.settings.settings import Settings

__all__ = ["write_files"]


def write_files(
    report: Report, settings: Settings, rootpath: Path, exitstatus: int
) -> Iterator[str]:
    """Write everything; yield one sentence for each file that could not be written.

    Args:
        report: What to write.
        settings: Which reports were asked for; evidence is written where anything was.
        rootpath: Where `evidence/costs/` lies.
        exitstatus: What the process will exit with.
    """
    final = replace(report, exitstatus=int(exitstatus))
    for target in settings.reports:
        try:
            target.path.parent.mkdir(parents=True, exist_ok=True)
            target.path.write_text(FORMATS[target.format](final), encoding="utf-8")
        except OSError as error:
            yield f"{target.origin}: {target.path} could not be written: {error.strerror or error}"
    if settings.asked:
        try:
            write_summaries(final, rootpath / "evidence" / "costs")
        except OSError as error:
            yield f"the cost summaries could not be written: {error}"
