"""How hosts that speak OpenAI's formats differ from OpenAI, as data.

What can be told from the answer itself (a field by another name, totals that do not add up) is
read by `openai_usage` for every host, because gateways pass other providers' answers on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.counts import Path

__all__ = ["DIALECTS", "OPENAI", "Dialect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What is different at one provider.

    Attributes:
        cost: Where in `usage` it states what the call cost, or None.
        cost_exponent: The cost is in units of 10**-exponent USD.
        hides_thinking: Whether thinking shows in `total_tokens` alone; it is billed as output.
    """

    cost: Path | None = None
    cost_exponent: int = 0
    hides_thinking: bool = False


OPENAI = Dialect()

DIALECTS: Mapping[str, Dialect] = {
    "deepinfra": Dialect(cost=("estimated_cost",)),
    "google": Dialect(hides_thinking=True),
    "openrouter": Dialect(cost=("cost",)),
    "perplexity": Dialect(cost=("cost", "total_cost")),
    "vercel": Dialect(cost=("cost",)),
    "xai": Dialect(cost=("cost_in_usd_ticks",), cost_exponent=10),
}
"""By provider; who is not here is as OpenAI.

Source: https://openrouter.ai/docs/use-cases/usage-accounting (credits are US dollars),
https://docs.perplexity.ai/api-reference (`usage.cost`), https://docs.x.ai (a tick is 10**-10 USD),
each checked against recorded answers; answers of DeepInfra and of Vercel's gateway in public
repositories, of 2026-11-22.
"""
