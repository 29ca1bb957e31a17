"""What embeds, ranks or judges generates nothing: all of its tokens are input."""

from __future__ import annotations

from pytest_specbudget.core.usage import Usage

__all__ = ["all_input"]


def all_input(given: int | None) -> Usage:
    """State *given* as input, with an output that is known to be none; nothing if it is None."""
    return Usage() if given is None else Usage(input_tokens=given, output_tokens=0)
