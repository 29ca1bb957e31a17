"""Files that are there whole or not at all.

A report on a disk that runs full would be cut off, and a file of nothing looks like a report as
well.  So it is written beside its place and moved there.  What an earlier run left in that place
goes if this one cannot be written: it would be taken for what this run says.

What is no file is written to as it is: a device, a named pipe, or the output of this very process,
`/dev/stdout`, even where a shell sends that to a file.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["write_report", "write_whole"]

_STREAMS = (1, 2)
_ONLY_IN_PLACE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV}
"""What stands against another file in a folder, or against moving one that is mounted."""


def write_report(path: Path, text: str) -> None:
    """Write *text* to *path*, in UTF-8; folders that are missing are made.

    Raises:
        OSError: If it cannot be written; no file is there then, unless it may not be touched.
    """
    data = text.encode("utf-8", "backslashreplace")
    path.parent.mkdir(parents=True, exist_ok=True)
    if _is_file_or_nothing(path):
        _put(path.resolve(), data)
    else:
        _send(path, data)


def write_whole(path: Path, data: bytes) -> None:
    """Write *data* to the file *path*; a reader sees the old one or the whole new one.

    Of a link, what it leads to is replaced; what the permissions of a file are, they stay.

    Raises:
        OSError: If it cannot be written, with the name; what was there is still there.
    """
    path = path.resolve()
    draft = path.with_name(f".specbudget-{os.getpid()}.tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        draft.write_bytes(data)
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    except OSError as problem:
        problem.filename = str(path)  # and not the draft's, or none
        raise
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _is_file_or_nothing(path: Path) -> bool:
    """Tell whether a file can take the place of what is at *path*."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return True
    if not stat.S_ISREG(found.st_mode) or _stream_like(found) is not None:
        return False
    real = path.resolve()
    return real.exists() and path.samefile(real)  # a descriptor's file may have no name any more


def _put(path: Path, data: bytes) -> None:
    if path.exists():
        path.open("r+b").close()  # what is locked is nobody's to replace
    try:
        _write_whole_or_over(path, data)
    except OSError:
        with suppress(OSError):
            os.truncate(path, 0)
        _put_in_its_room(path, data)


def _put_in_its_room(path: Path, data: bytes) -> None:
    """Write where what was there is gone, as it would be anyway; its room may be enough."""
    try:
        _write_whole_or_over(path, data)
    except OSError:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def _write_whole_or_over(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as problem:
        if problem.errno not in _ONLY_IN_PLACE or not path.exists():
            raise
        _write_over(path, data)


def _write_over(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as problem:
        problem.filename = str(path)
        with suppress(OSError):
            os.truncate(path, 0)  # no half of it
        raise


def _send(path: Path, data: bytes) -> None:
    """Write to what is no file; our own output is where it is, whatever that is."""
    number = _stream_like(path.stat())
    for each in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            each.flush()
    with path.open("wb") if number is None else open(number, "wb", closefd=False) as out:
        out.write(data)


def _stream_like(found: os.stat_result) -> int | None:
    """Return which of our own streams *found* is; None if it is none."""
    for number in _STREAMS:
        with suppress(OSError):
            if os.path.samestat(found, os.fstat(number)):
                return number
    return None
