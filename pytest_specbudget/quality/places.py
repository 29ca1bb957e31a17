"""What stands at a place of a JSON document, and which places a rule is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from pytest_specbudget.core.json_paths import JsonPath

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Way", "steps_of", "values_at", "within"]

Way: TypeAlias = "tuple[str | int, ...]"
"""Keys and positions from the root of a document inwards."""


def steps_of(path: str) -> tuple[str | int | None, ...]:
    """Understand *path*; `$` is the whole document.

    Raises:
        ValueError: If it is no path.
    """
    return () if path == "$" else JsonPath.parse(path).steps


def within(way: Sequence[str | int], steps: Sequence[str | int | None]) -> bool:
    """Tell whether *way* leads to the place that *steps* name, or to something inside it."""
    return len(way) >= len(steps) and all(
        step is None or step == taken for step, taken in zip(steps, way, strict=False)
    )


def values_at(document: Any, steps: Sequence[str | int | None]) -> Iterator[Any]:
    """Yield every value at the place, or places, that *steps* name."""
    if not steps:
        yield document
        return
    for inner in _entered(document, steps[0]):
        yield from values_at(inner, steps[1:])


def _entered(document: Any, step: str | int | None) -> Iterable[Any]:
    if isinstance(document, dict):
        return document.values() if step is None else [document[step]] if step in document else ()
    if isinstance(document, list):
        if step is None:
            return document
        return [document[step]] if isinstance(step, int) and step < len(document) else ()
    return ()
