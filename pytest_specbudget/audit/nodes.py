"""Node ids of pytest: which test lies in which class, file or folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

__all__ = ["is_among"]

_SEPARATOR = "::"


def is_among(nodes: Container[str], test: str) -> bool:
    """Tell whether *test*, or a function, class, file or folder that it lies in, is in *nodes*."""
    return any(node in nodes for node in _outwards(test))


def _outwards(test: str) -> Iterator[str]:
    """Yield a node id and those of what it lies in, from the inside."""
    yield test
    file, *names = test.partition("[")[0].split(_SEPARATOR)
    while names:
        yield _SEPARATOR.join((file, *names))
        names.pop()
    while file:
        yield file
        file = file.rpartition("/")[0]
