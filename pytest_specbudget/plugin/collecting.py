"""A run of no test: `pytest --collect-only`, `--fixtures`, `--setup-plan` and their like.

Importing a test module may call a model, and that costs what it costs anywhere else.  So such calls
are booked and held to the ceilings.  What judges tests has nothing to judge here: thresholds, a
baseline, a history.  Where nothing is called, nothing is written or said.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from pytest_specbudget.plugin.limits import Limits
    from pytest_specbudget.settings.settings import Settings

__all__ = ["ONLY_COLLECTED", "ceilings_alone", "limits_of_calls", "only_collects"]

ONLY_COLLECTED = "only collected"
"""Why such a run is not the whole suite."""

_SHOWING = ("collectonly", "showfixtures", "show_fixtures_per_test", "cacheshow", "setupplan")
"""What makes pytest show something instead of running tests, as its options are stored."""


def only_collects(config: pytest.Config) -> bool:
    """Whether neither a test nor a fixture is going to run."""
    return any(config.getoption(name, default=None) for name in _SHOWING)


def ceilings_alone(settings: Settings) -> Settings:
    """Return *settings* without what judges tests; a mode that this implied still holds."""
    return replace(
        settings,
        explicit_mode="enforce" if settings.mode == "enforce" else settings.explicit_mode,
        baseline=None,
        max_regression=None,
        strict_baseline=False,
        save_baseline=None,
        history=None,
        max_drift=None,
        min_quality=None,
        min_agreement=None,
        min_pass_rate=None,
    )


def limits_of_calls(limits: Limits) -> Limits:
    """Return what *limits* says of calls alone."""
    return replace(limits, min_quality=None, min_agreement=None, max_regression=None)
