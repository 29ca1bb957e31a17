"""What a run was held to, kept in its journal, so that it is judged the same on another machine."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money
from pytest_specbudget.settings.settings import Limit, Settings
from pytest_specbudget.settings.values import baseline_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.journal.reader import Journal

__all__ = ["recalled", "values_of"]

_CHOICES = (
    *("explicit_mode", "explicit_unknown", "explicit_stale"),
    *("judge", "on_inconclusive", "count_mocked", "strict_baseline", "repeats", "model", "route"),
)
_COMPARING = ("max_regression", "max_drift")
_SHARES = ("alert_warning", "alert_critical")
_THRESHOLDS = ("min_quality", "min_agreement", "min_pass_rate", "max_premium_share")
_TOLD_ORIGINS = (*_THRESHOLDS, *_COMPARING, "stale", "baseline", "model", "route")


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
    return {"limits": limits, "origins": origins, **choices, **shares, **thresholds, **compared}


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
    return Settings(limits=limits, asked=True, origins=values.get("origins", {}), **told)
