"""What one plan came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from pytest_specbudget.agents.appraisal import Appraisal
    from pytest_specbudget.agents.values import Reply
    from pytest_specbudget.quality.consensus import Consensus

__all__ = ["Result"]


@value
class Result:
    """What one plan came to.

    Attributes:
        appraisal: How good the answer is, and whether that is good enough.
        reply: The best answer there is, or None.
        consensus: How several agents came to it, or None where one was asked.
        native: Whether no model was needed.
    """

    appraisal: Appraisal
    reply: Reply | None = None
    consensus: Consensus | None = None
    native: bool = False
