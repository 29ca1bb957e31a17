"""Asks models over HTTP, in the format of their provider, from threads or from tasks.

    with Asker() as asker:
        reply = asker.ask(profile, Question(messages=(Message(role="user", text="Hello"),)))

Each attempt is one request through httpx, so that whoever watches httpx sees it.  What is sent,
with which key and how often is `inquiry`'s and `retrying`'s; the formats are `wires`'.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from pytest_specbudget.agents.inquiry import inquiry
from pytest_specbudget.agents.limiter import Limit, Limiter
from pytest_specbudget.agents.locks import locked
from pytest_specbudget.agents.retrying import Patience, Pause, advanced, attempts
from pytest_specbudget.agents.values import NoReply, Reply
from pytest_specbudget.errors import SettingError
from pytest_specbudget.meters.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    import httpx

    from pytest_specbudget.agents.inquiry import Inquiry
    from pytest_specbudget.agents.sending import Connections
    from pytest_specbudget.agents.values import Call, Question
    from pytest_specbudget.routing.values import ModelProfile

__all__ = ["Asker"]


@dataclass(slots=True, kw_only=True, eq=False)
class Asker:
    """Asks models; safe for threads, and for any number of event loops.

    Attributes:
        stream: Whether answers are asked for in events.
        timeout_s: How long an answer may take, and any part of it, in seconds.
        patience: How often and how long to wait for a model that cannot be had.
        limit: What each provider is asked at most.
        limits: What some of them are asked instead, by name.
        environment: Where keys and the addresses of gateways stand.
        guarded: Whether somebody refuses at the wire what lacks a key (see `locks`), so that
            recordings answer without one; else it is refused at once.
        sleep: Waits so many seconds.
        sleep_async: Likewise, while others work.
        clock: What time it is, aware.
        seconds: What a stopwatch shows.
    """

    stream: bool = False
    timeout_s: float = 300.0
    patience: Patience = field(default_factory=Patience)
    limit: Limit = field(default_factory=Limit)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    guarded: bool = False
    sleep: Callable[[float], object] = time.sleep
    sleep_async: Callable[[float], Awaitable[object]] = asyncio.sleep
    clock: Callable[[], datetime] = Clock.utc
    seconds: Callable[[], float] = Clock.tick
    _limiters: dict[str, Limiter] = field(default_factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _connections: Connections | None = field(default=None, init=False, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections; they are opened anew if it is used again."""
        if self._connections is not None:
            self._connections.close()

    def ask(self, profile: ModelProfile, question: Question) -> Reply:
        """Ask, and wait for the answer.

        Raises:
            NoReply: If there is none to be had: `Unavailable`, `Rejected` or `BadReply`.
            SettingError: If nobody knows where the model is asked, it cannot be asked there, or it
                needs a key and there is none.
        """
        asked = self._inquiry(profile, question)
        steps = attempts(asked.calls, self.patience)
        step = advanced(steps, None)
        while not isinstance(step, Reply):
            if isinstance(step, Pause):
                self.sleep(step.seconds)
                step = advanced(steps, None)
            else:
                step = advanced(steps, self._outcome(asked, step))
        return step

    async def ask_async(self, profile: ModelProfile, question: Question) -> Reply:
        """Ask, and let others work meanwhile; raises what `ask` does."""
        asked = self._inquiry(profile, question)
        steps = attempts(asked.calls, self.patience)
        step = advanced(steps, None)
        async with self._connected().opened() as client:
            while not isinstance(step, Reply):
                if isinstance(step, Pause):
                    await self.sleep_async(step.seconds)
                    step = advanced(steps, None)
                else:
                    step = advanced(steps, await self._outcome_async(client, asked, step))
        return step

    def _inquiry(self, profile: ModelProfile, question: Question) -> Inquiry:
        asked = inquiry(profile, question, self.environment, stream=self.stream)
        if asked.locked is not None and not self.guarded:
            raise SettingError([asked.locked])
        return asked

    def _outcome(self, asked: Inquiry, call: Call) -> Reply | NoReply:
        try:
            with self._limiter(asked).turn(self.sleep), locked(asked.locked):
                answer = self._connected().send(call)
        except NoReply as problem:
            return asked.lost(problem)
        return asked.read(answer, self.clock())

    async def _outcome_async(
        self, client: httpx.AsyncClient, asked: Inquiry, call: Call
    ) -> Reply | NoReply:
        try:
            async with self._limiter(asked).turn_async(self.sleep_async):
                with locked(asked.locked):
                    answer = await self._connected().send_async(client, call)
        except NoReply as problem:
            return asked.lost(problem)
        return asked.read(answer, self.clock())

    def _limiter(self, asked: Inquiry) -> Limiter:
        provider = asked.profile.provider
        with self._lock:
            if provider not in self._limiters:
                limit = self.limits.get(provider, self.limit)
                self._limiters[provider] = Limiter(limit, self.seconds)
            return self._limiters[provider]

    def _connected(self) -> Connections:
        from pytest_specbudget.agents.sending import Connections  # noqa: PLC0415 - loads httpx

        with self._lock:
            if self._connections is None:
                self._connections = Connections(self.timeout_s, self.seconds)
            return self._connections
