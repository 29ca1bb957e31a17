"""Nothing that goes wrong while we observe reaches the user's call."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from pytest_specbudget.errors import CallRefused

if TYPE_CHECKING:
    from pytest_specbudget.meters.sink import Sink

__all__ = ["Shield", "report"]


class Shield:
    """Holds back an `Exception` of ours, and hands it to the sink.

    What is no `Exception` passes: a refused call, an interrupt.  A step that observes stands in a
    `try`, whose `except Exception` calls `hold`; a `with` block would take a microsecond of the
    user's time for each step, and for each event of a stream.

    Attributes:
        tripped: Whether it ever held something back.
    """

    __slots__ = ("_sink", "_where", "tripped")

    def __init__(self, sink: Sink, where: str) -> None:
        self._sink = sink
        self._where = where
        self.tripped = False

    def hold(self, error: Exception) -> None:
        """Keep *error* from the user; a refusal, which is an `Exception` in pools alone, passes."""
        if isinstance(error, CallRefused):
            raise error
        self.tripped = True
        report(self._sink, self._where, error)


def report(sink: Sink, where: str, error: Exception) -> None:
    """Tell *sink* that metering itself failed; if it cannot hear that, nobody can."""
    with suppress(Exception):
        sink.trouble(where, error)
