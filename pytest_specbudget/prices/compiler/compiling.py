"""The whole build: price source and corrections in, shards and lock out.

The same source, corrections and `as_of` give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import PLACES
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import (
    ModelPrices,
    ProviderPrices,
    Row,
    Snapshot,
    check_overlaps,
)
from pytest_specbudget.prices.compiler import rules
from pytest_specbudget.prices.compiler.corrections import Corrections, read_corrections
from pytest_specbudget.prices.compiler.genai import PACKAGE, Draft, read_source, source_version
from pytest_specbudget.prices.compiler.passing_on import with_makers_history
from pytest_specbudget.prices.compiler.sanity import zeros
from pytest_specbudget.prices.compiler.sheets import with_rest_withheld
from pytest_specbudget.prices.exchange import Exchange
from pytest_specbudget.prices.layering import Entry, Layers
from pytest_specbudget.prices.loading import LOCK_NAME, Lock, whole_digest
from pytest_specbudget.prices.shards import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from pytest_specbudget.prices.catalogue import Schedule
    from pytest_specbudget.prices.compiler.corrections import Names, Seller

__all__ = ["compile_catalogue", "write_catalogue"]

_COARSEST = 12
_NO_EXCHANGE = Exchange(())  # corrections are published prices, in USD
_GIVEN_AWAY = ("input", "output", "cache_read", "input_audio", "input_image")

Files = list[tuple[str, Corrections]]


def compile_catalogue(corrections: Path, as_of: str) -> dict[str, bytes]:
    """Compile the catalogue from the installed price source and a folder of corrections.

    Args:
        corrections: Folder of correction files.
        as_of: The instant up to which the data is known to be right; RFC 3339, UTC.

    Returns:
        The content of each file, by its name.

    Raises:
        CatalogueError: If the data contradicts itself, or a rate is finer than 10**-18 USD.
    """
    files = read_corrections(corrections)
    end = datetime.fromisoformat(as_of)
    compiled = [_compiled(draft, files) for draft in _drafts(files, end.date())]
    providers = _with_history(compiled, files, end)
    exponent = _exponent(providers)
    shards = {one.name: encode(one, exponent).encode() for one in providers if one.models}
    lock = _lock(shards, corrections, as_of, exponent)
    written = {f"{provider}.json": text for provider, text in shards.items()}
    return written | {LOCK_NAME: (json.dumps(asdict(lock), indent=1) + "\n").encode()}


def write_catalogue(files: dict[str, bytes], folder: Path) -> None:
    """Write a compiled catalogue into *folder*, and remove shards that it has no more."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        if old.name not in files:
            old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _lock(shards: dict[str, bytes], corrections: Path, as_of: str, exponent: int) -> Lock:
    digests = {provider: hashlib.sha256(text).hexdigest() for provider, text in shards.items()}
    return Lock(
        package=PACKAGE,
        version=source_version(),
        as_of=as_of,
        exponent=exponent,
        corrections={
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(corrections.glob("*.toml"))
        },
        shards=dict(sorted(digests.items())),
        sha256=whole_digest(digests, as_of, exponent),
    )


def _drafts(files: Files, checked: date) -> list[Draft]:
    skipped = {one.provider for _, file in files for one in file.seller if one.skip}
    drafts = read_source(checked, skipped)
    for _, file in files:
        for provider in file.providers():
            drafts.setdefault(provider, Draft(provider))
    return [drafts[provider] for provider in sorted(drafts)]


def _settings(provider: str, files: Files) -> list[Seller]:
    return [one for _, file in files for one in file.seller if one.provider == provider]


def _compiled(draft: Draft, files: Files) -> ProviderPrices:
    _check_exact(draft, files)
    _name(draft, files)
    settings = _settings(draft.provider, files)
    base = ProviderPrices(
        name=draft.provider,
        models={key: ModelPrices(key, rows) for key, rows in draft.rows.items()},
        names=draft.names,
        snapshots=_snapshots(draft, files),
        schedules=_schedules(draft.provider, files),
        regions=_regions(draft.provider, files),
        resells=tuple(name for one in settings for name in one.resells),
        paths=any(one.paths for one in settings),
    )
    corrected = _corrected(base, files)
    models = {
        key: ModelPrices(key, rows, _homes(corrected.name, key, rows, files))
        for key, model in corrected.models.items()
        if (rows := _ruled(corrected.name, key, model.rows, files))
    }
    names = {name: key for name, key in corrected.names.items() if key in models}
    for key in models:
        names.setdefault(key, key) if key in corrected.names else None
    _check(corrected.name, models, files)
    return replace(corrected, models=models, names=names)


def _with_history(
    providers: list[ProviderPrices], files: Files, as_of: datetime
) -> list[ProviderPrices]:
    """Give who passes on the prices of others the history of these."""
    sold = {one.name: one for one in providers}
    for _, file in files:
        for rule in file.passed_on:
            sold[rule.provider] = with_makers_history(sold[rule.provider], rule, sold, as_of)
    return [*sold.values()]


def _check_exact(draft: Draft, files: Files) -> None:
    for model, meter in draft.inexact:
        omitted = _of(draft.provider, files, "omit")
        if not any(meter in rule.meters and rules.fits(model, rule.models) for rule in omitted):
            raise CatalogueError(
                f"the {meter} rate of {draft.provider}/{model} is finer than 10**-{PLACES} USD"
            )


def _name(draft: Draft, files: Files) -> None:
    """Add the ids that are known one by one, and take out what is not sold."""
    for rule in _of(draft.provider, files, "drop"):
        for model in [key for key in draft.rows if rules.fits(key, rule.models)]:
            del draft.rows[model]
    for rule in _of(draft.provider, files, "names"):
        for one in rule.ids:
            draft.names = _followed(rule, draft, one) | draft.names
    draft.names = {name: key for name, key in draft.names.items() if key in draft.rows}


def _followed(rule: Names, draft: Draft, one: str) -> dict[str, str]:
    """Find the models that an id follows, bare and with each prefix under which it is sold."""
    names = [prefix + one for prefix in ("", *rule.prefixes)]
    found = {name: model for name in names if (model := rule.model or draft.match(name))}
    if not found:
        raise CatalogueError(f'{PACKAGE} has no model that "{draft.provider}/{one}" follows')
    return found


def _of(provider: str, files: Files, table: str) -> Iterator[Any]:
    for _, file in files:
        yield from (rule for rule in getattr(file, table) if rule.provider == provider)


def _snapshots(draft: Draft, files: Files) -> dict[str, tuple[Snapshot, ...]]:
    snapshots = {
        base: tuple(one for one in covered if one.model in draft.rows)
        for base, covered in draft.snapshots.items()
    }
    for rule in _of(draft.provider, files, "snapshot"):
        for base in [name for name in snapshots if rules.fits(name, rule.names)]:
            snapshots[base] = tuple(replace(one, since=rule.since) for one in snapshots[base])
    return snapshots


def _schedules(provider: str, files: Files) -> dict[str, Schedule]:
    return {name: one for _, file in files for name, one in file.schedules(provider).items()}


def _regions(provider: str, files: Files) -> dict[str, str]:
    rules_ = _of(provider, files, "region")
    labels = {region: rule.label for rule in rules_ for region in rule.regions}
    sheets = _of(provider, files, "sheet")
    own = {region for rule in sheets for region in rule.regions()}
    if any(_of(provider, files, "listed")):  # then a model may lack a price in any of them
        own |= labels.keys()
    return labels | {region: region for region in own}


def _homes(provider: str, model: str, rows: tuple[Row, ...], files: Files) -> frozenset[str]:
    found = (rules.homes(model, rows, rule) for rule in _of(provider, files, "listed"))
    return frozenset().union(*found)


def _corrected(base: ProviderPrices, files: Files) -> ProviderPrices:
    layers = Layers(base)
    for name, file in files:
        layers.lay(file.entries(base.name, name, _NO_EXCHANGE))
        for alias in file.aliases(base.name, name):
            layers.rename(alias)
        layers.lay(_on_sheets(layers, base.name, file, name))
        layers.lay(_free_entries(base, file))
    return layers.result()


def _on_sheets(layers: Layers, provider: str, file: Corrections, name: str) -> list[Entry]:
    entries = file.sheets(provider, name)
    for entry in entries:
        if entry.model not in layers.models:
            raise CatalogueError(f'{entry.origin}: there is no model "{entry.model}"')
    return entries


def _free_entries(base: ProviderPrices, file: Corrections) -> list[Entry]:
    entries = []
    for free in (one for one in file.free if one.provider == base.name):
        matching = [key for key in base.models if rules.fits(key, [free.model])]
        row = Row(rates=dict.fromkeys(_GIVEN_AWAY, 0), source=free.cited, checked=free.checked)
        entries += [
            Entry(model=model, row=row, origin=free.cited) for model in matching or [free.model]
        ]
    return entries


def _ruled(provider: str, model: str, rows: tuple[Row, ...], files: Files) -> tuple[Row, ...]:
    """Let the rules for families fill in what is not known one by one."""
    steps: list[tuple[str, Callable[[tuple[Row, ...], Any], tuple[Row, ...]]]] = [
        ("also", rules.with_others_covered),
        ("fee", rules.with_fees),
        ("tier", rules.with_tier),
        ("region", rules.with_region),
    ]
    for table, step in steps:
        for rule in _of(provider, files, table):
            if rules.fits(model, rule.models):
                rows = step(rows, rule)
    rows = tuple(row for row in rows if row.rates)
    for rule in _of(provider, files, "sheet"):
        if model in rule.models:
            rows = with_rest_withheld(rows, rule)
    return rows


def _check(provider: str, models: dict[str, ModelPrices], files: Files) -> None:
    free = [one.model for one in _of(provider, files, "free")]
    for key, model in models.items():
        name = f"{provider}/{key}"
        check_overlaps(name, model.rows)
        if not rules.fits(key, free) and any(zeros(model.rows)):
            raise CatalogueError(f"{name} costs nothing and is not declared free")


def _exponent(providers: Iterable[ProviderPrices]) -> int:
    rates = {
        rate
        for prices in providers
        for model in prices.models.values()
        for row in model.rows
        for rate in row.rates.values()
    }
    for exponent in range(_COARSEST, PLACES + 1):
        if not any(rate % 10 ** (PLACES - exponent) for rate in rates):
            return exponent
    raise CatalogueError(f"a rate is finer than 10**-{PLACES} USD a unit")
