"""Where meters send what they see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import Exchange, Request
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.providers import Listener

__all__ = ["Sink", "Ticket"]


class Ticket(Protocol):
    """One admitted attempt, from its start line to its charge."""

    def wire(self) -> None:
        """Hear that the network is about to be touched; may raise `CallRefused`."""

    def book(self, exchange: Exchange, reading: Reading) -> None:
        """Take the finished attempt; called exactly once, from any thread."""


class Sink(Protocol):
    """What a meter reports to.  Only `admit` and `wire` may raise, and only `CallRefused`.

    `recognise` may fail where a reader does.  What is asked for then is admitted unread.
    """

    def recognise(self, request: Request) -> Listener | None:
        """Return who listens to the answer, or None if this is no model call."""

    def admit(self, request: Request, listener: Listener) -> Ticket:
        """Write down that the call starts, or refuse it."""

    def trouble(self, where: str, error: Exception) -> None:
        """Take note that metering itself failed; the user's call goes on."""
