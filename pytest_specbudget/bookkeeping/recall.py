"""What a run was held to, kept in its journal, so that it is judged the same on another machine."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money
from pytest_specbudget.settings.settings import Limit, Settings
from pytest_specbudget.settings.values import PriceAt, baseline_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.providers.hosts import HostRule

__all__ = ["recalled", "tells_hosts", "values_of"]

_CHOICES = (
    *("explicit_mode", "explicit_unknown", "explicit_stale"),
    *("judge", "on_inconclusive", "count_mocked", "strict_baseline", "repeats", "model", "route"),
)
_COMPARING = ("max_regression", "max_drift")
_NAMED_INSTANTS = (PriceAt(kind="catalogue"), PriceAt(kind="recorded"), PriceAt(kind="now"))
_SHARES = ("alert_warning", "alert_critical")
_THRESHOLDS = ("min_quality", "min_agreement", "min_pass_rate", "max_premium_share")
_TOLD_ORIGINS = (
    *(*_THRESHOLDS, *_COMPARING, "stale", "baseline", "model", "route"),
    *("history", "price_at"),
)


def values_of(settings: Settings) -> dict[str, Any]:
    """Return what a verdict depends on, as a journal can hold it."""
    limits = [
        [limit.scope, limit.subject, str(limit.ceiling), limit.origin] for limit in settings.limits
    ]
    choices = {name: getattr(settings, name) for name in _CHOICES}
    shares = {name: str(getattr(settings, name)) for name in _SHARES}
    thresholds = {
        name: None if (least := getattr(settings, name)) is None else str(least)
        for name in (*_THRESHOLDS, *_COMPARING)
    }
    base = settings.baseline
    there = base is not None and (base.path is None or base.path.exists())
    compared = {"baseline": str(base)} if there else {}
    origins = {key: settings.origins[key] for key in _TOLD_ORIGINS if key in settings.origins}
    told = {"limits": limits, "origins": origins, **choices, **shares, **thresholds, **compared}
    return told | _prices_of(settings) | {"hosts": [_host_values(rule) for rule in settings.hosts]}


def recalled(journals: Iterable[Journal]) -> Settings:
    """Return what the runs of *journals* were held to; of several, the first that tells.

    Where none tells and one is damaged, that was perhaps what it lost: nothing is let pass then.
    """
    journals = list(journals)
    for journal in journals:
        for event in journal.events:
            if event.event == "settings":
                return _settings(event.values)
    if any(map(_is_damaged, journals)):
        return Settings(explicit_mode="enforce", asked=True)
    return Settings()


def tells_hosts(journals: Iterable[Journal]) -> bool:
    """Tell whether the runs of *journals* tell what was declared of hosts, or that nothing was."""
    told = [one.values for journal in journals for one in journal.events if one.event == "settings"]
    return all("hosts" in values for values in told) and (
        bool(told) or not any(map(_is_damaged, journals))
    )


def _prices_of(settings: Settings) -> dict[str, Any]:
    """Return which prices count, and what usage is held against them, as far as that was asked."""
    at, as_of = settings.price_at, settings.prices_as_of
    asked = {
        "price_at": at.kind if at.time is None else at.time.isoformat(),
        "prices": [str(path) for path in settings.prices],
        "prices_as_of": None if as_of is None else as_of.isoformat(),
        "history": None if settings.history is None else str(settings.history),
    }
    return {name: value for name, value in asked.items() if value}


def _is_damaged(journal: Journal) -> bool:
    """Tell whether *journal*, or one that was combined into it, lost something."""
    told = any(event.event == "damage" for event in journal.events)
    return told or bool(journal.damage) or journal.incomplete is not None


def _settings(values: dict[str, Any]) -> Settings:
    limits = tuple(
        Limit(scope=scope, subject=subject, ceiling=Money.parse(ceiling), origin=origin)
        for scope, subject, ceiling, origin in values["limits"]
    )
    told: dict[str, Any] = {name: values[name] for name in _CHOICES if name in values}
    told |= {name: Fraction(values[name]) for name in _SHARES}
    known = (name for name in (*_THRESHOLDS, *_COMPARING) if values.get(name) is not None)
    told |= {name: Fraction(values[name]) for name in known}
    if "baseline" in values:
        text = str(values["baseline"])
        told["baseline"] = baseline_of(text, values.get("origins", {}).get("baseline", text))
    told |= _prices(values)
    told["hosts"] = tuple(map(_host_rule, values.get("hosts", ())))
    return Settings(limits=limits, asked=True, origins=values.get("origins", {}), **told)


def _prices(values: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"prices": tuple(map(Path, values.get("prices", ())))}
    if "price_at" in values:
        told["price_at"] = _price_at(values["price_at"])
    if "prices_as_of" in values:
        told["prices_as_of"] = datetime.fromisoformat(values["prices_as_of"])
    if "history" in values:
        told["history"] = Path(values["history"])
    return told


def _price_at(text: str) -> PriceAt:
    named: dict[str, PriceAt] = {one.kind: one for one in _NAMED_INSTANTS}
    return named.get(text) or PriceAt(kind="time", time=datetime.fromisoformat(text))


def _host_values(rule: HostRule) -> dict[str, Any]:
    """Return what was declared of a host, without what was not."""
    bounds = {model: str(usd) for model, usd in rule.bounds.items()}
    told = {"provider": rule.provider, "models": dict(rule.models), "free": rule.free}
    told |= {"bounds": bounds, "estimate": rule.estimate, "origin": rule.origin}
    return {"pattern": rule.pattern} | {name: value for name, value in told.items() if value}


def _host_rule(values: dict[str, Any]) -> HostRule:
    from pytest_specbudget.providers.hosts import HostRule  # noqa: PLC0415 - only for such entries

    return HostRule(
        pattern=values["pattern"],
        provider=values.get("provider"),
        models=values.get("models", {}),
        free=values.get("free"),
        bounds={model: Money.parse(usd) for model, usd in values.get("bounds", {}).items()},
        estimate=values.get("estimate"),
        origin=values.get("origin", ""),
    )
