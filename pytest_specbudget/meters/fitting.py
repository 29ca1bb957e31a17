"""Tells whether a library is made as its meter expects, by putting the patches on and off again.

This is the one module of the meters that imports what they watch: it is for a command that is asked
to look, never for a run of tests.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_specbudget.meters.hooks import Patch

__all__ = ["misfit"]


def misfit(module: str, patch: Patch) -> str | None:
    """Say why *patch* does not fit the module of that name, as one sentence; None if it does."""
    try:
        patch(import_module(module))()
    except Exception as error:  # noqa: BLE001 # whatever a library does while it is imported
        return f"{module}: {type(error).__name__}: {error}"
    return None
