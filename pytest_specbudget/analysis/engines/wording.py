"""What an engine would be asked, in its own words, without one: for reading, and for gold files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.engine import Table
from pytest_specbudget.analysis.engines.conforming import BY, REPRICING, SUPPOSED
from pytest_specbudget.analysis.engines.dialects import WRITTEN_IN, translated
from pytest_specbudget.analysis.engines.fixture import AT, giants, invented_prices, ordinary
from pytest_specbudget.analysis.engines.opening import opened
from pytest_specbudget.analysis.pricing.repricing import reprice
from pytest_specbudget.analysis.stored_drift import priced_on
from pytest_specbudget.analysis.supposing_at_once import supposed_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_specbudget.analysis.engine import Engine

__all__ = ["DRIFT", "OTHERWISE", "statements"]

DRIFT = "whether prices moved"
"""What `specbudget drift` asks, beside re-pricing."""

OTHERWISE = "under other terms"
"""What `specbudget whatif --history` asks likewise."""

_USAGE = "specbudget_ordinary_t"
_SOME, _FEW = 2_000, 20


def statements(dialect: str) -> Iterator[tuple[str, str]]:
    """Yield what is asked about a part of the fixture: the question, and each of its statements.

    The questions are those of `conforming`, `DRIFT` and `OTHERWISE`.  DuckDB answers, since one
    statement depends on what the one before it returned.

    Raises:
        JournalError: If DuckDB or SQLGlot is not installed.
    """
    catalogue = invented_prices()
    with opened(WRITTEN_IN) as engine:
        engine.load([Table(_USAGE, COLUMNS, list(ordinary(_SOME)))])
        engine.load([Table("specbudget_giants_t", COLUMNS, list(giants(_FEW)))])
        for question in REPRICING:
            heard = _Listening(engine)
            reprice(heard, catalogue, question.at, by=BY, usage=question.usage)
            for sql in heard.said:
                yield question.name, translated(sql, dialect, pretty=True)
        heard = _Listening(engine)
        priced_on(heard, catalogue, AT, _USAGE)
        for sql in heard.said:
            yield DRIFT, translated(sql, dialect, pretty=True)
        heard = _Listening(engine)
        supposed_on(heard, SUPPOSED, catalogue, _USAGE)
        for sql in heard.said:
            yield OTHERWISE, translated(sql, dialect, pretty=True)


class _Listening:
    """An engine that keeps what it is asked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.said: list[str] = []

    def run(self, sql: str) -> Sequence[Sequence[Any]]:
        self.said.append(sql)
        return self._engine.run(sql)

    def load(self, tables: Iterable[Table]) -> None:
        self._engine.load(tables)
