"""A history: months of usage in one folder, each call once.

    .specbudget/history/
        day=2026-11-02/part-1f0c....parquet     the records of one day
        quarantine/8d21....jsonl                what was refused, as it came, with the reason
        unread/53ab....jsonl                    what could not be read of one file

Adding is idempotent, and does not depend on the order in which files come; but where two of them
contradict each other about one call, what was added first stays, and the other is set aside
(`contradicting` has the rule).  A file is written whole or not at all, so that a process that dies
leaves the history as it was, or with more days in it.  Records that sum up calls (`documents`)
count only where the calls themselves are not known.  What was refused, and what could not be read,
is damage until somebody puts it right or dismisses it (`doubts`).
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EIO
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.store import doubts
from pytest_specbudget.analysis.store.changing import ChangedError, steadily
from pytest_specbudget.analysis.store.days import broken_inside, days_of, files_below, have_gone
from pytest_specbudget.analysis.store.embedded import MISSING, connect, quoted
from pytest_specbudget.analysis.store.filing import Filed, Filing
from pytest_specbudget.analysis.store.leftovers import SPILL, sweep
from pytest_specbudget.analysis.store.locking import alone_in
from pytest_specbudget.analysis.store.settling import unsettled
from pytest_specbudget.analysis.store.sources import QUARANTINE
from pytest_specbudget.analysis.store.staging import Staging
from pytest_specbudget.analysis.store.tables import make
from pytest_specbudget.analysis.store.unread import note_unread
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from pytest_specbudget.analysis.records import Record
    from pytest_specbudget.analysis.store.days import Days
    from pytest_specbudget.analysis.store.sources import Source
    from pytest_specbudget.analysis.store.staging import Settle

__all__ = ["SOFT_LIMIT", "VIEW", "Added", "Counted", "History", "Size"]

SOFT_LIMIT = 25 * 10**6
"""In bytes.  A history that is larger should not lie in a repository."""

VIEW = "usage_t"
"""What queries call the records."""

_TOLD_DIFFERENTLY = (
    "told in several ways by processes that added at once; the next `specbudget history add` joins "
    "them, and says how they differ"
)

_BATCH = 256 * 2**20
"""In bytes: how much of JSON lines is taken at once."""

_MOST_WAITING = 2_000_000
"""How many rows wait, at most, before they are filed."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of the records of one source.

    Attributes:
        name: Where they came from.
        new: How many the history did not have.
        duplicate: How many it had, or that are told twice.
        quarantined: How many were set aside.
    """

    name: str
    new: int
    duplicate: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding.

    Attributes:
        sources: The places that had records, in the order in which they were read.
        refused: What was set aside and why, one sentence for each record.
        problems: What could not be read, one sentence each; the rest was taken.
        ignored: What sources say that has no column, one sentence for each of them.
        odd: What sources say that contradicts itself and was kept, a sentence each.
    """

    sources: tuple[Counted, ...]
    refused: tuple[str, ...]
    problems: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()

    @property
    def new(self) -> int:
        """How many records are new."""
        return sum(source.new for source in self.sources)

    @property
    def duplicate(self) -> int:
        """How many were there before, or twice."""
        return sum(source.duplicate for source in self.sources)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a history is.

    Attributes:
        records: How many it has.
        days: How many days have one.
        first: The first such day, or None.
        last: The last such day, or None.
        bytes: What its files take, with the quarantine.
        quarantined: How many records are set aside.
        closed: How many were, and have been corrected or dismissed since.
    """

    records: int
    days: int
    first: date | None
    last: date | None
    bytes: int
    quarantined: int
    closed: int = 0


class History:
    """The records in one folder, which need not be there yet.

    Attributes:
        folder: Where it is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(
        self,
        sources: Iterable[Source],
        *,
        settle: Settle,
        today: date,
        seen: Callable[[Source], None] = lambda _source: None,
    ) -> Added:
        """Add what files tell; of several that tell the same, the first has it.

        Args:
            sources: The files, with all journals of each run that has one among them.
            settle: Takes all journals of one run, and returns the charges that count.
            today: The date; what was made more than a day later is refused.
            seen: Called with each source that was read.

        Raises:
            JournalError: If DuckDB is not installed, or the history itself is damaged inside.
            OSError: If the history cannot be written; what it had, it still has.
        """
        return self._added(lambda staging: _staged(staging, list(sources), seen), settle, today)

    def add_records(self, records: Iterable[Record], *, today: date, name: str = "") -> Added:
        """Add records that are at hand, under the *name* of where they are from.

        Raises:
            JournalError: If DuckDB is not installed, or the history itself is damaged inside.
            OSError: If the history cannot be written; what it had, it still has.
        """

        def stage(staging: Staging) -> Iterator[None]:
            staging.add_records(records, name or "records")
            yield

        return self._added(stage, lambda _journals: (), today)

    def damage(self) -> tuple[str, ...]:
        """Say what is missing from it, and why, a sentence each.

        That is its files that cannot be read, what processes that added at once tell differently,
        the records that are set aside, and what could not be read of a file that was added.
        """
        return steadily(self._damage)

    def _damage(self) -> tuple[str, ...]:
        with connect() as connection:
            days = self._listed(connection)
            differing = unsettled(connection, days.divided().said())
        if have_gone(days.files):
            raise ChangedError(self.folder)
        told = [f"{self.folder}: {calls_of(differing)} {_TOLD_DIFFERENTLY}"] * bool(differing)
        return (*days.damage, *told, *doubts.open_sentences(self.folder))

    def relation(self, connection: DuckDBPyConnection) -> DuckDBPyRelation:
        """Give *connection* the view `usage_t` of all records, each once, with every column.

        Files that cannot be read are left out; `damage` names them.
        """
        self._show(connection, self._listed(connection))
        return connection.view(VIEW)

    def _listed(self, connection: DuckDBPyConnection) -> Days:
        return days_of(self.folder, connection)

    def _show(self, connection: DuckDBPyConnection, days: Days) -> None:
        """Give *connection* the view of the records of *days*."""
        make(connection, VIEW, days.sql(), kind="VIEW")

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of a *statement* about `usage_t`.

        Raises:
            JournalError: If DuckDB is not installed, or a file is damaged inside; it names it.
        """
        return steadily(lambda: self._queried(statement))

    def _queried(self, statement: str) -> list[tuple[Any, ...]]:
        with self.opened() as connection:
            return connection.execute(statement).fetchall()

    @contextmanager
    def opened(self, spill: Path | None = None) -> Iterator[DuckDBPyConnection]:
        """Give a database of its own, with the view `usage_t`; it goes away at the end.

        The view has the records as they are now, and no others, for as long as this is open.

        Args:
            spill: Where it may put what memory does not hold; None for nowhere of its own.

        Raises:
            ChangedError: If another process wrote a day anew before it was read; ask `steadily`.
            JournalError: If DuckDB is not installed; and for whatever DuckDB cannot read of the
                files, or do with them, while this is open: it names them and the reason.
        """
        with connect(spill) as connection:
            days = self._listed(connection)
            with self._naming_damage(days):
                self._show(connection, days)
                yield connection

    def copy_to(self, file: Path) -> None:
        """Write all records to one Parquet file, each once, with every column.

        Raises:
            JournalError: If a file of the history is damaged inside, or *file* cannot be written.
        """
        with self.opened() as connection:
            connection.execute(
                f"COPY (SELECT * FROM {VIEW}) TO {quoted(file.as_posix())} "  # noqa: S608 - our own name
                "(FORMAT parquet, COMPRESSION zstd)"
            )

    def size(self) -> Size:
        """Measure it.

        Raises:
            JournalError: If it cannot be read.
        """
        told = "SELECT count(*), count(DISTINCT day), min(day), max(day) FROM usage_t"
        ((records, days, first, last),) = self.query(told)
        apart = Counter(doubt.open for doubt in doubts.doubts_of(self.folder, QUARANTINE))
        taken = sum(map(_size_of, files_below(self.folder)))
        return Size(records, days, first, last, taken, apart[True], apart[False])

    @contextmanager
    def _naming_damage(self, days: Days | None = None) -> Iterator[None]:
        """Say what is wrong where DuckDB cannot read: of *days*, or whatever else is here.

        Without *days* it is written to: then a disk or memory that does not suffice is an
        `OSError`.
        """
        try:
            from duckdb import Error, IOException, OutOfMemoryException  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise JournalError(MISSING) from error
        try:
            yield
        except Error as error:
            if days is not None and have_gone(days.files):
                raise ChangedError(self.folder) from error
            problem = str(error).partition("\n")[0]
            damaged = ", ".join(map(str, broken_inside(self.folder)))
            if (
                days is None
                and not damaged
                and isinstance(error, IOException | OutOfMemoryException)
            ):
                raise OSError(EIO, problem, str(self.folder)) from error
            if not damaged:
                raise JournalError(f"{self.folder}: cannot be read: {problem}") from error
            raise JournalError(
                f"{damaged}: damaged inside ({problem}); move it elsewhere and add its calls again"
            ) from error

    def _added(
        self, stage: Callable[[Staging], Iterator[None]], settle: Settle, today: date
    ) -> Added:
        """File what *stage* stages, whenever it yields and enough is waiting."""
        with (
            self._naming_damage(),
            self._spill() as spill,
            connect(Path(spill)) as connection,
        ):
            staging = Staging(connection, settle, Path(spill))
            filing = Filing(connection, self.folder, today, staging.origins)
            total = Filed()
            for _ in stage(staging):
                if staging.waiting > _MOST_WAITING:
                    with alone_in(self.folder):
                        total += filing.file()
            with alone_in(self.folder):
                unread = note_unread(staging.troubles, staging.sound, self.folder)
                total += filing.file()
                doubts.correct(
                    self._of_its_own(staging.troubles),
                    today,
                    is_sound=lambda told: doubts.key_of(told) not in total.keys,
                )
        return _told(staging, total, [*unread, *staging.foreign, *total.missing])

    def _of_its_own(self, sources: Iterable[Source]) -> list[Path]:
        """Return the files of its quarantine among *sources*."""
        home = (self.folder / QUARANTINE).resolve()
        return [one.path for one in sources if one.path.resolve().parent == home]

    def _spill(self) -> TemporaryDirectory[str]:
        self.folder.mkdir(parents=True, exist_ok=True)
        sweep(self.folder)
        return TemporaryDirectory(prefix=SPILL, dir=self.folder)


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # its day was written anew meanwhile
        return 0


def _staged(
    staging: Staging, sources: Sequence[Source], seen: Callable[[Source], None]
) -> Iterator[None]:
    """Stage *sources*, in parts of a size that memory holds."""
    for batch in _batches([one for one in sources if one.shape == "journal"]):
        staging.add_journals(batch)
        for source in batch:
            seen(source)
        yield
    for source in sources:
        if source.shape != "journal":
            staging.add(source)
            seen(source)
            yield


def _batches(journals: list[Source]) -> Iterator[list[Source]]:
    """Yield journals in batches of whole runs."""
    ordered = sorted(journals, key=lambda journal: journal.run)
    batch: list[Source] = []
    taken = 0
    for _, group in groupby(ordered, key=lambda journal: journal.run):
        run = list(group)
        if taken > _BATCH:
            yield batch
            batch, taken = [], 0
        batch += run
        taken += sum(journal.path.stat().st_size for journal in run)
    if batch:
        yield batch


def _told(staging: Staging, filed: Filed, unread: Sequence[str]) -> Added:
    names = [name for name in dict.fromkeys(staging.origins) if filed.rows[name]]
    counted = (
        Counted(
            name=name,
            new=filed.new[name],
            duplicate=filed.rows[name] - filed.new[name] - filed.refused[name],
            quarantined=filed.refused[name],
        )
        for name in names
    )
    return Added(
        sources=tuple(counted),
        refused=tuple(filed.reasons),
        problems=tuple(unread),
        ignored=tuple(staging.ignored),
        odd=tuple(filed.odd),
    )
