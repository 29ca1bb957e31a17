"""Where usage lies: in files here, or in a relation of a database.

Whichever engine has it, it is asked the same; what differs is how it gets at the records.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.engine import USAGE, relation
from pytest_specbudget.histories.usage import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from pytest_specbudget.analysis.engine import Engine

__all__ = ["Held", "Place", "held"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where usage lies, and which engine reads it.

    Attributes:
        engine: One of `analysis.engines.opening.ENGINES`.
        files: A history, or files of usage in any shape that a history takes; None if the records
            are in a table.
        table: The name of that, as `analysis.engine.relation` takes it.
        url: Where the database is, as Ibis connects to it; None for one in this process.
    """

    engine: str
    files: Path | None = None
    table: str = USAGE
    url: str | None = None

    def __str__(self) -> str:
        """Say it as people know it, without the URL, which may have a password in it."""
        return f"{self.table} on {self.engine}" if self.files is None else str(self.files)


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
        opened(place.files, today) as (history, problems),
        opening.reading(place.engine, history) as engine,
    ):
        yield Held(engine=engine, usage=USAGE, problems=problems)
