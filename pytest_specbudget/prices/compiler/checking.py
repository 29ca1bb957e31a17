"""Whether a compiled catalogue is what it says: digests, overlaps, the same bytes when rebuilt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import check_overlaps
from pytest_specbudget.prices.compiler.compiling import compile_catalogue
from pytest_specbudget.prices.compiler.corrections import count_unconfirmed, read_corrections
from pytest_specbudget.prices.compiler.genai import source_version
from pytest_specbudget.prices.loading import read_catalogue, read_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["problems", "remarks"]


def remarks(folder: Path, corrections: Path) -> Iterator[str]:
    """Say what is no problem and still worth knowing.

    Raises:
        CatalogueError: If there is no catalogue, or its corrections cannot be read.
    """
    unconfirmed = count_unconfirmed(file for _, file in read_corrections(corrections))
    if unconfirmed:
        yield f"{unconfirmed} corrections are unconfirmed: their source was not read again"
    reason = _why_not_rebuilt(folder)
    if reason:
        yield f"not compiled again: {reason}"


def _why_not_rebuilt(folder: Path) -> str | None:
    locked = read_lock(folder).version
    try:
        installed = source_version()
    except CatalogueError as error:
        return str(error)
    if installed != locked:
        return f"the lock was made from version {locked}, installed is {installed}"
    return None


def problems(folder: Path, corrections: Path) -> Iterator[str]:
    """Find what is wrong with the catalogue in *folder*; compile it again where that is possible.

    Raises:
        CatalogueError: If there is no catalogue, or its corrections cannot be read.
    """
    yield from _wrong_inside(folder)
    if _why_not_rebuilt(folder) is None:
        yield from _not_reproduced(folder, corrections)


def _wrong_inside(folder: Path) -> Iterator[str]:
    catalogue = read_catalogue(folder)
    for provider in catalogue.providers:
        try:
            for name, model in catalogue.providers[provider].models.items():
                check_overlaps(f"{provider}/{name}", model.rows)
        except CatalogueError as error:
            yield str(error)


def _not_reproduced(folder: Path, corrections: Path) -> Iterator[str]:
    again = compile_catalogue(corrections, read_lock(folder).as_of)
    here = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    for name in sorted({*again, *here}):
        if again.get(name) != here.get(name):
            yield f"{folder / name} is not what its source and corrections compile to"
