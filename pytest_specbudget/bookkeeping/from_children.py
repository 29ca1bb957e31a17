"""Refusals in processes that a test started, told to the process that runs the test.

A child that was refused a call dies of it, or swallows it; its exit status is the user's affair and
is often not looked at.  So the child leaves a line in the folder of the run, and the test fails.

A line that cannot be written is lost; the journal, on the same disk, says so.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Slip", "slip_of"]

_APPENDING = os.O_WRONLY | os.O_APPEND | os.O_CREAT


def slip_of(folder: Path, pid: int) -> Slip:
    """Return where the children of the process *pid* write, in the *folder* of its run."""
    return Slip(folder / f"refused-{pid}.txt")


class Slip:
    """A file that one process reads, and its children write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def write(self, message: str) -> None:
        """Tell *message*, of one line, to the parent."""
        with suppress(OSError):
            file = os.open(self._path, _APPENDING, 0o644)
            try:
                os.write(file, f"{' '.join(message.split())}\n".encode())
            finally:
                os.close(file)

    def take(self) -> list[str]:
        """Return the messages that came since it was last asked."""
        try:
            if os.stat(self._path).st_size == self._read:  # noqa: PTH116 # asked after every test
                return []
            with self._path.open("rb") as file:
                file.seek(self._read)
                came = file.read()
        except OSError:  # nobody has told anything, which is the rule
            return []
        self._read += len(came)
        return came.decode(errors="replace").splitlines()

    def forget(self) -> None:
        """Remove the file."""
        with suppress(OSError):
            self._path.unlink()
