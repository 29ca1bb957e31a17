"""`spec_spend`: what a test has spent so far, and what it may spend within a block."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.bookkeeping.agent_calls import AgentCall, record
from pytest_specbudget.budgets.gate import level_of
from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars_beside
from pytest_specbudget.meters.scope import attribute, staged
from pytest_specbudget.plugin.alerts import Alert, spent_so_far

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper

__all__ = ["Alert", "SpecSpend"]


_SWITCHED_OFF = (
    "SPECBUDGET_DISABLE is set: no call is metered, so nobody knows what this test spends"
)


class SpecSpend:
    """What the test that asked for it has spent; exact, and up to date at every look.

    Where the gate is switched off nothing is known, which is not nothing: the test that looks is
    skipped, and blocks are held to no ceiling.
    """

    def __init__(self, books: Bookkeeper, test: str) -> None:
        self._books = books
        self._test = test

    @property
    def totals(self) -> Totals:
        """The test's charges so far, summed; a copy that does not change any more."""
        __tracebackhide__ = True
        if self._books.settings.disabled:
            pytest.skip(_SWITCHED_OFF)
        return replace(self._books.tally.by_test.get(self._test, Totals()))

    @property
    def list_cost(self) -> Decimal:
        """What the test's calls cost so far at published prices, in USD, exact."""
        return Decimal(str(self.totals.list_cost))

    @property
    def calls(self) -> int:
        """How many model calls the test has made so far; mocked ones do not count."""
        return self.totals.calls

    @property
    def input_tokens(self) -> int:
        """All input tokens so far."""
        return self.totals.input_tokens

    @property
    def output_tokens(self) -> int:
        """All output tokens so far."""
        return self.totals.output_tokens

    def under(self, ceiling: str | int | Decimal) -> AbstractContextManager[None]:
        """Fail the test if what it calls within the block costs more than *ceiling* dollars.

        The ceiling is inclusive and judges list cost, so that a replayed block is held to what it
        would cost live.  A block whose cost cannot be known fails too.

        Raises:
            MoneyError: If *ceiling* is no amount.
        """
        most = Money.parse(ceiling)
        return nullcontext() if self._books.settings.disabled else _Under(self, most)

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Charge what is called within the block to the stage *name*."""
        return staged(name)

    @contextmanager
    def native(self, name: str) -> Iterator[None]:
        """Record a step that needs no model: it costs $0, and only its time is kept."""
        started = perf_counter()
        yield
        owner, _ = attribute()
        self._books.event(
            "native",
            step=name,
            latency_s=round(perf_counter() - started, 6),
            test=owner.test,
            spec=owner.spec,
            stage=owner.stage,
        )

    def record_agent_call(  # noqa: PLR0913, PLR0917 - the signature that the seeds fix
        self,
        spec_id: str,
        stage: str | None,
        agent: str | None,
        model: str,
        input_tokens: int,
        output_tokens: int,
        *,
        provider: str | None = None,
    ) -> tuple[Decimal | None, Alert | None]:
        """Book a call that no meter can see, right after the agent returned.

        Args:
            spec_id: The SPEC that is charged.
            stage: The stage within it, or None.
            agent: What the model was asked as, or None.
            model: The model's id, as in the price catalogue.
            input_tokens: All input, cached input included.
            output_tokens: All output, reasoning included.
            provider: Whose model it is; may be left out where all that sell it ask the same.

        Returns:
            Its list cost in USD, or None if it cannot be priced, and an alert, or None.

        Raises:
            ValueError: If a count is no whole number of 0 or more.
        """
        call = AgentCall(
            spec=spec_id,
            stage=stage,
            agent=agent,
            provider=provider,
            model=model,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
        )
        charge = record(self._books, call, datetime.now(UTC))
        if charge.list_cost is None:
            reason = charge.reason or "no price"
            return None, Alert(level="unpriced", spec_id=spec_id, message=reason)
        return Decimal(str(charge.list_cost)), self._alert(spec_id)

    def _alert(self, spec: str) -> Alert | None:
        settings = self._books.settings
        limit = settings.ceiling_of(spec)
        spent = self._books.tally.by_spec.get(spec)
        if limit is None or spent is None or settings.disabled:
            return None
        share = spent.share_of(limit.ceiling)
        level = level_of(share, settings.alert_warning, settings.alert_critical)
        if level is None:
            return None
        return Alert(level=level, spec_id=spec, message=spent_so_far(spec, spent, limit))


class _Under:
    """A block of a test that may cost so much.

    It is no generator of `contextlib`, whose frames a failure would show before its message.
    """

    def __init__(self, spend: SpecSpend, most: Money) -> None:
        self._spend = spend
        self._most = most
        self._before = Totals()

    def __enter__(self) -> None:
        self._before = self._spend.totals

    def __exit__(self, *_raised: object) -> None:
        """Judge the block; one that raises has spent its money all the same."""
        __tracebackhide__ = True
        _hold(self._before, self._spend.totals, self._most)


def _hold(before: Totals, after: Totals, most: Money) -> None:
    """Fail the test if more than *most* was spent between two looks, or nobody knows how much."""
    __tracebackhide__ = True
    calls = calls_of(after.calls - before.calls)
    unknown = after.unbounded_calls - before.unbounded_calls
    spent = after.list_upper - before.list_upper
    if spent > most:
        have, allowed = dollars_beside(most, spent)
        pytest.fail(f"spec_spend.under: {calls} spent {have} of {allowed}")
    if unknown:
        pytest.fail(f"spec_spend.under: what {unknown} of {calls} cost is unknown")
