"""Where recordings are read from: a revision of a git repository, or a folder as it is.

Both name files from pytest's rootdir, with `/`, and know them by the id that git gives to their
contents, so that what two sides have in common is read once.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from pytest_specbudget.baselines.filenames import candidates, is_hidden
from pytest_specbudget.cassettes.sizes import MAX_BYTES
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import BaselineError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from pytest_specbudget.baselines.git import Repository
    from pytest_specbudget.recordings.orphans import Orphans

__all__ = ["File", "Revision", "Source", "WorkingTree"]


class File(NamedTuple):
    """A file of one side.

    Attributes:
        name: From rootdir, with `/`.
        id: The same for the same contents.
        data: The contents, or None where the caller knows what has that id.
    """

    name: str
    id: str
    data: bytes | None


class Source(Protocol):
    """The files of one side."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def shelf(self) -> str | None:
        """Where cassettes are kept, from rootdir, or None."""

    def names(self) -> Iterable[str]:
        """Return the files that may be recordings or indexes of them, sorted."""

    def files(self, names: Iterable[str], known: Container[str] = ()) -> Iterator[File]:
        """Yield those of *names* that exist; without contents where the id is among *known*.

        Raises:
            BaselineError: If they cannot be read.
        """


@dataclass(slots=True)
class Revision:
    """The files of one commit.

    Attributes:
        repository: Where it is read from.
        commit: Its full id.
        name: What people call it.
        shelf: Where cassettes are kept, from rootdir, or None.
        is_base: Whether a change is held against it, so that nobody mends anything there.
    """

    repository: Repository
    commit: str
    name: str
    shelf: str | None = None
    is_base: bool = False
    _blobs: dict[str, str] = field(default_factory=dict, init=False)

    @property
    def blobs(self) -> Mapping[str, str]:
        """The ids of the files below rootdir, and on the shelf, by name."""
        if not self._blobs:
            prefix = self.repository.rootdir_prefix
            found = self.repository.files(self.commit, prefix)
            if self.shelf is not None and self.shelf.startswith("../"):
                shelf = posixpath.normpath(f"{prefix}{self.shelf}")
                found = {**found, **self.repository.files(self.commit, shelf)}
            self._blobs = {_from(prefix, name): blob for name, blob in found.items()}
        return self._blobs

    def names(self) -> list[str]:
        """Return the files that may be recordings or indexes of them, sorted."""
        return candidates(self.blobs, self.shelf)

    def files(self, names: Iterable[str], known: Container[str] = ()) -> Iterator[File]:
        """Yield those of *names* that exist; without contents where the id is among *known*.

        Raises:
            BaselineError: If they cannot be read.
        """
        wanted: dict[str, list[str]] = {}
        for name in names:
            blob = self.blobs.get(name)
            if blob is None:
                continue
            if blob in known:
                yield File(name, blob, None)
            else:
                wanted.setdefault(blob, []).append(name)
        for blob_id, data in self.repository.contents(wanted):
            for name in wanted[blob_id]:
                yield File(name, blob_id, self._whole(name, data))

    def _whole(self, name: str, data: bytes) -> bytes:
        """Return what a pointer of Git LFS stands for; anything else as it is."""
        digest = _pointed_to(data)
        if digest is None:
            return data
        held = self.repository.large_file(digest)
        if held is None:
            raise BaselineError(
                f"{name} of {self.name} is a pointer of Git LFS, and what it stands for is not in "
                f"this clone; fetch it: git lfs fetch origin {self.commit}"
            )
        return held


@dataclass(slots=True)
class WorkingTree:
    """The files below a folder, as they are now.

    Attributes:
        rootdir: The folder.
        name: What people call it.
        shelf: Where cassettes are kept, from rootdir, or None.
        digest: How the repository that is compared with it makes its ids.
        is_played: Whether a run that is compared is sure to have played these very files.
        orphans: The recordings among them that no test uses; None where nobody can tell.
    """

    rootdir: Path
    name: str = "working tree"
    shelf: str | None = None
    digest: Literal["sha1", "sha256"] = "sha1"
    is_played: bool = True
    orphans: Orphans | None = None

    def names(self) -> list[str]:
        """Return the files that may be recordings or indexes of them, sorted."""
        found = [*_below(self.rootdir, "")]
        if self.shelf is not None and self.shelf.startswith("../"):
            found += _below(self.rootdir / self.shelf, f"{self.shelf}/")
        return candidates(found, self.shelf)

    def exists(self, name: str) -> bool:
        """Tell whether there is a file of that name."""
        return (self.rootdir / name).is_file()

    def has_lost_its_test(self, name: str) -> bool:
        """Tell whether no test is left that could use the recording of that name.

        Nobody can tell, and the answer is no, where the tests that were run lie elsewhere.
        """
        if not self.is_played or self.orphans is None:
            return False
        return self.orphans.has_lost_its_test(self.rootdir / name)

    def files(self, names: Iterable[str], known: Container[str] = ()) -> Iterator[File]:
        """Yield those of *names* that exist; without contents where the id is among *known*.

        Raises:
            BaselineError: If they cannot be read.
        """
        for name in names:
            data = self._read(name)
            if data is not None:
                blob = hashlib.new(self.digest, b"blob %d\0" % len(data), usedforsecurity=False)
                blob.update(data)
                blob_id = blob.hexdigest()
                yield File(name, blob_id, None if blob_id in known else data)

    def _read(self, name: str) -> bytes | None:
        path = self.rootdir / name
        if path.exists() and not path.is_file():  # to open a named pipe is to wait for a writer
            raise BaselineError(f"{name} cannot be read: it is no file")
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise BaselineError(f"{name} cannot be read: {reason_of(problem)}") from problem
        if len(data) > MAX_BYTES:
            raise BaselineError(f"{name} is larger than {MAX_BYTES >> 20} MiB")
        if _pointed_to(data) is not None:
            raise BaselineError(
                f"{name} is a pointer of Git LFS; fetch what it stands for: git lfs pull"
            )
        return data


_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n.*", re.DOTALL)
_DIGEST = re.compile(rb"^oid sha256:([0-9a-f]{64})$", re.MULTILINE)
_LONGEST_POINTER = 1024
# Source: the specification of Git LFS, docs/spec.md: a pointer is below 1024 bytes.


def _pointed_to(data: bytes) -> str | None:
    """Return the SHA-256 that a pointer of Git LFS names; None of anything else."""
    if len(data) >= _LONGEST_POINTER or _POINTER.fullmatch(data) is None:
        return None
    found = _DIGEST.search(data)
    return found[1].decode() if found else ""


def _from(prefix: str, name: str) -> str:
    """Name a file from rootdir, which lies at *prefix* below the top."""
    if name.startswith(prefix):
        return name.removeprefix(prefix)
    return posixpath.relpath(name, prefix)


def _below(root: Path, prefix: str) -> Iterator[str]:
    """Yield the regular files below *root*, without what no test is kept in."""
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if not _is_skipped(Path(folder) / name)]
        place = posixpath.join(prefix, Path(folder).relative_to(root).as_posix())
        for name in files:
            path = posixpath.normpath(posixpath.join(place, name))
            if not (Path(folder) / name).is_symlink():
                yield path


def _is_skipped(folder: Path) -> bool:
    # Unlike `Path.exists`, it says no of a folder that may not be entered: a database's, say.
    return is_hidden(folder.name) or os.path.exists(folder / "pyvenv.cfg")  # noqa: PTH110
