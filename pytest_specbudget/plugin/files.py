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

__all__ = ["heavy_evidence", "write_files"]

EVIDENCE = "evidence"
_SOFT_LIMIT = 25 * 2**20


def write_files(
    report: Report, settings: Settings, rootpath: Path, exitstatus: int, *, evident: bool
) -> Iterator[str]:
    """Write everything; yield one sentence for each file that could not be written.

    Args:
        report: What to write.
        settings: Which reports were asked for.
        rootpath: Where `evidence/costs/` lies.
        exitstatus: What the process will exit with.
        evident: Whether the evidence is written, too.
    """
    final = replace(report, exitstatus=int(exitstatus))
    for target in settings.reports:
        try:
            target.path.parent.mkdir(parents=True, exist_ok=True)
            target.path.write_text(FORMATS[target.format](final), encoding="utf-8")
        except OSError as error:
            yield f"{target.origin}: {target.path} could not be written: {error.strerror or error}"
    if evident:
        try:
            write_summaries(final, rootpath / EVIDENCE / "costs")
        except OSError as error:
            yield f"the cost summaries could not be written: {error}"


def heavy_evidence(rootpath: Path) -> str | None:
    """Say so if the folder of evidence has outgrown its soft limit of 25 MB; else None."""
    files = (path for path in (rootpath / EVIDENCE).rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in files)
    if size <= _SOFT_LIMIT:
        return None
    return f"{rootpath / EVIDENCE} holds {size / 2**20:.1f} MB; its soft limit is 25 MB"
