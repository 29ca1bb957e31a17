"""What other plugins add for `spec_agent`: validators, metrics, native handlers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.bookkeeping.hearsay import error_words

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["added"]


def added(config: pytest.Config, hook: str) -> dict[str, Callable[..., Any]]:
    """Return what all plugins add by *hook*, by name; of two with one name, the later plugin's.

    Raises:
        pytest.UsageError: If a plugin raises, or gives something else than callables by name.
    """
    found: dict[str, Callable[..., Any]] = {}
    try:
        for some in reversed(getattr(config.hook, hook)(config=config)):
            found |= some or {}
    except Exception as error:
        raise pytest.UsageError(f"{hook} raised {error_words(error)}") from error
    for name, one in found.items():
        if not isinstance(name, str) or not callable(one):
            raise pytest.UsageError(f"{hook}: {name!r} is {one!r:.80}, and nothing to call")
    return found
