"""What a provider says that one exchange consumed.

A reading is made at the border, where each provider counts in its own way; from here on all
counts are OpenTelemetry's and nobody asks again who sent them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.core.value import quick_value, value

if TYPE_CHECKING:
    from pytest_specbudget.core.money import Money

__all__ = ["BEGIN", "RETRIEVE", "Part", "Reading", "UsageState"]

UsageState = Literal["complete", "partial", "none", "estimated", "unreadable"]
"""Whole; a lower bound (the stream was cut); not reported; a guess; a body that made no sense."""

RETRIEVE = "retrieve"
"""The operation of a request that asks for work which an earlier call began; it is no model call.
"""

BEGIN = "begin_batch"
"""The operation of a request that begins work whose cost comes later: a batch, a training.

It is no model call, but models will be called.
"""

_NO_CALLS = (RETRIEVE, BEGIN)
_NOTHING = Usage()


@value
class Part:
    """What one of several models consumed in one answer: an advisor, a compaction."""

    model: str
    usage: Usage


@quick_value
class Reading:
    """What one answer consumed, as its provider states it.

    Attributes:
        provider: `gen_ai.provider.name`, or the short name of the price catalogue.
        operation: `chat`, `embeddings`, `generate_content`, ...
        request_model: The model asked for, or None.
        response_model: The model that answered, or None where the answer names none.
        usage: Inclusive counts.
        usage_state: How far the counts can be trusted.
        streaming: Whether the answer came in events.
        response_id: The provider's own id of the answer, or None.
        service_tier: `default`, `batch`, `flex`, `priority`, `fast`, or None if unstated.
        region: Where it ran, if the price depends on it, or None.
        parts: One for each model, where one answer bills several; `usage` is then their sum.
        provider_cost: A price that the provider itself stated, or None.
        counted: Whether it adds to what was spent; a second answer about the same work does not.
        real_model: What the user's host rule says that the model's alias stands for, or None.
        free: Why it costs nothing, as the user declared it, or None.
        certain: False if it merely resembles a model call, on a host that nobody declared.
        flags: What was odd about it, for people: `cached 161 > input 10`.
        unpriced_tools: Tools that ran at the provider, are billed by the call and have no price
            here, each with how often it was called: `file_search 2`.
    """

    provider: str
    operation: str
    request_model: str | None = None
    response_model: str | None = None
    usage: Usage = _NOTHING
    usage_state: UsageState = "none"
    streaming: bool = False
    response_id: str | None = None
    service_tier: str | None = None
    region: str | None = None
    parts: tuple[Part, ...] = ()
    provider_cost: Money | None = None
    counted: bool = True
    real_model: str | None = None
    free: str | None = None
    certain: bool = True
    flags: tuple[str, ...] = ()
    unpriced_tools: tuple[str, ...] = ()

    @property
    def called(self) -> bool:
        """Whether it was a model call; what is about one adds counts and no call."""
        return self.operation not in _NO_CALLS

    @property
    def model(self) -> str:
        """The model that is charged: as declared, else the one that answered, else as asked."""
        return self.real_model or self.response_model or self.request_model or "(unnamed)"
