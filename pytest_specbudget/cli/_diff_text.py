"""A comparison as `specbudget diff` prints it: the verdict first, then what it rests on.

Every name in it comes from outside; what would steer a terminal is escaped.
"""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.core.wording import calls_of, dollars_of
from pytest_specbudget.reports.alike import alike
from pytest_specbudget.reports.blocks import block
from pytest_specbudget.reports.compared import kinds_table, sections
from pytest_specbudget.reports.figures import with_unknown
from pytest_specbudget.reports.headline import reasons, word
from pytest_specbudget.reports.terminal import takes_unicode
from pytest_specbudget.reports.uncompared import not_compared

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.audit.comparison import Comparison, RequestChange
    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.reports.tables import Table

__all__ = ["print_diff"]

_MOST_FINDINGS = 10
_MOST_REQUESTS = 10
_MOST_ALIKE = 5
_MOST_NAMES = 10


def print_diff(report: Report, comparison: Comparison) -> None:
    """Print the verdict, the SPECs, why, and what changed, on standard output."""
    say(_verdict(report, comparison))
    for heading, table in sections(report, comparison):
        _print_section(heading, table)
    _print_section("tokens by kind", kinds_table(comparison, 5))
    _print_requests(comparison.requests)
    _print_findings(report.verdict.findings)
    _print_names("notes", comparison.notes)


def _verdict(report: Report, comparison: Comparison) -> str:
    found, left = reasons(report), not_compared(comparison)
    more = f"; and {len(found) - 1} more" if len(found) > 1 else ""
    told = f"{found[0]}{more}" if found else _change(comparison, part=bool(left))
    rest = f"; not compared: {left}" if left else ""
    return f"{word(report)} {comparison.base} -> {comparison.head}: {told}{rest}"


def _change(comparison: Comparison, *, part: bool) -> str:
    whole = comparison.whole
    if whole is None:
        return "no test is on both sides, so nothing was compared"
    if whole.base.unbounded_calls or whole.head.unbounded_calls:
        sides = (whole.base, whole.head)
        then, now = (
            with_unknown(told, one.list_upper, one)
            for one, told in zip(sides, dollars_of(*(one.list_upper for one in sides)), strict=True)
        )
        return f"{'compared tests ' if part else ''}{then} -> {now}, the change is unknown"
    if whole.base.list_upper == whole.head.list_upper:
        cost = dollars_of(whole.head.list_upper)[0]
        return f"compared tests unchanged, {cost}" if part else f"{cost}, as it was"
    then, now = dollars_of(whole.base.list_upper, whole.head.list_upper)
    return f"{'compared tests ' if part else ''}{then} -> {now}, {whole.said}"


def _print_section(heading: str, table: Table) -> None:
    if table.rows:
        say()
        say(heading)
        print_table(table.headers, table.rows, names=table.names)
        if table.left_out:
            say(table.left_out)


def _print_requests(requests: tuple[RequestChange, ...]) -> None:
    if requests:
        say()
        say("requests that changed")
    groups = alike(requests)
    for first, *others in groups[:_MOST_REQUESTS]:
        _print_request(first, others)
    _print_more(sum(map(len, groups[_MOST_REQUESTS:])), "request")


def _print_request(first: RequestChange, others: list[RequestChange]) -> None:
    where = f" in {first.cassette}" if first.cassette else ""
    say(f"{first.test}{where}: {_costs(first.base, first.head)}; {', '.join(first.places)}")
    for line in first.lines:
        say(f"    {line}")
    if others:
        say(f"the same in {calls_of(len(others), 'other request')}")
    for one in others[:_MOST_ALIKE]:
        say(f"    {one.test}: {_costs(one.base, one.head)}")
    _print_more(len(others) - _MOST_ALIKE, "request")


def _costs(base: Money | None, head: Money | None) -> str:
    if base is not None and head is not None:
        return " -> ".join(dollars_of(base, head))
    return " -> ".join("unknown" if one is None else dollars_of(one)[0] for one in (base, head))


def _print_names(heading: str, names: Iterable[str]) -> None:
    names = [*names]
    if names:
        say()
        say(heading)
    for name in names[:_MOST_NAMES]:
        say(f"    {name}")
    _print_more(len(names) - _MOST_NAMES, heading.partition(",")[0].removesuffix("s"))


def _print_findings(findings: tuple[Finding, ...]) -> None:
    width = shutil.get_terminal_size((100, 24)).columns
    for finding in findings[:_MOST_FINDINGS]:
        say()
        for line in block(finding, width=width, unicode=takes_unicode(sys.stdout.encoding)):
            print(line)
    _print_more(len(findings) - _MOST_FINDINGS, "finding")


def _print_more(count: int, noun: str) -> None:
    if count > 0:
        say(f"    and {calls_of(count, f'more {noun}')}")
