"""Requests that changed in the same way, so that one change of a shared prompt is shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.audit.comparison import RequestChange

__all__ = ["alike"]


def alike(requests: Iterable[RequestChange]) -> list[list[RequestChange]]:
    """Put those together that differ at the same places by the same lines, in their first order.

    One without lines stands alone: nobody knows that it changed as another did.
    """
    groups: dict[object, list[RequestChange]] = {}
    for place, one in enumerate(requests):
        key = (one.places, one.lines) if one.lines else place
        groups.setdefault(key, []).append(one)
    return [*groups.values()]
