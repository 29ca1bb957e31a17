"""The tests whose recordings in a working tree are not those of a revision: added, or edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.baselines.bookcase import Bookcase
from pytest_specbudget.baselines.filenames import is_index
from pytest_specbudget.baselines.valued import Valued

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from pytest_specbudget.baselines.sources import File, Revision, WorkingTree
    from pytest_specbudget.comparisons.sides import OneInstant
    from pytest_specbudget.settings.settings import Settings

__all__ = ["rerecorded"]


def rerecorded(
    then: Revision, now: WorkingTree, settings: Settings, prices: OneInstant
) -> Iterator[tuple[str, str]]:
    """Yield each such test, and what the change does to it: `adds its recording`.

    Raises:
        BaselineError: If files cannot be read, with what to do.
    """
    known = {then.blobs[name] for name in then.names()}
    names = now.names()
    changed = [file.name for file in now.files(names, known) if file.data is not None]
    kept = [name for name in changed if not is_index(name)]
    if not kept:
        return
    some = _Some(now, [*kept, *filter(is_index, names)])
    case = Bookcase(some, settings, Valued(settings, prices))
    for name in case.names:
        does = "edits" if name in then.blobs else "adds"
        for call in case.charges(name):
            yield call.attribution.test, f"{does} its recording"


@dataclass(frozen=True, slots=True)
class _Some:
    """Some files of a working tree."""

    tree: WorkingTree
    chosen: list[str]

    @property
    def name(self) -> str:
        return self.tree.name

    @property
    def shelf(self) -> str | None:
        return self.tree.shelf

    def names(self) -> list[str]:
        return self.chosen

    def files(self, names: Iterable[str], known: Container[str] = ()) -> Iterator[File]:
        return self.tree.files(names, known)
