"""Append each line before the run goes on, so that a killed process loses nothing it booked.

One file a process, one `os.write` a line on an `O_APPEND` descriptor: 15 processes killed at a
random moment left no torn line, and forked children share the descriptor safely.  There is no
fsync: a killed process loses nothing through the page cache, a machine that loses power may.

A disk that is full or read-only never breaks a test: from the first line that cannot be written
on, lines are kept in memory as `unwritten`, and the caller turns `problem` into a finding.
"""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["JournalWriter"]

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
_GITIGNORE = "# made by specbudget\n*\n"


class JournalWriter:
    """The journal of one process; nothing is made on disk before the first line.

    Attributes:
        path: Where the lines go.
        unwritten: Encoded lines that could not be written, in order.
        problem: Why, as one sentence, or None.
    """

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        self.path = path
        self.unwritten: list[str] = []
        self.problem: str | None = None
        self._header = header
        self._descriptor: int | None = None
        self._lock = threading.RLock()  # a finalizer may write within our own lines

    def write(self, line: Mapping[str, Any]) -> None:
        """Append *line*; a value that is None is left out."""
        self.append(_encode({key: value for key, value in line.items() if value is not None}))

    def append(self, text: str) -> None:
        """Append a line that is encoded already, in ASCII."""
        descriptor = self._descriptor
        if descriptor is None or self.problem is not None:
            descriptor = self._opened()
        if descriptor is None or not self._appended(descriptor, text):
            self.unwritten.append(text)

    def close(self, footer: Mapping[str, Any]) -> None:
        """Write the footer and let go of the file; a journal without any line stays unmade."""
        if self._descriptor is not None or self.unwritten:
            self.write(footer)
        with self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _opened(self) -> int | None:
        with self._lock:
            if self._descriptor is None and self.problem is None:
                self._begin(_encode(self._header))
            return self._descriptor if self.problem is None else None

    def _begin(self, header: str) -> None:
        try:
            self._descriptor = _open(self.path)
        except Exception as error:  # noqa: BLE001 - as in `_appended`
            self._fail(error)
        if self._descriptor is None or not self._appended(self._descriptor, header):
            self.unwritten.append(header)

    def _appended(self, descriptor: int, text: str) -> bool:
        data = text.encode() + b"\n"
        try:
            if os.write(descriptor, data) == len(data):
                return True
            self.problem = f"{self.path}: only part of a line could be written (is the disk full?)"
        except Exception as error:  # noqa: BLE001 - tests may put anything in the place of `os.write`
            self._fail(error)
        return False

    def _fail(self, error: Exception) -> None:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        self.problem = f"{self.path}: {reason}"


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    _ignore(path.parent)
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)


def _ignore(folder: Path) -> None:
    """Give `.specbudget/` a `.gitignore` of its own."""
    home = folder.parent.parent
    marker = home / ".gitignore"
    if home.name == ".specbudget" and not marker.exists():
        marker.write_text(_GITIGNORE, encoding="utf-8")
