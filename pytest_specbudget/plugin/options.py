"""Command line options, all from the settings table; what they mean is not argparse's to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.settings.table import OPTIONS

if TYPE_CHECKING:
    import pytest

__all__ = ["OBSERVER_NAME", "add_options", "given_options"]

OBSERVER_NAME = "specbudget-observer"
"""What the plugin that watches tests is registered as."""


def add_options(parser: pytest.Parser) -> None:
    """Add the group `specbudget` to `pytest --help`; every default is None, "not given"."""
    group = parser.getgroup("specbudget", "what model calls may cost (pytest-specbudget)")
    for option in OPTIONS:
        words: dict[str, Any] = {"dest": option.dest, "default": None, "help": option.help}
        if option.flag:
            words["action"] = "store_true"
        else:
            words["action"] = "append" if option.repeatable else "store"
            words["metavar"] = option.metavar
        group.addoption(option.flag_name, **words)


def given_options(config: pytest.Config) -> dict[str, object]:
    """Return what the command line holds for each of our options; None where not given."""
    return {option.dest: config.getoption(option.dest, None) for option in OPTIONS}
