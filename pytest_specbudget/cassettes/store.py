"""How a recording reaches the disk.

Each interaction is one line and one write at the end of the file, as it completes; the file and
its folders are made with the first.  A process that is killed loses no answer that it was given.

A recording made anew grows beside the old one, as `NAME.PID.new`, and takes its place at the end.
One that went wrong takes no place but an empty one.

So does one that several processes may record at once: each writes a whole file of its own, with
what was recorded before, and the last that ended well takes the place.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.lines import Content, header, line, parse
from pytest_specbudget.cassettes.unopened import unopened
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_specbudget.cassettes.interaction import Interaction

__all__ = ["Store", "read"]


def read(path: Path) -> Content:
    """Read a recording; one that does not exist holds nothing.

    Raises:
        RecordingError: If it cannot be read, or is a link to nothing.
    """
    try:
        raw = path.read_bytes()
    except OSError as problem:
        if isinstance(problem, FileNotFoundError) and not path.is_symlink():
            return Content()
        raise unopened(path, problem) from problem
    return parse(raw, str(path)) if raw.strip() else Content(whole=len(raw))


class Store:
    """The writing side of one recording.

    Not safe for threads by itself; its tape holds a lock.
    """

    def __init__(
        self, path: Path, content: Content, *, anew: bool, note: str | None, apart: bool = False
    ) -> None:
        is_beside = anew or apart
        self._path = path
        self._content: Content | None = None if is_beside else content
        self._beside = _beside(path) if is_beside else None
        self._header = header(note)
        self._before = [] if anew else content.interactions
        self._is_sealed = False

    def check(self) -> None:
        """Make sure that a first interaction could be written, before one is paid for.

        Raises:
            RecordingError: If it could not.
        """
        if self._path.suffix == ".toml":
            raise RecordingError(f"{self._path} is TOML, which is replayed; recordings are YAML")
        folder = self._path.parent
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        writable = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
        if not writable or (self._path.exists() and not os.access(self._path, os.W_OK)):
            raise RecordingError(f"{self._path} cannot be written: check {folder}")

    def append(self, interaction: Interaction) -> None:
        """Write one interaction at the end; nothing follows a recording that was thrown away.

        Raises:
            RecordingError: If it cannot be written.
        """
        if self._is_sealed:
            return
        try:
            self._mend()
            _append(self._beside or self._path, line(interaction), self._start)
        except OSError as problem:
            told = f"{self._path} cannot be written: {reason_of(problem)}"
            raise RecordingError(told) from problem

    def finish(self, *, keep: bool) -> None:
        """Put a recording made anew in place of the old one, which stays unless *keep*.

        Where there is no old one it is kept in any case: it was paid for.
        """
        beside, self._beside = self._beside, None
        if beside is None:
            return
        keep = keep or not self._path.exists()
        if keep and beside.exists():
            beside.replace(self._path)
        else:
            beside.unlink(missing_ok=True)
            self._is_sealed = self._path.exists()

    def _start(self) -> str:
        """Return what a new file begins with: the header, and what was recorded before."""
        return self._header + "".join(map(line, self._before))

    def _mend(self) -> None:
        """Before the first line is added: cut off a torn one, rewrite what another tool wrote."""
        content, self._content = self._content, None
        if content is None or not self._path.exists():
            return
        if not content.ours:
            _rewrite(self._path, self._start())
        elif content.note is not None:
            os.truncate(self._path, content.whole)
        elif content.ends_open:
            _append(self._path, "\n", str)


def _append(path: Path, text: str, start: Callable[[], str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(
        path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644
    )
    try:
        is_new = os.fstat(descriptor).st_size == 0
        data = f"{start()}{text}".encode() if is_new else text.encode()
        if os.write(descriptor, data) != len(data):
            raise OSError(f"only a part of {len(data)} bytes was written")
    finally:
        os.close(descriptor)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.new")


def _rewrite(path: Path, text: str) -> None:
    beside = _beside(path)
    beside.write_text(text, encoding="utf-8", newline="\n")
    beside.replace(path)
