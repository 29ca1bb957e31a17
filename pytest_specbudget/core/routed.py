"""Why a model call was made with just this model: what a charge keeps of the routing."""

from __future__ import annotations

from typing import Literal

from pytest_specbudget.core.value import value

__all__ = ["Role", "Routed"]

Role = Literal["primary", "validator", "aggregator", "judge"]
"""What a model is asked as."""


@value
class Routed:
    """The part of one call in the execution of a routed task.

    Attributes:
        task: An id that all calls of one task share.
        role: What the model is asked as.
        tier: The tier whose plan the call is of.
        slot: The model that the plan names, as the routing table names it.
        attempt: 1, or more where the plan is tried again (a retry, a fallback, an escalation).
        escalated: Whether the plan is of a higher tier than the command's own.
        reason: Why this is not simply the plan's first choice: `rate_limit`, `quality 0.71 < 0.85`,
            `override`; None if it is.
        table: The first twelve characters of the checksum of the routing table.
    """

    task: str
    role: Role
    tier: str
    slot: str
    attempt: int = 1
    escalated: bool = False
    reason: str | None = None
    table: str = ""
