"""Settings with what was typed for a command laid over them, in the words of that command."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_specbudget.errors import SettingError
from pytest_specbudget.settings.settings import read_settings
from pytest_specbudget.settings.table import FLAGS

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.settings.settings import Settings

__all__ = ["settings_with"]

_OURS = "--"


def settings_with(rootdir: Path, **typed: object) -> Settings:
    """Read the settings of *rootdir*; what is *typed* goes before them.

    Args:
        rootdir: Where they lie.
        typed: The values of options by the names of settings, `max_drift`; None was not given.

    Raises:
        SettingError: If something makes no sense; options are called as commands call them.
    """
    options = {f"spec_{name}": told for name, told in typed.items()}
    try:
        return read_settings(options=options, environment=os.environ, rootdir=rootdir, flags=_OURS)
    except SettingError as problem:
        told = [one.replace(FLAGS, _OURS) for one in problem.problems]
        raise SettingError(told) from None
