"""The public names as a user writes them: never run, only type-checked."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget import Alert, CallRefused, Charge, Finding, Gate, Ledger, Money, SpecSpend

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.spec("SPEC-KIT-070", stage="plan", budget="0.10", max_calls=3)
def test_a_block_is_cheap(spec_spend: SpecSpend) -> None:
    with spec_spend.under("0.10"), spec_spend.stage("draft"), spec_spend.native("number"):
        pass
    cost: Decimal = spec_spend.list_cost
    told: tuple[Decimal | None, Alert | None] = spec_spend.record_agent_call(
        "SPEC-KIT-070", "plan", "primary", "gpt-4o-mini", 1_000, 200
    )
    assert cost + (told[0] or 0) < Decimal("0.10")


class NoOpus:
    """A gate of one's own."""

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        for charge in ledger:
            if "opus" in charge.reading.model:
                yield Finding(rule="no-opus", subject=charge.attribution.test, message="opus")


def pytest_specbudget_gates() -> list[Gate]:
    return [NoOpus()]


def pytest_specbudget_booked(charge: Charge) -> None:
    assert charge.list_cost is None or charge.list_cost < Money.parse("1.00")


def test_a_refusal_is_told() -> None:
    with pytest.raises(CallRefused):
        raise CallRefused
