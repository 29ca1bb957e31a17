"""Nothing that goes wrong while we observe reaches the user's call."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from pytest_specbudget.meters.sink import Sink

__all__ = ["Shield", "report"]


class Shield:
    """A reusable `with` block that hands an `Exception` to the sink instead of raising it.

    What is no `Exception` passes: a refused call, an interrupt.

    Attributes:
        tripped: Whether it ever held something back.
    """

    __slots__ = ("_sink", "_where", "tripped")

    def __init__(self, sink: Sink, where: str) -> None:
        self._sink = sink
        self._where = where
        self.tripped = False

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self.tripped = True
        report(self._sink, self._where, error)
        return True


def report(sink: Sink, where: str, error: Exception) -> None:
    """Tell *sink* that metering itself failed; if it cannot hear that, nobody can."""
    with suppress(Exception):
        sink.trouble(where, error)
