"""What a drift of prices comes to as findings: who moved how far, since when, and what to do."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from pytest_specbudget.audit.drift import WHOLE_HISTORY
from pytest_specbudget.audit.limits import worded
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.rises import percent_more
from pytest_specbudget.core.wording import calls_of, dollars_of
from pytest_specbudget.reports.drifted import month_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.analysis.drifting import DriftSummary
    from pytest_specbudget.audit.drift import Drift, Moved

__all__ = ["drift_findings", "fault_findings"]

_MOST_MODELS = 5
_MOST_CHANGES = 4
_COLUMN = "   "
_RENEW = (
    "renew the budgets that rest on the old prices and begin a new history, route to a cheaper "
    "model, or raise the limit where it was set"
)
_PRICE_IT = "state the price in an overlay (--spec-prices=FILE), or upgrade the catalogue"
_FIND_OUT = (
    "find out which is right: what was recorded (another overlay, a foreign tool), or the dated "
    "prices of the catalogue (`specbudget prices diff --ever`)"
)


def drift_findings(summary: DriftSummary) -> Iterator[Finding]:
    """Yield a finding for the whole history, one for each model, and one for each in doubt.

    A model that alone moved speaks for the whole.  The first finding tells the next month.
    """
    drifted = [_of_model(summary, model) for model in summary.now.drifted]
    if _whole_drifted(summary.now):
        drifted.insert(0, _of_whole(summary))
    for place, finding in enumerate(drifted):
        month = () if place else tuple(month_told(summary.month))
        yield replace(finding, details=(*finding.details, *month))
    for model in summary.now.doubted:
        yield _of_doubt(summary, model)


def fault_findings(summary: DriftSummary) -> Iterator[Finding]:
    """Yield a warning for each model whose record contradicts the prices of its time."""
    for model in summary.as_of_then.models:
        if model.gross:
            yield _of_fault(model)


def _whole_drifted(now: Drift) -> bool:
    moved = [one for one in now.models if one.gross]
    alone = len(moved) == 1 and moved[0].said == "drifted"
    return "drifted" in (now.total.said, now.gross_said) and not alone


def _of_whole(summary: DriftSummary) -> Finding:
    now = summary.now
    return Finding(
        rule="price-drift",
        subject=WHOLE_HISTORY,
        message=_moved(summary, now.total) if now.total.said == "drifted" else _gross(summary),
        origin=summary.asked.origin,
        details=tuple(_models(now)),
        remedy=_RENEW,
    )


def _of_model(summary: DriftSummary, model: Moved) -> Finding:
    return Finding(
        rule="price-drift",
        subject=model.subject,
        message=_moved(summary, model),
        origin=summary.asked.origin,
        details=tuple(_explained(summary, model)),
        remedy=_RENEW,
    )


def _of_doubt(summary: DriftSummary, model: Moved) -> Finding:
    return Finding(
        rule="price-drift",
        subject=model.subject,
        message=f"{calls_of(model.unknown)} of {model.subject} cannot be priced as of "
        f"{summary.asked.at:%Y-%m-%d}, so that nobody can tell whether prices drifted",
        origin=summary.asked.origin,
        details=model.reasons,
        remedy=_PRICE_IT,
        inconclusive=True,
    )


def _of_fault(model: Moved) -> Finding:
    then, now = dollars_of(model.recorded, model.repriced)
    return Finding(
        rule="history-contradicted",
        subject=model.subject,
        message=f"{model.subject} was recorded at {then} for {calls_of(model.calls)}; at the "
        f"prices of that time it is {now} ({_percent(model)}){_among_themselves(model)}",
        remedy=_FIND_OUT,
        severity="warning",
    )


def _moved(summary: DriftSummary, one: Moved) -> str:
    """Say how far it moved: `cost $100.00 and costs $85.20 at the prices of ... (-14.8 %)`."""
    then, now = dollars_of(one.recorded, one.repriced)
    limit = worded(summary.asked.limit)
    share = percent_more(one.recorded, one.repriced, limit)
    told = "" if share == "-" else f" ({share})"
    subject = f"the {one.subject}" if one.subject == WHOLE_HISTORY else one.subject
    return (
        f"{subject} cost {then} and costs {now} at the prices of {summary.asked.at:%Y-%m-%d}"
        f"{told}; the limit is {limit}"
    )


def _gross(summary: DriftSummary) -> str:
    now, limit = summary.now, worded(summary.asked.limit)
    moved, of = dollars_of(now.gross, now.total.recorded)
    share = percent_more(now.total.recorded, now.total.recorded + now.gross, limit)
    told = "" if share == "-" else f" ({share.removeprefix('+')})"
    return (
        f"calls moved by {moved} of {of} at the prices of {summary.asked.at:%Y-%m-%d}{told}, "
        f"against each other; the limit is {limit}"
    )


def _models(now: Drift) -> Iterator[str]:
    moved = [one for one in now.models if one.gross]
    for one in moved[:_MOST_MODELS]:
        then, then_now = dollars_of(one.recorded, one.repriced)
        told = f"{_percent(one)}{_among_themselves(one)}"
        yield _COLUMN.join((one.subject, f"{then} -> {then_now}", told))
    if len(moved) > _MOST_MODELS:
        yield f"and {calls_of(len(moved) - _MOST_MODELS, 'more model')}"


def _explained(summary: DriftSummary, model: Moved) -> Iterator[str]:
    changes = summary.changes.get(model.subject, ())
    yield from map(str, islice(changes, _MOST_CHANGES))
    if len(changes) > _MOST_CHANGES:
        yield f"and {calls_of(len(changes) - _MOST_CHANGES, 'more price')}"
    if not changes:
        yield "no dated price change explains it; see whether the record is right"


def _among_themselves(one: Moved) -> str:
    """Say how far single calls moved where they did not all move the same way."""
    return "" if one.gross == one.size else f", its calls by {dollars_of(one.gross)[0]} either way"


def _percent(one: Moved) -> str:
    share = percent_more(one.recorded, one.repriced)
    return "from nothing" if share == "-" else share
