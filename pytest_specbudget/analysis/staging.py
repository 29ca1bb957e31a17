"""From files to rows of text: what any source says, in the columns of a history, unjudged.

The table is `incoming`: the number of the place that a row came from, and every column as text.
What cannot be read is told in a sentence, and the rest is still taken.
"""

# ruff: noqa: S608 - what statements are made of is ours; names of files are quoted

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis import bulk
from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.documents import read_document
from pytest_specbudget.analysis.embedded import listed, quoted
from pytest_specbudget.analysis.records import named, records_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.journal.reader import read_journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from pytest_specbudget.analysis.records import Record
    from pytest_specbudget.analysis.sources import Source
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal

    Settle = Callable[[list[Journal]], Iterable[Charge]]

__all__ = ["Settle", "Staging"]

_TEXTS = dict.fromkeys((column.name for column in COLUMNS), "VARCHAR")
_MUST = ("id", "at", "provider", "model")
_SHOWN = 60


@dataclass(slots=True)
class Staging:
    """The rows that wait to be judged.

    Attributes:
        connection: Where `incoming` is.
        settle: Takes all journals of one run, and returns the charges that count.
        spill: A folder for what is on its way.
        origins: Where rows came from; a row has the place in this list.
        problems: What could not be read, a sentence each.
    """

    connection: DuckDBPyConnection
    settle: Settle
    spill: Path
    origins: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in _TEXTS.items())
        self.connection.execute(f"CREATE TEMP TABLE incoming (origin INTEGER, {columns})")

    @property
    def waiting(self) -> int:
        """How many rows wait to be filed."""
        ((count,),) = self.connection.execute("SELECT count(*) FROM incoming").fetchall()
        return int(count)

    def add_journals(self, sources: Sequence[Source]) -> None:
        """Add journals: those of plain runs in bulk, the others line by line.

        Args:
            sources: With all journals of each run that has one among them.
        """
        runs: defaultdict[str, list[Path]] = defaultdict(list)
        for source in sources:
            runs[source.run].append(source.path)
        plain = self._plain([source.path for source in sources])
        in_bulk = [file for files in runs.values() if plain.issuperset(files) for file in files]
        if in_bulk:
            bulk.stage({file.as_posix(): self._origin(file) for file in in_bulk}, self.connection)
        for files in runs.values():
            if not plain.issuperset(files):
                self._add_run(files)

    def add(self, source: Source) -> None:
        """Add any other source."""
        adders = {
            "records": self._add_lines,
            "parquet": self._add_parquet,
            "document": self._add_document,
        }
        try:
            adders[source.shape](source.path)
        except (JournalError, OSError) as error:
            self.problems.append(str(error))

    def add_records(self, records: Iterable[Record], name: str) -> None:
        """Add records that are at hand, under the *name* of where they are from."""
        origin = self._origin(name)
        self._add_rows((origin, named(record)) for record in records)

    def _origin(self, name: object) -> int:
        self.origins.append(str(name))
        return len(self.origins) - 1

    def _plain(self, files: list[Path]) -> set[Path]:
        from duckdb import Error  # noqa: PLC0415 - an extra

        try:
            bulk.parse(files, self.connection)
        except Error:  # bytes that are no text: the reader of journals names them
            return set()
        names = bulk.plain_files(self.connection)
        return {file for file in files if file.as_posix() in names}

    def _add_run(self, files: Iterable[Path]) -> None:
        journals: list[Journal] = []
        origin_of: dict[str, int] = {}
        for file in files:
            try:
                journal = read_journal(file)
            except JournalError as error:
                self.problems.append(str(error))
                continue
            self.problems += journal.damage
            self.problems += [journal.incomplete] if journal.incomplete is not None else []
            origin = self._origin(file)
            calls = (*journal.charges, *journal.unanswered)
            origin_of = dict.fromkeys((charge.id for charge in calls), origin) | origin_of
            journals.append(journal)
        self._add_rows(self._told(self.settle(journals), origin_of))

    def _told(
        self, charges: Iterable[Charge], origin_of: Mapping[str, int]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        for charge in charges:
            run = charge.id.partition("/")[0] if "/" in charge.id else None
            try:
                for record in records_of(charge, run):
                    yield origin_of[charge.id], named(record)
            except ValueError as error:
                name = self.origins[origin_of[charge.id]]
                self.problems.append(f"{name}: call {charge.id}: {error}")

    def _add_lines(self, file: Path) -> None:
        """Add JSON lines that have the names of columns as keys."""
        from duckdb import Error  # noqa: PLC0415 - an extra

        lines = f"(SELECT line FROM ({bulk.lines_sql([file])}) WHERE line <> '')"
        sound = "count(*) = count(*) FILTER (WHERE json_valid(line) AND json_type(line) = 'OBJECT')"
        try:
            (whole,) = self.connection.execute(f"SELECT {sound} FROM {lines}").fetchone() or (
                False,
            )
        except Error:  # bytes that are no text
            whole = False
        origin = self._origin(file)
        if not whole:
            self._add_rows((origin, told) for told in self._objects(file))
            return
        self.connection.execute(
            f"INSERT INTO incoming SELECT {origin}, said.* FROM "
            f"(SELECT from_json(line, {quoted(json.dumps(_TEXTS))}) AS said FROM {lines})"
        )

    def _objects(self, file: Path) -> Iterator[dict[str, Any]]:
        """Yield the objects in the lines of *file*, and name the lines that hold none."""
        text = file.read_bytes().decode("utf-8", errors="replace")
        for number, line in enumerate(text.split("\n"), start=1):
            with suppress(ValueError, RecursionError):
                told = json.loads(line) if line.strip() else {}
                if isinstance(told, dict):
                    if told:
                        yield told
                    continue
            self.problems.append(f"{file}:{number}: a torn or foreign line: {line[:_SHOWN]!r}")

    def _add_document(self, file: Path) -> None:
        origin = self._origin(file)
        self._add_rows((origin, told) for told in read_document(file))

    def _add_parquet(self, file: Path) -> None:
        """Add a Parquet file; columns that it lacks are NULL, and those that we lack ignored."""
        from duckdb import Error  # noqa: PLC0415 - an extra

        read = f"read_parquet({listed([file])}, hive_partitioning = false)"
        try:
            about = self.connection.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()
            held = {name for name, *_ in about}
            lacking = [name for name in _MUST if name not in held]
            if lacking:
                raise JournalError(f"{file}: holds no records: it has no {', '.join(lacking)}")
            told = ", ".join(
                f'CAST("{name}" AS VARCHAR)' if name in held else "NULL" for name in _TEXTS
            )
            origin = self._origin(file)
            self.connection.execute(f"INSERT INTO incoming SELECT {origin}, {told} FROM {read}")
        except Error as error:
            problem = str(error).partition("\n")[0]
            raise JournalError(f"{file}: cannot be read, and is left out: {problem}") from error

    def _add_rows(self, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
        """Add rows that are at hand; they go through a file, which is the quickest way in."""
        with TemporaryDirectory(dir=self.spill) as folder:
            path = Path(folder) / "rows.jsonl"
            with path.open("w", encoding="utf-8") as out:
                out.writelines(map(_line, rows))
            if not path.stat().st_size:
                return
            columns = json.dumps({"origin": "INTEGER", **_TEXTS}).replace('"', "'")
            told = f"read_json({listed([path])}, format = 'newline_delimited', columns = {columns})"
            self.connection.execute(f"INSERT INTO incoming SELECT * FROM {told}")


def _line(row: tuple[int, Mapping[str, Any]]) -> str:
    origin, told = row
    said = {name: _text(told[name]) for name in _TEXTS if told.get(name) is not None}
    return json.dumps({"origin": origin, **said}) + "\n"


def _text(told: object) -> str:
    """Write a value as text; what is no single value, as the JSON that it came as."""
    return json.dumps(told) if isinstance(told, dict | list) else str(told)
