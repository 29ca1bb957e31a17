"""Answers that may be used again within a run: the same question to the same model, asked once.

Only an answer is kept, never a failure.  Of several that ask the same at once one asks, and the
others wait for it; if it is stopped half-way, each of them asks for itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from pytest_specbudget.agents.steps import Answer, Ask

__all__ = ["Claim", "Memory", "key_of"]

_Kept: TypeAlias = "Future[Answer | None]"
_whom = attrgetter("provider", "model", "wire", "base_url", "reasoning")
_what = attrgetter("schema", "max_tokens", "temperature", "stop")


def key_of(ask: Ask) -> str:
    """Return what tells a question to a model from every other: a digest, that quotes nothing."""
    said = [(message.role, message.text) for message in ask.question.messages]
    told = [*_whom(ask.profile), said, *_what(ask.question)]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(other: Any) -> Any:
    return dict(other) if isinstance(other, Mapping) else repr(other)


class Memory:
    """The answers of a run so far.  Safe to ask from several threads."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def claim(self, key: str) -> Claim:
        """Return the right to answer *key*, or to wait for whoever has it."""
        with self._lock:
            mine = key not in self._kept
            kept = self._kept.setdefault(key, Future())
        return Claim(self, key, kept, mine=mine)

    def forget(self, key: str) -> None:
        """Let the next one who asks *key* ask anew."""
        with self._lock:
            self._kept.pop(key, None)


class Claim:
    """The right to answer a question, or to wait for whoever has it."""

    def __init__(self, memory: Memory, key: str, kept: _Kept, *, mine: bool) -> None:
        """Hold the right to *key*, if it is *mine*."""
        self._memory = memory
        self._key = key
        self._kept = kept
        self._mine = mine

    def __enter__(self) -> Self:
        """Begin; whoever waits is answered at the latest when this ends."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let those who wait go on, if nobody will answer them."""
        if self._mine and not self._kept.done():
            self._settle(None)

    def answered(self) -> Answer | None:
        """Wait for whoever answers; None if you have to."""
        return None if self._mine else _again(self._kept.result())

    async def answered_async(self) -> Answer | None:
        """Wait for whoever answers, while others work; None if you have to."""
        if self._mine:
            return None
        # Who is cancelled while waiting must not cancel the answer that others wait for.
        return _again(await asyncio.shield(asyncio.wrap_future(self._kept)))

    def keep(self, answer: Answer) -> Answer:
        """Give *answer* to all who wait, and keep it if it is one."""
        if self._mine:
            self._settle(answer)
        return answer

    def _settle(self, answer: Answer | None) -> None:
        if answer is None or answer.reply is None:
            self._memory.forget(self._key)
        self._kept.set_result(answer)


def _again(answer: Answer | None) -> Answer | None:
    return None if answer is None else replace(answer, latency_s=0.0, reused=True)
