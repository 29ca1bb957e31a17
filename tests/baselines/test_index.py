from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import charge
from support.recorded import chat, write

from pytest_specbudget.baselines.index import (
    INDEX_NAME,
    Indexed,
    entry_of,
    maintain,
    read_index,
    updated,
)
from pytest_specbudget.errors import BaselineError

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge

PLAN = Indexed(test="tests/test_a.py::test_plan", spec="PLAN", stage="draft")


def test_an_index_is_sorted_with_a_line_for_each_recording() -> None:
    text = updated("", {"test_b/z.yaml": Indexed(test="b"), "test_a/a.yaml": PLAN})

    assert text == (
        "{\n"
        '"test_a/a.yaml": {"test": "tests/test_a.py::test_plan", "spec": "PLAN", '
        '"stage": "draft"},\n'
        '"test_b/z.yaml": {"test": "b"}\n'
        "}\n"
    )


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"a.yaml": Indexed()}, id="a recording of which nothing is known"),
        pytest.param({"a/b c.yaml": PLAN, "é.yaml": PLAN}, id="names of any letters"),
        pytest.param({"a.yaml": Indexed(spec="A\n\x1b[31m<b>|")}, id="a hostile SPEC"),
    ],
)
def test_what_is_written_is_read(entries: dict[str, Indexed]) -> None:
    assert read_index(updated("", entries).encode()) == entries


def test_what_was_recorded_before_is_kept_unless_it_is_gone_or_recorded_anew() -> None:
    old = updated("", {"a.yaml": PLAN, "b.yaml": PLAN, "c.yaml": PLAN})

    new = read_index(updated(old, {"b.yaml": Indexed(spec="NEW")}, gone=["c.yaml"]).encode())

    assert new == {"a.yaml": PLAN, "b.yaml": Indexed(spec="NEW")}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(b"", "is no JSON", id="nothing"),
        pytest.param(b"!!python/object/apply:os.system [id]", "is no JSON", id="YAML with a tag"),
        pytest.param(b"[" * 100_000, "is no JSON", id="lists without end"),
        pytest.param(b"[]", "no JSON object", id="a list"),
        pytest.param(b'{"a.yaml": []}', "holds other than", id="an entry that is a list"),
        pytest.param(b'{"a.yaml": {"exec": "x"}}', "holds other than", id="an unknown field"),
        pytest.param(b'{"a.yaml": {"spec": 1}}', "no text", id="a SPEC that is a number"),
        pytest.param(b'{"a.yaml": {"spec": ""}}', "no text", id="an empty SPEC"),
        pytest.param(b'{"../a.yaml": {}}', "no path below", id="a path that leads out"),
        pytest.param(b'{"/etc/a.yaml": {}}', "no path below", id="an absolute path"),
        pytest.param(b'{"C:/a.yaml": {}}', "no path below", id="a path of Windows"),
        pytest.param(b'{"a\\\\b.yaml": {}}', "no path below", id="a path with backslashes"),
        pytest.param(b'{"": {}}', "no path below", id="no path"),
    ],
)
def test_hostile_content_is_an_error(data: bytes, told: str) -> None:
    with pytest.raises(BaselineError, match=told):
        read_index(data)


def test_what_calls_do_not_agree_on_is_left_out() -> None:
    calls = [
        charge(test="t", spec="PLAN", tier="S"),
        charge(test="t", spec="PLAN", tier="M"),
    ]

    assert entry_of(calls) == Indexed(test="t", spec="PLAN")


def test_a_spec_that_nobody_assigned_is_left_out() -> None:
    assert entry_of([charge(test="t")]) == Indexed(test="t")


def test_a_run_that_recorded_brings_the_index_up_to_date(tmp_path: Path) -> None:
    folder = tmp_path / "tests/cassettes"
    old = write(folder / "test_a/test_old.yaml", chat())
    path = write(folder / "test_a/test_new.yaml", chat())
    (folder / INDEX_NAME).write_text(
        updated("", {"test_a/test_old.yaml": PLAN, "test_a/test_gone.yaml": PLAN})
    )

    written = maintain([_recorded(path), _recorded(old, source="replay")])

    assert written == [str(folder / INDEX_NAME)]
    assert json.loads((folder / INDEX_NAME).read_text()) == {
        "test_a/test_new.yaml": {"test": "tests/test_a.py::test_new", "spec": "NEW"},
        "test_a/test_old.yaml": {"test": PLAN.test, "spec": "PLAN", "stage": "draft"},
    }


def test_an_index_that_would_say_the_same_is_not_touched(tmp_path: Path) -> None:
    path = write(tmp_path / "cassettes/test_a/test_new.yaml", chat())
    maintain([_recorded(path)])

    assert maintain([_recorded(path)]) == []


@pytest.mark.parametrize(
    ("name", "others"),
    [
        pytest.param("cassettes/m/t.yaml", {"source": "replay"}, id="it was only replayed"),
        pytest.param("cassettes/m/t.yaml", {"test": "<late>"}, id="nobody knows whose it is"),
        pytest.param("data/m/t.yaml", {}, id="it lies where recordings of ours are not kept"),
        pytest.param("cassettes/m/gone.yaml", {}, id="it was thrown away"),
    ],
)
def test_no_index_is_made(tmp_path: Path, name: str, others: dict[str, Any]) -> None:
    write(tmp_path / "cassettes/m/t.yaml", chat())
    write(tmp_path / "data/m/t.yaml", chat())

    assert maintain([_recorded(tmp_path / name, **others)]) == []
    assert [*tmp_path.rglob(INDEX_NAME)] == []


def test_recordings_on_a_shelf_have_an_index_beside_those_of_their_folder(tmp_path: Path) -> None:
    path = write(tmp_path / "shelf/tests/test_a/test_new.yaml", chat())

    written = maintain([_recorded(path)], shelf=tmp_path / "shelf")

    assert written == [str(tmp_path / "shelf/tests" / INDEX_NAME)]


def test_a_damaged_index_is_an_error_and_stays_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "cassettes/test_a/test_new.yaml", chat())
    index = tmp_path / "cassettes" / INDEX_NAME
    index.write_text("<<<<<<< HEAD")

    with pytest.raises(BaselineError, match="is no JSON"):
        maintain([_recorded(path)])

    assert index.read_text() == "<<<<<<< HEAD"


def _recorded(path: Path, **others: Any) -> Charge:
    values = {
        "test": "tests/test_a.py::test_new",
        "spec": "NEW",
        "source": "record",
        "cassette": str(path),
    }
    return charge(**{**values, **others})
