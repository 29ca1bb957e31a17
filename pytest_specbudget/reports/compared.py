"""What a comparison says beside the changes themselves: why, for nothing, and on one side only.

Tables and sentences before any format escapes or aligns them; `sections` is all of it as a terminal
shows it.  Everything named here is text from outside.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.rises import signed, split
from pytest_specbudget.core.wording import places_for, plain
from pytest_specbudget.reports.changes import (
    acknowledged_table,
    changed_table,
    columned,
    more_of,
    specs_compared,
)
from pytest_specbudget.reports.figures import with_unknown
from pytest_specbudget.reports.uncompared import has_one_sided

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.audit.comparison import Comparison, Effects
    from pytest_specbudget.core.ledger import Totals
    from pytest_specbudget.reports.changes import Column
    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.reports.tables import Table

__all__ = [
    "claims_table",
    "effects_in_words",
    "effects_table",
    "kinds_table",
    "listed_table",
    "renamed_table",
    "sections",
    "sides",
    "unrun_table",
    "waste_table",
]

_EFFECTS = {"price": "price", "calls": "calls", "mix": "models", "tokens": "tokens"}
_MOST_KINDS = 6
_NOTHING = Money()


def sections(report: Report, comparison: Comparison, most: int = 5) -> Iterator[tuple[str, Table]]:
    """Yield what a terminal shows, a heading and its table each; none of them is empty."""
    limit = f", limit {comparison.limit}" if comparison.limit else ""
    origin = f" from {comparison.origin}" if comparison.origin else ""
    told = [
        (f"compared with {comparison.base}{limit}{origin}", specs_compared(report, comparison)),
        (_why(comparison), effects_table(comparison, 5)),
        ("tests that changed", changed_table(comparison, "test", 5)),
        *sides(comparison, most),
        ("calls to do without", waste_table(comparison, 5)),
        ("accepted on purpose", acknowledged_table(comparison, 5)),
        ("repeated runs", claims_table(comparison, 5)),
    ]
    yield from ((heading, table) for heading, table in told if table.rows)


def sides(comparison: Comparison, most: int) -> Iterator[tuple[str, Table]]:
    """Yield the tests that are on one side only, have another name, or were not run."""
    told = [
        ("on one side only, not compared", listed_table(comparison, most)),
        ("renamed", renamed_table(comparison, most)),
        ("not run, not compared", unrun_table(comparison, most)),
    ]
    yield from ((heading, table) for heading, table in told if table.rows)


def effects_in_words(one: Effects) -> str:
    """Say what a change comes from, what matters most first: `calls +0.0800, tokens +0.0312`."""
    parts = _parts(one)
    shown = split(parts, places_for(parts))
    places = [place for place, part in enumerate(parts) if part]
    places.sort(key=lambda place: -abs(parts[place]).atto)
    names = [*_EFFECTS.values()]
    return ", ".join(f"{names[place]} {shown[place]}" for place in places)


def effects_table(comparison: Comparison, most: int = 10) -> Table:
    """Split each change into its four effects, which add up to it; the whole run first."""
    found = [one for one in comparison.effects if any(_parts(one))]
    shown = found[:most]
    places = places_for(part for one in shown for part in _parts(one))
    rows = [split(_parts(one), places) for one in shown]
    columns = [
        ("of", [one.subject for one in shown]),
        ("change", [signed(one.head - one.base, places) for one in shown]),
        *((name, [row[place] for row in rows]) for place, name in enumerate(_EFFECTS.values())),
    ]
    return columned(columns, left_out=more_of(len(found) - most, "SPEC"))


def kinds_table(comparison: Comparison, most: int = 10) -> Table:
    """Split the effect of tokens by their kind; beyond six, the lesser kinds are one."""
    found = [one for one in comparison.effects if any(one.kinds.values())]
    shown = found[:most]
    kinds = _kinds(shown)
    rows = [_amounts(one, kinds) for one in shown]
    places = places_for(amount for row in rows for amount in row)
    texts = [split(row, places) for row in rows]
    headers = kinds if len(kinds) < _MOST_KINDS else [*kinds, "other"]
    columns: list[Column] = [
        ("tokens of", [one.subject for one in shown]),
        *((kind, [row[place] for row in texts]) for place, kind in enumerate(headers)),
    ]
    return columned(columns, left_out=more_of(len(found) - most, "SPEC"))


def listed_table(comparison: Comparison, most: int = 10) -> Table:
    """Show the tests that only one side has, the dearest first."""
    both = [(one, "new") for one in comparison.new]
    both += [(one, "vanished") for one in comparison.vanished]
    both.sort(key=lambda side: (-side[0].totals.list_upper.atto, side[0].test))
    shown = both[:most]
    columns: list[Column] = [
        ("test", [one.test for one, _ in shown]),
        ("spec", [one.spec or "-" for one, _ in shown]),
        ("", [said for _, said in shown]),
        ("calls", [f"{one.totals.calls:,}" for one, _ in shown]),
        ("list USD", [_cost(one.totals) for one, _ in shown]),
    ]
    return columned(columns, names=2, left_out=more_of(len(both) - most, "test"))


def renamed_table(comparison: Comparison, most: int = 10) -> Table:
    """Show both names of each test that has another one now."""
    shown = comparison.renamed[:most]
    columns: list[Column] = [
        ("was", [old for old, _ in shown]),
        ("is", [new for _, new in shown]),
    ]
    return columned(columns, names=2, left_out=more_of(len(comparison.renamed) - most, "test"))


def unrun_table(comparison: Comparison, most: int = 10) -> Table:
    """Show the tests of the base that were left out of the head."""
    left_out = more_of(len(comparison.unrun) - most, "test")
    return columned([("test", comparison.unrun[:most])], left_out=left_out)


def waste_table(comparison: Comparison, most: int = 10) -> Table:
    """Show the calls that one could do without, the dearest first."""
    shown = comparison.waste[:most]
    places = places_for(one.list_cost for one in shown)
    columns: list[Column] = [
        ("test", [one.test for one in shown]),
        ("of", [one.kind for one in shown]),
        ("calls", [f"{one.calls:,}" for one in shown]),
        ("list USD", [plain(one.list_cost, places) for one in shown]),
        ("", ["new" if one.new else "as before" for one in shown]),
    ]
    left_out = more_of(len(comparison.waste) - most, "test")
    return columned(columns, names=2, left_out=left_out)


def claims_table(comparison: Comparison, most: int = 20) -> Table:
    """Show what repeated live runs say, with what it rests on."""
    shown = comparison.claims[:most]
    columns: list[Column] = [
        ("of", [one.question for one in shown]),
        ("estimate", [one.estimate or "-" for one in shown]),
        ("interval", [" to ".join(one.interval or ("-",)) for one in shown]),
        ("at", [one.confidence or "-" for one in shown]),
        ("p", ["-" if one.p is None else f"{one.p:.4f}" for one in shown]),
        ("power", ["-" if one.power is None else f"{one.power:.2f}" for one in shown]),
        ("n", [f"{one.n:,}" for one in shown]),
        ("needed", ["-" if one.needed is None else f"{one.needed:,}" for one in shown]),
        ("", [one.said for one in shown]),
    ]
    return columned(columns, left_out=more_of(len(comparison.claims) - most, "claim"))


def _why(comparison: Comparison) -> str:
    return "why, with new and vanished tests" if has_one_sided(comparison) else "why"


def _parts(one: Effects) -> list[Money]:
    return [getattr(one, name) for name in _EFFECTS]


def _kinds(effects: Iterable[Effects]) -> list[str]:
    """Return the kinds that matter most."""
    sizes: Counter[str] = Counter()
    for one in effects:
        sizes.update({kind: abs(amount.atto) for kind, amount in one.kinds.items() if amount})
    return [kind for kind, _ in sizes.most_common(_MOST_KINDS)]


def _amounts(one: Effects, kinds: list[str]) -> list[Money]:
    """Return what *one* has of *kinds*; and all else together, where there is more."""
    named = [one.kinds.get(kind, _NOTHING) for kind in kinds]
    rest = Money.total(one.kinds.values()) - Money.total(named)
    return [*named, rest] if len(kinds) == _MOST_KINDS else named


def _cost(totals: Totals) -> str:
    return with_unknown(plain(totals.list_upper), totals.list_upper, totals)
