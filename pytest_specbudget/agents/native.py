"""Who does which command without any model, at $0."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TypeAlias

from pytest_specbudget.core.value import value

__all__ = ["NativeHandler", "NativeHandlers"]

NativeHandler: TypeAlias = Callable[[str], str | None]
"""Takes the prompt and returns the answer, or None where this one needs a model."""


@value
class NativeHandlers:
    """The handler of each command, by its name in the routing table."""

    by_command: Mapping[str, NativeHandler] = field(default_factory=dict)

    def of(self, command: str) -> NativeHandler | None:
        """Return the handler of *command*, or None."""
        return self.by_command.get(command)

    def with_(self, more: Mapping[str, NativeHandler]) -> NativeHandlers:
        """Return these and *more*, which come first where both have a command."""
        return NativeHandlers(by_command={**self.by_command, **more})
