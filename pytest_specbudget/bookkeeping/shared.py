"""Sums that all processes of one run share: what they have spent, and what is in flight.

A file beside the journal, mapped into every process, holds cells of 32 bytes: the key of an
account, what its owner has committed to it, and how much of that is in flight.  One process owns a
cell and is the only one to write it; all read it.  So no process waits for another, a killed one
takes nothing with it, and what it had in flight stays committed.

The file only grows, by one append for each account and process, which the system makes one after
the other; where a cell lies says who came first.  A forked child owns no cell of its parent.

Words are whole numbers of 8 bytes, which a processor reads and writes in one piece.
"""

from __future__ import annotations

import mmap
import os
import threading
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FULL", "SharedSums", "key_of"]

FULL = 2**62
"""The most that a cell can hold; more is written as this."""

_KEY = 16
_CELL = 32


def key_of(*names: str) -> bytes:
    """Return the key of the account with these names, the same in every process."""
    return blake2b("\0".join(names).encode("utf-8", "surrogatepass"), digest_size=_KEY).digest()


class SharedSums:
    """The cells of one run, as one process sees them; its threads take turns."""

    __slots__ = ("_cells", "_fence", "_file", "_own", "_path", "_size", "_words")

    _file: int

    def __init__(self, path: Path) -> None:
        """Share the file at *path*, which is opened, or made, with the first cell."""
        self._path = path
        self._forget()

    def adopt(self) -> None:
        """Begin anew in a forked child: it reads the cells of all, and owns none yet."""
        # Nothing is kept: another thread of the parent may have been in the middle of it.
        if self._file >= 0:
            os.close(self._file)
        self._forget()

    def own(self, key: bytes) -> int:
        """Return the place of this process's cell for an account, made if there was none.

        Raises:
            OSError: If there is no room for one more cell.
        """
        place = self._own.get(key)
        if place is None:
            place = self._own[key] = self._claim(key)
        return place

    def all(self, key: bytes) -> list[int]:
        """Return the places of all cells of an account; looking adds those that are new."""
        return self._cells.setdefault(key, [])

    def publish(self, place: int, committed: int, in_flight: int) -> None:
        """Write into a cell of our own; of more than `FULL`, that much."""
        words = self._words
        try:
            words[place], words[place + 1] = committed, in_flight
        except ValueError:  # more than a word holds
            words[place], words[place + 1] = min(FULL, committed), min(FULL, in_flight)

    def look(self) -> None:
        """See what other processes have published, and make sure that they see ours.

        Of two processes that publish and then look, at least one sees both.
        """
        with self._fence:  # taking a lock lets no earlier write wait behind a later read
            size = os.fstat(self._file).st_size
            if size != self._size:
                self._map_cells(size - size % _CELL)

    def committed(self, places: list[int]) -> int:
        """Add up what has been committed in cells."""
        words = self._words
        return sum([words[place] for place in places])

    def in_flight(self, places: list[int]) -> int:
        """Add up how much of that is in flight."""
        words = self._words
        return sum([words[place + 1] for place in places])

    def most(self, places: list[int]) -> int:
        """Return the most that is committed in one of some cells."""
        words = self._words
        return max([words[place] for place in places])

    def close(self) -> None:
        """Let go of the file; the cells stay for the processes that go on."""
        self._words = memoryview(b"")
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _forget(self) -> None:
        self._file = -1
        self._size = 0
        self._cells: dict[bytes, list[int]] = {}
        self._own: dict[bytes, int] = {}
        self._fence = threading.RLock()
        self._words = memoryview(b"")

    def _claim(self, key: bytes) -> int:
        """Append a cell of our own; return the place of its first amount."""
        with self._fence:
            if self._file < 0:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            end = self._append(key.ljust(_CELL, b"\0"))
        self.look()
        return _place(end - _CELL)

    def _append(self, cell: bytes) -> int:
        written = os.write(self._file, cell)
        end = os.lseek(self._file, 0, os.SEEK_CUR)
        if written != _CELL or end % _CELL:
            raise OSError(f"{self._path} has no room for one more sum")
        return end

    def _map_cells(self, size: int) -> None:
        # Another thread may still write through the old map, which shows the same memory.
        cells = mmap.mmap(self._file, size)
        self._words = memoryview(cells).cast("q")
        # First, because the garbage collector may bring this thread here again.
        known, self._size = self._size, size
        for start in range(known, size, _CELL):
            self.all(cells[start : start + _KEY]).append(_place(start))


def _place(start: int) -> int:
    """Return which word of the file holds the first amount of the cell that starts there."""
    return (start + _KEY) // 8
