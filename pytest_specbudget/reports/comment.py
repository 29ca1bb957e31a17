"""What a pull request changes, as one comment on it.

The verdict stands first, with the change in front, then one table of SPECs; the rest is folded:
why, which requests changed, what is wasted, which tests only one side has, what was accepted.  A
hidden marker lets a workflow find and renew its comment.  Whatever the suite, the text stays under
`LIMIT`, cut at whole entries, and says what it left out.

Where nothing was compared, it is what `markdown` writes.  Whether to post a comment that says that
nothing changed is the caller's choice; `nothing_changed` tells.
"""

from __future__ import annotations

from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

from pytest_specbudget.core.rises import apart, percent_more
from pytest_specbudget.core.wording import calls_of, dollars
from pytest_specbudget.reports import markdown
from pytest_specbudget.reports.alike import alike
from pytest_specbudget.reports.changes import (
    acknowledged,
    acknowledged_table,
    changed,
    changed_table,
    counts,
    specs_compared,
)
from pytest_specbudget.reports.compared import (
    claims_table,
    effects_in_words,
    effects_table,
    kinds_table,
    listed_table,
    waste_table,
)
from pytest_specbudget.reports.headline import figures, whose_figures, word
from pytest_specbudget.reports.markup import (
    LIMIT,
    MARKER,
    MOST_LINE,
    Fold,
    assembled,
    bullets,
    code,
    drawn_table,
    fenced,
)
from pytest_specbudget.reports.tables import quality_table
from pytest_specbudget.reports.uncompared import has_one_sided, not_compared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_specbudget.audit.comparison import Change, Comparison, RequestChange
    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.reports.tables import Table

__all__ = ["LIMIT", "MARKER", "nothing_changed", "render"]

_MOST_ROWS = 20
_MOST_REQUESTS = 10
_MOST_ALIKE = 5
_MOST_LINES = 60
_MOST_TEXT = 3_000
_MOST_PLACES = 5
_MOST_WHY = 10
_UNCHANGED = "cost unchanged"


def render(report: Report) -> str:
    """Write *report* in GitHub's Markdown, ending in a newline."""
    comparison = report.comparison
    if comparison is None:
        return markdown.render(report)
    standing = markdown.standing(partial(_standing, report, comparison))
    return assembled(standing, _folds(report, comparison))


def nothing_changed(report: Report) -> bool:
    """Tell whether a comment would only say that all is as it was.

    It is not, where nothing was compared, where the run does not pass or warns of something, or
    where any figure differs, a test is only on one side or was not run.
    """
    comparison = report.comparison
    if comparison is None or report.verdict.findings or not report.verdict.passed:
        return False
    differs = any(change.said != "same" for change in comparison.changes)
    moved = comparison.renamed or comparison.requests
    return not differs and not moved and not (not_compared(comparison) or comparison.new)


def _standing(report: Report, comparison: Comparison, most: int) -> Iterator[str]:
    yield f"### {word(report)} spec budget: {_headline(comparison)}"
    yield from markdown.verdict_reasons(report)
    said = counts(comparison)
    yield markdown.compared_with(comparison) + (f" SPECs: {said}." if said else "")
    yield drawn_table(specs_compared(report, comparison, most))
    if report.quality:
        yield drawn_table(quality_table(report))
    whose = whose_figures(report)
    yield f"{whose[0].upper()}{whose[1:]}: {' · '.join(figures(report))}"


def _headline(comparison: Comparison) -> str:
    """Say how much dearer it is; where that is not all of it, of what, and what else there is."""
    told, left = _change(comparison.whole), not_compared(comparison, "to")
    if not left:
        return told
    if comparison.whole is None:
        return f"{told}: {left}"
    said = "compared tests unchanged" if told == _UNCHANGED else f"{told} in compared tests"
    return f"{said}; not compared: {left}"


def _change(whole: Change | None) -> str:
    if whole is None:
        return "nothing to compare with"
    if whole.base.unbounded_calls or whole.head.unbounded_calls:
        return "the change is unknown"
    base, head = whole.base.list_upper, whole.head.list_upper
    if base == head:
        return _UNCHANGED
    change = apart(base, head)[2]
    share = percent_more(base, head, whole.limit)
    told = "" if share == "-" else f" ({share})"
    return f"{_in_dollars(change)}{told}"


def _in_dollars(change: str) -> str:
    return change if change == "0" else f"{change[0]}${change[1:]}"


def _folds(report: Report, comparison: Comparison) -> Iterator[Fold]:
    wasted, claims = len(comparison.waste), len(comparison.claims)
    yield from _why(comparison)
    yield from _requests(comparison)
    yield from _tables("Calls to do without", wasted, partial(waste_table, comparison))
    yield from _one_sided(comparison)
    yield from markdown.findings_folds(report)
    yield from _accepted(comparison)
    yield from _moved(comparison)
    yield from _tables("Repeated runs", claims, partial(claims_table, comparison))
    yield from markdown.run_folds(report, comparison.notes)


def _why(comparison: Comparison) -> Iterator[Fold]:
    reasons = _explained(comparison)
    split = next(iter(comparison.effects), None)
    told = effects_in_words(split) if split is not None else ""
    if told or reasons:
        title = f"Why: {told}" if told else "Why"
        yield Fold(title=title, draw=partial(_reasons, comparison, reasons), most=_MOST_ROWS)


def _explained(comparison: Comparison) -> list[Change]:
    """Return what says why it is dearer: SPECs, and the tests of those that do not."""
    specs = [one for one in comparison.changes if one.scope == "spec" and one.why]
    told = {one.subject for one in specs}
    tests = [one for one in comparison.changes if one.scope == "test" and one.why]
    return [*specs, *(one for one in tests if not told & {*one.spec.split(", ")})]


def _reasons(comparison: Comparison, reasons: list[Change], most: int) -> str:
    split = drawn_table(effects_table(comparison, most))
    part = split and has_one_sided(comparison)
    noted = "New and vanished tests are in these sums." if part else ""
    kinds = drawn_table(kinds_table(comparison, most))
    shown = reasons[: min(most, _MOST_WHY)]
    why = [f"{code(one.subject)}: {', '.join(map(code, one.why))}" for one in shown]
    clauses = bullets(why, len(reasons) - len(shown))
    return "\n\n".join(filter(None, [noted, split, kinds, clauses]))


def _requests(comparison: Comparison) -> Iterator[Fold]:
    found = comparison.requests
    if found:
        title = f"Changed requests ({len(found):,})"
        groups = alike(found)
        draw = partial(_drawn_requests, groups)
        yield Fold(title=title, draw=draw, most=min(len(groups), _MOST_REQUESTS))


def _drawn_requests(groups: list[list[RequestChange]], most: int) -> str:
    parts = [part for first, *others in groups[:most] for part in _requests_alike(first, others)]
    more = sum(map(len, groups[most:]))
    return "\n\n".join([*parts, *([f"and {calls_of(more, 'more request')}"] if more > 0 else [])])


def _requests_alike(first: RequestChange, others: list[RequestChange]) -> Iterator[str]:
    yield from _request(first)
    if others:
        shown = [f"{code(one.test)}: {_costs(one)}" for one in others[:_MOST_ALIKE]]
        listed = bullets(shown, len(others) - len(shown))
        yield f"The same in {calls_of(len(others), 'other request')}:\n\n{listed}"


def _request(one: RequestChange) -> Iterator[str]:
    cassette = f" in {code(one.cassette)}" if one.cassette else ""
    yield f"{code(one.test)}{cassette}: {_costs(one)}"
    if one.places:
        more = len(one.places) - _MOST_PLACES
        shown = [*map(code, one.places[:_MOST_PLACES]), *([f"{more:,} more"] if more > 0 else [])]
        yield f"It differs at {', '.join(shown)}."
    if one.lines:
        yield fenced(_cut(one.lines), "diff")


def _cut(lines: tuple[str, ...]) -> list[str]:
    """Return as many lines as one request may take, and say how many more there are."""
    ends = accumulate(min(len(line), MOST_LINE) for line in lines[:_MOST_LINES])
    shown = lines[: sum(end <= _MOST_TEXT for end in ends)]
    more = len(lines) - len(shown)
    return [*shown, *([f"... {calls_of(more, 'more line')}"] if more > 0 else [])]


def _costs(one: RequestChange) -> str:
    if one.base is None or one.head is None:
        sides = ("?" if side is None else dollars(side) for side in (one.base, one.head))
        return " to ".join(sides)
    base, head, change = apart(one.base, one.head)
    return f"${base} to ${head} ({_in_dollars(change)})"


def _accepted(comparison: Comparison) -> Iterator[Fold]:
    found = len(acknowledged(comparison))
    yield from _tables("Accepted on purpose", found, partial(acknowledged_table, comparison))


def _moved(comparison: Comparison) -> Iterator[Fold]:
    """Yield what changed below the SPECs; one fold a scope."""
    for scope in ("test", "stage", "model"):
        found = len(changed(comparison, scope))
        table = partial(changed_table, comparison, scope)
        yield from _tables(f"{scope.capitalize()}s that changed", found, table)


def _one_sided(comparison: Comparison) -> Iterator[Fold]:
    sides = {
        "new": comparison.new,
        "vanished": comparison.vanished,
        "renamed": comparison.renamed,
        "not run": comparison.unrun,
    }
    told = ", ".join(f"{len(tests):,} {said}" for said, tests in sides.items() if tests)
    if told:
        yield Fold(title=f"Tests: {told}", draw=partial(_sides, comparison), most=_MOST_ROWS)


def _sides(comparison: Comparison, most: int) -> str:
    renamed = comparison.renamed[:most]
    unrun = comparison.unrun[:most]
    parts = [
        drawn_table(listed_table(comparison, most)),
        bullets(
            [f"renamed: {code(old)} to {code(new)}" for old, new in renamed],
            len(comparison.renamed) - len(renamed),
        ),
        bullets([f"not run: {code(test)}" for test in unrun], len(comparison.unrun) - len(unrun)),
    ]
    return "\n\n".join(filter(None, parts))


def _tables(title: str, count: int, table: Callable[[int], Table]) -> Iterator[Fold]:
    if count:
        yield Fold(
            title=f"{title} ({count:,})",
            draw=lambda most: drawn_table(table(most)),
            most=min(count, _MOST_ROWS),
        )
