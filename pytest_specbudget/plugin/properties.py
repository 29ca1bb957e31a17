"""What each test spent, as `user_properties` that other plugins and `--junitxml` show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from pytest_specbudget.core.ledger import Totals

__all__ = ["forget", "tell"]

_PREFIX = "specbudget_"
_DOUBTS = ("unpriced_calls", "unreported_calls", "partial_calls", "unknown_calls")


def tell(item: pytest.Item, totals: Totals | None) -> None:
    """Write the *totals* of *item* on it; without a call there are none."""
    if totals is not None:
        item.user_properties.extend(_properties(totals))


def forget(item: pytest.Item) -> None:
    """Take back what an earlier attempt of *item* told."""
    told = [each for each in item.user_properties if not each[0].startswith(_PREFIX)]
    item.user_properties[:] = told


def _properties(totals: Totals) -> Iterator[tuple[str, object]]:
    yield f"{_PREFIX}calls", totals.calls
    yield f"{_PREFIX}input_tokens", totals.input_tokens
    yield f"{_PREFIX}output_tokens", totals.output_tokens
    doubts = {doubt: calls for doubt in _DOUBTS if (calls := getattr(totals, doubt))}
    if totals.list_cost or not doubts:  # what nobody knows is no zero
        yield f"{_PREFIX}list_cost_usd", str(totals.list_cost)
    for doubt, calls in doubts.items():
        yield f"{_PREFIX}{doubt}", calls
