"""Cost summaries and telemetry, as the seeds have them and as we write them, as records.

A *cost summary* tells what a SPEC spent on each model, and nothing of tokens, so that it counts as
spending and cannot be priced again.  *Telemetry* tells the tokens and the cost of each agent of one
consensus, without the provider: that is the one maker that the price catalogue has the model of.

Both sum up calls that a journal may have told of already.  Where a history has calls of the same
run and SPEC, those count, and the sums do not (`store`).

Source: the seeds, S2 (cost summary) and S3, task 1.1 (telemetry), checked 2026-11-22.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import JournalError, MoneyError
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.prices.names import short_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["SUMMARY", "SUMS", "TELEMETRY", "UNKNOWN", "read_document"]

SUMMARY, TELEMETRY = "cost_summary", "telemetry"
SUMS = (SUMMARY, TELEMETRY)
"""The operations of records that sum up calls; the first counts before the second."""

UNKNOWN = "unknown"
"""The provider of a model that no maker, or more than one, is known to have."""

_MAKERS = ("anthropic", "cohere", "deepseek", "google", "mistral", "openai", "xai")
_TIMES = ("timestamp", "last_updated", "updated_at", "ended_at", "started_at")


def read_document(path: Path) -> list[dict[str, Any]]:
    """Return the records of a cost summary or of telemetry, as far as they say something.

    Returns:
        Texts, whole numbers and booleans by the names of columns.

    Raises:
        JournalError: If it is neither, with the reason; or if it does not say when that was.
    """
    document = _decoded(path)
    try:
        if "per_model" in document:
            return [*_of_summary(document, path)]
        if isinstance(document.get("consensus"), dict):
            return [*_of_telemetry(document, path)]
    except (MoneyError, AttributeError, TypeError) as error:
        raise JournalError(f"{path}: {error}") from error
    raise JournalError(f"{path}: neither a cost summary (per_model) nor telemetry (consensus)")


def _decoded(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes(), parse_float=Decimal)
    except (OSError, ValueError, RecursionError) as error:
        raise JournalError(f"{path}: cannot be read: {reason_of(error)}") from error
    if not isinstance(document, dict):
        raise JournalError(f"{path}: holds no JSON object")
    return document


def _of_summary(summary: Mapping[str, Any], path: Path) -> Iterator[dict[str, Any]]:
    run = summary.get("run")
    at = _instant(summary, path)
    unknown = dict.fromkeys(summary.get("unknown_calls_per_model") or ())
    for name, cost in (unknown | summary["per_model"]).items():
        provider, model = _named(name)
        amount = None if cost is None else Money.parse(cost).atto
        yield {
            "id": _id(SUMMARY, summary.get("spec_id"), run or at, name),
            "at": at,
            "run": run,
            "provider": provider,
            "model": model,
            "operation": SUMMARY,
            "spec": summary.get("spec_id") or UNASSIGNED,
            "usage_state": "none",
            "list_cost": amount,
            # A summary of ours has list costs by model, and no word on who was billed what.
            "billed_cost": None if "basis" in summary else amount,
        }


def _of_telemetry(told: Mapping[str, Any], path: Path) -> Iterator[dict[str, Any]]:
    run, spec, command = (told.get(name) for name in ("sessionId", "specId", "command"))
    at = _instant(told, path)
    for place, agent in enumerate(told["consensus"]["agents"]):
        provider, model = _named(agent["model_id"])
        cost = agent.get("cost_usd")
        counts = agent.get("prompt_tokens"), agent.get("completion_tokens")
        yield {
            "id": _id(TELEMETRY, spec, run, command, at, str(place)),
            "at": at,
            "run": run,
            "provider": provider,
            "model": model,
            "operation": TELEMETRY,
            "spec": spec or UNASSIGNED,
            "command": None if command is None else command.removeprefix("spec-"),
            "usage_state": "none" if None in counts else "complete",
            "input_tokens": counts[0],
            "output_tokens": counts[1],
            "list_cost": None if cost is None else Money.parse(cost).atto,
        }


def _instant(document: Mapping[str, Any], path: Path) -> str:
    """Return when it was, as the document or the name of its run tells."""
    told = next((document[name] for name in _TIMES if document.get(name)), None)
    if told is not None:
        return str(told)
    started = str(document.get("run") or "").partition("-")[0]
    try:
        return datetime.fromisoformat(started).isoformat()
    except ValueError:
        raise JournalError(
            f"{path}: does not say when that was; give it a `timestamp` (RFC 3339)"
        ) from None


def _id(*parts: str | None) -> str:
    text = "\n".join(part or "" for part in parts)
    return f"{parts[0]}/{hashlib.sha256(text.encode()).hexdigest()[:32]}"


@lru_cache(maxsize=256)
def _named(name: str) -> tuple[str, str]:
    """Return provider and model of `provider/model`, or of a model that one maker has."""
    provider, slash, model = name.partition("/")
    catalogue = load_catalogue()
    if slash and short_name(provider) in catalogue.providers:
        return provider, model
    makers = [maker for maker in _MAKERS if catalogue.find(maker, name) is not None]
    return (makers[0] if len(makers) == 1 else UNKNOWN), name
