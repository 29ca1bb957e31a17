"""Whether a compiled catalogue is what it says, and looks like a price sheet.

Its digests, its rates, no request with two prices or none, and the same bytes when rebuilt.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import check_overlaps
from pytest_specbudget.prices.compiler.compiling import compile_catalogue
from pytest_specbudget.prices.compiler.corrections import (
    count_told,
    count_unconfirmed,
    read_corrections,
)
from pytest_specbudget.prices.compiler.genai import source_version
from pytest_specbudget.prices.compiler.rules import fits
from pytest_specbudget.prices.compiler.sanity import gaps, out_of_order, zeros
from pytest_specbudget.prices.loading import read_catalogue, read_lock
from pytest_specbudget.prices.overlay import Overlay, read_overlays
from pytest_specbudget.prices.overlay_files import overlay_file, overlay_name
from pytest_specbudget.prices.staleness import stale_sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from pytest_specbudget.prices.catalogue import Catalogue, ModelPrices, ProviderPrices
    from pytest_specbudget.prices.compiler.corrections import Corrections
    from pytest_specbudget.prices.tables import PriceTable

__all__ = ["overlay_remarks", "problems", "remarks"]

Files = list["Corrections"]

_IF_RIGHT = 'if that is right, say why in the entry with reason = "..."'


def remarks(folder: Path, corrections: Path, at: datetime) -> Iterator[str]:
    """Say what is no problem and still worth knowing at an instant.

    Raises:
        CatalogueError: If there is no catalogue, or its corrections cannot be read.
    """
    yield from _not_read([file for _, file in read_corrections(corrections)])
    for stale in stale_sources(read_catalogue(folder), at):
        yield f"stale: {stale}"
    reason = _why_not_rebuilt(folder)
    if reason:
        yield f"not compiled again: {reason}"


def _not_read(files: Files) -> Iterator[str]:
    told, unconfirmed = count_told(files), count_unconfirmed(files)
    if told:
        yield f"{told} corrections were read at a witness, not at their source"
    if unconfirmed:
        yield f"{unconfirmed} corrections are unconfirmed: their source was not read again"


def _why_not_rebuilt(folder: Path) -> str | None:
    locked = read_lock(folder).version
    try:
        installed = source_version()
    except CatalogueError as error:
        return str(error)
    if installed != locked:
        return f"the lock was made from version {locked}, installed is {installed}"
    return None


def overlay_remarks(paths: Iterable[Path], laid: Catalogue) -> Iterator[str]:
    """Say what looks mistyped in overlays and may be right; a `reason` in an entry says that it is.

    Args:
        paths: The overlays, as for `load_catalogue`.
        laid: The catalogue with them on it.

    Raises:
        CatalogueError: With every problem of every overlay.
    """
    touched: dict[tuple[str, str], list[str]] = {}
    for path, overlay in read_overlays(map(overlay_file, paths), Overlay).items():
        file = overlay_name(path)
        for table in ("price", "contract"):
            yield from _odd_rates(file, table, getattr(overlay, table))
        for one in overlay.price:
            touched.setdefault((one.provider, one.model), []).append(file)
    for (provider, model), files in touched.items():
        yield from _gaps_left(laid, provider, model, ", ".join(dict.fromkeys(files)))


def _odd_rates(file: str, table: str, prices: Iterable[PriceTable]) -> Iterator[str]:
    for number, one in enumerate(prices, 1):
        origin = f"{file} [[{table}]] {number}"
        for told in () if one.reason else out_of_order(one.as_written(origin)):
            yield f"{origin}: {one.provider}/{one.model}: {told}; {_IF_RIGHT}"


def _gaps_left(laid: Catalogue, provider: str, model: str, files: str) -> Iterator[str]:
    prices = laid.providers[provider]
    for told in gaps(prices.models[prices.names[model]].rows):
        yield f"{files}: {provider}/{model}: {told}"


def problems(folder: Path, corrections: Path) -> Iterator[str]:
    """Find what is wrong with the catalogue in *folder*; compile it again where that is possible.

    Raises:
        CatalogueError: If there is no catalogue, or its corrections cannot be read.
    """
    yield from _wrong_inside(folder, [file for _, file in read_corrections(corrections)])
    if _why_not_rebuilt(folder) is None:
        yield from _not_reproduced(folder, corrections)


def _wrong_inside(folder: Path, files: Files) -> Iterator[str]:
    catalogue = read_catalogue(folder)
    for name in catalogue.providers:
        try:
            prices = catalogue.providers[name]
        except CatalogueError as error:
            yield str(error)
        else:
            yield from _not_whole(folder / f"{name}.json")
            for model in prices.models.values():
                yield from _wrong_model(prices, model, files)


def _not_whole(shard: Path) -> Iterator[str]:
    """Find rates that are no whole number of 0 or more."""
    for name, model in json.loads(shard.read_bytes())["models"].items():
        for row in model["rows"]:
            for meter, rate in row["rates"].items():
                if type(rate) is not int or rate < 0:
                    yield f"{shard}: {meter} of {name} is {rate}, no whole number of 0 or more"


def _wrong_model(prices: ProviderPrices, model: ModelPrices, files: Files) -> Iterator[str]:
    try:
        check_overlaps(f"{prices.name}/{model.name}", model.rows, prices.schedules)
    except CatalogueError as error:
        yield str(error)
    found = [*gaps(model.rows)]
    if not _declared_free(prices.name, model.name, files):
        found += zeros(model.rows)
    unusual = _unusual(prices.name, model.name, files)
    found += (told for row in model.rows for told in out_of_order(row, unusual))
    yield from (f"{prices.name}/{model.name}: {told}" for told in found)


def _declared_free(provider: str, model: str, files: Files) -> bool:
    free = [one.model for file in files for one in file.free if one.provider == provider]
    return fits(model, free)


def _unusual(provider: str, model: str, files: Files) -> set[str]:
    declared = (one for file in files for one in file.unusual if one.provider == provider)
    return {meter for one in declared if fits(model, one.models) for meter in one.meters}


def _not_reproduced(folder: Path, corrections: Path) -> Iterator[str]:
    again = compile_catalogue(corrections, read_lock(folder).as_of)
    here = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    for name in sorted({*again, *here}):
        if again.get(name) != here.get(name):
            yield f"{folder / name} is not what its source and corrections compile to"
