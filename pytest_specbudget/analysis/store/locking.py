"""One process at a time writes to a folder.

The operating system takes the lock from a process that dies.  Where a file system has no locks
(some that lie in a network have none), nobody waits: what processes write at once is joined later.
"""

from __future__ import annotations

import errno
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["alone_in"]

_NAME = ".lock"
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process is alone in *folder*, and be it until the end.

    Raises:
        OSError: If nothing can be written there.
    """
    with (folder / _NAME).open("ab") as file:  # closed, it is free again
        try:
            _wait_for(file)
        except OSError as problem:
            if problem.errno not in _NO_LOCKS:
                raise
        yield


if sys.platform == "win32":

    def _wait_for(file: IO[bytes]) -> None:
        import msvcrt  # noqa: PLC0415 - there is none elsewhere

        file.seek(0)
        while True:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            except OSError as problem:  # it gives up after ten seconds
                if problem.errno != errno.EDEADLK:
                    raise
            else:
                return

else:

    def _wait_for(file: IO[bytes]) -> None:
        import fcntl  # noqa: PLC0415 - there is none on Windows

        fcntl.flock(file, fcntl.LOCK_EX)
