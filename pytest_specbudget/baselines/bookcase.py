"""The recordings of one side: what each costs, and whose it is."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.baselines.filenames import FOLDER, is_index, is_kept_as_recording
from pytest_specbudget.baselines.index import read_index
from pytest_specbudget.baselines.places import place_of, spec_of
from pytest_specbudget.baselines.valued import Held
from pytest_specbudget.cassettes.collector import paused
from pytest_specbudget.core.attribution import UNASSIGNED, Attribution

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.baselines.index import Indexed
    from pytest_specbudget.baselines.sources import Source
    from pytest_specbudget.baselines.valued import Valued
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Bookcase"]


class Bookcase:
    """The recordings of one source, read.

    Attributes:
        ids: The ids of the files, by their names from rootdir.
        valued: What is known of their contents.
    """

    def __init__(self, source: Source, settings: Settings, valued: Valued) -> None:
        """Read what may be a recording.

        Args:
            source: Where the files are.
            settings: Which SPEC the tests below a path belong to.
            valued: What is known already, of this side or another.

        Raises:
            BaselineError: If files cannot be read, or an index is damaged.
        """
        self.ids: dict[str, str] = {}
        self._source = source
        self._rules = settings.spec_by_path
        self.valued = valued
        self._held: dict[str, Held] = {}
        names = [*source.names()]
        self._indexed = dict(_indexed(source, filter(is_index, names)))
        self._read((name for name in names if not is_index(name)), sure=False)

    @property
    def names(self) -> list[str]:
        """The recordings that hold model calls, sorted."""
        return sorted(name for name, held in self._held.items() if held.charges)

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be read, a sentence each."""
        problems = (held.problem for _, held in sorted(self._held.items()))
        return tuple(f"{self._source.name}: {problem}" for problem in problems if problem)

    @property
    def untold(self) -> frozenset[str]:
        """The tests of recordings that no index holds, and whose place tells no SPEC either."""
        unindexed = [name for name in self.names if name not in self._indexed]
        owners = (self._owner(name, None) for name in unindexed)
        return frozenset(owner.test for owner in owners if owner.spec == UNASSIGNED)

    @property
    def indexed(self) -> bool:
        """Whether an index tells whose recordings are, or lies beside such as always have one."""
        return bool(self._indexed) or any(held.ours for held in self._held.values())

    def add(self, names: Iterable[str]) -> None:
        """Read further files, which are known to be recordings."""
        self._read((name for name in names if name not in self.ids), sure=True)

    def held(self, name: str) -> tuple[Charge, ...]:
        """Return the calls of a recording, as nobody's; none if there is no such file."""
        return self._held.get(name, Held()).charges

    def charges(self, name: str) -> Iterator[Charge]:
        """Yield the calls of a recording as those of its test."""
        indexed = self._indexed.get(name)
        owner = self._owner(name, indexed)
        tier = None if indexed is None else indexed.tier
        for charge in self.held(name):
            charge_id = f"{self._source.name}:{name}#{charge.cassette_index}"
            yield replace(charge, id=charge_id, attribution=owner, tier=tier, cassette=name)

    def _read(self, names: Iterable[str], *, sure: bool) -> None:
        with paused():
            for file in self._source.files(names, self.valued):
                kept = sure or is_kept_as_recording(file.name, self._source.shelf)
                self.ids[file.name] = file.id
                self._held[file.name] = self.valued.of(file, sure=kept)

    def _owner(self, name: str, indexed: Indexed | None) -> Attribution:
        place = place_of(name, self._source.shelf)
        spec = spec_of(place, name, indexed, self._rules)
        if indexed is None:
            return Attribution(test=place.test, spec=spec, when="call")
        return Attribution(
            test=indexed.test or place.test,
            spec=spec,
            command=indexed.command,
            stage=indexed.stage,
            when="call",
        )


def _indexed(source: Source, names: Iterable[str]) -> Iterator[tuple[str, Indexed]]:
    """Yield whose each recording is that an index tells of."""
    for file in source.files(names):
        folder = posixpath.dirname(file.name)
        entries = read_index(file.data or b"", f"{file.name} of {source.name}")
        for path, entry in entries.items():
            yield posixpath.join(folder, path), _from_here(entry, folder, source.shelf)


def _from_here(entry: Indexed, folder: str, shelf: str | None) -> Indexed:
    """Name a test from where names begin here, as far as the *folder* of its index shows that.

    The index of a package of a monorepo names tests from that package.
    """
    tests, last = posixpath.split(folder)
    is_beside = last == FOLDER and folder != shelf and not tests.startswith("..")
    if entry.test is None or entry.test.startswith("<") or not is_beside:
        return entry
    own = posixpath.dirname(entry.test.partition("::")[0])
    place, end = f"/{tests}", f"/{own}" if own else ""
    package = place.removesuffix(end).strip("/") if place.endswith(end) else ""
    return replace(entry, test=f"{package}/{entry.test}") if package else entry
