"""`daily_summary.json`: what one day cost, and how its month stands.

The keys are those of the project's own sample, and no others.

* All money is billed cost, in exact decimal strings as in every file of ours; an average and a
  projection are rounded to a millionth of a dollar, half to even.
* `specs_completed` are the SPECs that calls were billed for on that day, or failed: no record tells
  that a SPEC is done, and a replayed call is no spending, so that it is in none of these figures.
  `avg_cost_per_spec` is `total_spent` over their number, null if there is none.
* `model_usage` and `tier_distribution` count the calls that were made, failed ones included; their
  sums are equal.  A tier of another name has a key of its own, and `tier_none` appears where calls
  have no tier.
* `projected_month_end` is the run rate, `spent_to_date` over the day of the month times its days,
  so that whoever has the file can check it; the projection by weekdays, with its interval, is in
  `specbudget status`.  `alert_level` follows from the figures beside it (`budgets.calendar`).
* Without a ceiling for the month, what depends on one is null.
* The sample has no key for what is not known.  Where more may have been spent than is told (a call
  of unknown cost in that month, a journal that cannot be read or is dated ahead), the sums are
  lower bounds, and `alert_level` is `red` if they come to that, else null: it is never green.
"""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pytest_specbudget.budgets.calendar import alert_level, period_of, project_month
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import PLACES, Money
from pytest_specbudget.reports.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from pytest_specbudget.analysis.spending import Cell, Spent
    from pytest_specbudget.budgets.calendar import AlertLevel

__all__ = ["FILE", "daily_summary", "unknown_in_month", "write_daily_summary"]

FILE = "daily_summary.json"

_TIERS = ("tier_s", "tier_m", "tier_c", "tier_x")
_NO_TIER = "tier_none"
_GRID = 10 ** (PLACES - 6)


def daily_summary(spent: Spent, day: date, budget: Money | None) -> str:
    """Write what *day* cost as a JSON object, ending in a newline.

    Args:
        spent: The history, as it stood on *day*.
        day: UTC.
        budget: The ceiling of its month, or None.
    """
    cells = [cell for cell in spent.cells if cell.day == day]
    total = Money.total(cell.billed for cell in cells)
    specs = {cell.spec for cell in cells if cell.spec not in (None, UNASSIGNED)}
    summary = {
        "date": day.isoformat(),
        "total_spent": str(total),
        "specs_completed": len(specs),
        "avg_cost_per_spec": _average(total, len(specs)),
        "model_usage": _calls((cell.model, cell) for cell in cells),
        "tier_distribution": dict.fromkeys(_TIERS, 0)
        | _calls((_tier(cell), cell) for cell in cells),
        "budget_status": _status(spent, day, budget),
    }
    return json.dumps(summary, indent=1) + "\n"


def unknown_in_month(spent: Spent, day: date) -> int:
    """Count the calls of unknown cost in the month of *day*."""
    month = period_of(day, "month")
    return sum(calls for one, calls in spent.unknown().items() if period_of(one, "month") == month)


def write_daily_summary(text: str, folder: Path) -> Path:
    """Write *text* to its place in *folder*, whole or not at all, and return that.

    Raises:
        OSError: If it cannot be written; the error names it.
    """
    path = folder / FILE
    write_whole(path, text.encode())
    return path


def _average(total: Money, specs: int) -> str | None:
    return str(_rounded(Fraction(total.atto, specs))) if specs else None


def _calls(counted: Iterable[tuple[str, Cell]]) -> dict[str, int]:
    calls: Counter[str] = Counter()
    for name, cell in counted:
        calls[name] += cell.calls
    return {name: count for name, count in sorted(calls.items()) if count}


def _tier(cell: Cell) -> str:
    return _NO_TIER if cell.tier is None else f"tier_{cell.tier.lower()}"


def _status(spent: Spent, day: date, budget: Money | None) -> dict[str, Any]:
    projection = project_month(spent.daily(), day)
    so_far, projected = projection.spent, _rounded(Fraction(projection.run_rate.atto))
    left = level = None
    if budget is not None:
        left, level = budget - so_far, _level(spent, day, max(so_far, projected), budget)
    return {
        "monthly_budget": _written(budget),
        "spent_to_date": str(so_far),
        "remaining": _written(left),
        "projected_month_end": str(projected),
        "alert_level": level,
    }


def _level(spent: Spent, day: date, worst: Money, budget: Money) -> AlertLevel | None:
    whole = not (unknown_in_month(spent, day) or spent.problems or spent.ahead)
    level = alert_level(worst, worst, budget, whole=whole)
    return None if level == "unknown" else level


def _written(amount: Money | None) -> str | None:
    return None if amount is None else str(amount)


def _rounded(atto: Fraction) -> Money:
    return Money(round(atto / _GRID) * _GRID)
