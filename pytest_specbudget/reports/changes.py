"""Tables of what both sides of a comparison have: base, head, change, and what is said of it.

An amount of bounded calls is the most that they may cost, which is what the comparison judges.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.rises import apart, percent_more, signed
from pytest_specbudget.core.wording import calls_of, first_of, places_for, plain, tight
from pytest_specbudget.reports.figures import judged_upper, spec_name, with_unknown
from pytest_specbudget.reports.tables import Table
from pytest_specbudget.reports.uncompared import has_one_sided

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_specbudget.audit.comparison import Change, Comparison, Scope
    from pytest_specbudget.core.ledger import Totals
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.reports.report import Report

    Column = tuple[str, Sequence[str]]

__all__ = [
    "acknowledged",
    "acknowledged_table",
    "changed",
    "changed_table",
    "columned",
    "counts",
    "more_of",
    "specs_compared",
]

_SAID = (
    "regressed",
    "inconclusive",
    "acknowledged",
    "new",
    "tolerated",
    "dearer",
    "not judged",
    "cheaper",
    "same",
)
_WHOLE_RUN = "whole run"
_COMPARED = "compared tests"
_NONE = "-"
_ACKNOWLEDGED = "(acknowledged)"
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One subject; without a base, only the head has it."""

    name: str
    head: Totals
    base: Totals | None = None
    said: str = "new"
    limit: str = ""
    left: str = _NONE

    @property
    def costs(self) -> tuple[Money, ...]:
        sides = (self.head,) if self.base is None else (self.base, self.head)
        return tuple(side.list_upper for side in sides)

    @property
    def rank(self) -> tuple[int, int, str]:
        rise = 0 if self.base is None else self.costs[1].atto - self.costs[0].atto
        return _SAID.index(self.said), -abs(rise), self.name


def specs_compared(report: Report, comparison: Comparison, most: int = 20) -> Table:
    """Show each SPEC on both sides, what matters most first; the whole run last.

    What is left of its ceiling is that of the whole SPEC, with the tests that only the head has.
    """
    lines = sorted(_spec_lines(report, comparison), key=lambda line: line.rank)
    shown = [*lines[:most], *_whole_run(report, comparison)]
    held = any(line.left != _NONE for line in shown)
    left = [("ceiling left", [line.left for line in shown])] if held else []
    return columned(
        [("spec", [line.name for line in shown]), _said(shown), *_figures(shown), *left],
        over=_over(shown),
        left_out=_left_out(lines[most:], "SPEC"),
    )


def changed(comparison: Comparison, scope: Scope) -> list[Change]:
    """Return what is not the same, of one scope."""
    return [one for one in comparison.changes if one.scope == scope and one.said != "same"]


def changed_table(comparison: Comparison, scope: Scope, most: int = 10) -> Table:
    """Show what is not the same, of one scope, what matters most first."""
    found = changed(comparison, scope)
    lines = [_line(one, said=_said_of(one, comparison)) for one in found]
    lines.sort(key=lambda line: line.rank)
    shown = lines[:most]
    return columned(
        [(scope, [line.name for line in shown]), _said(shown), *_figures(shown)],
        over=_over(shown),
        left_out=_left_out(lines[most:], scope),
    )


def acknowledged(comparison: Comparison) -> list[Change]:
    """Return what is dearer than its limit, and was accepted on purpose."""
    return [one for one in comparison.changes if one.said == "acknowledged"]


def acknowledged_table(comparison: Comparison, most: int = 20) -> Table:
    """Show what was accepted on purpose, up to what, and where that is written."""
    found = acknowledged(comparison)
    shown = found[:most]
    own = [one for one in found if one.limit.endswith(_ACKNOWLEDGED)] or found
    columns = [
        ("accepted", [one.subject for one in shown]),
        ("up to", [_up_to(one, own) for one in shown]),
        ("in", [_accepted_by(one, own) for one in shown]),
        *_figures([_line(one) for one in shown]),
    ]
    return columned(columns, names=3, left_out=more_of(len(found) - most, "change"))


def _up_to(change: Change, own: Sequence[Change]) -> str:
    return (change.limit or _NONE) if change in own else _NONE


def _accepted_by(change: Change, own: Sequence[Change]) -> str:
    """Say where *change* was accepted, or from which of those with an entry of their *own*."""
    if change in own:
        return change.origin or _NONE
    above = [one for one in own if one.scope == "spec" and one.subject in change.spec.split(", ")]
    names = [one.subject for one in above or own]
    return f"follows from {first_of(names, _MOST_NAMES)}"


def counts(comparison: Comparison) -> str:
    """Count the SPECs by what is said of them: `1 regressed, 2 cheaper, 7 same`."""
    return _counted(one.said for one in comparison.changes if one.scope == "spec")


def columned(
    columns: Iterable[Column],
    *,
    names: int = 1,
    over: frozenset[int] = frozenset(),
    left_out: str = "",
) -> Table:
    """Make a table of *columns*, each its header and its cells."""
    headers, cells = zip(*columns, strict=True)
    rows = tuple(zip(*cells, strict=True))
    return Table(headers=headers, rows=rows, names=names, over=over, left_out=left_out)


def more_of(count: int, noun: str) -> str:
    """Say how many are not shown; empty if all are."""
    return f"and {calls_of(count, f'more {noun}')}" if count > 0 else ""


def _spec_lines(report: Report, comparison: Comparison) -> Iterator[_Line]:
    left = {row.name: _left(report, row.ceiling, row.totals) for row in report.specs}
    changes = [one for one in comparison.changes if one.scope == "spec"]
    for change in changes:
        name = spec_name(report, change.subject)
        yield _line(change, name, left.get(change.subject, _NONE))
    told = {change.subject for change in changes}
    for row in report.specs:
        if row.name not in told:
            yield _Line(name=spec_name(report, row.name), head=row.totals, left=left[row.name])


def _whole_run(report: Report, comparison: Comparison) -> Iterator[_Line]:
    ceilings = [gate.ceiling for gate in report.gates if gate.scope == "session"]
    told_already = spec_name(report, UNASSIGNED) == _WHOLE_RUN and report.specs and not ceilings
    if comparison.whole is not None and not told_already:
        left = _left(report, min(ceilings, default=None), report.totals)
        name = _COMPARED if has_one_sided(comparison) else _WHOLE_RUN
        yield _line(comparison.whole, name, left)


def _said_of(change: Change, comparison: Comparison) -> str:
    """Say it in words that claim no limit where none holds, and that hide no regression above."""
    if change.said != "tolerated":
        return change.said
    if not change.limit:
        return "not judged" if change.base.calls else "new"
    specs = change.spec.split(", ")
    above = (one for one in comparison.changes if one.scope == "spec" and one.subject in specs)
    return "dearer" if any(one.said == "regressed" for one in above) else change.said


def _line(change: Change, name: str = "", left: str = _NONE, said: str = "") -> _Line:
    return _Line(
        name=name or change.subject,
        base=change.base,
        head=change.head,
        said=said or change.said,
        limit=change.limit,
        left=left,
    )


def _left(report: Report, ceiling: Money | None, totals: Totals) -> str:
    if ceiling is None:
        return _NONE
    rest = ceiling - judged_upper(report, totals)
    return with_unknown(signed(rest).removeprefix("+"), rest, totals)


def _figures(lines: list[_Line]) -> Iterator[Column]:
    """Yield the columns of costs, written alike as far as that tells the sides apart."""
    places = places_for(cost for line in lines for cost in line.costs)
    rows = [_compared(line, places) for line in lines]
    for place, header in enumerate(("base USD", "head USD", "change", "in %")):
        yield header, [row[place] for row in rows]


def _compared(line: _Line, places: int) -> tuple[str, str, str, str]:
    head = line.costs[-1]
    if line.base is None:
        alone = plain(head, places)
        return _NONE, with_unknown(alone, head, line.head), _NONE, _NONE
    base = line.costs[0]
    was, now, change = apart(base, head, places)
    share = tight(percent_more(base, head, line.limit))
    unknown = line.base.unbounded_calls or line.head.unbounded_calls
    told = ("?", "?") if unknown else (change, share)
    return with_unknown(was, base, line.base), with_unknown(now, head, line.head), *told


def _said(lines: list[_Line]) -> Column:
    return "", [line.said for line in lines]


def _over(lines: list[_Line]) -> frozenset[int]:
    """Return which lines fail the run."""
    return frozenset(place for place, line in enumerate(lines) if line.said in _SAID[:2])


def _left_out(lines: list[_Line], noun: str) -> str:
    told = _counted(line.said for line in lines)
    return f"{more_of(len(lines), noun)}: {told}" if lines else ""


def _counted(said: Iterable[str]) -> str:
    found = Counter(said)
    return ", ".join(f"{found[one]:,} {one}" for one in _SAID if one in found)
