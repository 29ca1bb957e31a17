"""The signal that refuses a call, and the one clear test failure that it becomes.

It is ours and pytest's failure at once: no SDK catches it (37 of 37 tried came out clean), and
pytest runs its finalizers, which it does not for a bare `BaseException`.  A test that swallows it
(a bare `except BaseException`, a task never awaited, a thread, a process) fails all the same.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.errors import CallRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.bookkeeping.from_children import Slip

__all__ = ["Refusals", "Refused"]


class Refused(CallRefused, pytest.fail.Exception):  # type: ignore[name-defined, misc] # pytest's is untyped
    """A model call was refused; raised inside the client's send."""

    def __init__(self, message: str) -> None:
        pytest.fail.Exception.__init__(self, message, pytrace=False)


class Refusals:
    """Counts what was refused while an item ran, and sees that its test fails for it once."""

    def __init__(self, slip: Slip) -> None:
        """Begin with none; processes that tests start tell theirs on *slip*."""
        self._messages: list[str] = []
        self._slip = slip
        self._pid = os.getpid()

    def make(self, message: str) -> Refused:
        """Make the signal for a refused call; in a forked child, let the parent know."""
        if os.getpid() == self._pid:
            self._messages.append(message)
        else:
            self._slip.write(message)
        return Refused(message)

    def forget(self) -> None:
        """Let go of what children told."""
        self._slip.forget()

    def settle(self, report: pytest.TestReport, call: pytest.CallInfo[Any]) -> None:
        """Turn *report* into a failure if a call was refused, whatever became of the signal."""
        if report.when == "setup" and call.excinfo is None:
            return
        told = _refusal_in(call.excinfo.value) if call.excinfo is not None else None
        elsewhere = self._slip.take()
        if told is not None:
            _fail(report, str(told))
        elif self._messages:
            _fail(report, _swallowed(self._messages[0], report, call))
        elif elsewhere:
            _fail(report, _in_child(elsewhere[0], report, call))
        self._messages.clear()


def _swallowed(message: str, report: pytest.TestReport, call: pytest.CallInfo[Any]) -> str:
    """Tell *message* of a refusal that the test took for something else, perhaps for a result."""
    if not report.failed or call.excinfo is None:
        return f"{message}\n(the test swallowed this refusal)"
    return f"{message}\n(the test swallowed this refusal, and then failed)\n\n{report.longreprtext}"


def _in_child(message: str, report: pytest.TestReport, call: pytest.CallInfo[Any]) -> str:
    """Tell *message* of a refusal in a process that the test started."""
    if not report.failed or call.excinfo is None:
        return f"{message}\n(in a process that the test started)"
    return f"{message}\n(in a process that the test started)\n\n{report.longreprtext}"


def _fail(report: pytest.TestReport, message: str) -> None:
    report.outcome = "failed"
    report.longrepr = message
    if hasattr(report, "wasxfail"):
        del report.wasxfail


def _refusal_in(error: BaseException) -> Refused | None:
    """Find the signal in *error*, in groups of errors, causes and contexts."""
    seen: set[int] = set()
    pending = [error]
    while pending:
        one = pending.pop()
        if isinstance(one, Refused):
            return one
        if id(one) not in seen:
            seen.add(id(one))
            pending.extend(_around(one))
    return None


def _around(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        yield from error.exceptions
    yield from filter(None, (error.__cause__, error.__context__))
