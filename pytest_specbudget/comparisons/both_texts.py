"""Files of a repository as they were and as they are: text, of which nothing is run.

What is compared is two revisions, or a revision and the files on disk.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_specbudget.comparisons.selecting import tells
from pytest_specbudget.recordings.project import own_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pytest_specbudget.baselines.git import Repository

    Read = Callable[[str], str | None]
    Both = tuple[str | None, str | None]

__all__ = ["BothTexts", "between", "since"]

_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class BothTexts:
    """What a change edits, among files that may say how tests are run.

    Attributes:
        prefix: Where pytest runs, from the top of the repository, with `/` at its end.
        edited: The text of each such file then and now, by its name from the top; None where there
            is no file.
    """

    prefix: str
    edited: Mapping[str, Both]
    _read: Read
    _known: dict[str, Both] = field(default_factory=dict)

    def of(self, name: str) -> Both:
        """Return what the file *name*, from the top, held then and holds now."""
        if name in self.edited:
            return self.edited[name]
        if name not in self._known:
            text = self._read(name)
            self._known[name] = text, text
        return self._known[name]


def between(repository: Repository, base: str, head: str) -> BothTexts:
    """Compare two revisions.

    Raises:
        BaselineError: If one of them cannot be read.
    """
    then, now = repository.files(base), repository.files(head)
    changed = {name for name, _ in then.items() ^ now.items() if tells(name)}
    blobs = [side[name] for side in (then, now) for name in changed if name in side]
    held = _held(repository, blobs)
    edited = {
        name: (held.get(then.get(name, "")), held.get(now.get(name, "")))
        for name in sorted(changed)
    }

    def read(name: str) -> str | None:
        return _text(next((data for _, data in repository.contents([now.get(name, "")])), None))

    return BothTexts(repository.rootdir_prefix, edited, read)


def since(repository: Repository, base: str) -> BothTexts:
    """Compare a revision with the files on disk.

    Raises:
        BaselineError: If the revision cannot be read.
    """
    then = {name: blob for name, blob in repository.files(base).items() if tells(name)}
    digest = repository.digest
    now = {name: _on_disk(repository, name) for name in {*then, *_below(repository)}}
    changed = sorted(
        name
        for name, data in now.items()
        if name not in then or data is None or _id(digest, data) != then[name]
    )
    held = _held(repository, (then[name] for name in changed if name in then))
    pairs = {name: (held.get(then.get(name, "")), _text(now[name])) for name in changed}
    edited = {name: both for name, both in pairs.items() if both[0] != both[1]}
    return BothTexts(
        repository.rootdir_prefix, edited, lambda name: _text(_on_disk(repository, name))
    )


def _held(repository: Repository, blobs: Iterable[str]) -> dict[str, str | None]:
    return {blob: _text(data) for blob, data in repository.contents(blobs)}


def _below(repository: Repository) -> Iterator[str]:
    """Yield the files of the repository that may say how tests are run, from its top."""
    for folder, _, files in own_folders(repository.top):
        place = folder.relative_to(repository.top)
        yield from filter(tells, ((place / name).as_posix() for name in files))


def _on_disk(repository: Repository, name: str) -> bytes | None:
    path = repository.top / name
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        return path.read_bytes()
    except OSError:  # what nobody can read says nothing here
        return None


def _id(digest: str, data: bytes) -> str:
    """Return the id that git gives to *data*."""
    blob = hashlib.new(digest, b"blob %d\0" % len(data), usedforsecurity=False)
    blob.update(data)
    return blob.hexdigest()


def _text(data: bytes | None) -> str | None:
    """Return *data* as text, whatever ends its lines."""
    if data is None or len(data) > _LARGEST:
        return None
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
