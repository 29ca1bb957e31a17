"""The rows of docs/accuracy.md: recorded answers, what they consumed and what that costs.

What was consumed is what the conformance tests' oracle says.  What it costs is either a rate of
tests/conformance/official.toml times those counts, or what the answer itself says that it cost.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.exchanges import exchanges
from conformance.recorded import documents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.exchanges import Exchange
    from conformance.oracle import Truth

__all__ = ["COUNTED", "Row", "rows"]

OFFICIAL = Path(__file__).resolve().parent.parent / "tests/conformance/official.toml"

COUNTED = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_write_input_tokens",
)
"""What every library has a name for and a price depends on."""

_INVOICED = {"cohere": COUNTED[:2]}  # what is cached is counted in another unit and is free
_UNPRICED = ("cache_write_1h_input_tokens", "web_search_requests")
_USUAL_TIERS = {None, "auto", "default", "standard"}
_MTOK = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One recorded answer of a model.

    Attributes:
        id: Distribution, file and index.
        distribution: Whose recording it is.
        place: File and index within it.
        url: Who was asked.
        family: Which shape the answer has.
        model: Who answered.
        document: The whole answer; of a stream, the document that its events come to.
        counts: What was consumed, of COUNTED what is billed; None if the answer does not tell.
        at: When it was answered, if the recording says so.
        provider: The catalogue's name of it, where it is priced.
        cost: What it costs in USD, or None where nothing independent says so.
        stated: Whether the answer itself is who says so.
    """

    id: str
    distribution: str
    place: str
    url: str
    family: str
    model: str
    document: Mapping[str, Any]
    counts: Mapping[str, int] | None
    at: datetime | None
    provider: str | None
    cost: Fraction | None
    stated: bool

    def asked(self) -> dict[str, Any]:
        """Return what a library is asked about it."""
        told: dict[str, Any] = {
            "id": self.id,
            "url": self.url,
            "family": self.family,
            "model": self.model,
        }
        told |= {"document": self.document, "counts": self.counts, "priced": self.cost is not None}
        return told | {"at": self.at.isoformat() if self.at else None}


def rows() -> list[Row]:
    """Return a row for every answered model call that is not billed in other units than tokens."""
    rates = _rates()
    return [
        _row(one, one.truth, rates)
        for one in exchanges()
        if one.truth and not one.truth.failed and not one.truth.counts.get("search_units")
    ]


def _row(exchange: Exchange, truth: Truth, rates: Mapping[tuple[str, str], Any]) -> Row:
    answer, host = exchange.answer, urlsplit(exchange.answer.url).hostname or ""
    told, at = documents(answer.body), _date(answer.headers.get("date", ""))
    names = _INVOICED.get(truth.family, COUNTED)
    counts = {name: truth.counts.get(name, 0) for name in names} if truth.counts else None
    rate = rates.get((host, truth.model or ""))
    stated = truth.stated_cost if host == "openrouter.ai" and truth.counts and at else None
    usual = _is_usual(truth, told, answer.body)
    if stated is not None:
        cost: Fraction | None = Fraction(stated)
    else:
        cost = _cost(rate, counts, at) if rate and counts and at and usual else None
    return Row(
        id=f"{exchange.distribution} {exchange.place}",
        distribution=exchange.distribution,
        place=exchange.place,
        url=answer.url,
        family=truth.family,
        model=truth.model or "",
        document=_finished(truth.family, told),
        counts=counts,
        at=at,
        provider="openrouter" if stated is not None else rate and rate["provider"],
        cost=cost,
        stated=stated is not None,
    )


def _rates() -> dict[tuple[str, str], Any]:
    """Return the official rates by host and model."""
    providers = tomllib.loads(OFFICIAL.read_text("utf-8"))
    return {
        (host, rate["model"]): rate | {"provider": name}
        for name, provider in providers.items()
        for host in provider["hosts"]
        for rate in provider["models"]
    }


def _date(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header).astimezone(UTC)
    except ValueError:
        return None


def _is_usual(truth: Truth, told: list[dict[str, Any]], body: bytes) -> bool:
    """Tell whether tokens of text at the default tier are all that was used."""
    inner = [one[name] for one in told for name in ("response", "usage") if name in one]
    tiers = {one.get("service_tier") for one in (*told, *inner) if isinstance(one, dict)}
    beside = any(truth.counts.get(name) for name in _UNPRICED)
    return not beside and tiers <= _USUAL_TIERS and b'"AUDIO"' not in body


def _cost(rate: Mapping[str, Any], counts: Mapping[str, int], at: datetime) -> Fraction | None:
    """Return what *counts* cost, or None where the rate does not cover them or the day."""
    in_force = rate.get("from", date.min) <= at.date() < rate.get("until", date.max)
    if not in_force or counts["input_tokens"] > rate.get("up_to", counts["input_tokens"]):
        return None
    parts = {
        "cache_read": counts["cache_read_input_tokens"],
        "cache_write": counts["cache_write_input_tokens"],
        "output": counts["output_tokens"],
    }
    parts["input"] = counts["input_tokens"] - parts["cache_read"] - parts["cache_write"]
    used = {name: count for name, count in parts.items() if count}
    if not used.keys() <= rate.keys():
        return None
    return sum((count * Fraction(rate[name]) for name, count in used.items()), Fraction()) / _MTOK


def _finished(family: str, told: list[dict[str, Any]]) -> Mapping[str, Any]:
    """Return one document for a stream, since no library here but ours reads events."""
    if not told:
        return {}
    if family == "messages" and len(told) > 1:
        return _finished_message(told)
    if family == "responses":
        return next((one["response"] for one in reversed(told) if one.get("response")), told[-1])
    if family == "converse":
        return next((one["metadata"] for one in told if one.get("metadata")), told[-1])
    counted = [one for one in told if one.get("usage") or one.get("usageMetadata")]
    return (counted or told)[-1]


def _finished_message(told: list[dict[str, Any]]) -> Mapping[str, Any]:
    message = next((dict(one["message"]) for one in told if one.get("message")), {})
    for one in told:
        if one.get("type") == "message_delta":
            message["usage"] = {**message.get("usage", {}), **one.get("usage", {})}
    return message
