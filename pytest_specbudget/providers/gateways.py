"""What a gateway says about a call beside the answer that it passes on.

LiteLLM's proxy states in a header what it takes the call to cost, in US dollars, unless it streams.

Source: https://docs.litellm.ai/docs/proxy/response_headers and
https://github.com/BerriAI/litellm/issues/12689 (streams), checked 2026-11-22.  That it states 0
where it knows no price is seen in https://github.com/BerriAI/litellm/pull/31675.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pytest_specbudget.providers.fold import Fold

__all__ = ["money_in", "stated_cost"]

_COST = "x-litellm-response-cost"
_AMOUNT = re.compile(r"\d{1,9}(?:\.\d{1,30})?(?:[eE]-\d{1,2})?", re.ASCII)
"""A number as Python writes one, of a size that money can have."""


def stated_cost(fold: Fold) -> Money | None:
    """Return what the gateway states that the call costs.

    Nothing at all is no cost: it may as well mean that the gateway knows no price.
    """
    return money_in(fold.header(_COST)) or None


def money_in(stated: object) -> Money | None:
    """Read an amount in US dollars, rounded half-even to attodollars; None if *stated* is none."""
    if not isinstance(stated, str) or not _AMOUNT.fullmatch(stated):
        return None
    return Money.of_fraction(Fraction(stated))
