"""Takes the recordings, and nothing else, out of a source distribution.

What an archive says about names, links and sizes is believed nowhere.
"""

from __future__ import annotations

import re
import shutil
import tarfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["MAX_BYTES", "MAX_FILES", "MAX_MEMBERS", "Unsafe", "unpack"]

MAX_FILES = 5_000
"""The most recordings that one distribution may bring."""

MAX_BYTES = 128 << 20
"""The most that its recordings may take, unpacked."""

MAX_MEMBERS = 50_000
"""The most entries of any kind that are looked through."""

_RECORDING = re.compile(r"(?:cassette|recording|vcr)[^/]*/(?:.*/)?[^/]+\.(?:ya?ml|json)(?:\.gz)?$")
_ODD = re.compile(r'[\x00-\x1f\\:<>"|?*]')  # what some system reads as more than a name


class Unsafe(Exception):  # noqa: N818 - what it is, not that it is an error
    """A distribution holds what must not be unpacked."""


def unpack(archive: Path, folder: Path, *, without: Iterable[str] = ()) -> int:
    """Write the recordings of a source distribution into *folder*; return how many there were.

    Args:
        archive: A `.tar.gz`, whose files lie under one folder of its own, which is dropped.
        folder: Exists and is empty.
        without: Names of folders to leave out.

    Raises:
        Unsafe: If a recording would land outside of *folder*, is no plain file, or if they are
            more or larger than any distribution's should be.
    """
    count = size = 0
    with tarfile.open(archive, "r:gz") as members:
        for member, name in _recordings(members, frozenset(without)):
            count, size = count + 1, size + member.size
            if count > MAX_FILES or size > MAX_BYTES:
                raise Unsafe(f"{archive.name} holds more than {MAX_FILES} files or {MAX_BYTES} B")
            _write(members, member, folder / name)
    return count


def _recordings(
    members: tarfile.TarFile, without: frozenset[str]
) -> Iterator[tuple[tarfile.TarInfo, PurePosixPath]]:
    for number, member in enumerate(members):
        if number >= MAX_MEMBERS:
            raise Unsafe(f"more than {MAX_MEMBERS} members")
        if _RECORDING.search(member.name) and without.isdisjoint(member.name.split("/")):
            yield member, _safe(member)


def _safe(member: tarfile.TarInfo) -> PurePosixPath:
    """Return where a recording goes, below the cache and by a name that every system takes."""
    name = PurePosixPath(member.name)
    if not member.isreg():
        raise Unsafe(f"{member.name!r} is no plain file")
    if name.is_absolute() or ".." in name.parts or _ODD.search(member.name):
        raise Unsafe(f"{member.name!r} is no name below the distribution's folder")
    return PurePosixPath(*name.parts[1:])


def _write(members: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    content = members.extractfile(member)
    if content is None:
        raise Unsafe(f"{member.name!r} has no content")
    path.parent.mkdir(parents=True, exist_ok=True)
    with content, path.open("xb") as file:
        shutil.copyfileobj(content, file)
