"""Stands in for the reader of a call that failed before the call was sent.

The call is admitted, or refused, like any other.  What it consumed stays unknown, which a gate does
not pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.reading import Reading
from pytest_specbudget.providers import Asked, Fold, Listener

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.core.exchange import End, Request

__all__ = ["Unheard"]


class Unheard(Listener):
    """Hears nothing of an answer."""

    def __init__(self, request: Request) -> None:
        asked = Asked(request=request, provider="unknown", model=None)
        super().__init__(Fold(asked), operation="unknown")

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        """Let the answer pass."""

    def finish(self, end: End) -> Reading:  # noqa: ARG002 # no end says anything
        """Say that nobody knows."""
        return Reading(provider=self.provider, operation=self.operation, usage_state="unreadable")
