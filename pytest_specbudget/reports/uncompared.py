"""What a comparison leaves out, in a few words: new, vanished and left out tests.

Only tests on both sides are held against each other, so the run as a whole may cost twice as much
where no figure of them moved.  Whoever says that nothing changed says this beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.rises import apart
from pytest_specbudget.core.wording import dollars

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_specbudget.audit.comparison import Comparison, Listed

__all__ = ["alone", "has_one_sided", "not_compared"]


def not_compared(comparison: Comparison, arrow: str = "->") -> str:
    """Say what was not compared: `1 new $0.0126, 5 not run; run $0.0140 -> $0.0257`.

    What the run costs holds every test but those that were not run.  Empty if all was compared.
    A comment has no *arrow*, since its own words are no mark-up.
    """
    new = alone(comparison)
    parts = [*_listed("new", new), *_listed("vanished", comparison.vanished), *_unrun(comparison)]
    told = ", ".join(parts)
    return f"{told}; {_run(comparison, new, arrow)}" if has_one_sided(comparison) else told


def has_one_sided(comparison: Comparison) -> bool:
    """Tell whether the run holds calls that are in no sum of what was compared."""
    return bool(alone(comparison) or comparison.vanished)


def alone(comparison: Comparison) -> list[Listed]:
    """Return the new tests that are held against nothing; a strict baseline judges them."""
    judged = {change.subject for change in comparison.changes if change.scope == "test"}
    return [one for one in comparison.new if one.test not in judged]


def _listed(said: str, tests: Sequence[Listed]) -> Iterator[str]:
    if tests:
        yield f"{len(tests):,} {said} {_cost([one.totals for one in tests])}"


def _unrun(comparison: Comparison) -> Iterator[str]:
    if comparison.unrun:
        yield f"{len(comparison.unrun):,} not run"


def _run(comparison: Comparison, new: Sequence[Listed], arrow: str) -> str:
    whole = comparison.whole
    base, head = (Totals(), Totals()) if whole is None else (whole.base, whole.head)
    sides = (
        [base, *(one.totals for one in comparison.vanished)],
        [head, *(one.totals for one in new)],
    )
    was, now, _ = apart(_upper(sides[0]), _upper(sides[1]))
    marked = [_marked(f"${text}", side) for text, side in zip((was, now), sides, strict=True)]
    return f"run {f' {arrow} '.join(marked)}"


def _cost(sums: Sequence[Totals]) -> str:
    return _marked(dollars(_upper(sums)), sums)


def _upper(sums: Sequence[Totals]) -> Money:
    return Money.total(one.list_upper for one in sums)


def _marked(figure: str, sums: Sequence[Totals]) -> str:
    """Mark *figure* as a lower bound where a call has no cost, or as unknown altogether."""
    if not any(one.unbounded_calls for one in sums):
        return figure
    return f"{figure} + ?" if _upper(sums) else "?"
