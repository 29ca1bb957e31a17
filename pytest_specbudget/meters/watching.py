"""Who watches now.

Patches hold for the whole process, so the watch that they report to is the process's too: the
innermost one that has not stopped.  An inner pytest session (`pytester.runpytest_inprocess`) takes
over while it runs, and the outer one resumes after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters.attempt import Attempt, Register
from pytest_specbudget.meters.bearable import bearable
from pytest_specbudget.meters.shield import Shield, report
from pytest_specbudget.meters.unheard import Unheard

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.meters.sink import Sink
    from pytest_specbudget.providers import Listener

    Forbid = Callable[[str], BaseException | None]
    """Returns what refuses a live call, as people name it; None if it may leave."""

__all__ = ["Watch", "current_watch", "trouble"]

_watches: list[Watch] = []
_LOOKING = "looking at a request"


class Watch:
    """One session's eye on the clients.

    Attributes:
        shield: Holds back what goes wrong while a request is looked at.
        handed_over: Whether the session has ended, and somebody else hears of what is sent.
    """

    __slots__ = ("_forbid", "_register", "_release", "_sink", "handed_over", "shield")

    def __init__(self, sink: Sink, release: Callable[[], None], forbid: Forbid) -> None:
        self._sink = sink
        self._release = release
        self._forbid = forbid
        self.handed_over = False
        self._register = Register(sink)
        self.shield = Shield(sink, _LOOKING)

    def start(self) -> None:
        """Take over from whoever watches."""
        _watches.append(self)

    def stop(self) -> None:
        """Stop watching; whoever watched before resumes.  Streams still open report as before."""
        if self in _watches:
            self._release()
            _watches.remove(self)

    def begin(self, request: Request) -> Attempt | None:
        """Open an attempt if the sink recognises a model call.

        Raises:
            CallRefused: If the sink does not admit it.
        """
        if self._register.lost:
            self._register.settle()
        try:
            listener = self._sink.recognise(request)
        except Exception as error:  # noqa: BLE001 # a reader of another plugin, say
            self.shield.hold(error)
            listener = Unheard(request)
        return None if listener is None else self.open(request, listener)

    def open(self, request: Request, listener: Listener) -> Attempt:
        """Open an attempt at what is known to be a model call.

        Raises:
            CallRefused: If the sink does not admit it.
        """
        try:
            ticket = self._sink.admit(request, listener)
        except CallRefused as refusal:
            raise bearable(refusal) from None
        return Attempt(request, listener, ticket, self._register)

    def unreadable(self, host: str, error: Exception) -> None:
        """Take note that *error* kept what is sent to *host* from being metered.

        Raises:
            CallRefused: If nothing may leave, for nobody will be asked any more.
        """
        self.shield.hold(error)
        try:
            refusal = self._forbid(host)
        except Exception as problem:  # noqa: BLE001 # see `Shield`
            self.shield.hold(problem)
            return
        if isinstance(refusal, CallRefused):
            raise bearable(refusal)

    def hand_over(self, sink: Sink, forbid: Forbid) -> None:
        """Let *sink* have what is seen from now on, until the process ends or another takes over.

        Streams still open report as before.
        """
        for earlier in [one for one in _watches if one.handed_over]:
            earlier.stop()
        self.handed_over = True
        self._sink, self._forbid = sink, forbid
        self._register = Register(sink)
        self.shield = Shield(sink, _LOOKING)

    def settle(self) -> None:
        """Book the attempts whose streams were garbage-collected; cheap, for the end of a test."""
        self._register.settle()

    def finish_open(self) -> None:
        """Book every attempt that is still open, as abandoned; for the end of the session."""
        self._register.finish_open()

    def trouble(self, where: str, error: Exception) -> None:
        """Tell the sink that metering itself failed."""
        report(self._sink, where, error)


def current_watch() -> Watch | None:
    """Return the watch that sees calls now."""
    return _watches[-1] if _watches else None


def trouble(where: str, error: Exception) -> None:
    """Tell whoever watches now that metering itself failed."""
    watch = current_watch()
    if watch is not None:
        watch.trouble(where, error)
