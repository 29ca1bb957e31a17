"""Where the file of known staleness lies, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.errors import RecordingError

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.cassettes.known import Known
    from pytest_specbudget.settings.settings import Settings

__all__ = ["known_staleness"]

_USUAL = "specbudget-stale.toml"


def known_staleness(settings: Settings, rootpath: Path) -> Known | None:
    """Read the file of known staleness; None if there is none.

    Raises:
        pytest.UsageError: If it makes no sense, or was asked for and does not exist, unless the
            gate is switched off.
    """
    try:
        return _read(settings, rootpath)
    except pytest.UsageError:
        if settings.disabled:
            return None
        raise


def _read(settings: Settings, rootpath: Path) -> Known | None:
    path = settings.known_stale or rootpath / _USUAL
    if settings.known_stale is None and not path.exists():
        return None
    from pytest_specbudget.cassettes.known import load  # noqa: PLC0415 - few have the file

    if not path.exists():
        raise pytest.UsageError(f"{settings.origin_of('known_stale')}: {path} does not exist")
    try:
        return load(path)
    except RecordingError as problem:
        raise pytest.UsageError(str(problem)) from None
