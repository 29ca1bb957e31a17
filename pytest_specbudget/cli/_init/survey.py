"""A look at a repository: all that can be told without running anything of it."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cli._init.declared import addresses_in, declared_plugins, is_ignored
from pytest_specbudget.cli._init.libraries import CLIENTS, SDKS, UNMETERED, libraries_of
from pytest_specbudget.cli._init.owners import owners_of
from pytest_specbudget.cli._init.pipelines import steps_in
from pytest_specbudget.cli._init.pytest_files import CONFIGS, PytestSettings, has_settings
from pytest_specbudget.cli._init.recorded import read_recordings
from pytest_specbudget.cli._init.sources import read_modules
from pytest_specbudget.cli._init.tree import files_below, home_of
from pytest_specbudget.errors import SettingError
from pytest_specbudget.settings.elsewhere import overlooked
from pytest_specbudget.settings.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_specbudget.cli._init.owners import Owner
    from pytest_specbudget.cli._init.pipelines import Step
    from pytest_specbudget.cli._init.recorded import Recorded
    from pytest_specbudget.cli._init.source import BaseUrl, Module

__all__ = ["Survey", "survey"]

_EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found.

    Attributes:
        rootdir: That of pytest.
        files: How many files were looked at.
        modules: What the Python files say, as far as it matters.
        tests: Which of them are test modules.
        inner: Folders below rootdir that have settings of pytest, and so are rootdirs themselves.
        plugins: Those that matter, with the file that names each.
        addresses: Where clients are told to call, in code and in templates of environments.
        steps: The lines of CI that run pytest.
        recorded: What the recordings hold.
        owners: Which test each recording belongs to, as far as that can be told.
        settings: Those of ours that the repository has already; the defaults, if they make no
            sense.
        sound: Whether they make sense, or there are none.
        elsewhere: The file with settings of ours that pytest would not read, started in the folder
            that was asked about; None if there is none.
        ignores: The line that keeps our summaries out of git, or None where it stands already.
        unread: What could not be read, one line each.
        damage: What could not be read and changes the figures, one line each.
    """

    rootdir: Path
    files: int
    modules: tuple[Module, ...]
    tests: tuple[Module, ...]
    inner: tuple[str, ...]
    plugins: Mapping[str, str]
    addresses: tuple[BaseUrl, ...]
    steps: tuple[Step, ...]
    recorded: Recorded
    owners: Mapping[str, Owner]
    settings: Settings
    sound: bool
    elsewhere: Path | None
    ignores: str | None
    unread: tuple[str, ...]
    damage: tuple[str, ...]

    @property
    def sdks(self) -> dict[str, int]:
        """How many files import each SDK."""
        return self._imported(SDKS)

    @property
    def clients(self) -> dict[str, int]:
        """How many files import each HTTP client."""
        return self._imported(CLIENTS)

    @property
    def unmetered(self) -> dict[str, int]:
        """How many files import each client that nobody meters."""
        return self._imported(UNMETERED)

    @property
    def markers(self) -> dict[str, int]:
        """How often each marker is written, by name."""
        found: Counter[str] = Counter()
        for module in self.tests:
            found.update(module.markers)
        return dict(sorted(found.items()))

    def _imported(self, known: Mapping[str, str]) -> dict[str, int]:
        found: Counter[str] = Counter()
        for module in self.modules:
            found.update(set(libraries_of(module.imports, known)))
        return dict(sorted(found.items()))


def survey(rootdir: Path, start: Path) -> Survey:
    """Look at the repository around *rootdir*, which is pytest's where it is started in *start*.

    Raises:
        CatalogueError: If prices cannot be read.
    """
    unread: list[str] = []
    damage: list[str] = []
    settings = _settings(rootdir, damage)
    sound = not damage
    names = [*files_below(rootdir, unread.append)]
    pytest_settings = PytestSettings.read(rootdir)
    modules = tuple(read_modules(rootdir, names, pytest_settings, unread.append, settings.marker))
    told = set(pytest_settings.modules(names))
    tests = tuple(module for module in modules if module.name in told)
    shelved = [*names, *_elsewhere(rootdir, settings.cassette_dir, unread)]
    recorded = read_recordings(rootdir, shelved, settings, damage.append)
    written = (address for module in modules for address in module.base_urls)
    return Survey(
        rootdir=rootdir,
        files=len(names),
        modules=modules,
        tests=tests,
        inner=tuple(_inner(rootdir, names)),
        plugins=declared_plugins(rootdir, names),
        addresses=(*addresses_in(rootdir, names), *written),
        steps=tuple(steps_in(home_of(rootdir))),
        recorded=recorded,
        owners=owners_of((file.name for file in recorded.files), tests),
        settings=settings,
        sound=sound,
        elsewhere=overlooked(rootdir, [start]),
        ignores=_ignore_line(rootdir),
        unread=tuple(unread),
        damage=tuple(damage),
    )


def _settings(rootdir: Path, damage: list[str]) -> Settings:
    """Read our own settings; what is set in somebody's environment holds for them alone."""
    try:
        return read_settings(options={}, environment={}, rootdir=rootdir)
    except SettingError as error:
        damage += error.problems
        return Settings()


def _elsewhere(rootdir: Path, shelf: Path | None, unread: list[str]) -> list[str]:
    """Return the files below a `cassette_dir` that lies outside of *rootdir*."""
    if shelf is None:
        return []
    within = os.path.relpath(shelf, rootdir)
    if not within.startswith(os.pardir) or not shelf.is_dir():
        return []
    folder = Path(within).as_posix()
    return [f"{folder}/{name}" for name in files_below(shelf, unread.append)]


def _inner(rootdir: Path, names: Sequence[str]) -> list[str]:
    folders = {name.rpartition("/")[0] for name in names if name.rpartition("/")[2] in CONFIGS}
    return sorted(one for one in folders - {""} if has_settings(rootdir / one))


def _ignore_line(rootdir: Path) -> str | None:
    home = home_of(rootdir)
    at_home = (rootdir / _EVIDENCE).relative_to(home).as_posix()
    if is_ignored(rootdir, _EVIDENCE) or is_ignored(home, at_home):
        return None
    return f"/{at_home}/"
