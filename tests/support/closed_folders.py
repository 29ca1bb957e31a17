"""Folders that may not be entered, also for a user who may enter all."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

__all__ = ["close"]


def close(folder: Path, monkeypatch: pytest.MonkeyPatch, *, listed: bool = False) -> None:
    """Let nobody look at what is in *folder*: it is of a database's user, say.

    With *listed* it may be listed all the same.
    """

    def refusing(ask: Callable[..., Any], *, itself: bool) -> Callable[..., Any]:
        def asked(path: Any = ".", *arguments: Any, **options: Any) -> Any:
            place = Path(path) if isinstance(path, str | os.PathLike) else Path()
            if folder in place.parents or (itself and place == folder):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))
            return ask(path, *arguments, **options)

        return asked

    monkeypatch.setattr(os, "stat", refusing(os.stat, itself=False))
    monkeypatch.setattr(io, "open", refusing(io.open, itself=False))
    if not listed:
        monkeypatch.setattr(os, "scandir", refusing(os.scandir, itself=True))
