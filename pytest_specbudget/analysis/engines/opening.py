"""Engines by name.

In this process, so that nothing has to be running: `duckdb`, `ibis` (DuckDB again, through Ibis),
`spark` (local mode, two threads, unless a URL names a server) and `chdb` (ClickHouse).  The others
are servers, and need the URL that Ibis connects by.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

from pytest_specbudget.analysis.duck import Duck
from pytest_specbudget.analysis.embedded import connect, quoted
from pytest_specbudget.analysis.engines.dialects import dialect_of, loaded
from pytest_specbudget.analysis.engines.in_process import ClickHouseInProcess
from pytest_specbudget.analysis.engines.warehouse import LocalWarehouse, Warehouse
from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from pytest_specbudget.analysis.engine import Table

__all__ = ["ENGINES", "LOCAL", "SERVERS", "Opened", "Readable", "opened"]

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
class Readable(Protocol):
    """An engine that reads files of this machine."""

    def read(self, name: str, path: Path) -> None:
        """Let *name* stand for what is in Parquet files; *path* may have wildcards."""


@contextmanager
def opened(name: str, url: str | None = None) -> Iterator[Opened]:
    """Open an engine.

    Args:
        name: One of `ENGINES`.
        url: Where it is, as `ibis.connect` takes it.

    Raises:
        JournalError: If what it needs is not installed, or it is a server and there is no URL.
    """
    engine = _open(name, url)
    try:
        yield engine
    finally:
        engine.close()


def _open(name: str, url: str | None) -> Opened:
    if url is not None:
        return Warehouse(_connected(name, url), dialect_of(name))
    if name in _LOCAL:
        return _LOCAL[name]()
    raise JournalError(f"{name} is a server: say where it is, as in --url {name}://HOST/DATABASE")


def _connected(name: str, url: str) -> Any:
    ibis = loaded("ibis")
    try:
        return ibis.connect(url)
    except Exception as error:  # noqa: BLE001 - each driver has errors of its own
        told = str(error).replace(urlsplit(url).password or url, "***").partition("\n")[0]
        raise JournalError(f"{name}: no connection: {type(error).__name__}: {told}") from None


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
