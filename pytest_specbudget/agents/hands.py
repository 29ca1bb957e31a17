"""Does the work of an execution: one piece by itself, several side by side in threads or tasks.

Each piece runs in a copy of the caller's context, so that it is charged to the caller's test, and
says there what part of the task it is.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from time import perf_counter
from typing import TYPE_CHECKING

from pytest_specbudget.agents.reuse import key_of
from pytest_specbudget.agents.steps import Answer, Ask, Checked
from pytest_specbudget.agents.values import NoReply
from pytest_specbudget.meters.scope import routed_as

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.agents.reuse import Memory
    from pytest_specbudget.agents.steps import Check, Work
    from pytest_specbudget.agents.values import Asking

__all__ = ["Hands"]


class Hands:
    """Does work; safe for several executions at once."""

    def __init__(
        self,
        asking: Asking,
        memory: Memory | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Work with *asking*; keep answers in *memory*, or none.

        *clock* tells seconds that never go back; None is the process's own.
        """
        self._asking = asking
        self._memory = memory
        self._clock = clock or perf_counter

    def do(self, work: tuple[Work, ...]) -> tuple[Answer | Checked, ...]:
        """Do all of *work*, and wait until all of it has ended."""
        if len(work) == 1:
            return (self._done(work[0]),)
        with ThreadPoolExecutor(len(work)) as pool:
            done = [pool.submit(copy_context().run, self._done, piece) for piece in work]
        return tuple(one.result() for one in done)

    async def do_async(self, work: tuple[Work, ...]) -> tuple[Answer | Checked, ...]:
        """Do all of *work* while others work."""
        done = await asyncio.gather(*map(self._done_async, work), return_exceptions=True)
        for one in done:
            if isinstance(one, BaseException):
                raise one
        return tuple(one for one in done if not isinstance(one, BaseException))

    def _done(self, piece: Work) -> Answer | Checked:
        with routed_as(piece.routed):
            return self._answer(piece) if isinstance(piece, Ask) else self._checked(piece)

    async def _done_async(self, piece: Work) -> Answer | Checked:
        with routed_as(piece.routed):
            if isinstance(piece, Ask):
                return await self._answer_async(piece)
            return await asyncio.to_thread(self._checked, piece)

    def _checked(self, check: Check) -> Checked:
        started = self._clock()
        try:
            value = check.run()
        except NoReply as problem:
            return Checked(value=None, problem=problem, latency_s=self._clock() - started)
        return Checked(value=value, latency_s=self._clock() - started)

    def _answer(self, ask: Ask) -> Answer:
        if self._memory is None:
            return self._asked(ask)
        with self._memory.claim(key_of(ask)) as claim:
            return claim.answered() or claim.keep(self._asked(ask))

    async def _answer_async(self, ask: Ask) -> Answer:
        if self._memory is None:
            return await self._asked_async(ask)
        with self._memory.claim(key_of(ask)) as claim:
            return await claim.answered_async() or claim.keep(await self._asked_async(ask))

    def _asked(self, ask: Ask) -> Answer:
        started = self._clock()
        try:
            reply = self._asking.ask(ask.profile, ask.question)
        except NoReply as problem:
            return Answer(problem=problem, latency_s=self._clock() - started)
        return Answer(reply=reply, latency_s=self._clock() - started)

    async def _asked_async(self, ask: Ask) -> Answer:
        started = self._clock()
        try:
            reply = await self._asking.ask_async(ask.profile, ask.question)
        except NoReply as problem:
            return Answer(problem=problem, latency_s=self._clock() - started)
        return Answer(reply=reply, latency_s=self._clock() - started)
