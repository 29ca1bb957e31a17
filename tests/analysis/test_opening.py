"""Engines by name: what one of them cannot do is said in our words, without a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.history import a_record, history

from pytest_specbudget.analysis.engine import relation
from pytest_specbudget.analysis.engines.opening import _Naming, opened, reading
from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_specbudget.analysis.store.history import History

pytest.importorskip("duckdb")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        pytest.param("usage_t", '"usage_t"', id="a table"),
        pytest.param("past.calls", '"past"."calls"', id="one of a schema"),
        pytest.param("Lake.past._2026", '"Lake"."past"."_2026"', id="one of a catalogue"),
    ],
)
def test_the_name_of_a_table_is_quoted(name: str, written: str) -> None:
    assert relation(name) == written


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a b",
        "a;drop table b",
        'a"',
        "a'",
        "1a",
        "a.",
        ".a",
        "a..b",
        "a.b.c.d",
        "a-b",
        "é",
        "a\n",
    ],
)
def test_nothing_but_a_name_gets_into_a_statement(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a table"):
        relation(name)


def test_what_an_engine_cannot_do_names_what_was_read() -> None:
    here = opened("duckdb", about="past.calls on duckdb")

    with here as engine, pytest.raises(JournalError) as raised:
        engine.run("select * from nowhere_t")

    assert str(raised.value).startswith("past.calls on duckdb: CatalogException: Catalog Error: ")
    assert "nowhere_t" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_error_of_ours_stays_one() -> None:
    with pytest.raises(KeyError), opened("duckdb"):
        raise KeyError("ours")


@pytest.mark.parametrize("said", ["p%40ss", "p@ss", "trino://me:p%40ss@there/db"])
def test_a_password_is_not_told(said: str) -> None:
    naming = _Naming("usage_t on trino", "trino://me:p%40ss@there/db")

    with pytest.raises(JournalError) as raised, naming.errors():
        raise OSError(f"no route with {said}, sorry")

    assert str(raised.value) == "usage_t on trino: OSError: no route with ***, sorry"


def broken_inside(folder: Path) -> Path:
    """Make a history of which one file looks whole and is not; return that file."""
    history(folder, a_record(), a_record(at="2026-11-04T00:00:00Z"))
    (file,) = folder.glob("day=2026-11-04/*")
    content = bytearray(file.read_bytes())
    content[4:200] = bytes(196)
    file.write_bytes(content)
    return file


def _reprice(kept: History) -> None:
    with reading("duckdb", kept) as engine:
        engine.run("select min(u.id), sum(u.input_tokens) from usage_t u")


def _spend(kept: History) -> None:
    from pytest_specbudget.analysis.stored_spending import spent_in  # noqa: PLC0415 - an extra

    spent_in(kept)


def _list(kept: History) -> None:
    from pytest_specbudget.analysis.stored_spending import records_in  # noqa: PLC0415 - an extra

    assert [*records_in(kept)]


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(_reprice, id="whoever prices it"),
        pytest.param(_spend, id="whoever sums it up"),
        pytest.param(_list, id="whoever goes through it"),
        pytest.param(lambda kept: kept.copy_to(kept.folder / "copy"), id="whoever copies it"),
    ],
)
def test_a_file_that_is_broken_inside_is_named(
    ask: Callable[[History], None], tmp_path: Path
) -> None:
    from pytest_specbudget.analysis.store.history import History  # noqa: PLC0415 - an extra

    file = broken_inside(tmp_path)

    with pytest.raises(JournalError) as raised:
        ask(History(tmp_path))

    assert str(raised.value).startswith(f"{file}: damaged inside (")
