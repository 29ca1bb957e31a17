"""Globs of `spec_by_path` that stand for no test: misspelt, or of a folder that was renamed.

The tests that were meant belong to no SPEC then, and its ceiling holds none of them.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.names import SURE, nearest
from pytest_specbudget.settings.spec_paths import matches

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from pytest_specbudget.settings.settings import Settings

__all__ = ["unused_paths"]


def unused_paths(settings: Settings, modules: Collection[str]) -> Iterator[Finding]:
    """Yield a warning for each glob that no module fits.

    Args:
        settings: What was asked for.
        modules: The files of all tests of the suite, from rootdir, with `/` between folders.
    """
    globs = [glob for glob, _ in settings.spec_by_path]
    for glob, spec in settings.spec_by_path:
        if not any(matches(glob, module) for module in modules):
            near = _meant(glob, set(_globs(modules)) - {*globs})
            yield Finding(
                rule="path-unused",
                subject=glob,
                message=f'no test that was collected lies in "{glob}", so that nothing belongs to '
                f'"{spec}" by it' + (f'; did you mean "{near}"?' if near else ""),
                origin=settings.path_origins.get(glob, ""),
                remedy="correct the path, which is relative to pytest's rootdir, or take it away",
                severity="warning",
            )


def _meant(glob: str, known: Collection[str]) -> str | None:
    """Return what *glob* was probably meant to be: the folder itself stands for no test in it."""
    inside = f"{glob.rstrip('/')}/**"
    return inside if inside in known else nearest(glob, known, SURE)


def _globs(modules: Iterable[str]) -> Iterator[str]:
    """Yield what people write for *modules* and the folders that they lie in."""
    for module in modules:
        yield module
        yield from (f"{folder}/**" for folder in PurePosixPath(module).parents)
