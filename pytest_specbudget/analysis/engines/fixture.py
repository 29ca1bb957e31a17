"""The conformance fixture: synthetic records by seed, and invented prices that never change.

The same bytes come out wherever it is made: `random.Random.random` is the one method whose
sequence Python guarantees for a seed, and nothing else is drawn from.  No file is read but the
prices.

Source: https://docs.python.org/3/library/random.html#notes-on-reproducibility.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_specbudget.analysis.records import record_of
from pytest_specbudget.prices.catalogue import Catalogue, ProviderPrices
from pytest_specbudget.prices.overlaying import laid_over

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.analysis.records import Record

__all__ = ["AT", "RECORDS", "SEED", "giants", "invented_prices", "ordinary"]

SEED = 20261122
RECORDS = 100_000

AT = datetime(2025, 7, 1, 12, tzinfo=UTC)
"""The instant of the question what everything would cost at one day's prices."""

_PRICES = Path(__file__).with_name("conformance.toml")
_FIRST = datetime(2025, 1, 1)  # noqa: DTZ001 - as records have it
_SPAN_US = 400 * 86_400 * 10**6
_EAST = "eu-east-9"
_MODELS = (
    *(("example", "plain"),) * 4,
    *(("example", "plain-latest"), ("example", "reasoner"), ("example", "by-the-hour")) * 2,
    *(("google", "thinker"), ("gcp.vertex_ai", "thinker"), ("own", "whatever")),
    *(("example", "nobody-sells-this"), ("nobody", "plain")),
)
_TIERS = (None, None, None, None, None, "standard", "default", "batch", "flex")
_REGIONS = (None, None, None, None, "eu-west-1", "us-east-1", _EAST)
_OUTCOMES = (*("answered",) * 48, "failed", "unknown")
_STATES = (*("complete",) * 30, "partial", "estimated", "none", "unreadable")
_STAGES = (None, "plan", "implement", "review", "judge")
_Chosen = TypeVar("_Chosen")
_Told = dict[str, Any]


def invented_prices() -> Catalogue:
    """Return the catalogue of the fixture."""
    regions = {"eu-west-1": "eu", "us-east-1": ""}
    example = ProviderPrices(name="example", models={}, names={}, regions=regions)
    empty = Catalogue(
        sha256="", as_of=AT, source="invented", exponent=18, providers={"example": example}
    )
    return laid_over(empty, (_PRICES,))


def ordinary(count: int = RECORDS) -> Iterator[Record]:
    """Yield *count* records, or one more where the last call used two models.

    Every rule of pricing has some: cached, spoken and reasoned tokens, counts that contradict each
    other, null beside 0, service tiers, regions, hours, audio, fees, models without a price.
    """
    dice = _Dice(SEED)
    made = 0
    while made < count:
        for told in _call(dice, made):
            yield record_of(told)
            made += 1


def giants(count: int = 1_000) -> Iterator[Record]:
    """Yield *count* records whose prices no 64 bits hold, and whose sums barely fit 38 digits."""
    dice = _Dice(SEED + 1)
    for number in range(count):
        told = _about(dice, number) | {"provider": "example", "model": "plain", "list_cost": 10**24}
        counts = {"input_tokens": 10**10 - dice.below(9), "output_tokens": 10**10 - dice.below(9)}
        yield record_of(told | counts)


class _Dice:
    """Chance that falls the same way everywhere."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random  # noqa: S311 - it should be predictable

    def below(self, end: int) -> int:
        """Return a whole number from 0 to *end* - 1; *end* is less than 2**53."""
        return int(self._random() * end)

    def one_of(self, choices: tuple[_Chosen, ...]) -> _Chosen:
        return choices[self.below(len(choices))]

    def one_in(self, many: int) -> bool:
        return self.below(many) == 0


def _call(dice: _Dice, number: int) -> Iterator[_Told]:
    """Yield the record of each model that a call used: one, or now and then two."""
    told = _about(dice, number)
    if dice.one_in(100):
        yield told | _rare(dice)
        return
    yield told | _counts(dice)
    if dice.one_in(50):
        other = {"part": 1, "model": "reasoner", "list_cost": None, "billed_cost": None}
        yield told | {"provider": "example"} | other | _counts(dice)


def _about(dice: _Dice, number: int) -> _Told:
    at = _FIRST + timedelta(microseconds=dice.below(_SPAN_US))
    provider, model = dice.one_of(_MODELS)
    cost = None if dice.one_in(10) else dice.below(10**15) * 10**3
    return {
        "id": f"call-{number:08d}",
        "part": 0,
        "day": at.date(),
        "at": at,
        "clock": at + timedelta(microseconds=dice.below(600 * 10**6)),
        "run": f"run-{number // 5_000}",
        "provider": provider,
        "model": model,
        "request_model": model,
        "operation": dice.one_of(("chat", "chat", "chat", "begin_batch", "retrieve", None)),
        "service_tier": dice.one_of(_TIERS),
        "region": dice.one_of(_REGIONS),
        "spec": f"SPEC-{dice.below(20)}" if dice.below(20) else None,
        "stage": dice.one_of(_STAGES),
        "source": dice.one_of(("live", "record", "replay")),
        "outcome": dice.one_of(_OUTCOMES),
        "usage_state": dice.one_of(_STATES),
        "free": dice.one_in(40),
        "list_cost": cost,
        "billed_cost": cost,
    }


def _counts(dice: _Dice) -> _Told:
    """Make up counts; some contradict each other, as those of providers do."""
    if dice.one_in(50):
        return {}
    length = dice.below(400_000) if dice.one_in(20) else dice.one_of((0, 1, 200_000, 200_001, 977))
    told: _Told = {"input_tokens": length, "output_tokens": dice.below(9_000)}
    if dice.one_in(3):
        told["cache_read_input_tokens"] = dice.below(length + 1) + dice.one_of((0, 0, 0, 0, 7))
    if dice.one_in(5):
        told["cache_write_input_tokens"] = dice.below(1_000)
    if dice.one_in(5):
        told["cache_write_1h_input_tokens"] = dice.below(500)
        told["cache_write_5m_input_tokens"] = dice.one_of((None, 0, 250))
    if dice.one_in(4):
        told["reasoning_output_tokens"] = dice.below(10_000)
    return told | _extras(dice)


def _extras(dice: _Dice) -> _Told:
    told: _Told = {}
    if dice.one_in(12):
        told["input_audio_tokens"] = dice.below(2_000)
    if dice.one_in(60):
        told["output_image_tokens"] = dice.below(1_000)
    if dice.one_in(20):
        told["web_search_requests"] = dice.below(4)
    if dice.one_in(60):
        told["pages"] = dice.below(30)
    return told


def _rare(dice: _Dice) -> _Told:
    """Make up what no statement can price: seconds at a rate an hour, discounts that round."""
    if dice.one_in(2):
        counts = {"audio_seconds": dice.below(100), "input_tokens": dice.one_of((None, 20))}
        return {"provider": "example", "model": "listener", **counts}
    counts = {"input_tokens": dice.below(100), "output_tokens": dice.below(100)}
    return {"provider": "discounted", "model": "tiny", **counts}
