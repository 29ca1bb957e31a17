"""Tokens that nobody counted: the user let them be estimated, and every reader is told so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.unknowns import named_tests
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.core.wording import calls_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.core.ledger import Charge, Ledger

__all__ = ["EstimatedGate"]


@dataclass(frozen=True, slots=True)
class EstimatedGate:
    """Warns of estimated tokens, once for each model."""

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield a warning for each model with calls whose tokens are estimated."""
        groups: dict[tuple[str, str], list[Charge]] = {}
        for charge in ledger:
            if _is_estimated(charge):
                key = (charge.reading.provider, charge.reading.model)
                groups.setdefault(key, []).append(charge)
        for key in sorted(groups):
            yield _estimated(groups[key])


def _is_estimated(charge: Charge) -> bool:
    """Whether its provider told no counts; a stale recording told some, and is told of itself."""
    guessed = charge.reading.usage_state == "estimated" and charge.staleness is None
    return guessed and not charge.mocked


def _estimated(group: list[Charge]) -> Finding:
    first = group[0]
    hosts = ", ".join(sorted({charge.host for charge in group}))
    usage = sum((charge.reading.usage for charge in group), Usage())
    return Finding(
        rule="usage-estimated",
        subject=first.reading.model,
        message=f"{calls_of(len(group))} to {hosts} told no token counts: "
        f"{usage.input_tokens or 0:,} input and {usage.output_tokens or 0:,} output tokens of "
        f"{first.reading.model} are estimated from the length of their texts",
        details=named_tests(group),
        remedy="ask the server for usage where it can tell it; what rests on an estimate is marked",
        severity="warning",
    )
