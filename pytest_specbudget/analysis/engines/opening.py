"""Engines by name.

In this process, so that nothing has to be running: `duckdb`, `ibis` (DuckDB again, through Ibis),
`spark` (local mode, two threads, unless a URL names a server) and `chdb` (ClickHouse).  The others
are servers, and need the URL that Ibis connects by.

Each driver has errors of its own.  What one of them says, when it is opened or while it is asked,
becomes a `JournalError` here that says what was read, and never a password.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from urllib.parse import unquote, urlsplit

from pytest_specbudget.analysis.engine import USAGE
from pytest_specbudget.analysis.engines.dialects import WRITTEN_IN, dialect_of, loaded
from pytest_specbudget.analysis.engines.duck import Duck
from pytest_specbudget.analysis.engines.duck import opened as opened_here
from pytest_specbudget.analysis.engines.in_process import ClickHouseInProcess
from pytest_specbudget.analysis.engines.warehouse import LocalWarehouse, Warehouse
from pytest_specbudget.analysis.store.embedded import connect, quoted
from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pytest_specbudget.analysis.engine import Engine, Table
    from pytest_specbudget.analysis.store.history import History

__all__ = ["ENGINES", "LOCAL", "SERVERS", "Opened", "Readable", "opened", "reading"]

LOCAL = ("duckdb", "ibis", "spark", "chdb")
"""Engines that work in this process; of these every one is tried for real before a release."""

SERVERS = ("bigquery", "clickhouse", "postgres", "snowflake", "trino")

ENGINES = (*LOCAL, *SERVERS)
"""What an engine may be called."""

_SPARK = {
    "spark.master": "local[2]",
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # an overflow is an error, and no other number
}


class Opened(Protocol):
    """An engine whose end somebody has to see to."""

    def run(self, sql: str) -> Sequence[Sequence[Any]]:
        """Return what *sql* selects."""

    def load(self, tables: Iterable[Table]) -> None:
        """Make *tables* known to the statements that follow."""

    def close(self) -> None:
        """Remove what was loaded, and disconnect."""


@runtime_checkable
class Readable(Opened, Protocol):
    """An engine that reads files of this machine."""

    def read(self, name: str, path: Path) -> None:
        """Let *name* stand for what is in Parquet files; *path* may have wildcards."""


@contextmanager
def opened(name: str, url: str | None = None, *, about: str = "") -> Iterator[Opened]:
    """Open an engine.

    Args:
        name: One of `ENGINES`.
        url: Where it is, as `ibis.connect` takes it.
        about: What will be read, for what goes wrong; the name of the engine if nothing is said.

    Raises:
        JournalError: If what it needs is not installed, or it is a server and there is no URL; and
            whenever it cannot do what it is asked, with its reason.
    """
    naming = _Naming(about or name, url)
    with naming.errors("does not start: " if url is None else "no connection: "):
        engine = _open(name, url)
    try:
        yield _Reader(engine, naming) if isinstance(engine, Readable) else _Server(engine, naming)
    finally:
        engine.close()


@contextmanager
def reading(name: str, history: History) -> Iterator[Engine]:
    """Open an engine in this process, and let `usage_t` be the records of *history*.

    DuckDB knows about days of several files, older columns and damage; the other engines are given
    a copy, in which each record is once and every column is there.

    Args:
        name: One of `LOCAL`.
        history: The store.

    Raises:
        JournalError: As `opened`; if the engine reads no files; if DuckDB, which reads them first,
            is not installed, or cannot read one.
    """
    if name == WRITTEN_IN:
        with opened_here(history) as engine:
            yield engine
        return
    with (
        TemporaryDirectory(prefix="specbudget-") as folder,
        opened(name, about=f"{history.folder} on {name}") as copied,
    ):
        file = Path(folder, f"{USAGE}.parquet")
        history.copy_to(file)
        if not isinstance(copied, Readable):
            raise JournalError(f"{name} is a server, and reads no files of this machine")
        copied.read(USAGE, file)
        yield copied


class _Naming:
    """Makes errors of drivers ours.

    Args:
        about: What is read, for people.
        url: May have a password in it, which is not for them.
    """

    def __init__(self, about: str, url: str | None) -> None:
        self._about = about
        password = urlsplit(url).password if url else None
        self._secrets = tuple(filter(None, (url, password, unquote(password or ""))))

    @contextmanager
    def errors(self, what: str = "") -> Iterator[None]:
        """Raise what anything raises inside as `JournalError`; *what* comes before the reason."""
        try:
            yield
        except JournalError:
            raise
        except Exception as error:  # noqa: BLE001 - each driver has errors of its own
            raise JournalError(f"{self._about}: {what}{self._told(error)}") from None

    def _told(self, error: Exception) -> str:
        told = str(error).strip()
        for secret in self._secrets:
            told = told.replace(secret, "***")
        return f"{type(error).__name__}: {told.partition(chr(10))[0]}"


class _Server:
    """An engine whose errors are ours."""

    def __init__(self, engine: Opened, naming: _Naming) -> None:
        self._engine, self._naming = engine, naming

    def run(self, sql: str) -> Sequence[Sequence[Any]]:
        with self._naming.errors():
            return self._engine.run(sql)

    def load(self, tables: Iterable[Table]) -> None:
        with self._naming.errors():
            self._engine.load(tables)

    def close(self) -> None:
        self._engine.close()


class _Reader(_Server):
    """The same of one that reads files of this machine."""

    def __init__(self, engine: Readable, naming: _Naming) -> None:
        super().__init__(engine, naming)
        self._readable = engine

    def read(self, name: str, path: Path) -> None:
        with self._naming.errors():
            self._readable.read(name, path)


def _open(name: str, url: str | None) -> Opened:
    if url is not None:
        return Warehouse(loaded("ibis").connect(url), dialect_of(name))
    if name in _LOCAL:
        return _LOCAL[name]()
    raise JournalError(f"{name} is a server: say where it is, as in --url {name}://HOST/DATABASE")


class _Duck(Duck):
    """DuckDB, which reads files, too."""

    def __init__(self) -> None:
        super().__init__(connect())

    def read(self, name: str, path: Path) -> None:
        files = f"read_parquet({quoted(path.as_posix())}, union_by_name = true)"
        self._connection.execute(f"create or replace temp view {name} as select * from {files}")  # noqa: S608 - quoted

    def close(self) -> None:
        self._connection.close()


def _ibis() -> LocalWarehouse:
    if not hasattr(loaded("duckdb").DuckDBPyConnection, "fetch_arrow_table"):  # Ibis 12 calls it
        raise JournalError("Ibis 12 works with DuckDB 1 alone: pip install 'duckdb<2'")
    backend = loaded("ibis").duckdb.connect(threads=2)
    backend.raw_sql("SET TimeZone = 'UTC'")
    return LocalWarehouse(backend, "duckdb")


def _spark() -> LocalWarehouse:
    session = loaded("pyspark.sql").SparkSession.builder.appName("specbudget")
    for key, setting in _SPARK.items():
        session = session.config(key, setting)
    return LocalWarehouse(loaded("ibis").pyspark.connect(session.getOrCreate()), "spark")


_LOCAL: dict[str, Callable[[], Opened]] = {
    "duckdb": _Duck,
    "ibis": _ibis,
    "spark": _spark,
    "chdb": ClickHouseInProcess,
}
