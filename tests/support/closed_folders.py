"""Folders that may not be entered, also for a user who may enter all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

__all__ = ["close"]


def close(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing that is in *folder* be looked at, as if it were a database's of another user."""
    look = os.stat

    def refusing(path: Any, *arguments: Any, **options: Any) -> os.stat_result:
        if isinstance(path, str | os.PathLike) and folder in Path(path).parents:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fspath(path))
        return look(path, *arguments, **options)

    monkeypatch.setattr(os, "stat", refusing)
