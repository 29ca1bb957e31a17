"""The recordings that a command is about, and the prices that they have here.

Settings count as they do in a run that is started in the current folder: host rules, overlays, the
instant of the prices, where cassettes are kept.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.cassettes.damage import REMEDY
from pytest_specbudget.cassettes.scrub import scrubbed_text
from pytest_specbudget.cassettes.unopened import leads_nowhere
from pytest_specbudget.cli._output import complain
from pytest_specbudget.errors import CatalogueError, SettingError
from pytest_specbudget.recordings.library import recordings
from pytest_specbudget.recordings.matrix_folder import is_of_a_matrix
from pytest_specbudget.settings.settings import read_settings
from pytest_specbudget.settings.values import PriceAt

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from pytest_specbudget.recordings.library import Recording
    from pytest_specbudget.settings.settings import Settings

    Run = Callable[[argparse.Namespace], int]

__all__ = [
    "Shelf",
    "configure_paths",
    "is_left_out",
    "is_there",
    "now",
    "shown_path",
    "with_shelf",
]

WRONG_ARGUMENTS = 2
_FOLDER = "cassettes"
_SEEN_BY_NOBODY = {"node_modules", "site-packages", "__pycache__"}


@dataclass(slots=True)
class Shelf:
    """Recordings and prices, for one command.

    Attributes:
        settings: As a run in this folder would have them.
        desk: Who prices.
        damaged: How many files could not be read so far.
        torn: How many were read but for their last line, which was cut off.
    """

    settings: Settings
    desk: PriceDesk
    damaged: int = 0
    torn: int = 0
    _seen: set[Path] = field(default_factory=set)

    def recordings(self, paths: list[Path]) -> Iterator[tuple[str, Recording]]:
        """Yield each recording at or below *paths* once, under the name that people know it by."""
        for root in paths or self.folders():
            for recording in recordings(root, self._complain, self.settings.hosts):
                place = recording.path.resolve()
                if place not in self._seen and not is_left_out(recording.path, root):
                    self._seen.add(place)
                    name = shown_path(recording.path)
                    if recording.whole.note:
                        self.torn += 1
                        complain(scrubbed_text(f"{name}: {recording.whole.note}; {REMEDY}"))
                    yield name, recording

    def _complain(self, problem: str) -> None:
        self.damaged += 1
        complain(scrubbed_text(problem))

    def folders(self) -> list[Path]:
        """Return where cassettes are kept: as set, and each folder of that name below this one."""
        kept = self.settings.cassette_dir
        found = [kept] if kept is not None and kept.is_dir() else []
        return [*found, *_cassette_folders(Path())]


def is_there(path: Path) -> bool:
    """Tell whether there is anything at *path*; a link to nothing is told by whoever reads it."""
    return path.exists() or leads_nowhere(path)


def is_left_out(path: Path, root: Path) -> bool:
    """Tell whether *path* was recorded for a matrix, which is no part of a suite.

    Whoever names the folder of a matrix, or a file in it, means it.
    """
    return path != root and is_of_a_matrix(path.absolute(), root.absolute())


def configure_paths(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help='recordings, or folders of them (default: each folder "cassettes" below this one)',
    )


def with_shelf(run: Callable[[argparse.Namespace, Shelf], int]) -> Run:
    """Make the `run` of a command out of one that is given a shelf.

    What was asked must make sense: paths that exist, settings, prices; else the status is 2.
    """

    def opened(arguments: argparse.Namespace) -> int:
        missing = [path for path in getattr(arguments, "paths", ()) if not is_there(path)]
        if missing:
            complain(f'"{missing[0]}" does not exist; name a recording, or a folder of them')
            return WRONG_ARGUMENTS
        try:
            shelf = _open(tuple(getattr(arguments, "prices", ())))
        except (SettingError, CatalogueError) as problem:
            complain(problem)
            return WRONG_ARGUMENTS
        return run(arguments, shelf) or (1 if shelf.damaged or shelf.torn else 0)

    return opened


def shown_path(path: Path) -> str:
    """Write *path* as it is shortest from here, with `/` between its parts."""
    absolute, here = path.absolute(), Path.cwd()
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else path).as_posix()


def _open(overlays: tuple[Path, ...]) -> Shelf:
    settings = read_settings(options={}, environment=os.environ, rootdir=Path.cwd())
    settings = replace(settings, prices=(*settings.prices, *overlays))
    if settings.price_at.kind == "now":  # nothing is sent here that would have a time of its own
        settings = replace(settings, price_at=PriceAt(kind="time", time=now()))
    desk = PriceDesk(settings)
    for sentence in desk.catalogue.unused:  # and what makes none is said before anything is read
        complain(sentence)
    return Shelf(settings=settings, desk=desk)


def _cassette_folders(root: Path) -> Iterator[Path]:
    """Yield the outermost folders called `cassettes` below *root*, not those of packages."""
    for folder, names, _ in os.walk(root):
        if _FOLDER in names:
            yield Path(folder) / _FOLDER
        names[:] = sorted(
            name
            for name in names
            if name != _FOLDER
            and not name.startswith(".")
            and name not in _SEEN_BY_NOBODY
            and not os.path.exists(Path(folder) / name / "pyvenv.cfg")  # noqa: PTH110 # as in `project`
        )


def now() -> datetime:
    """Return this instant, in UTC."""
    return datetime.now(UTC)
