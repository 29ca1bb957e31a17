"""The files of a history: one Parquet file a day, several of very many calls, each record once.

A day is written anew, whole, when something is added to it, and then takes the place of the file
that it was made from.  The same records make files of the same names, in whatever order they came.
Where a day has several files all the same (two processes added at once, one died in between, a
colleague copied hers), nothing is lost: they are read as one, each record once, and joined by
whoever adds next.  Whoever reads while others write looks again when a file has gone meanwhile
(`changing`).

Until then, of records with the same id and part one that tells how the call ended counts before one
that does not, then the dearest: what `contradicting` keeps when they are joined.
"""

# ruff: noqa: S608 - what statements are made of is ours; names of files are quoted

from __future__ import annotations

import os
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.store.changing import ChangedError, steadily
from pytest_specbudget.analysis.store.embedded import SQL_TYPES, connect, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from duckdb import DuckDBPyConnection

__all__ = [
    "NAMES",
    "Days",
    "broken_inside",
    "days_of",
    "files_below",
    "have_gone",
    "once",
    "publish",
]

NAMES = ", ".join(f'"{column.name}"' for column in COLUMNS)
"""The columns of a history, as SQL lists them."""

_TYPES = {column.name: SQL_TYPES[column.kind] for column in COLUMNS}
_REQUIRED = frozenset(column.name for column in COLUMNS if column.required)
_PARTS = "day=*/part-*.parquet"


@dataclass(frozen=True, slots=True)
class Days:
    """The files that can be read, and what is wrong with the others.

    Attributes:
        files: Sorted.
        columns: The columns that at least one of them has.
        damage: One sentence for each file that is left out.
    """

    files: tuple[Path, ...]
    columns: frozenset[str]
    damage: tuple[str, ...]

    def sql(self) -> str:
        """Write the query for all records, each once, with every column."""
        homes: defaultdict[Path, list[Path]] = defaultdict(list)
        for file in self.files:
            homes[file.parent].append(file)
        alone = [file for files in homes.values() if _is_one(files) for file in files]
        shared = [file for files in homes.values() if not _is_one(files) for file in files]
        queries = [self._read(alone)] if alone else []
        queries += [once(self._read(shared))] if shared else []
        return " UNION ALL ".join(queries) or _nothing()

    def divided(self) -> Days:
        """Return the days that several processes wrote and nobody joined yet, with their files."""
        homes: defaultdict[Path, list[Path]] = defaultdict(list)
        for file in self.files:
            homes[file.parent].append(file)
        files = (file for files in homes.values() if not _is_one(files) for file in files)
        return Days(tuple(files), self.columns, ())

    def said(self) -> str:
        """Write the query for what the files say, as they stand: some of it may be told twice."""
        return self._read(list(self.files)) if self.files else _nothing()

    def only(self, days: Iterable[object]) -> Days:
        """Return the files of *days* alone."""
        return self._of(days, there=True)

    def without(self, days: Iterable[object]) -> Days:
        """Return the files of all other days."""
        return self._of(days, there=False)

    def _of(self, days: Iterable[object], *, there: bool) -> Days:
        names = {f"day={day}" for day in days}
        files = tuple(file for file in self.files if (file.parent.name in names) is there)
        return Days(files, self.columns, self.damage)

    def _read(self, files: list[Path]) -> str:
        told = ", ".join(
            f'"{name}"' if name in self.columns else f'CAST(NULL AS {kind}) AS "{name}"'
            for name, kind in _TYPES.items()
        )
        how = "union_by_name = true, hive_partitioning = false"
        return f"SELECT {told} FROM read_parquet({listed(files)}, {how})"


def _is_one(files: Iterable[Path]) -> bool:
    """Tell whether *files* of one day were written together, so that they tell nothing twice."""
    return len({_written(file) for file in files}) == 1


def _written(file: Path) -> tuple[str, str]:
    """Return what the files have in common that a day of very many was written to together."""
    digest, _, place = file.stem.removeprefix("part-").partition("-")
    return digest, place.partition("of")[2]


def _incomplete(files: Iterable[Path]) -> Iterator[str]:
    """Say which days lack some of the files that they were written to together."""
    there = Counter((file.parent, *_written(file)) for file in files)
    for (home, _, total), found in there.items():
        if total.isdecimal() and found < int(total):
            yield (
                f"{home}: {found} of {total} files are there that were written together; what the "
                "others say is left out: add it again"
            )


def once(query: str) -> str:
    """Write the query that yields each record of *query* once."""
    return (
        f"SELECT {NAMES} FROM ({query}) AS said QUALIFY row_number() OVER ("
        "PARTITION BY id, part ORDER BY outcome = 'unknown', list_cost DESC NULLS LAST, "
        "billed_cost DESC NULLS LAST, CAST(said AS VARCHAR)) = 1"
    )


def days_of(folder: Path, connection: DuckDBPyConnection) -> Days:
    """Look at the files of the history in *folder*.

    Raises:
        ChangedError: If they never stayed while they were looked at.
    """
    return steadily(lambda: _days_now(folder, connection))


def _days_now(folder: Path, connection: DuckDBPyConnection) -> Days:
    files = sorted(folder.glob(_PARTS))
    schemas = _schemas(files, connection)
    if have_gone(files):
        raise ChangedError(folder)
    damage = [*_strangers(folder), *filter(None, (_complaint(*one) for one in schemas.items()))]
    damage += _incomplete(files)
    sound = {file: schema for file, schema in schemas.items() if not _complaint(file, schema)}
    columns = frozenset().union(*sound.values()) & _TYPES.keys()
    return Days(tuple(sorted(sound)), columns, tuple(damage))


def have_gone(files: Iterable[Path]) -> bool:
    """Tell whether one of *files* is no longer there: its day was written anew."""
    return not all(map(os.path.lexists, files))


def files_below(folder: Path) -> Iterator[Path]:
    """Yield all files of the history in *folder*.

    What a process that writes has there, or one that died while it wrote, is none of them.
    """
    for place, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if not one.startswith(".")]
        yield from (Path(place, one) for one in files if not one.startswith("."))


def broken_inside(folder: Path) -> list[Path]:
    """Find the files that look whole and cannot be read, by reading each of them."""
    from duckdb import Error  # noqa: PLC0415 - an extra

    broken = []
    with connect() as connection:
        for file in days_of(folder, connection).files:
            whole = f"SELECT sum(hash(said)) FROM read_parquet({listed([file])}) AS said"
            try:
                connection.execute(whole)
            except Error:
                broken.append(file)
    return broken


def publish(drafts: Path, folder: Path, replaced: Days, connection: DuckDBPyConnection) -> None:
    """Put the days written below *drafts* in the place of those that they were made from.

    A file is named by what it says: equal records in equal bytes is more than DuckDB promises.
    """
    files = sorted(drafts.glob("day=*/*"))
    names = _digests(files, connection) if files else {}
    kept = set()
    for home, drafted in groupby(files, key=lambda file: file.parent.name):
        together = list(drafted)
        for place, draft in enumerate(together):
            more = f"-{place}of{len(together)}" * (len(together) > 1)
            kept.add(_moved(draft, folder / home / f"part-{names[home]}{more}.parquet"))
    for file in replaced.files:
        if file not in kept:
            file.unlink(missing_ok=True)


def _digests(files: list[Path], connection: DuckDBPyConnection) -> dict[str, str]:
    """Return what each day in *files* says, in few digits."""
    said = f"read_parquet({listed(files)}, hive_partitioning = false) AS said"
    digests = connection.execute(f"SELECT day, bit_xor(hash(said)) FROM {said} GROUP BY day")
    return {f"day={day}": f"{digest:016x}" for day, digest in digests.fetchall()}


def _moved(draft: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return draft.replace(target)


_Schema = dict[str, str] | str
"""The columns of a file and their types, or why they cannot be read."""


def _schemas(files: list[Path], connection: DuckDBPyConnection) -> Mapping[Path, _Schema]:
    """Read the columns of each file: of all at once, or of each alone where one is damaged."""
    from duckdb import Error  # noqa: PLC0415 - an extra

    if not files:
        return {}
    asked = "SELECT file_name, name, duckdb_type FROM parquet_schema({}) WHERE duckdb_type <> ''"
    try:
        rows = connection.execute(asked.format(listed(files))).fetchall()
    except Error as error:
        if len(files) == 1:
            return {files[0]: str(error).partition("\n")[0]}
        return {file: told for one in files for file, told in _schemas([one], connection).items()}
    schemas: dict[Path, _Schema] = {file: {} for file in files}
    by_name = {file.as_posix(): file for file in files}
    for name, column, kind in rows:
        schema = schemas[by_name[name]]
        if isinstance(schema, dict):
            schema[column] = kind
    return schemas


def _complaint(file: Path, schema: _Schema) -> str | None:
    if isinstance(schema, str):
        return f"{file}: cannot be read ({schema}); its records are left out: add them again"
    lacking = sorted(_REQUIRED - schema.keys())
    if lacking:
        return f"{file}: has no column {', '.join(lacking)}; its records are left out"
    other = [name for name in schema.keys() & _TYPES if schema[name] != _TYPES[name]]
    if other:
        name = min(other)
        return (
            f"{file}: its column {name} holds {schema[name]} and not {_TYPES[name]}; its records "
            "are left out: move the file elsewhere and add it with `specbudget history add`"
        )
    return None


def _strangers(folder: Path) -> list[str]:
    ours = set(folder.glob(_PARTS))
    found = (file for file in files_below(folder) if file.suffix == ".parquet")
    strange = sorted(file for file in found if file not in ours)
    return [
        f"{file}: is no file of a history, and left out: add it with `specbudget history add`"
        for file in strange
    ]


def _nothing() -> str:
    told = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in _TYPES.items())
    return f"SELECT {told} LIMIT 0"
