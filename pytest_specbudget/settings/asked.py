"""Whether anything may have been asked of us, told cheaply.

A bare `pytest` start asks this first, so that it reads one file and imports no reader of settings.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_specbudget.settings.table import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["CACHE", "CONFORMANCE", "DISABLE", "RESERVED", "SHARD", "may_be_asked", "mentions_us"]

DISABLE = "SPECBUDGET_DISABLE"
"""The kill switch: it switches the gate off, and the run says so."""

CONFORMANCE = "SPECBUDGET_CONFORMANCE"
"""Where our own tests find their material; no setting at all."""

SHARD = "SPECBUDGET_SHARD"
"""Which part of a sharded run this is, for the header of the journal; no setting either."""

CACHE = "SPECBUDGET_CACHE"
"""Where recordings for our own tests are kept; no setting either."""

RESERVED = (DISABLE, CONFORMANCE, SHARD, CACHE)


_NAMES = ("specbudget", "spec-budget", "spec_budget")
"""Our table's name, and how it is misspelt."""


def may_be_asked(
    *, options: Mapping[str, object], environment: Mapping[str, str], rootdir: Path
) -> bool:
    """Tell whether `read_settings` could find anything; where this says no, there is nothing."""
    return (
        any(options.get(option.dest) not in (None, False) for option in OPTIONS)
        or any(
            name.startswith("SPECBUDGET_") and name not in (CONFORMANCE, SHARD, CACHE)
            for name in environment
        )
        or os.path.lexists(rootdir / "specbudget.toml")
        or _mentions_us(rootdir / "pyproject.toml")
    )


def mentions_us(text: str) -> bool:
    """Tell whether the text of a `pyproject.toml` could hold our table."""
    return any(name in text for name in _NAMES)


def _mentions_us(path: Path) -> bool:
    try:
        return mentions_us(path.read_text(encoding="utf-8", errors="replace"))
    except FileNotFoundError:
        return False
    except OSError:  # reading the settings will say what is wrong
        return True
