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

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.records import named, records_of
from pytest_specbudget.analysis.store import bulk
from pytest_specbudget.analysis.store.documents import read_document
from pytest_specbudget.analysis.store.doubts import CLOSED
from pytest_specbudget.analysis.store.embedded import listed, quoted
from pytest_specbudget.analysis.store.unknown_columns import ignored_sentence
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.journal.reader import read_journal
from pytest_specbudget.journal.running import is_running, shortfall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from pytest_specbudget.analysis.records import Record
    from pytest_specbudget.analysis.store.sources import Source
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal

    Settle = Callable[[list[Journal]], Iterable[Charge]]

__all__ = ["Settle", "Staging"]

_TEXTS = dict.fromkeys((column.name for column in COLUMNS), "VARCHAR")
_MUST = ("id", "at", "provider", "model")
_SHOWN = 60
_LINES = frozenset({".jsonl", ".ndjson"})
_FOREIGN = (
    "no line of it is a JSON object, so it is no usage; journals, JSON lines, Parquet, cost "
    "summaries and telemetry are read, none of them packed"
)


@dataclass(slots=True)
class Staging:
    """The rows that wait to be judged.

    Attributes:
        connection: Where `incoming` is.
        settle: Takes all journals of one run, and returns the charges that count.
        spill: A folder for what is on its way.
        origins: Where rows came from; a row has the place in this list.
        troubles: What could not be read of each source, a sentence each; none if it is whole.
        sound: How many bytes stand before the first line that makes no sense, of JSON lines.
        foreign: Which sources are no usage at all, a sentence each.
        ignored: What sources say that has no column, a sentence for each source.
    """

    connection: DuckDBPyConnection
    settle: Settle
    spill: Path
    origins: list[str] = field(default_factory=list)
    troubles: dict[Source, list[str]] = field(default_factory=dict)
    sound: dict[Source, int] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

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
        runs: defaultdict[str, list[Source]] = defaultdict(list)
        for source in sources:
            self.troubles[source] = []
            runs[source.run].append(source)
        plain = self._plain([source.path for source in sources if _is_text(source.path)])
        closely: list[list[Source]] = []
        origins: dict[str, int] = {}
        for run in runs.values():
            if plain.issuperset(source.path for source in run):
                origins |= {one.path.as_posix(): self._origin(one.path) for one in run}
            else:
                closely.append(run)
        if origins:
            bulk.stage(origins, self.connection)
        for run in closely:
            self._add_run(run)

    def add(self, source: Source) -> None:
        """Add any other source."""
        adders = {
            "records": self._add_lines,
            "parquet": self._add_parquet,
            "document": self._add_document,
            "quarantine": self._add_set_aside,
        }
        troubles = self.troubles[source] = []
        if not _is_text(source.path):
            troubles.append(f"{source.path}: cannot be read: its name is no UTF-8; rename it")
            return
        try:
            adders[source.shape](source)
        except JournalError as error:
            troubles.append(str(error))
        except OSError as error:
            troubles.append(f"{source.path}: cannot be read: {reason_of(error)}")

    def add_records(self, records: Iterable[Record], name: str) -> None:
        """Add records that are at hand, under the *name* of where they are from."""
        origin = self._origin(name)
        self._add_rows((origin, named(record)) for record in records)

    def _origin(self, name: object) -> int:
        self.origins.append(str(name))
        return len(self.origins) - 1

    def _plain(self, files: list[Path]) -> set[Path]:
        """Parse *files*, and return those whose calls are records as they stand."""
        readable = [file for file in files if self._is_readable(file)]
        if not readable:
            return set()
        bulk.parse(readable, self.connection, self.spill)
        names = bulk.plain_files(self.connection)
        return {file for file in readable if file.as_posix() in names}

    def _is_readable(self, file: Path) -> bool:
        """Tell whether the database can read the lines of *file*: bytes that are no text it cannot.

        That is asked before they are parsed, so that one file does not leave all others to be read
        line by line.  It takes a tenth of the time.
        """
        from duckdb import Error  # noqa: PLC0415 - an extra

        try:
            self.connection.execute(f"SELECT count(line) FROM ({bulk.lines_sql([file])})")
        except Error:
            return False
        return True

    def _add_run(self, run: Iterable[Source]) -> None:
        journals: list[Journal] = []
        home_of: dict[str, tuple[int, Source]] = {}
        for source in run:
            try:
                journal = read_journal(source.path)
            except JournalError as error:
                self.troubles[source].append(str(error))
                continue
            if is_running(journal):
                journal.starts.clear()  # calls under way are booked when they end
            self.troubles[source] += [*journal.damage, *filter(None, [shortfall(journal)])]
            home = self._origin(source.path), source
            calls = (*journal.charges, *journal.unanswered)
            home_of = dict.fromkeys((charge.id for charge in calls), home) | home_of
            journals.append(journal)
        self._add_rows(self._told(self.settle(journals), home_of))

    def _told(
        self, charges: Iterable[Charge], home_of: Mapping[str, tuple[int, Source]]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        for charge in charges:
            run = charge.id.partition("/")[0] if "/" in charge.id else None
            origin, source = home_of[charge.id]
            try:
                for record in records_of(charge, run):
                    yield origin, named(record)
            except ValueError as error:
                self.troubles[source].append(f"{source.path}: call {charge.id}: {error}")

    def _add_set_aside(self, source: Source) -> None:
        """Add what lies in a file of a quarantine, which somebody may have corrected."""
        origin = self._origin(source.path)
        told = (one for one in self._objects(source) if not one.keys() & CLOSED)
        records = (one["record"] for one in told if isinstance(one.get("record"), dict))
        self._add_objects(source, origin, records)

    def _add_objects(self, source: Source, origin: int, objects: Iterable[dict[str, Any]]) -> None:
        """Add *objects*, and say what of their keys is ignored."""
        keys: set[str] = set()

        def noted() -> Iterator[tuple[int, dict[str, Any]]]:
            for told in objects:
                keys.update(told)
                yield origin, told

        self._add_rows(noted())
        self._ignore(source, keys)
        if not keys and source.path.suffix not in _LINES:
            self.troubles[source] = []
            self.foreign.append(f"{source.path}: {_FOREIGN}")

    def _ignore(self, source: Source, names: Iterable[str]) -> None:
        self.ignored += filter(None, [ignored_sentence(source.path, names)])

    def _add_lines(self, source: Source) -> None:
        """Add JSON lines that have the names of columns as keys."""
        from duckdb import Error  # noqa: PLC0415 - an extra

        lines = f"(SELECT line FROM ({bulk.lines_sql([source.path])}) WHERE line <> '')"
        sound = "count(*) = count(*) FILTER (WHERE json_valid(line) AND json_type(line) = 'OBJECT')"
        try:
            (whole,) = self.connection.execute(f"SELECT {sound} FROM {lines}").fetchone() or (
                False,
            )
        except Error:  # bytes that are no text
            whole = False
        origin = self._origin(source.path)
        if not whole:
            self._add_objects(source, origin, self._objects(source))
            return
        keys = self.connection.execute(f"SELECT DISTINCT json_keys(line) FROM {lines}").fetchall()
        self._ignore(source, (name for (names,) in keys for name in names))
        self.connection.execute(
            f"INSERT INTO incoming SELECT {origin}, said.* FROM "
            f"(SELECT from_json(line, {quoted(json.dumps(_TEXTS))}) AS said FROM {lines})"
        )

    def _objects(self, source: Source) -> Iterator[dict[str, Any]]:
        """Yield the objects in the lines of *source*, and name the lines that hold none."""
        before = after = 0
        for number, content in enumerate(_lines_of(source.path), start=1):
            line = content.decode("utf-8", errors="replace")
            before, after = after, after + len(content)
            with suppress(ValueError, RecursionError):
                told = json.loads(line) if line.strip() else {}
                if isinstance(told, dict):
                    if told:
                        yield told
                    continue
            self.sound.setdefault(source, before)
            where = f"{source.path}:{number}"
            shown = line.removesuffix("\n")[:_SHOWN]
            self.troubles[source].append(f"{where}: a torn or foreign line: {shown!r}")

    def _add_document(self, source: Source) -> None:
        origin = self._origin(source.path)
        self._add_rows((origin, told) for told in read_document(source.path))

    def _add_parquet(self, source: Source) -> None:
        """Add a Parquet file; columns that it lacks are NULL."""
        from duckdb import Error  # noqa: PLC0415 - an extra

        file = source.path
        read = f"read_parquet({listed([file])}, hive_partitioning = false)"
        try:
            about = self.connection.execute(f"DESCRIBE SELECT * FROM {read}").fetchall()
            held = {name for name, *_ in about}
            lacking = [name for name in _MUST if name not in held]
            if lacking:
                raise JournalError(f"{file}: holds no records: it has no {', '.join(lacking)}")
            self._ignore(source, held)
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


def _lines_of(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, of which memory need not hold more than one."""
    with path.open("rb") as lines:
        yield from lines


def _line(row: tuple[int, Mapping[str, Any]]) -> str:
    origin, told = row
    said = {name: _text(told[name]) for name in _TEXTS if told.get(name) is not None}
    return json.dumps({"origin": origin, **said}) + "\n"


def _text(told: object) -> str:
    """Write a value as text; what is no single value, as the JSON that it came as."""
    return json.dumps(told) if isinstance(told, dict | list) else str(told)


def _is_text(path: Path) -> bool:
    """Tell whether DuckDB can be asked for *path*: it takes no bytes that are no UTF-8."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
