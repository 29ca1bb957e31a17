"""The form in which prices are kept: one JSON text a provider, and back.

Rates are whole numbers at the catalogue's exponent and become attodollars when they are read.
What a row leaves out has the default of `Row`.  A model's rows are made when it is first asked
for, so that a first price does not pay for hundreds of other models.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from pytest_specbudget.core.money import PLACES
from pytest_specbudget.prices.catalogue import (
    ALWAYS,
    ANY_LENGTH,
    FOREVER,
    ModelPrices,
    ProviderPrices,
    Row,
    Schedule,
    Snapshot,
)

__all__ = ["decode", "encode"]

Json = dict[str, Any]


def decode(text: str | bytes, exponent: int) -> ProviderPrices:
    """Read a shard whose rates are whole multiples of 10**-*exponent* USD a unit."""
    shard: Json = json.loads(text)
    return ProviderPrices(
        name=shard["provider"],
        models=_Models(shard["models"], _sources(shard), 10 ** (PLACES - exponent)),
        names={name: key for key, model in shard["models"].items() for name in model["names"]},
        snapshots={base: _snapshots(rules) for base, rules in shard["snapshots"].items()},
        schedules={name: _schedule(rule) for name, rule in shard["schedules"].items()},
        regions=shard["regions"],
        resells=tuple(shard["resells"]),
        paths=shard["paths"],
    )


Source = tuple[str, date | None]
"""Where rates stand published, and when they were last read there."""


def _sources(shard: Json) -> list[Source]:
    return [(source, date.fromisoformat(day) if day else None) for source, day in shard["sources"]]


class _Models(Mapping[str, ModelPrices]):
    """Models whose rows are made when they are first asked for."""

    def __init__(self, models: Json, sources: list[Source], scale: int) -> None:
        self._models = models
        self._sources = sources
        self._scale = scale
        self._made: dict[str, ModelPrices] = {}

    def __getitem__(self, key: str) -> ModelPrices:
        made = self._made.get(key)
        if made is None:
            told = self._models[key]
            rows = tuple(self._row(row) for row in told["rows"])
            made = ModelPrices(key, rows, frozenset(told.get("homes", ())))
            self._made[key] = made
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)

    def _row(self, row: Json) -> Row:
        source, checked = self._sources[row["source"]]
        return Row(
            rates={meter: rate * self._scale for meter, rate in row["rates"].items()},
            source=source,
            checked=checked,
            tier=row.get("tier", "default"),
            region=row.get("region", ""),
            valid_from=_moment(row.get("from"), ALWAYS),
            valid_to=_moment(row.get("to"), FOREVER),
            over=row.get("over", -1),
            up_to=row.get("up_to", ANY_LENGTH),
            schedule=row.get("schedule", ""),
            within=row.get("within", True),
        )


def _moment(text: str | None, default: datetime) -> datetime:
    return default if text is None else datetime.fromisoformat(text)


def _snapshots(rules: list[Json]) -> tuple[Snapshot, ...]:
    return tuple(
        Snapshot(
            model=rule["model"],
            form=rule["form"],
            since=date.fromisoformat(rule["since"]) if "since" in rule else date.min,
        )
        for rule in rules
    )


def _schedule(rule: Json) -> Schedule:
    return Schedule(
        hours=tuple(
            (time.fromisoformat(start), time.fromisoformat(end)) for start, end in rule["hours"]
        ),
        weekdays=frozenset(rule["weekdays"]),
        except_on=frozenset(date.fromisoformat(day) for day in rule["except_on"]),
    )


def encode(prices: ProviderPrices, exponent: int) -> str:
    """Write a shard, the same text for the same prices; one line a row, for diffs.

    Rates must be whole multiples of 10**-*exponent* USD.
    """
    scale = 10 ** (PLACES - exponent)
    rows = (row for model in prices.models.values() for row in model.rows)
    sources = sorted({_source(row) for row in rows})
    shard = {
        "provider": prices.name,
        "models": _models(prices, sources, scale),
        "paths": prices.paths,
        "regions": dict(sorted(prices.regions.items())),
        "resells": list(prices.resells),
        "schedules": {name: _rule(one) for name, one in sorted(prices.schedules.items())},
        "snapshots": {base: _rules(rules) for base, rules in sorted(prices.snapshots.items())},
        "sources": sources,
    }
    return _lines(shard)


def _source(row: Row) -> tuple[str, str]:
    return row.source, row.checked.isoformat() if row.checked else ""


def _models(prices: ProviderPrices, sources: list[tuple[str, str]], scale: int) -> Json:
    index = {source: place for place, source in enumerate(sources)}
    names: dict[str, list[str]] = {}
    for name, key in sorted(prices.names.items()):
        names.setdefault(key, []).append(name)
    return {
        key: {
            "names": names.get(key, []),
            **({"homes": sorted(model.homes)} if model.homes else {}),
            "rows": [_plain(row, index, scale) for row in sorted(model.rows, key=_order)],
        }
        for key, model in sorted(prices.models.items())
    }


def _order(row: Row) -> tuple[object, ...]:
    return (
        row.tier != "default",
        row.tier,
        row.region,
        row.valid_from,
        row.over,
        row.schedule,
        row.within,
    )


def _plain(row: Row, index: dict[tuple[str, str], int], scale: int) -> Json:
    told = {
        "tier": (row.tier, "default"),
        "region": (row.region, ""),
        "from": (_text(row.valid_from), _text(ALWAYS)),
        "to": (_text(row.valid_to), _text(FOREVER)),
        "over": (row.over, -1),
        "up_to": (row.up_to, ANY_LENGTH),
        "schedule": (row.schedule, ""),
        "within": (row.within, True),
    }
    plain: Json = {name: value for name, (value, default) in told.items() if value != default}
    plain["rates"] = {meter: rate // scale for meter, rate in sorted(row.rates.items())}
    plain["source"] = index[_source(row)]
    return plain


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _rule(schedule: Schedule) -> Json:
    return {
        "hours": [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in schedule.hours],
        "weekdays": sorted(schedule.weekdays),
        "except_on": sorted(day.isoformat() for day in schedule.except_on),
    }


def _rules(rules: tuple[Snapshot, ...]) -> list[Json]:
    return [
        {"model": rule.model, "form": rule.form}
        | ({} if rule.since == date.min else {"since": rule.since.isoformat()})
        for rule in rules
    ]


def _lines(shard: Json) -> str:
    """Write JSON with one line for each row, so that a changed price is a changed line."""
    parts = []
    for name, value in shard.items():
        if name == "models":
            body = ",\n".join(_model_lines(key, model) for key, model in value.items())
            parts.append(f'"models": {{\n{body}\n}}')
        else:
            parts.append(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _model_lines(key: str, model: Json) -> str:
    rows = ",\n  ".join(json.dumps(row) for row in model["rows"])
    told = {name: value for name, value in model.items() if name != "rows"}
    return f'{json.dumps(key)}: {json.dumps(told, ensure_ascii=False)[:-1]}, "rows": [\n  {rows}]}}'
