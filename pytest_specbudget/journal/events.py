"""What the values of events must be by which a run is judged, or of which it is told.

Other events are left alone, and so are other keys: a later version writes them.  What an earlier
version did not write yet is not needed, but where the run cannot be judged without it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, get_args

from pytest_specbudget.core.score import ScoreKind
from pytest_specbudget.journal.checks import (
    OddValueError,
    amount,
    count,
    entries,
    flag,
    instant,
    listed,
    number,
    one_of,
    or_none,
    path,
    ratio,
    record,
    row,
    seconds,
    share,
    text,
)
from pytest_specbudget.settings.table import OPTIONS
from pytest_specbudget.settings.values import Scope, baseline_of

if TYPE_CHECKING:
    from pytest_specbudget.journal.checks import Check

__all__ = ["JUDGED", "check_values"]


def check_values(event: str, values: dict[str, Any]) -> None:
    """Check that the *values* of an *event* are such as we write.

    Raises:
        OddValueError: If they are not; it says which, and why.
    """
    try:
        _ANY(values)
        if (check := JUDGED.get(event)) is not None:
            check(values)
    except OddValueError as odd:
        raise odd.within("values") from None


def _baseline(value: object) -> None:
    path(value)
    try:
        baseline_of(str(value), "")
    except ValueError:
        raise OddValueError(f"{value!r:.60} names no revision") from None


def _price_at(value: object) -> None:
    with suppress(OddValueError):
        _NAMED_INSTANT(value)
        return
    instant(value)


_ANY = record({}, {"id": text, "test": text})
_CHOICES = {option.key: one_of(option.choices) for option in OPTIONS if option.choices}
_NAMED_INSTANT = one_of(("catalogue", "recorded", "now"))
_LIMIT = row(one_of(get_args(Scope)), or_none(text), amount, text)
_HOST = record(
    {"pattern": text},
    {
        **dict.fromkeys(("provider", "free", "estimate", "origin"), text),
        "models": entries(text),
        "bounds": entries(amount),
    },
)
_SETTINGS = record(
    {"limits": listed(_LIMIT), "alert_warning": share, "alert_critical": share},
    {
        **{f"explicit_{key}": or_none(_CHOICES[key]) for key in ("mode", "unknown", "stale")},
        **{key: _CHOICES[key] for key in ("judge", "on_inconclusive", "route")},
        **dict.fromkeys(("count_mocked", "strict_baseline"), flag),
        **dict.fromkeys(("min_quality", "min_agreement", "min_pass_rate"), or_none(share)),
        "max_premium_share": or_none(share),
        **dict.fromkeys(("max_regression", "max_drift"), or_none(ratio)),
        "repeats": count,
        "model": or_none(text),
        "baseline": _baseline,
        "prices": listed(path),
        "price_at": _price_at,
        "prices_as_of": instant,
        "history": path,
        "hosts": listed(_HOST),
        "origins": entries(text),
    },
)
_MARKED = record(
    {"node": text, "origin": text},
    {
        "single": flag,
        "budget": amount,
        "max_calls": number,
        "allow_tiers": listed(text),
        **dict.fromkeys(("min_quality", "min_agreement"), share),
        "max_regression": ratio,
    },
)
_OWNED = dict.fromkeys(("command", "stage", "tier"), text)
_SCORE = record(
    {
        "kind": one_of(get_args(ScoreKind)),
        "value": share,
        "live": flag,
        **dict.fromkeys(("metric", "case", "test", "spec"), text),
    },
    {"sample": text, "attempt": count, **_OWNED},
)
_REFUSED = record({}, {"message": text, "stock": flag})
_FAILED = record({}, {"where": text, "error": text})

JUDGED: dict[str, Check] = {
    "attempt": record({"test": text, "attempt": count}),
    "catalogue": record(
        {}, {"sha256": text, "as_of": text, "source": text, "overlays": listed(text)}
    ),
    "chosen": record({"paths": listed(text)}),
    "damage": record({"sentence": text}),
    "ended": record(
        {}, {"why": text, "early": text, "journals": listed(text), "unrun": listed(text)}
    ),
    "hidden": record({"test": text, "requests": number}),
    "limit": _MARKED,
    "missed": _REFUSED,
    "native": record({"step": text, "latency_s": seconds}, {"spec": text, "stage": text}),
    "outcome": record({"test": text, "outcome": text}, {"attempt": count, "spec": text, **_OWNED}),
    "partial": record({"reasons": listed(text)}),
    "price-stale": record({"source": text, "words": text}),
    "price-unused": record({"words": text}),
    "prices-disagree": record({"words": text}),
    "refused": _REFUSED,
    "resembles": record({"host": text}, {"path": text}),
    "routed": record({"blocked": flag}, {"message": text}),
    "routing_table": record({"text": text, "source": text}),
    "score": _SCORE,
    "settings": _SETTINGS,
    "stage": record({"spec": text, "stage": text}),
    "stopped": record({"ceiling": text}, dict.fromkeys(("message", "origin", "remedy"), text)),
    "torn": record({"words": text}),
    "trouble": _FAILED,
    "truth": record({"command": text, "by": text, "accepted": flag, "good": flag}),
    "unseen": record({"carrier": text}),
    "unwritable": _FAILED,
}
"""The check of each event that somebody asks for who judges a run, or reports it."""
