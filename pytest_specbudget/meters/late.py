"""Hears of calls that are sent when the books are closed: at exit, or by a thread that is late.

Nobody can book them any more.  Where nothing may leave, they are refused as before; where calls
may, standard error says what the verdict does not know.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pytest_specbudget.errors import CallRefused
from pytest_specbudget.providers.deferred import RETRIEVE

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.core.exchange import Exchange, Request
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.providers import Listener

__all__ = ["LateCalls"]


class LateCalls:
    """A `Sink` that books nothing."""

    def __init__(
        self,
        recognise: Callable[[Request], Listener | None],
        forbidden_by: str | None,
        words: Callable[[str], str],
    ) -> None:
        """Let calls leave unless *forbidden_by* names what keeps them from it.

        Args:
            recognise: Returns who listens to the answer; None if a request is no model call.
            forbidden_by: The setting that lets no call leave, or None.
            words: Makes what others said fit to be shown.
        """
        self.recognise = recognise
        self._words = words
        self._forbidden_by = forbidden_by
        self._told: set[str] = set()

    def admit(self, request: Request, listener: Listener) -> LateCall:
        """Let the call go on; whether it may leave is asked where it would."""
        return LateCall(self, request, listener)

    def forbid(self, call: str) -> CallRefused | None:
        """Return what refuses *call*; else say, once, that it is in no books."""
        call = self._shown(call)
        if self._forbidden_by is None:
            self._tell(f"a model call to {call} was sent after the run, and is not in its books")
            return None
        problem = (
            f"a model call to {call} would have gone to the network after the run, "
            f"which {self._forbidden_by} forbids"
        )
        self._tell(problem)
        return CallRefused(problem)

    def trouble(self, where: str, error: Exception) -> None:
        """Say that metering failed."""
        self._tell(f"{where}: {self._shown(f'{type(error).__name__}: {error}')}")

    def _shown(self, words: str) -> str:
        try:
            return self._words(words)
        except Exception:  # noqa: BLE001 - an interpreter that ends may import no more; refuse all the same
            return "(not shown)"

    def _tell(self, sentence: str) -> None:
        if sentence not in self._told and sys.stderr is not None:
            self._told.add(sentence)
            sys.stderr.write(f"specbudget: {sentence}\n")


class LateCall:
    """A `Ticket` that nobody books."""

    def __init__(self, late: LateCalls, request: Request, listener: Listener) -> None:
        self._late = late
        self._request = request
        self._listener = listener

    def wire(self) -> None:
        """Refuse the call if it may not leave; a question about earlier work may.

        Raises:
            CallRefused: If it may not.
        """
        if self._listener.operation == RETRIEVE:
            return
        model = self._listener.request_model
        host = self._request.host
        refusal = self._late.forbid(f"{host}, model {model}" if model else host)
        if refusal is not None:
            raise refusal

    def book(self, exchange: Exchange, reading: Reading) -> None:
        """Book nothing."""
