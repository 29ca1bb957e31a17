"""A history that another process writes to while it is read: answers are of one state, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import pytest
from support.history import TODAY, a_record, history
from support.kept import keep
from support.past import past

from pytest_specbudget.analysis.store.changing import ChangedError, steadily
from pytest_specbudget.analysis.store.history import History
from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

duckdb = pytest.importorskip("duckdb", reason="the extra `history` is not installed")

PRICES = ("--price-at", "2026-11-22")
NEW = a_record("1", id="new", spec="S-1")


def add(folder: Path, *others: str) -> None:
    """Write the one day of the history in *folder* anew, with calls of these ids."""
    History(folder).add_records([a_record("1", id=one) for one in others], today=TODAY)


def test_a_day_that_was_written_anew_before_it_was_read_is_listed_again(tmp_path: Path) -> None:
    history(tmp_path, a_record("1"))
    new = iter(("second", "third"))

    def calls() -> int:
        with History(tmp_path).opened() as connection:
            add(tmp_path, *filter(None, [next(new, "")]))
            ((count,),) = connection.execute("SELECT count(*) FROM usage_t").fetchall()
            return int(count)

    assert steadily(calls) == 3


def test_whoever_is_always_late_is_told_so(tmp_path: Path) -> None:
    history(tmp_path, a_record("1"))
    tries: list[str] = []

    def calls() -> None:
        tries.append(str(len(tries)))
        with History(tmp_path).opened() as connection:
            add(tmp_path, *tries)
            connection.execute("SELECT sum(list_cost) FROM usage_t")

    with pytest.raises(ChangedError, match="other processes wrote to it whenever it was read; ask"):
        steadily(calls)
    assert len(tries) == 10


class Interrupted:
    """A connection to a database that lets something happen before it first reads the records."""

    def __init__(self, connection: Any, happens: Callable[[], None]) -> None:
        self._connection, self._happens = connection, happens

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._connection.close()

    def execute(self, statement: str, *parameters: Any) -> Any:
        if "usage_t" in statement and not statement.startswith("CREATE"):
            self._happens()
        return self._connection.execute(statement, *parameters)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep a history of one call, to whose day another one is added whenever somebody reads it."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".specbudget/history"
    history(folder, a_record("1", id="old", spec="S-1"))
    connect = duckdb.connect
    waiting = [NEW]

    def happens() -> None:
        if waiting:
            History(folder).add_records([waiting.pop()], today=TODAY)

    monkeypatch.setattr(duckdb, "connect", lambda **asked: Interrupted(connect(**asked), happens))
    return folder


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("drift", *PRICES), id="drift"),
        pytest.param(("history", "cost", *PRICES), id="history cost"),
        pytest.param(("whatif", "--engine", "duckdb", "--map", "gpt-5-mini=gpt-4o"), id="whatif"),
        pytest.param(("status",), id="status"),
        pytest.param(("kpi",), id="kpi"),
    ],
)
@pytest.mark.parametrize("beside", [False, True], ids=["the history", "and journals beside it"])
def test_commands_tell_of_one_state(
    store: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str], *, beside: bool
) -> None:
    if beside:
        keep(store.parents[1], past(id="new", spec="S-1"))

    status = main([*command, "--json"])
    interrupted = capsys.readouterr()

    assert (main([*command, "--json"]), capsys.readouterr()) == (status, interrupted)
    assert History(store).size().records == 2
