"""What a route is: a way to call a model, and how well a request body fits it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping

    from pytest_specbudget.providers.fold import Asked, Fold

__all__ = ["Fit", "Route", "fit"]

Fit = Literal["whole", "part", "none"]
"""How much of a route's shape a request body has."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way to call a model.

    Attributes:
        path: Found in the path of such a request; a group `model` holds the model's name.
        shape: Keys of the request body; of each tuple, one must be there.
        operation: `gen_ai.operation.name`, where OpenTelemetry has one.
        provider: Who speaks this format, for hosts that nobody knows.
        fold: Makes the reader of one answer.
        everyday: Whether others use such a path for other things, so that on a host that nobody
            knows a body that fits in part is no model call at all.
        own: Whether this holds on hosts of *provider* alone, because the path means something else
            everywhere else.
    """

    path: re.Pattern[str]
    shape: tuple[tuple[str, ...], ...]
    operation: str
    provider: str
    fold: Callable[[Asked], Fold]
    everyday: bool = False
    own: bool = False


def fit(route: Route, keys: Mapping[str, object], *, model_in_path: bool) -> Fit:
    """Tell how much of the shape of *route* is among the *keys* of a request body."""
    given = keys.keys()
    there = [
        (model_in_path and "model" in some) or not given.isdisjoint(some) for some in route.shape
    ]
    if all(there):
        return "whole"
    return "part" if any(there) and not route.everyday else "none"
