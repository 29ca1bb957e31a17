"""What a source says that a history has no column for: named, with the column that was meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.columns import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["ignored_sentence"]

_NAMES = frozenset(column.name for column in COLUMNS)
_MEANT = {
    **dict.fromkeys(("prompt_tokens", "tokens_in"), "input_tokens"),
    **dict.fromkeys(("completion_tokens", "tokens_out"), "output_tokens"),
    **dict.fromkeys(("cached_tokens", "cache_read_tokens"), "cache_read_input_tokens"),
    **dict.fromkeys(
        ("cache_creation_input_tokens", "cache_write_tokens"), "cache_write_input_tokens"
    ),
    **dict.fromkeys(("reasoning_tokens", "thinking_tokens"), "reasoning_output_tokens"),
    **dict.fromkeys(("cost", "cost_usd", "price", "total_cost"), "list_cost, in attodollars"),
    **dict.fromkeys(("time", "timestamp", "created", "created_at"), "at"),
    **dict.fromkeys(("model_id", "model_name", "response_model"), "model"),
    **dict.fromkeys(("vendor", "system", "provider_name"), "provider"),
    **dict.fromkeys(("call_id", "request_id"), "id"),
}
"""Names that others give to what we have under another one."""

_ALIKE = 0.8
_SHOWN = 12


def ignored_sentence(path: Path, names: Iterable[str]) -> str | None:
    """Say which of the *names* that the file at *path* uses are no columns; None if all are."""
    strange = sorted({*names} - _NAMES)
    if not strange:
        return None
    told = ", ".join(map(_told, strange[:_SHOWN]))
    more = f" and {len(strange) - _SHOWN} more" if len(strange) > _SHOWN else ""
    columns = "the columns are told by `specbudget schema history`"
    return f"{path}: ignored: {told}{more}; {columns}"


def _told(name: str) -> str:
    alike = get_close_matches(name.casefold(), _NAMES, n=1, cutoff=_ALIKE)
    meant = _MEANT.get(name.casefold()) or next(iter(alike), None)
    return name if meant is None else f"{name} (is {meant} meant?)"
