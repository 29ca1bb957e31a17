"""Whole outputs, compared with the ones that a review accepted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["RENEW", "agree"]

RENEW = "SPECBUDGET_RENEW_GOLD"
"""Set it to write what is rendered now; the difference is then read in review."""


def agree(text: str, gold: Path) -> None:
    """Assert that *text* is what *gold* holds, or make it so where renewing was asked for."""
    if os.environ.get(RENEW):
        gold.parent.mkdir(parents=True, exist_ok=True)
        gold.write_text(text, "utf-8", newline="\n")
    assert text == gold.read_text("utf-8"), f"differs from {gold.name}; {RENEW}=1 renews it"
