"""What of a history is compared, beside all that is on record of it.

`specbudget history cost` sums up what was recorded; a drift compares the calls that have a cost on
both sides.  Where that is not the same, both sums stand in one sentence with what makes the
difference, which adds up exactly:

    compared = recorded - failed - without a price + what stands for costs that are not on record
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.wording import calls_of, dollars_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.analysis.drifting import DriftSummary
    from pytest_specbudget.core.money import Money

__all__ = ["is_as_recorded", "on_record_json", "on_record_told"]


def is_as_recorded(summary: DriftSummary) -> bool:
    """Tell whether what is compared is nothing but what was recorded."""
    return not summary.assumed


def on_record_told(summary: DriftSummary) -> Iterator[str]:
    """Yield what is on record, what of it is compared, and the difference, if there is one."""
    kept, total, lost = summary.on_record, summary.now.total, _lost(summary)
    costs = (kept.cost, total.recorded, kept.failed_cost, lost, summary.assumed_cost)
    recorded, compared, failed, unpriced, assumed = dollars_of(*costs)
    left_out = [
        *_part(kept.failed, "that failed", failed if kept.failed_cost else ""),
        *_part(summary.untold, "without counts or an end", ""),
        *_part(total.unknown, "without a price", unpriced if lost else ""),
    ]
    if not left_out and not summary.assumed:
        return
    fetched = f" and {calls_of(kept.fetched, 'answer')} to earlier ones" if kept.fetched else ""
    told = (
        f"on record are {calls_of(kept.calls)}{fetched} at {recorded}, as `specbudget history cost`"
    )
    told += f" sums up; compared are {total.calls:,} at {compared}"
    if left_out:
        told += f", without {_listed(left_out)}"
    if summary.assumed:
        told += f", with {summary.assumed:,} recorded without a cost, at the prices of their time"
        told += f" ({assumed})"
    yield told


def on_record_json(summary: DriftSummary) -> dict[str, Any]:
    """Return it as JSON has it: exact decimal strings."""
    kept = summary.on_record
    return {
        "calls": kept.calls,
        "answers_fetched": kept.fetched,
        "recorded_usd": str(kept.cost),
        "calls_failed": kept.failed,
        "recorded_of_failed_usd": str(kept.failed_cost),
        "recorded_of_unknown_usd": str(_lost(summary)),
        "assumed_usd": str(summary.assumed_cost),
    }


def _lost(summary: DriftSummary) -> Money:
    """Return what calls were recorded at that are compared with nothing, for want of a price."""
    kept = summary.on_record
    return kept.cost + summary.assumed_cost - summary.now.total.recorded - kept.failed_cost


def _part(calls: int, what: str, cost: str) -> Iterator[str]:
    if calls or cost:
        yield f"{calls:,} {what}{f' ({cost})' if cost else ''}"


def _listed(parts: list[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
