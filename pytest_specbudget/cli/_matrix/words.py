"""What a matrix came to, in a few sentences and as an exit status."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_specbudget.cli._matrix.plan import Pair
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.reports.figures import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_specbudget.cli._matrix.plan import Misfit
    from pytest_specbudget.cli._matrix.rows import Row
    from pytest_specbudget.cli._matrix.till import Till

__all__ = ["foretold", "reckoned", "status_of", "told_beforehand"]

_GOOD, _TROUBLE, _WRONG_ARGUMENTS, _UNPRICED = 0, 1, 2, 3
_NOT_SENT = frozenset({"refused", "no fit"})
_SETTLED = frozenset({"planned", "recorded", "recorded before", "no fit"})


def told_beforehand(rows: Sequence[Row]) -> Iterator[str]:
    """Say what is not sent and why: once for each reason, with what to paste on lines of its own.

    What is recorded already stands in the table below, and needs a line only if its cost is not
    known.
    """
    reasons: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        if row.state in _NOT_SENT:
            reasons.setdefault((row.state, row.model, row.why), []).append(row)
        elif row.state == "recorded before" and row.why:
            yield row.line()
    for (state, model, why), alike in reasons.items():
        cases = alike[0].case if len(alike) == 1 else calls_of(len(alike), "case")
        yield from map(visible, f"{state}  {cases}  {model}: {why}".split("\n"))


def foretold(rows: Sequence[Row], cap: Money | None) -> Iterator[str]:
    """Say what would be spent, and whether that may be more than *cap*."""
    planned = [row for row in rows if row.state == "planned"]
    worst = Money.total(row.worst or Money() for row in planned)
    known = [row.expected for row in planned if row.expected is not None]
    guess = f"${Money.total(known)} expected"
    if len(known) < len(planned):
        guess += f" for {calls_of(len(known))} of them, unknown for the others"
    yield f"would send {calls_of(len(planned))}: ${worst} at most, {guess}; nothing was sent"
    if cap is not None and worst > cap:
        yield f"that could be more than --max-cost {cap}: calls that could cross it are refused"


def reckoned(rows: Sequence[Row], till: Till) -> Iterator[str]:
    """Say what became of the calls, and what was spent, exactly."""
    states = Counter(row.state for row in rows)
    yield ", ".join(f"{count:,} {state}" for state, count in states.items())
    yield f"spent ${till.spent} of ${till.ceiling.amount}"
    if till.unknown:
        yield f"and at most ${till.unknown} for calls whose cost nobody knows"


def status_of(rows: Sequence[Row], plan: Sequence[Pair | Misfit], *, damaged: bool) -> int:
    """Return the exit status; *damaged* tells whether a file could not be read."""
    if all(row.state == "no fit" for row in rows):
        return _WRONG_ARGUMENTS
    left = [pair for pair, row in zip(plan, rows, strict=True) if row.state not in _SETTLED]
    unpriced = [pair for pair in left if isinstance(pair, Pair) and pair.unpriced]
    if damaged or len(unpriced) < len(left):
        return _TROUBLE
    return _UNPRICED if unpriced else _GOOD
