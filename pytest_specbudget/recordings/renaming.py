"""The commands that give recordings the names of their tests."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["Renamed", "commands"]

_MOST = 20


class Renamed(NamedTuple):
    """A recording, and where the test that now asks for it would have it.

    Attributes:
        old: Its path.
        new: The path that it should have.
        homeless: Whether all of its folder is without a module.
    """

    old: Path
    new: Path
    homeless: bool = False


def commands(found: Sequence[Renamed], rootdir: Path) -> Iterator[str]:
    """Yield the lines of a shell, run in *rootdir*, that rename recordings.

    Where a module alone was renamed, that is one for its folder.  A recording that several tests
    ask for, because one test became several, is copied for all but the last.

    Args:
        found: Relative to *rootdir* as far as they lie in it.
        rootdir: The folder of the project.
    """
    folders = {(one.old.parent, one.new.parent) for one in found}
    missing = sorted({new for _, new in folders if not (rootdir / new).exists()})
    if missing and len(folders) == 1 and all(map(_by_module_alone, found)):
        yield from _of_folder(*folders.pop(), rootdir)
        return
    yield from (_command("mkdir -p", folder) for folder in missing)
    last = {one.old: place for place, one in enumerate(found)}
    for place, one in enumerate(found[:_MOST]):
        yield _command("mv" if last[one.old] == place else "cp", one.old, one.new)
    if len(found) > _MOST:
        yield f"# run again to be told the other {len(found) - _MOST:,}"


def _by_module_alone(one: Renamed) -> bool:
    return one.homeless and one.old.name == one.new.name


def _of_folder(old: Path, new: Path, rootdir: Path) -> Iterator[str]:
    if not (rootdir / new.parent).exists():
        yield _command("mkdir -p", new.parent)
    yield _command("mv", old, new)


def _command(verb: str, *paths: Path) -> str:
    return " ".join((verb, *(quote(path.as_posix()) for path in paths)))
