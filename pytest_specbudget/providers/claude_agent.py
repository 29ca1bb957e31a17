"""What Claude Code says about one turn of an agent, in the result message that ends it.

A turn is many model calls.  `usage` has the counts of this turn's main loop, `modelUsage` those of
every model, sub-agents included, and `total_cost_usd` what the program takes it all to cost.  The
latter two run on as long as the process lives, so a turn is what has been added since the one
before.

How long each call was is not told, and some prices depend on it.  No call is longer than the
model's context window, so the sum is laid out in as many parts as that takes.

Source: `ResultMessage` and `ModelUsage` of claude-agent-sdk 0.2.187;
https://github.com/anthropics/claude-code/issues/83239 (totals run on; checked 2026-11-22).
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.anthropic import read_usage
from pytest_specbudget.providers.counts import Counts, mapping, text
from pytest_specbudget.providers.fold import Fold
from pytest_specbudget.providers.tiers import region, service_tier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["TELLING", "Turn", "provider_of", "status_of"]

TELLING = ("uuid", "usage", "modelUsage", "total_cost_usd", "is_error", "api_error_status")
"""The keys of a result message that are read; the others may hold what the agent said."""

_SUCCESS = 200
_FIRST_ERROR_STATUS = 400
_BY_MODEL = "modelUsage"
_COST = "total_cost_usd"
_FRESH = "inputTokens"
_CACHED = "cacheReadInputTokens"
_WRITTEN = "cacheCreationInputTokens"
_HOUR = "written for an hour"
_INPUT = (_FRESH, _CACHED, _WRITTEN)
_COUNTED = (*_INPUT, "outputTokens", "webSearchRequests")
_FOR_AN_HOUR = ("cache_creation", "ephemeral_1h_input_tokens")
_ON_BEDROCK = ("bedrock", "mantle")
_MOST_PARTS = 1000
_NOTHING: Mapping[str, Any] = {}

_Counted = dict[str, int]


class Turn(Fold):
    """One turn; its document has the keys `TELLING`, and `model` as the session began with it."""

    def __init__(self, asked: Asked, earlier: Mapping[str, Any] = _NOTHING) -> None:
        """Make the reader of a turn.

        Args:
            asked: What was asked for.
            earlier: The result message of the turn before in the same process; empty if none.
        """
        super().__init__(asked)
        self._earlier = earlier
        self._result: Mapping[str, Any] = _NOTHING

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the result message."""
        self._result = document
        self.stated.finished = whole
        self.stated.response_id = text(document.get("uuid"))
        self.stated.model = text(document.get("model"))

    def settle(self, stated: Statement) -> None:
        """Reckon up what this turn added."""
        told = mapping(self._result.get("usage"))
        stated.provider_cost = self._cost()
        stated.service_tier = (
            "fast" if told.get("speed") == "fast" else service_tier(told.get("service_tier"))
        )
        stated.region = region(told.get("inference_geo"))
        parts = [*self._parts(told)]
        if not parts:
            stated.usage = read_usage(told, self.counts)
            return
        stated.usage = sum((part.usage for part in parts), Usage())
        stated.model = max(parts, key=lambda part: part.usage.output_tokens or 0).model
        if len(parts) > 1:
            stated.parts = tuple(parts)

    def _parts(self, told: Mapping[str, Any]) -> Iterator[Part]:
        """Yield what each model added; *told* says how long the main loop's cache writes last."""
        entries = mapping(self._result.get(_BY_MODEL))
        added = _added(self._result, self._earlier, self.counts)
        main = _main_loop(added, told)
        for name, counted in added.items():
            entry = mapping(entries.get(name))
            hour = self.counts.part(told, _FOR_AN_HOUR) if name == main else None
            for share in _laid_out(counted, hour or 0, entry.get("contextWindow")):
                usage = _usage(share, lasting=hour is not None)
                yield Part(model=_priced_name(name, entry), usage=usage)

    def _cost(self) -> Money | None:
        now, before = _amount(self._result.get(_COST)), _amount(self._earlier.get(_COST))
        if now is None:
            return None
        return Money.of_fraction(now - before if before is not None and before <= now else now)


def provider_of(result: Mapping[str, Any]) -> str:
    """Name who served a turn, as prices call them; a reseller only if it served all of it."""
    entries = mapping(result.get(_BY_MODEL)).values()
    sellers = {mapping(entry).get("provider") for entry in entries}
    return "bedrock" if sellers and sellers.issubset(_ON_BEDROCK) else "anthropic"


def status_of(result: Mapping[str, Any], earlier: Mapping[str, Any]) -> int:
    """Return the HTTP status that stands for a turn: an error's only if nothing was consumed."""
    status = result.get("api_error_status")
    if not isinstance(status, int) or status < _FIRST_ERROR_STATUS:
        return _SUCCESS
    counts = Counts()
    added = _added(result, earlier, counts)
    spent = bool(added) or any(read_usage(mapping(result.get("usage")), counts).reported().values())
    return _SUCCESS if spent or counts.damaged else status


def _added(
    result: Mapping[str, Any], earlier: Mapping[str, Any], counts: Counts
) -> dict[str, _Counted]:
    """Return what each model consumed since *earlier*; models that did nothing are left out."""
    now, before = _by_model(result, counts), _by_model(earlier, Counts())
    if any(now.get(name, {}).get(key, 0) < count for name, key, count in _each(before)):
        before = {}  # the totals have started anew
    added = {
        name: {key: count - before.get(name, {}).get(key, 0) for key, count in counted.items()}
        for name, counted in now.items()
    }
    return {name: counted for name, counted in added.items() if any(counted.values())}


def _by_model(result: Mapping[str, Any], counts: Counts) -> dict[str, _Counted]:
    entries = mapping(result.get(_BY_MODEL))
    return {
        name: {key: counts.total(entry, (key,)) or 0 for key in _COUNTED}
        for name, entry in entries.items()
    }


def _each(models: Mapping[str, _Counted]) -> Iterator[tuple[str, str, int]]:
    for name, counted in models.items():
        for key, count in counted.items():
            yield name, key, count


def _main_loop(added: Mapping[str, _Counted], told: Mapping[str, Any]) -> str | None:
    """Return the model whose cache writes are those that *told* speaks of; None if none is."""
    written = told.get("cache_creation_input_tokens")
    return next((name for name, counted in added.items() if counted[_WRITTEN] == written), None)


def _laid_out(counted: _Counted, hour: int, window: Any) -> Iterator[_Counted]:
    """Yield *counted* in even shares, none with more input than fits in the *window*.

    Of the cache writes, *hour* last for an hour; a share has them apart from the others.
    """
    hour = min(hour, counted[_WRITTEN])
    apart = counted | {_WRITTEN: counted[_WRITTEN] - hour, _HOUR: hour}
    length = sum(counted[key] for key in _INPUT)
    # Each of the four counts of input may be rounded up, so a share may be that much longer.
    room = window - len(_INPUT) - 1 if isinstance(window, int) else 0
    shares = -(-length // room) if room > 0 else 1
    shares = shares if 1 <= shares <= _MOST_PARTS else 1
    for nth in range(shares):
        yield {
            key: count * (nth + 1) // shares - count * nth // shares for key, count in apart.items()
        }


def _usage(share: _Counted, *, lasting: bool) -> Usage:
    """Make *share* inclusive; *lasting* says whether it is known how long cache writes last."""
    read, five, hour = share[_CACHED], share[_WRITTEN], share[_HOUR]
    return Usage(
        input_tokens=share[_FRESH] + read + five + hour,
        output_tokens=share["outputTokens"],
        cache_read_input_tokens=read,
        cache_write_input_tokens=five + hour,
        cache_write_5m_input_tokens=five if lasting else None,
        cache_write_1h_input_tokens=hour if lasting else None,
        web_search_requests=share["webSearchRequests"],
    )


def _priced_name(name: str, entry: Mapping[str, Any]) -> str:
    """Return the model as prices name it: Bedrock's own id, else without Claude Code's suffix."""
    if entry.get("provider") in _ON_BEDROCK:
        return name
    return text(entry.get("canonicalModel")) or name.partition("[")[0]


def _amount(stated: Any) -> Fraction | None:
    """Read a JSON number as it was written: `repr` gives the shortest decimal back."""
    if isinstance(stated, bool) or not isinstance(stated, int | float):
        return None
    amount = Decimal(repr(stated))
    return Fraction(amount) if amount.is_finite() and amount >= 0 else None
