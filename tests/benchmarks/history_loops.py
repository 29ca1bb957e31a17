"""One record after the other: how long price libraries take for it, and we do without a database.

Each is asked for the price of the same records, at the instant of each; what it says is not judged
here (docs/accuracy.md does), only that it says something.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC
from importlib import import_module
from importlib.util import find_spec
from time import process_time
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.records import reading_of
from pytest_specbudget.prices.pricing import price

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["LOOPS", "Loop", "Told"]

Told = dict[str, Any]
"""The values of a record, by the names of columns."""

_GENAI_PROVIDERS = {"bedrock": "aws"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A way to price one record.

    Attributes:
        name: What figures call it.
        needs: The module that it is in.
        pricer: Makes what prices a record; it raises for what it does not know.
    """

    name: str
    needs: str
    pricer: Callable[[Catalogue], Callable[[Told], object]]

    @property
    def is_installed(self) -> bool:
        """Whether it is there to be measured."""
        return find_spec(self.needs) is not None

    def took(self, records: Sequence[Told], catalogue: Catalogue) -> tuple[float, int]:
        """Return microseconds of processor time a record, and how many were unknown to it."""
        ask = self.pricer(catalogue)
        _unknown(ask, records[:100])
        started = process_time()
        unknown = _unknown(ask, records)
        return (process_time() - started) / len(records) * 1e6, unknown


def _unknown(ask: Callable[[Told], object], records: Sequence[Told]) -> int:
    unknown = 0
    for told in records:
        try:
            ask(told)
        except Exception:  # noqa: BLE001 - whatever a library raises for what it does not know
            unknown += 1
    return unknown


def _ours(catalogue: Catalogue) -> Callable[[Told], object]:
    def ask(told: Told) -> object:
        quote = price(reading_of(told), catalogue, told["at"].replace(tzinfo=UTC))
        if quote.list_cost is None:
            raise LookupError(quote.reason)
        return quote

    return ask


def _genai(_: Catalogue) -> Callable[[Told], object]:
    genai: Any = import_module("genai_prices")

    def ask(told: Told) -> object:
        usage = genai.Usage(
            input_tokens=told["input_tokens"],
            output_tokens=told["output_tokens"],
            cache_read_tokens=told["cache_read_input_tokens"],
            cache_write_tokens=told["cache_write_5m_input_tokens"],
        )
        provider = _GENAI_PROVIDERS.get(told["provider"], told["provider"])
        at = told["at"].replace(tzinfo=UTC)
        return genai.calc_price(
            usage, told["model"], provider_id=provider, genai_request_timestamp=at
        )

    return ask


def _litellm(_: Catalogue) -> Callable[[Told], object]:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # or it asks the network for its prices
    litellm: Any = import_module("litellm")

    def ask(told: Told) -> object:
        return litellm.cost_per_token(
            model=told["model"],
            custom_llm_provider=told["provider"],
            prompt_tokens=told["input_tokens"],
            completion_tokens=told["output_tokens"],
            cache_read_input_tokens=told["cache_read_input_tokens"] or 0,
            cache_creation_input_tokens=told["cache_write_5m_input_tokens"] or 0,
        )

    return ask


LOOPS = (
    Loop(name="specbudget, `price`", needs="pytest_specbudget", pricer=_ours),
    Loop(name="genai-prices", needs="genai_prices", pricer=_genai),
    Loop(name="litellm", needs="litellm", pricer=_litellm),
)
