"""Answers that never say what was consumed: a call is seen, and its usage stays unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.providers.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Statement

__all__ = ["Untold"]


class Untold(Fold):
    """Sound, films, explanations, work for later: whatever it is, it has no counts."""

    may_be_opaque = True

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Have nothing to take."""

    def settle(self, stated: Statement) -> None:
        """Have nothing to reckon up."""
