"""A history at other prices as `specbudget drift` prints it: the verdict first, then why.

Every name in it comes from outside; what would steer a terminal, or act as Markdown, is escaped.
"""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.histories.drift_findings import drift_findings, fault_findings
from pytest_specbudget.reports.blocks import block
from pytest_specbudget.reports.drifted import drift_sections, headline, remarks
from pytest_specbudget.reports.markup import bullets, code, drawn_table, findings_text
from pytest_specbudget.reports.terminal import takes_unicode

if TYPE_CHECKING:
    from pytest_specbudget.analysis.drifting import DriftSummary
    from pytest_specbudget.core.finding import Finding, Result

__all__ = ["print_drift", "print_markdown"]

_WORDS = {"pass": "PASS", "fail": "FAIL", "inconclusive": "INCONCLUSIVE"}
_MOST_FINDINGS = 10
_MOST_ROWS = 20
_LONG = 400


def print_drift(summary: DriftSummary, result: Result) -> None:
    """Print the verdict, tables and findings on standard output."""
    say(f"{_WORDS[result]} {headline(summary)}")
    for heading, table in drift_sections(summary, _MOST_ROWS):
        say()
        say(heading)
        print_table(table.headers, table.rows, names=table.names)
        if table.left_out:
            say(table.left_out)
    _print_findings(_findings(summary))
    told = [*remarks(summary)]
    if told:
        say()
    for remark in told:
        say(remark)


def print_markdown(summary: DriftSummary, result: Result) -> None:
    """Print the same as Markdown, in which text from outside can do nothing."""
    found = _findings(summary)
    parts = [f"**{_WORDS[result]}** {code(headline(summary), _LONG)}"]
    for heading, table in drift_sections(summary, _MOST_ROWS):
        parts += [f"### {heading.capitalize()}", drawn_table(table)]
    if found:
        parts.append(findings_text(found, _MOST_FINDINGS))
    parts.append(bullets(remarks(summary)))
    text = "\n\n".join(filter(None, parts)) + "\n"
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def _findings(summary: DriftSummary) -> list[Finding]:
    return [*drift_findings(summary), *fault_findings(summary)]


def _print_findings(findings: list[Finding]) -> None:
    width = shutil.get_terminal_size((100, 24)).columns
    for finding in findings[:_MOST_FINDINGS]:
        say()
        for line in block(finding, width=width, unicode=takes_unicode(sys.stdout.encoding)):
            print(line)
    more = len(findings) - _MOST_FINDINGS
    if more > 0:
        say(f"and {more:,} more; `--json` has them all")
