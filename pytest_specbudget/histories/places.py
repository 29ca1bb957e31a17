"""Where usage lies: in files here, or in a relation of a database.

Whichever engine has it, it is asked the same; what differs is how it gets at the records.  Where a
project was not told which history is meant, it means all that it keeps: what was added to its
history, and what its runs left in journals since.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.engine import USAGE, relation
from pytest_specbudget.histories.spent import kept, together
from pytest_specbudget.histories.usage import needs_database, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from datetime import date
    from pathlib import Path

    from pytest_specbudget.analysis.engine import Engine
    from pytest_specbudget.analysis.store.history import History

__all__ = ["Held", "Kept", "Place", "held", "journals_of", "kept_in", "place_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where usage lies, and which engine reads it.

    Attributes:
        engine: One of `analysis.engines.opening.ENGINES`.
        files: A history, or files of usage in any shape that a history takes; None if the records
            are in a table.
        beside: Journals that are read as well, each call once.
        table: The name of that, as `analysis.engine.relation` takes it.
        url: Where the database is, as Ibis connects to it; None for one in this process.
    """

    engine: str
    files: Path | None = None
    beside: tuple[Path, ...] = ()
    table: str = USAGE
    url: str | None = None

    def __str__(self) -> str:
        """Say it as people know it, without the URL, which may have a password in it."""
        if self.files is None:
            return f"{self.table} on {self.engine}"
        return _listed((self.files, *self.beside))


@dataclass(frozen=True, slots=True)
class Kept:
    """All that a project keeps.

    Attributes:
        places: Its history, if it has one, before its journals; at least one of them.
    """

    places: tuple[Path, ...]

    def __str__(self) -> str:
        return _listed(self.places)

    def on(self, engine: str) -> Place:
        """Return it as a place whose records *engine* reads."""
        first, *others = self.places
        return Place(engine=engine, files=first, beside=tuple(others))


def kept_in(rootdir: Path) -> Kept | None:
    """Return what a project in *rootdir* keeps; None if that is nothing."""
    places = kept(rootdir)
    return Kept(places) if places else None


def journals_of(where: Path | Kept | Place) -> tuple[Path, ...]:
    """Return the journals that *where* is; nothing if it takes a database, or an engine is asked.

    Raises:
        JournalError: If there is nothing.
    """
    if isinstance(where, Place):
        return ()
    places = where.places if isinstance(where, Kept) else (where,)
    return () if any(map(needs_database, places)) else places


def place_of(where: Path | Kept | Place) -> Place:
    """Return *where* as a place whose records an engine reads: DuckDB, unless one was named."""
    if isinstance(where, Kept):
        return where.on("duckdb")
    return where if isinstance(where, Place) else Place(engine="duckdb", files=where)


def _listed(places: tuple[Path, ...]) -> str:
    return " and ".join(map(str, places))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Records that an engine has.

    Attributes:
        engine: Which; it is closed when the place is left.
        usage: The relation with the records, as statements name it.
        problems: What could not be read or was refused, a sentence each.
    """

    engine: Engine
    usage: str
    problems: tuple[str, ...] = ()


@contextmanager
def held(place: Place, today: date) -> Iterator[Held]:
    """Open the engine of *place*, with the records in it.

    Args:
        place: Where they are.
        today: The date; what files claim to be made more than a day later is refused.

    Raises:
        ChangedError: If another process wrote to a history meanwhile; ask `steadily`.
        JournalError: If there is nothing, or what the engine needs is not installed; and whenever
            the engine cannot read or do what it is asked, with its reason.
        ValueError: If the name of the table is none.
    """
    from pytest_specbudget.analysis.engines import opening  # noqa: PLC0415 - few need a database

    if place.files is None:
        usage = relation(place.table)
        with opening.opened(place.engine, place.url, about=str(place)) as engine:
            yield Held(engine=engine, usage=usage)
        return
    with (
        _history(place.files, place.beside, today) as (history, problems),
        opening.reading(place.engine, history) as engine,
    ):
        yield Held(engine=engine, usage=USAGE, problems=problems)


def _history(
    files: Path, beside: tuple[Path, ...], today: date
) -> AbstractContextManager[tuple[History, tuple[str, ...]]]:
    return together(files, *beside, today=today) if beside else opened(files, today)
